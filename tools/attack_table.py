"""The table: attack → stock nbgrader → here. Every attack is run under both.

    python -m tools.attack_table                     # all; some 50 minutes on two cores
    python -m tools.attack_table --theme markup      # one theme; see --list
    python -m tools.attack_table --only os-exit --only liar --json attacks.json
    python -m tools.attack_table --theme links --into docs/attacks.md    # these rows anew alone

Under stock nbgrader each attack runs alone, in a box of bubblewrap's with its own processes, no
network, a file system in memory and limits, as some would end every process of this machine.
"""

import argparse
import concurrent.futures
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from tests.nbgrader_sandbox.hostile import run_class, stock
from tests.nbgrader_sandbox.hostile.attack import Attack
from tests.nbgrader_sandbox.hostile.course import ASSIGNMENT, Course
from tests.nbgrader_sandbox.hostile.everything import ATTACKS
from tests.nbgrader_sandbox.hostile.parts import POINTS

ROOT = Path(__file__).resolve().parent.parent

#: Who an attack is in its box, where root starts it: limits on processes do not hold for root.
USER = "61803"

SECONDS = 150

_ABOUT = (
    "Made by `make attacks`: each hostile submission under stock nbgrader 0.9.6, alone in a box of "
    "its own, and here, all in one class. The assignment has 9 points. An attack has won where it "
    "gets more than its answers deserve, changes what is another's, reads what is hidden, or keeps "
    "the class from being graded."
)
LIMITS = ("--as=8589934592", "--fsize=536870912", "--cpu=60", "--core=0", "--nofile=1024")


@dataclass(frozen=True)
class Result:
    """What an attack got: points of 9, by which it did not deserve, and what else it did."""

    points: float
    deserved: float
    harm: tuple[str, ...] = ()

    @property
    def won(self) -> bool:
        return self.points > self.deserved or bool(self.harm)

    def words(self) -> str:
        """Return one line for the table."""
        said = list(self.harm)
        if self.points != self.deserved:
            said.insert(0, f"{self.points:g} points for {self.deserved:g}")
        return "; ".join(said).replace(str(ROOT), "COURSE") or "nothing"


@dataclass
class Row:
    """One line of the table."""

    name: str
    theme: str
    what: str
    stock: Result | None = None
    here: Result | None = None
    reasons: tuple[str, ...] = field(default=())


# --- under stock nbgrader ------------------------------------------------------------------


def make_template(folder: Path) -> Path:
    """Make the course without the engine, with one honest student, graded."""
    course = Course(folder / "template", engine=False)
    course.make()
    course.submit(stock.VICTIM, list(POINTS))
    done = course.nbgrader("autograde", ASSIGNMENT)
    if done.returncode:
        raise SystemExit(f"stock nbgrader could not grade an honest student:\n{done.stdout}")
    for path in (course.root, *course.root.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)
    return course.root


def box(template: Path) -> list[str]:
    """Return the command that runs what follows it in a box with nothing to lose."""
    read = ["/usr", "/bin", "/sbin", "/lib", "/lib64", "/etc", sys.base_prefix, sys.prefix]
    binds: list[str] = []
    for path in map(Path, [*read, str(ROOT)]):
        if path.exists():
            for parent in [*reversed(path.parents)][1:]:
                binds += ["--perms", "0755", "--dir", str(parent)]
            binds += ["--ro-bind", str(path), str(path)]
    root = os.geteuid() == 0
    words = [
        *("bwrap", "--die-with-parent", "--new-session", "--clearenv", "--unshare-ipc"),
        *("--unshare-pid", "--unshare-net", "--unshare-uts", "--proc", "/proc", "--dev", "/dev"),
        *([] if root else ["--unshare-user"]),
        *("--size", "1500000000", "--perms", "1777", "--tmpfs", "/tmp"),
        *binds,
        *("--ro-bind", str(template), "/template"),
        *("--setenv", "PATH", f"{Path(sys.executable).parent}:/usr/bin:/bin"),
        *("--setenv", "HOME", "/tmp/home", "--setenv", "HOSTILE_CANARY", "1"),
        *("--setenv", "PYTHONDONTWRITEBYTECODE", "1", "--setenv", "OMP_NUM_THREADS", "1"),
        *("--chdir", str(ROOT), "--"),
    ]
    if root:
        drop = ("--reuid", USER, "--regid", USER, "--clear-groups", "--no-new-privs")
        words += ["setpriv", *drop, "--inh-caps=-all", "--bounding-set=-all"]
    return [*words, "prlimit", *LIMITS, *(["--nproc=400"] if root else [])]


