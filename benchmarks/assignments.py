"""How long each assignment of the course takes to grade, for a class, through the real nbgrader.

    python -m benchmarks.assignments [--students 200] [--only 08-torch] [--markdown FILE]

Each assignment is released into a course of its own, handed in, and graded with `nbgrader
autograde`, once. Every second student hands in right answers; the others have one known mistake
in one part, each another one, since wrong answers take longer: their mistake is looked for. No
two submissions are alike, so nothing is found among earlier results. The seconds hold all that
the command does: reading, executing, naming mistakes, saving.

Beside the time on the clock stands that of the processors, which other work on the machine does
not lengthen much; the ratio, to the median of the assignments that do without torch, is of these.
The load of the machine at the start is noted.
"""

import argparse
import copy
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from nbgrader.api import Gradebook
from nbgrader_sandbox.settings import SandboxSettings

from benchmarks.record import provenance
from lstm_ref.checks import course, exercise
from lstm_ref.checks.course import Assignment
from lstm_ref.checks.kill_matrix import rows
from tools.cells import path_of
from tools.release import course_folder, release

ROOT = Path(__file__).resolve().parent.parent
PROGRAMS = Path(sys.executable).parent

#: An assignment with torch may take so many times what one without it takes (median).
MOST = 3.0


@dataclass(frozen=True)
class Timed:
    """One assignment: its class's seconds, by clock and processors, and whether it has torch."""

    name: str
    students: int
    seconds: float
    work: float
    torch: bool


