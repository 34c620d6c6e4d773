"""A term of a class, killed in the middle: how long, how much memory, how large a gradebook.

    python -m benchmarks.term [--students 300] [--kills 3] [--markdown FILE]

All assignments of the course, one after the other, in one course folder with one gradebook. Every
second student hands in right answers, the others one known mistake each. In some of the
assignments everything is killed in the middle, as a power cut does, and the same command is given
again. At the end nobody may be missing, and right answers have full marks.
"""

import argparse
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from nbgrader_sandbox.settings import SandboxSettings

from benchmarks.assignments import ROOT, autograde, environment, hand_in, scores_of
from benchmarks.memory import held_by
from benchmarks.record import provenance
from lstm_ref.checks import course
from lstm_ref.checks.course import Assignment
from tools.release import course_folder, release

MIB = 2**20


@dataclass(frozen=True)
class Week:
    """One assignment: how long it took, with the time that was lost, and what it needed."""

    name: str
    seconds: float
    killed: int  # submissions that were graded when everything was killed; -1 where nothing was
    memory: int  # bytes, of all processes together, shared ones counted once
    gradebook: int  # bytes


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.term")
    parser.add_argument("--students", type=int, default=300)
    parser.add_argument("--kills", type=int, default=3, help="in so many assignments")
    parser.add_argument("--markdown", type=Path, help="the page to write")
    options = parser.parse_args()
    load = os.getloadavg()[0]
    (ROOT / "_build").mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=ROOT / "_build") as folder:
        root = course_folder(Path(folder))
        weeks = []
        for k, asked in enumerate(course.COURSE):
            # The last ones: by then there is something to lose.
            kill = k >= len(course.COURSE) - options.kills
            weeks.append(_week(root, asked, options.students, kill))
            print(_row(weeks[-1]), flush=True)
        for asked in course.COURSE:  # what was graded first is as it was
            _whole(root, asked, options.students)
    if options.markdown:
        command = f"python -m benchmarks.term --students {options.students}"
        options.markdown.write_text(_page(weeks, options.students, load, command), encoding="utf-8")
    return 0


def _week(root: Path, asked: Assignment, students: int, kill: bool) -> Week:
    """Release, hand in and grade one assignment. Stops where anybody is missing."""
    release(root, asked.name)
    hand_in(root, asked, students)
    began, most, killed = time.perf_counter(), 0, -1
    if kill:
        most, _ = _graded(root, asked.name, stop_at=students // 2)
        killed = _copies(root, asked.name)
    more, code = _graded(root, asked.name)
    if code:
        raise SystemExit(f"{asked.name}: `{' '.join(autograde(asked.name))}` ended with {code}")
    seconds = time.perf_counter() - began
    _whole(root, asked, students)
    size = (root / "grading" / "gradebook.db").stat().st_size
    return Week(asked.name, seconds, killed, max(most, more), size)


def _graded(root: Path, assignment: str, *, stop_at: int = 0) -> tuple[int, int]:
    """Grade; return the most memory that was in use, and the exit code.

    With `stop_at`, all processes are killed when so many copies are there.
    """
    with (root / "log.txt").open("ab") as log:
        process = subprocess.Popen(
            autograde(assignment),
            cwd=root,
            env=environment(),
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        most = 0
        while process.poll() is None:
            most = max(most, held_by(process.pid))
            if stop_at and _copies(root, assignment) >= stop_at:
                os.killpg(process.pid, signal.SIGKILL)
            time.sleep(0.25)
    return most, process.returncode


def _copies(root: Path, assignment: str) -> int:
    return len(list((root / "grading" / "autograded").glob(f"*/{assignment}/*.ipynb")))


def _whole(root: Path, asked: Assignment, students: int) -> None:
    """Stop where a student is missing, or right answers have less than all points."""
    scores = scores_of(root, asked.name)
    right = scores[::2]  # as `hand_in` numbers them
    if len(scores) != students or set(right) != {float(asked.points)}:
        full = sum(score == asked.points for score in right)
        raise SystemExit(
            f"{asked.name}: {len(scores)} of {students} graded; {full} of {len(right)} right "
            "answers have full marks"
        )


def _row(week: Week) -> str:
    killed = f"after {week.killed}" if week.killed >= 0 else ""
    sizes = f"{week.memory / MIB:.0f} MiB | {week.gradebook / MIB:.1f} MiB"
    return f"| {week.name} | {week.seconds:.0f} s | {killed} | {sizes} |"


def _page(weeks: Sequence[Week], students: int, load: float, command: str) -> str:
    known = provenance(command, ("numpy", "torch", "nbgrader"))
    versions = ", ".join(f"{name} {number}" for name, number in known["versions"].items())
    rows = "\n".join(map(_row, weeks))
    return (
        "# A term, killed in the middle\n\n"
        f"Made by `{command}`, {known['date']}, on {known['machine']}; {versions}. "
        f"{SandboxSettings().processes()} notebooks are graded at a time. At the start the load of "
        f"the machine was {load:.1f}: where that is above the number of cores, the clock says too "
        "much.\n\n"
        f"A class of {students}, one gradebook. Where a number of copies stands, all processes "
        "were killed when so many were there, and the same command was given again; its time is "
        "counted. At the end everybody was graded, and all right answers had full marks, in the "
        "assignments of the first weeks too.\n\n"
        "| assignment | by the clock | killed | memory at most | gradebook |\n"
        "|:--|--:|--:|--:|--:|\n"
        f"{rows}\n"
    )


if __name__ == "__main__":
    sys.exit(main())