def under_stock(template: Path, attack: Attack) -> Result:
    """Run one attack under stock nbgrader."""
    deserved = sum(attack.allowed().values())
    python = [sys.executable, "-m", "tests.nbgrader_sandbox.hostile.stock"]
    command = [*box(template), *python, "/template", "/tmp/course", ascii(attack.name)]
    try:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            timeout=SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return Result(0.0, deserved, ("stopped the run until it was killed",))
    for line in done.stdout.splitlines():
        if line.startswith(stock.MARK):
            found = json.loads(line.removeprefix(stock.MARK))
            missing = [name for name, score in found["scores"].items() if score is None]
            harm = found["harm"]
            if missing:
                harm.append(f"{len(missing)} of {len(POINTS)} parts without a score")
            return Result(sum(filter(None, found["scores"].values())), deserved, tuple(harm))
    last = (done.stdout.strip().splitlines() or [""])[-1][:120]
    return Result(0.0, deserved, (f"ended nbgrader (code {done.returncode}) {last}".strip(),))


# --- the table -----------------------------------------------------------------------------


def table(attacks: Sequence[Attack], *, sides: Iterable[str], jobs: int) -> list[Row]:
    """Run the attacks and return their rows."""
    rows = [Row(one.name, one.theme, one.what) for one in attacks]
    with tempfile.TemporaryDirectory(prefix="attacks-") as folder:
        if "here" in sides:
            ran = run_class.run(Path(folder) / "class", attacks)
            for row, attack in zip(rows, attacks, strict=True):
                found = ran.harm(attack)
                scores = ran.scores.get(attack.student, {})
                points = sum(scores.get(name) or 0.0 for name in POINTS)
                row.here = Result(points, sum(attack.allowed().values()), tuple(found))
                row.reasons = tuple(ran.reasons(attack))
        if "stock" in sides:
            template = make_template(Path(folder))
            shown = [(row, one) for row, one in zip(rows, attacks, strict=True) if one.stock]
            with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
                futures = {pool.submit(under_stock, template, one): row for row, one in shown}
                for done in concurrent.futures.as_completed(futures):
                    row = futures[done]
                    row.stock = done.result()
                    said = f"  {_cell(row.name)}: {_cell(row.stock.words())}"
                    print(said, file=sys.stderr, flush=True)
    return rows


def as_text(rows: Sequence[Row], line: str = "{0:32} {1:70} {2}") -> str:
    """Return the rows as text, or in another form by `line`."""
    lines = [line.format("attack", "stock nbgrader", "here")]
    for row in rows:
        said = [result.words() if result else "not run" for result in (row.stock, row.here)]
        lines.append(line.format(row.name, *said))
    return "\n".join([*lines, "", summary(rows)])


def as_markdown(rows: Sequence[Row]) -> str:
    """Return the rows as Markdown tables by theme."""
    parts = ["# Attacks: what each got", "", f"{_ABOUT}\n\n{summary(rows)}"]
    for theme in dict.fromkeys(row.theme for row in rows):
        parts += ["", f"## {theme}", "", "| attack | stock nbgrader | here |", "|---|---|---|"]
        for row in (row for row in rows if row.theme == theme):
            said = [_cell(one.words()) if one else "not run" for one in (row.stock, row.here)]
            parts.append(f"| {_cell(row.what)} (`{_cell(row.name)}`) | {said[0]} | {said[1]} |")
    return "\n".join(parts) + "\n"


def read_markdown(text: str) -> list[Row]:
    """Read the rows of a table that `as_markdown` wrote."""
    rows, theme = [], ""
    for line in text.splitlines():
        if line.startswith("## "):
            theme = line.removeprefix("## ")
        cells = [cell.strip() for cell in re.split(r"(?<!\\)\|", line)]
        if len(cells) != 5 or "(`" not in cells[1]:
            continue
        what, _, name = cells[1].removesuffix("`)").rpartition(" (`")
        stock, here = map(_read_result, cells[2:4])
        rows.append(Row(_plain(name), theme, _plain(what), stock, here))
    return rows