def answers(asked: Assignment, students: int) -> list[dict[str, str]]:
    """Return what each student writes, by part: all right, or with one known mistake in one."""
    right = {part.name: exercise(part.name).source() for part in asked.parts}
    wrong = [
        {**right, part.name: row.source}
        for part in asked.parts
        for row in rows(exercise(part.name), 1)
        if row.source != right[part.name]
    ]
    return [wrong[k // 2 % len(wrong)] if k % 2 else right for k in range(students)]


def hand_in(root: Path, asked: Assignment, students: int) -> bool:
    """Write the submissions; return whether the notebook loads torch."""
    file = f"{asked.notebook}.ipynb"
    text = (root / "exercises" / asked.name / file).read_text(encoding="utf-8")
    released: Any = json.loads(text)
    for k, written in enumerate(answers(asked, students)):
        notebook = copy.deepcopy(released)
        for cell in notebook["cells"]:
            name = cell["metadata"].get("nbgrader", {}).get("grade_id", "")
            if name in written:
                cell["source"] = f"{written[name]}\n# student {k}"
        folder = root / "grading" / "submitted" / f"student{k:04}" / asked.name
        folder.mkdir(parents=True)
        (folder / file).write_text(json.dumps(notebook), encoding="utf-8")
    return "import torch" in text


def autograde(assignment: str) -> list[str]:
    """Return nbgrader's command for a whole class."""
    return [str(PROGRAMS / "nbgrader"), "autograde", assignment, "--create"]


def environment() -> dict[str, str]:
    """Return the variables with which nbgrader finds the course from anywhere."""
    return {
        **os.environ,
        "PATH": f"{PROGRAMS}{os.pathsep}{os.environ.get('PATH', '')}",
        "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'nbgrader_sandbox' / 'src'}",
    }


def scores_of(root: Path, assignment: str) -> list[float]:
    """Return the points of all who were graded, in the order of their names."""
    with Gradebook(f"sqlite:///{root / 'grading' / 'gradebook.db'}", "lstm") as gradebook:
        found = gradebook.assignment_submissions(assignment)
        return [float(one.score) for one in sorted(found, key=lambda one: str(one.student.id))]


def timed(asked: Assignment, students: int) -> Timed:
    """Grade a class in a folder of its own. Stops where anybody was left out, or lost points."""
    (ROOT / "_build").mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=ROOT / "_build") as folder:
        root = Path(folder)
        release(course_folder(root), asked.name)
        torch = hand_in(root, asked, students)
        began, worked = time.perf_counter(), _work()
        done = subprocess.run(
            autograde(asked.name), cwd=root, env=environment(), capture_output=True, text=True
        )
        seconds, work = time.perf_counter() - began, _work() - worked + _in_workers(root)
        if done.returncode:
            raise SystemExit(done.stdout[-2000:] + done.stderr[-2000:])
        scores = scores_of(root, asked.name)
        full = sum(score == asked.points for score in scores)
        if len(scores) != students or full < students // 2:
            raise SystemExit(
                f"{asked.name}: {len(scores)} of {students} graded, {full} with full marks"
            )
    return Timed(asked.name, students, seconds, work, torch)


def _work() -> float:
    """Seconds that processors have spent on this process's children, and on theirs.

    Not on the submissions themselves, for which nobody waits.
    """
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    return spent.ru_utime + spent.ru_stime


def _in_workers(root: Path) -> float:
    """Seconds that processors have spent on the submissions themselves, as it was written down."""
    found = (root / "grading" / "sandbox").glob("*/*/*.json")
    return sum(json.loads(one.read_text(encoding="utf-8"))["cpu_seconds"] or 0.0 for one in found)


def _plain(found: Sequence[Timed]) -> float:
    """Seconds that a submission without torch takes in the median."""
    return median(one.work / one.students for one in found if not one.torch)


def late(found: Sequence[Timed]) -> list[str]:
    """Return the assignments with torch that take more than they may."""
    most = MOST * _plain(found)
    return [one.name for one in found if one.torch and one.work / one.students > most]


def table(found: Sequence[Timed]) -> str:
    """Return the table in Markdown."""
    plain = _plain(found)
    lines = [
        "| assignment | by the clock | by the processors | a submission | to NumPy's median |",
        "|:--|--:|--:|--:|--:|",
    ]
    for one in found:
        each = one.work / one.students
        name = f"{one.name} (torch)" if one.torch else one.name
        times = f"{one.seconds:.0f} s | {one.work:.0f} s | {each:.3f} s | {each / plain:.2f}"
        lines.append(f"| {name} | {times} |")
    return "\n".join(lines)


def page(found: Sequence[Timed], load: float, command: str) -> str:
    """Return the whole page: the table, and all that a time means nothing without."""
    known = provenance(command, ("numpy", "torch", "nbgrader"))
    versions = ", ".join(f"{name} {number}" for name, number in known["versions"].items())
    return (
        "# How long a class takes to grade\n\n"
        f"Made by `{command}`, {known['date']}, on {known['machine']}; {versions}. "
        f"{SandboxSettings().processes()} notebooks are graded at a time. At the start the load of "
        f"the machine was {load:.1f}: where that is above the number of cores, others worked "
        "beside it, and the clock says too much. A submission's time is that of the processors.\n\n"
        f"A class of {found[0].students}: every second student hands in right answers, the others "
        "one known mistake each. All that `nbgrader autograde` does is counted. An assignment with "
        f"torch may take {MOST:.0f} times what NumPy's take in the median; "
        f"over that: {', '.join(late(found)) or 'none'}.\n\n"
        f"{table(found)}\n"
    )


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.assignments")
    parser.add_argument("--students", type=int, default=200)
    parser.add_argument("--only", action="append", help="one assignment; may stand several times")
    parser.add_argument("--markdown", type=Path, help="the page to write")
    options = parser.parse_args()
    load = os.getloadavg()[0]
    found = []
    for asked in course.COURSE:
        if not path_of(asked).is_file() or (options.only and asked.name not in options.only):
            continue
        found.append(timed(asked, options.students))
        last = found[-1]
        print(f"{asked.name}: {last.seconds:.1f} s, {last.work:.1f} s of work", flush=True)
    if not found or all(one.torch for one in found):
        raise SystemExit("choose one assignment without torch at least: ratios are to NumPy's")
    print(f"load at the start: {load:.1f}\n\n{table(found)}")
    command = f"python -m benchmarks.assignments --students {options.students}"
    if options.markdown:
        options.markdown.write_text(page(found, load, command), encoding="utf-8")
    if names := late(found):
        print(f"more than {MOST:.0f} times NumPy's median: {', '.join(names)}", file=sys.stderr)
    return int(bool(names))


if __name__ == "__main__":
    sys.exit(main())
