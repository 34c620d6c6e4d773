"""The small tools that `make` runs: the local server, and what is said of a missing tool."""

import os
import re
import subprocess
import sys
import urllib.error
import urllib.request
import zipfile
from pathlib import Path

import nbformat
import pytest

from lstm_ref.checks import course
from tools import cells, node, student_package
from tools.notes import Notes, hash_of

ROOT = Path(__file__).resolve().parent.parent


def test_the_local_server_shows_the_book_and_nothing_above_it(built_book: Path) -> None:
    command = [sys.executable, "-u", "-m", "tools.serve", "--port", "0"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None
            found = re.search(r"http://127\.0\.0\.1:\d+", server.stdout.readline())
            assert found is not None
            with urllib.request.urlopen(f"{found[0]}/forget-gate.html") as page:
                assert b"The forget gate" in page.read()
            for outside in ("/feedback/../../README.md", "/feedback/%2e%2e/%2e%2e/README.md"):
                with pytest.raises(urllib.error.HTTPError, match="404"):
                    urllib.request.urlopen(found[0] + outside)
        finally:
            server.terminate()


def missing_packages(tmp_path: Path, **more: str) -> subprocess.CompletedProcess[str]:
    """Run the script where there is no Chromium, no apt-get, and a user who is not root."""
    for name, text in (("id", "echo 1000"),):
        (tmp_path / name).write_text(f"#!/bin/sh\n{text}\n")
        (tmp_path / name).chmod(0o755)
    script = str(ROOT / "tools/system_packages.sh")
    environment = {"PATH": str(tmp_path), **more}
    return subprocess.run(["/bin/bash", script], env=environment, capture_output=True, text=True)


def test_without_root_each_missing_package_is_named_with_its_command(tmp_path: Path) -> None:
    done = missing_packages(tmp_path)
    assert done.returncode == 0
    assert "Left out: the browser tests" in done.stderr
    assert "sudo apt-get install chromium" in done.stderr


def test_in_ci_a_missing_package_is_a_failure(tmp_path: Path) -> None:
    assert missing_packages(tmp_path, CI="true").returncode == 1


def test_node_is_taken_from_the_machine_only_if_new_enough(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = tmp_path / "node"
    old.write_text("#!/bin/sh\necho v18.20.0\n")
    old.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    assert node.find_node() == str(Path(sys.prefix) / "bin" / "node")
    monkeypatch.setattr(sys, "prefix", str(tmp_path))
    with pytest.raises(RuntimeError, match=r"no Node\.js of version 20 or newer"):
        node.find_node()


def test_without_the_last_hint_the_released_cells_say_so(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = course.assignment("02-forget-gate")
    before = nbformat.read(cells.path_of(asked), as_version=4)
    monkeypatch.setattr(course, "LAST_HINT", False)
    after = {cell.id: cell.source for cell in cells.written(before, asked).cells}
    assert 'check("keep", keep, last_hint=False)' in after["check-keep"]
    assert 'grade("keep", keep, points=3, last_hint=False)' in after["test-keep"]
    changed = {cell.id for cell in before.cells if after[cell.id] != cell.source}
    assert changed == {f"{kind}-{name}" for kind in ("check", "test") for name in
                       ("forget-gate", "keep")}  # fmt: skip


@pytest.mark.parametrize(
    ("language", "asks"), [("", "."), ("French or English", ", in French or English.")]
)
def test_the_question_says_in_which_language_it_is_answered(
    monkeypatch: pytest.MonkeyPatch, language: str, asks: str
) -> None:
    for one in course.COURSE:
        if not cells.path_of(one).is_file():
            continue
        notebook = nbformat.read(cells.path_of(one), as_version=4)
        monkeypatch.setattr(course, "ANSWER_LANGUAGE", "Latin")
        latin = cells.written(notebook, one)
        monkeypatch.setattr(course, "ANSWER_LANGUAGE", language)
        made = cells.written(latin, one)
        (question,) = (c.source for c in made.cells if c.source.startswith("## Question"))
        assert re.search(rf"^Answer in \w+ to \w+ sentences{asks}$", question, re.MULTILINE), (
            one.name
        )


@pytest.mark.course
def test_the_students_zip_holds_what_they_need_and_no_solution(tmp_path: Path) -> None:
    names = student_package.pack(["02-forget-gate"], tmp_path / "students.zip")
    wheel = next(name for name in names if name.endswith(".whl"))
    notebook = "lstm/exercises/02-forget-gate/forget-gate.ipynb"
    assert {*names} == {wheel, "lstm/README.md", "lstm/requirements.txt", notebook}
    with zipfile.ZipFile(tmp_path / "students.zip") as archive:
        archive.extractall(tmp_path)
    there = tmp_path / "lstm"
    assert (there / "requirements.txt").read_text() == f"./{Path(wheel).name}[student]\n"
    install = ["pip", "install", "--quiet", "--no-deps", "--target", str(tmp_path / "site")]
    subprocess.run([sys.executable, "-m", *install, f"./{Path(wheel).name}"], cwd=there, check=True)
    answer = "from lstm_ref.checks import check\ncheck('keep', lambda f, c_prev: f * c_prev)"
    done = subprocess.run(
        [sys.executable, "-c", answer],
        cwd=there,
        env={"PYTHONPATH": str(tmp_path / "site")},
        capture_output=True,
        text=True,
    )
    assert "✓" in done.stdout, done.stderr


def test_an_assignment_that_is_not_released_is_not_packed(tmp_path: Path) -> None:
    with pytest.raises(student_package.PackageError, match="no exercises/99-more; there are 00-"):
        student_package.pack(["99-more"], tmp_path / "students.zip")


def test_notes_of_a_run_that_was_killed_are_the_old_ones(tmp_path: Path) -> None:
    path = tmp_path / "notes.json"
    Notes(path).note("a", "1")
    path.with_suffix(".new").write_text('{"a": ')
    assert Notes(path).get("a") == "1"
    path.write_text('{"a": ')
    assert Notes(path).get("a") is None


def test_a_hash_sees_names_and_contents_and_no_caches(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("1")
    first = hash_of([tmp_path])
    (tmp_path / "__pycache__").mkdir()
    (tmp_path / "__pycache__" / "a.pyc").write_text("x")
    assert hash_of([tmp_path]) == first
    (tmp_path / "a").rename(tmp_path / "b")
    assert hash_of([tmp_path]) != first
