"""Both exporters through `nbgrader export`, with options as a user gives them."""

import csv
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from nbgrader_sandbox.course import Course

pytestmark = pytest.mark.course


def nbgrader_export(course: Course, *options: str) -> subprocess.CompletedProcess[str]:
    root = course.submitted.parent
    (root / "nbgrader_config.py").write_text(
        "c = get_config()\n"
        "c.CourseDirectory.course_id = 'course'\n"
        "c.Application.log_level = 'WARN'\n"
        "c.MoodleExporter.identifier = 'Username'\n"
    )
    return subprocess.run(
        [str(Path(sys.executable).parent / "nbgrader"), "export", *options],
        cwd=root,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_canvas(graded: Course, roster: Callable[..., str]) -> None:
    path = roster(
        ["Student", "ID", "SIS Login ID", "Section", "Forget gate (77)"],
        ["Lovelace, Ada", "101", "ada", "A", ""],
    )
    done = nbgrader_export(
        graded,
        "--exporter=nbgrader_sandbox.exporting.CanvasExporter",
        "--to=canvas.csv",
        "--assignment=02-gate",
        f"--CanvasExporter.roster={path}",
        "--CanvasExporter.titles=02-gate=Forget gate",
        "--CanvasExporter.missing=empty",
    )
    assert done.returncode == 0, done.stderr
    assert "In the gradebook and not in the roster, so not in the file (4)" in done.stderr
    assert "Traceback" not in done.stderr
    with (graded.submitted.parent / "canvas.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.reader(file))
    assert rows[2] == ["Lovelace, Ada", "101", "ada", "A", "15"]


def test_moodle_and_a_wrong_option(graded: Course) -> None:
    exporter = "--exporter=nbgrader_sandbox.exporting.MoodleExporter"
    done = nbgrader_export(graded, exporter)
    assert done.returncode == 0, done.stderr
    with (graded.submitted.parent / "moodle.csv").open(newline="", encoding="utf-8") as file:
        rows = {row["Username"]: row for row in csv.DictReader(file)}
    assert rows["ada"]["02-gate"] == "15"
    assert rows["zoe"]["02-gate (Feedback)"].endswith("why: to be graded by hand")
    failed = nbgrader_export(graded, exporter, "--MoodleExporter.roster=none.csv")
    assert failed.returncode == 1
    assert "The roster none.csv cannot be read" in failed.stderr
    assert "Traceback" not in failed.stderr
