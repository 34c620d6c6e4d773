"""The command, run as a user runs it: in a folder with an nbgrader_config.py."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from nbgrader_sandbox.course import Course


@pytest.fixture
def run(course: Course, tmp_path: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    (tmp_path / "nbgrader_config.py").write_text(
        "c = get_config()\n"
        "c.CourseDirectory.course_id = 'course'\n"
        "c.Application.log_level = 'WARN'\n"
    )

    def call(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "nbgrader_sandbox", *arguments],
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
            capture_output=True,
            text=True,
            check=False,
        )

    return call


def test_settle_and_report(
    run: Callable[..., subprocess.CompletedProcess[str]],
    hand_in: Callable[..., Path],
    tmp_path: Path,
) -> None:
    hand_in("olga", "{")
    settled = run("settle", "02-gate")
    assert (settled.returncode, settled.stderr) == (0, "")
    assert settled.stdout.startswith("olga: 0 points; gate.ipynb is not valid JSON")
    reported = run("report", "02-gate", "--csv", "class.csv")
    assert (reported.returncode, reported.stderr) == (0, "")
    assert "1 submissions, 1 not gradable" in reported.stdout
    assert "olga" in (tmp_path / "class.csv").read_text()


def test_an_unknown_assignment_is_one_sentence(
    run: Callable[..., subprocess.CompletedProcess[str]],
) -> None:
    failed = run("report", "no-such")
    assert (failed.returncode, failed.stdout) == (1, "")
    assert failed.stderr.startswith("The gradebook knows no assignment 'no-such'")
    assert failed.stderr.count("\n") == 1


def test_context_and_finding_need_the_standard_library_alone() -> None:
    program = (
        "import sys; import nbgrader_sandbox.context, nbgrader_sandbox.finding;"
        "print(*{name.split('.')[0] for name in sys.modules} - sys.stdlib_module_names)"
    )
    source = Path(__file__).parents[2] / "nbgrader_sandbox" / "src"
    done = subprocess.run(
        [sys.executable, "-S", "-c", program],
        env={"PYTHONPATH": str(source)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert set(done.stdout.split()) <= {"__main__", "nbgrader_sandbox"}
