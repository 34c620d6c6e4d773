"""The shell as the grader process uses it: for one cell at a time, in a namespace of its own."""

import subprocess
import sys

#: In a process of its own: IPython changes much of the one that it is made in.
_CHECK = """
import builtins, sys
from nbgrader_sandbox.worker.shell import CapturingShell
shell = CapturingShell()
before = sys.stdout, sys.stderr, builtins.input, sys.modules["__main__"]
ran = shell.run_fresh("print(gate(2)); kept = 1\\n2.5", {"gate": lambda x: x + 1})
assert [o["output_type"] for o in ran.outputs] == ["stream", "execute_result"], ran
assert ran.outputs[0]["text"] == "3\\n" and ran.result == 2.5 and ran.error is None
assert ran.outputs[1]["execution_count"] == 1
again = shell.run_fresh("kept")
assert type(again.error) is NameError and again.line == "kept"
from IPython import get_ipython
assert get_ipython() is None
assert shell.run_fresh("from IPython import get_ipython; get_ipython()").result is shell.shell
for quiet in ("2.5;", "x = 2.5", ""):
    assert shell.run_fresh(quiet).result is None
assert type(shell.run_fresh("raise SystemExit").error) is SystemExit
assert (sys.stdout, sys.stderr, builtins.input, sys.modules["__main__"]) == before
plot = shell.run_fresh("import matplotlib.pyplot as plt; plt.plot([1]);")
assert plot.outputs[-1]["data"]["image/png"]
brief = CapturingShell(tracebacks=False).run_fresh("1 / 0").outputs
assert [o["traceback"] for o in brief] == [["ZeroDivisionError: division by zero"]]
class Names(dict):
    def __missing__(self, name): raise KeyError(name)
own = CapturingShell(user_ns=Names(a=1))
assert own.run("def f(): return a\\nf()").result == 1 and own.user_ns["f"]() == 1
assert len(__import__("threading").enumerate()) == 1
"""


def test_one_cell_at_a_time_and_nothing_of_it_stays() -> None:
    subprocess.run([sys.executable, "-c", _CHECK], check=True, timeout=60)


def test_nothing_is_written_to_the_home_folder(tmp_path: object) -> None:
    code = "from nbgrader_sandbox.worker.shell import CapturingShell as S; S().run_fresh('1')"
    environment = {"HOME": str(tmp_path), "PATH": "/usr/bin"}
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60, env=environment)
    assert list(tmp_path.iterdir()) == []  # type: ignore[attr-defined]
