"""Whatever goes wrong with one submission, at whatever stage, the others are graded."""

import errno
import os
import random
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from nbgrader_sandbox.apart import Apart, CannotGoOn, can_be_named, shown
from nbgrader_sandbox.engine import autograde, feedback, run
from nbgrader_sandbox.engine.store import Store
from nbgrader_sandbox.engine.submission import read_files
from nbgrader_sandbox.engine.timestamps import read_timestamp
from nbgrader_sandbox.reporting import classroom

from nbgrader_sandbox import cli
from tests.nbgrader_sandbox.engine.small_class import ASSIGNMENT, NOTEBOOK, SmallClass, class_of

ERRORS: list[Callable[[], BaseException]] = [
    lambda: OSError(errno.EIO, "the disk is worn out"),
    lambda: PermissionError(errno.EACCES, "not yours"),
    RecursionError,
    MemoryError,
    lambda: KeyError("\udcff"),
    lambda: UnicodeEncodeError("utf-8", "\udcff", 0, 1, "no"),
    lambda: AttributeError("x\ny"),
    ZeroDivisionError,
    lambda: Unsayable(),
    StopIteration,
    lambda: SystemError("odd"),
]


class Unsayable(Exception):
    def __str__(self) -> str:
        raise RuntimeError


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error()).__name__)
def test_no_error_gets_out(error: Callable[[], BaseException]) -> None:
    said: list[str] = []
    apart = Apart(said.append)
    with apart.keep("ada\n", "it was tried"):
        raise error()
    [line] = said
    assert line.startswith("ada\\n was left out while it was tried: ")
    assert line.isprintable()
    assert "ada\\n" in apart.summary()


def test_what_concerns_all_goes_on() -> None:
    apart = Apart(print, (ValueError,))
    with pytest.raises(ValueError, match="why"), apart.keep("ada", "it was tried"):
        raise UnicodeDecodeError("utf-8", b"", 0, 1, "why")
    with pytest.raises(CannotGoOn, match="The disk is full"), apart.keep("ada", "it was tried"):
        raise OSError(errno.ENOSPC, "No space left on device", "/course/a")
    with pytest.raises(KeyboardInterrupt), apart.keep("ada", "it was tried"):
        raise KeyboardInterrupt
    assert apart.left_out == {}


def test_names_that_a_gradebook_can_hold() -> None:
    for name in (
        "ada",
        "José",
        "\u0645\u06cc\u200c\u062e",
        "a\u00a0b",
        "\u5c71\u3000\u7530",
        "x y",
    ):
        assert can_be_named(name), name
        assert shown(name) == name
    for name in ("a\nb", "\udcff", "\x00", "a\x85b", "a\u2028b", "", " ", "\x1b[31m"):
        assert not can_be_named(name), name


def failing(monkeypatch: pytest.MonkeyPatch, owner: Any, name: str, student: str) -> None:
    """Let a function raise where one of its arguments is about a student."""
    real = getattr(owner, name)

    def or_raise(*args: Any, **kwargs: Any) -> Any:
        if any(student in f"{one!r}" for one in (*args, *kwargs.values())):
            raise random.Random(name).choice(ERRORS)()
        return real(*args, **kwargs)

    monkeypatch.setattr(owner, name, or_raise)


