"""The command, run as a user runs it: in a folder with an nbgrader_config.py."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from nbgrader_sandbox.course import Course

pytestmark = pytest.mark.course


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


def test_the_report(
    run: Callable[..., subprocess.CompletedProcess[str]],
    hand_in: Callable[..., Path],
    tmp_path: Path,
) -> None:
    hand_in("olga", "{")
    reported = run("report", "02-gate", "--csv", "class.csv")
    assert (reported.returncode, reported.stderr) == (0, "")
    assert reported.stdout == "02-gate: 1 submissions, 1 not gradable\nwritten: class.csv\n"
    assert "olga" in (tmp_path / "class.csv").read_text()
    assert not (tmp_path / "class.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    assert run("report", "02-gate", "--csv", "class.csv", "--bom").returncode == 0
    assert (tmp_path / "class.csv").read_bytes().startswith(b"\xef\xbb\xbf")


def test_the_page_is_written_with_names_or_without(
    run: Callable[..., subprocess.CompletedProcess[str]],
    hand_in: Callable[..., Path],
    tmp_path: Path,
) -> None:
    hand_in("olga", "{")
    done = run("report", "02-gate", "--html", "class.html")
    assert (done.returncode, done.stderr) == (0, "")
    assert "olga" in (tmp_path / "class.html").read_text(encoding="utf-8")
    done = run("report", "02-gate", "--html", "class.html", "--anonymous")
    assert (done.returncode, done.stderr) == (0, "")
    assert "1 submissions, 1 not gradable" in done.stdout
    assert "olga" not in done.stdout + (tmp_path / "class.html").read_text(encoding="utf-8")


def test_what_cannot_be_written_is_one_sentence(
    run: Callable[..., subprocess.CompletedProcess[str]],
    hand_in: Callable[..., Path],
) -> None:
    hand_in("olga", "{")
    failed = run("report", "02-gate", "--html", "none/class.html")
    assert failed.returncode == 1
    assert failed.stderr.startswith("The report cannot be written to none/class.html (No such")
    assert failed.stderr.count("\n") == 1
    failed = run("report", "02-gate", "--csv", "class.csv", "--anonymous")
    assert (failed.returncode, failed.stdout) == (1, "")
    assert "leave --csv or --anonymous out" in failed.stderr


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