def merged(old: Sequence[Row], new: Sequence[Row]) -> list[Row]:
    """Return all rows in the order of the attacks; of a side that was not run now, as it was."""
    before = {_cell(row.name): row for row in old}
    now = {_cell(row.name): row for row in new}
    rows = []
    for attack in ATTACKS:
        key = _cell(attack.name)
        known, made = before.get(key), now.get(key)
        if known is None and made is None:
            continue
        row = Row(attack.name, attack.theme, attack.what)
        for one in filter(None, (known, made)):
            row.stock, row.here = one.stock or row.stock, one.here or row.here
        rows.append(row)
    return rows


def _read_result(words: str) -> Result | None:
    if words == "not run":
        return None
    said = [] if words == "nothing" else _plain(words).split("; ")
    points, deserved = 0.0, 0.0
    if said and (match := re.fullmatch(r"(\S+) points for (\S+)", said[0])):
        points, deserved = map(float, match.groups())
        said = said[1:]
    return Result(points, deserved, tuple(said))


def _plain(text: str) -> str:
    return text.replace("&lt;", "<").replace("\\|", "|")


def _cell(text: str) -> str:
    """Return a text as a cell has it: in one line, and what cannot be seen spelled out."""
    escaped = text.replace("|", "\\|").replace("<", "&lt;").replace("\n", " ")
    escaped = "".join(
        letter if letter.isprintable() or 0xD800 <= ord(letter) < 0xE000 else ascii(letter)[1:-1]
        for letter in escaped
    )
    return escaped.encode("utf-8", "replace").decode()


def summary(rows: Sequence[Row]) -> str:
    """Say how many got what they did not deserve, or did harm."""
    said = []
    for name, results in (
        ("stock nbgrader", [row.stock for row in rows if row.stock]),
        ("here", [row.here for row in rows if row.here]),
    ):
        if results:
            points = sum(one.points > one.deserved for one in results)
            won = sum(one.won for one in results)
            said.append(f"{name}: {won} of {len(results)} attacks won ({points} of them points)")
    return "; ".join(said) + "."


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--only", action="append", default=[], help="one attack, by name")
    parser.add_argument("--theme", action="append", default=[], help="the attacks of one theme")
    parser.add_argument("--list", action="store_true", help="list themes and attacks, run nothing")
    parser.add_argument("--side", choices=("both", "stock", "here"), default="both")
    parser.add_argument("--jobs", type=int, default=2, help="boxes at once")
    parser.add_argument("--json", type=Path, help="write the rows to this file")
    parser.add_argument("--markdown", type=Path, help="write tables to this file")
    parser.add_argument("--into", type=Path, help="put these rows into the tables of this file")
    given = parser.parse_args()
    chosen = [
        one
        for one in ATTACKS
        if not (given.only or given.theme) or one.name in given.only or one.theme in given.theme
    ]
    if given.list:
        for one in chosen:
            print(f"{one.theme}: {_cell(one.name)}: {one.what}")
        return 0
    if not chosen:
        parser.error("no attack has this name or theme; see --list")
    sides = ("stock", "here") if given.side == "both" else (given.side,)
    if "stock" in sides and shutil.which("bwrap") is None:
        parser.error("attacks under stock nbgrader need bubblewrap: apt-get install bubblewrap")
    rows = table(chosen, sides=sides, jobs=given.jobs)
    print(as_text(rows).encode("utf-8", "replace").decode())
    if given.json:
        given.json.write_text(json.dumps([asdict(row) for row in rows], indent=1), "utf-8")
    if given.markdown:
        given.markdown.write_text(as_markdown(rows), encoding="utf-8")
    if given.into:
        every = merged(read_markdown(given.into.read_text(encoding="utf-8")), rows)
        given.into.write_text(as_markdown(every), encoding="utf-8")
    return int(any(row.here is not None and row.here.won for row in rows))


if __name__ == "__main__":
    sys.exit(main())