@pytest.mark.course
def test_at_every_stage(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    # Kinds repeat after eight: these ten are students 000 to 009.
    course = SmallClass(tmp_path / "course", class_of(10))
    course.make()
    stages = [
        (autograde, "recover", "student000"),
        (run, "read_files", "student001"),
        (run, "prepare", "student002"),
        (Store, "keep", "student003"),
        (run, "draft_copy", "student004"),
        (run, "enter", "student005"),
        (run, "put_in_place", "student008"),
        (autograde.SandboxAutograde, "set_permissions", "student009"),
    ]
    monkeypatch.chdir(course.root)
    monkeypatch.setattr(sys, "path", [str(course.root), *sys.path])
    monkeypatch.setenv("PATH", course.environment()["PATH"])
    with monkeypatch.context() as patch:
        for stage in stages:
            failing(patch, *stage)
        assert cli.main(["grade", ASSIGNMENT]) == 1
    said = capsys.readouterr().err
    for _, _, student in stages:
        assert f"{student} was left out while" in said
    whole = {name for name in course.students if name not in {one for _, _, one in stages}}
    assert {"student006", "student007"} == whole
    for name in whole:
        assert course.scores()[name] == course.deserved()[name]
        assert course.whole(name)
    assert cli.main(["grade", ASSIGNMENT, "--force"]) == 0
    assert course.scores() == course.deserved()

    reading = classroom._Reader.submission

    def stumbling(self: Any, student: str, record: Any) -> Any:
        if student == "student001":
            raise RecursionError
        return reading(self, student, record)

    with monkeypatch.context() as patch:
        patch.setattr(classroom._Reader, "submission", stumbling)
        assert cli.main(["report", ASSIGNMENT]) == 1
    out = capsys.readouterr()
    assert "what is kept of it cannot be read" in out.out
    assert cli.main(["report", ASSIGNMENT]) == 0

    real = feedback.GenerateFeedback.convert_notebooks

    def no_page(self: Any) -> None:
        if any("student002" in path for path in self.assignments):
            raise MemoryError
        real(self)

    from nbgrader.apps import GenerateFeedbackApp

    with monkeypatch.context() as patch:
        patch.setattr(feedback.GenerateFeedback, "convert_notebooks", no_page)
        app = GenerateFeedbackApp()
        app.initialize([ASSIGNMENT])
        with pytest.raises(SystemExit) as ended:
            app.start()
    assert ended.value.code == 1
    pages = {path.parts[-3] for path in (course.root / "feedback").glob(f"*/*/{NOTEBOOK}.html")}
    assert pages == {*course.students} - {"student002"}


@pytest.mark.gate
@pytest.mark.course
def test_odd_submissions_harm_nobody(tmp_path: Path) -> None:
    course = SmallClass(tmp_path / "course", class_of(2))
    course.make()

    def odd(name: str) -> Path:
        folder = course.root / "submitted" / name / ASSIGNMENT
        folder.mkdir(parents=True)
        text = (course.root / "submitted/student000" / ASSIGNMENT / f"{NOTEBOOK}.ipynb").read_text()
        (folder / f"{NOTEBOOK}.ipynb").write_text(text)
        return folder

    for k, text in enumerate(("9" * 30, "2025-01-01 10:00:00 Mars/Olympus", "x", "0001-01-01 +14")):
        (odd(f"when{k}") / "timestamp.txt").write_text(text)
    (odd("page") / f"{NOTEBOOK}.html").mkdir()
    (odd("page-file") / f"{NOTEBOOK}.html").write_text("theirs")
    (course.root / "submitted" / "page" / ASSIGNMENT / f"{NOTEBOOK}.html" / "a.txt").write_text("b")
    (odd("page-files") / f"{NOTEBOOK}_files").write_text("theirs")
    deep = odd("deep")
    here = os.getcwd()
    try:
        os.chdir(deep)
        for _ in range(60):
            os.mkdir("d" * 100)
            os.chdir("d" * 100)
    finally:
        os.chdir(here)
    good = ["a\u00a0b", "\u5c71\u3000\u7530", "\u0645\u06cc\u200c\u062e"]
    left_out = ["a\nb", "\udcff", "\x1b[31m"]
    for name in (*good, *left_out):
        odd(name)
    done = course.run("autograde", ASSIGNMENT)
    assert done.returncode == 1, done.stdout
    assert "Traceback" not in done.stdout
    assert done.stdout.count("no gradebook can hold this name") == len(left_out)
    right = (3, 2)
    graded = ["page", "page-file", "page-files", "deep", *good, *(f"when{k}" for k in range(4))]
    assert course.scores() == course.deserved() | dict.fromkeys(graded, right)
    done = course.run("generate_feedback", ASSIGNMENT)
    assert done.returncode == 0, done.stdout
    for name in graded:
        assert (course.root / "feedback" / name / ASSIGNMENT / f"{NOTEBOOK}.html").is_file()
    for words in (("sandbox", "report", ASSIGNMENT, "--html", "r.html", "--csv", "r.csv"),):
        done = course.run(*words)
        assert done.returncode == 0, done.stdout
    done = course.run("export", "--exporter", "nbgrader_sandbox.exporting.CanvasExporter")
    assert done.returncode == 0, done.stdout


def test_a_folder_that_may_not_be_entered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As root all may be entered, so the system's answers are given here."""
    folder = tmp_path / "ps1"
    (folder / "inner").mkdir(parents=True)
    (folder / "a.txt").write_text("a")
    real = Path.lstat

    def closed(self: Path) -> Any:
        if self.parent == folder:
            raise PermissionError(errno.EACCES, "Permission denied", str(self))
        return real(self)

    monkeypatch.setattr(Path, "lstat", closed)
    with pytest.raises(PermissionError):  # which leaves this submission out
        read_files(folder, ())


@pytest.mark.parametrize("number", range(40))
def test_no_text_of_a_timestamp_raises(tmp_path: Path, number: int) -> None:
    draw = random.Random(number)
    parts = ["2025-03-07", "17:00:00", "UTC", "+99", "-24:00", "9" * 25, "24:61", "\x00", "Mars"]
    parts += ["\u0660\u0661", "1e400", "--", "am", "Feb 30", "T", "0001-01-01", "+14", "\ufeff"]
    text = " ".join(draw.choices(parts, k=draw.randint(1, 4)))
    (tmp_path / "timestamp.txt").write_text(text)
    when, trouble = read_timestamp(tmp_path)
    assert when is None or when.tzinfo is None
    assert when is not None or trouble
