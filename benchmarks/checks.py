"""How long `check` takes in a fresh process, for every part: right, wrong and unknown answers.

python -m benchmarks.checks --runs 20

After `import lstm_ref.checks`; the median of several processes, in milliseconds. The bar is 50.
Modules are compiled, as they are where the course is installed.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
from collections.abc import Sequence

from lstm_ref.checks import course

BAR = 50.0

#: Run in a new process: judge one answer once, and print how long that took.
ONCE = """
import contextlib, io, json, sys, time
import lstm_ref.checks as checks
part, kind = sys.argv[1:]
from lstm_ref.checks import exercise
asked = exercise(part)
wrong = asked.mistakes[len(asked.mistakes) // 2:][:1] if kind == "wrong" else []
space = {"__name__": "__main__"}
source = asked.source(*wrong)
if kind == "unknown":
    source += '''

def bent(r):
    if isinstance(r, (tuple, list)):
        return type(r)(bent(one) for one in r)
    if isinstance(r, dict):
        return {key: bent(one) for key, one in r.items()}
    return r * 1.37 + 0.01 * r * r


plain = NAME


def NAME(*given):
    return bent(plain(*given))
'''.replace("NAME", part)
exec(source, space)
for name in [name for name in sys.modules if name.startswith("lstm_ref.checks.parts.")]:
    del sys.modules[name]
began = time.perf_counter()
with contextlib.redirect_stdout(io.StringIO()):
    try:
        checks.check(part, space[part])
        said = "right"
    except checks.CheckFailed as failed:
        said = str(failed).split("\\n")[0]
print(json.dumps([1000 * (time.perf_counter() - began), said]))
"""


def measured(part: str, kind: str, runs: int) -> tuple[float, str]:
    """Return the median in milliseconds, and what the check said."""
    found = []
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    for _ in range(runs):
        command = [sys.executable, "-c", ONCE, part, kind]
        done = subprocess.run(command, env=kept, capture_output=True, text=True, check=True)
        found.append(json.loads(done.stdout.splitlines()[-1]))
    return statistics.median(one[0] for one in found), found[0][1]


def main(arguments: Sequence[str] | None = None) -> int:
    """Print a line for each part; the exit status is 1 where one is over the bar."""
    parser = argparse.ArgumentParser(description=str(__doc__).split("\n")[0])
    parser.add_argument("--runs", type=int, default=20, help="fresh processes for each (20)")
    parser.add_argument("--part", action="append", help="one part alone; may be given again")
    asked = parser.parse_args(arguments)
    over = 0
    print(f"{'part':<20}{'right':>8}{'wrong':>8}{'unknown':>9}   ms, median of {asked.runs}")
    for part in asked.part or course.parts():
        found = [measured(part, kind, asked.runs)[0] for kind in ("right", "wrong", "unknown")]
        over += max(found) > BAR
        mark = "  over 50" if max(found) > BAR else ""
        print(f"{part:<20}{found[0]:>8.1f}{found[1]:>8.1f}{found[2]:>9.1f}{mark}", flush=True)
    return int(over > 0)


if __name__ == "__main__":
    sys.exit(main())
