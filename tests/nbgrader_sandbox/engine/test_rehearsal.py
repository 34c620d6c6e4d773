"""Before anything is handed out: the solution is graded, and the course looked through."""

import os
from pathlib import Path

import pytest

from tests.nbgrader_sandbox.engine.small_class import ASSIGNMENT, NOTEBOOK, SmallClass

pytestmark = pytest.mark.course


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> SmallClass:
    small = SmallClass(tmp_path_factory.mktemp("rehearsal") / "course", {})
    small.make()
    return small


@pytest.fixture
def small(made: SmallClass, tmp_path: Path) -> SmallClass:
    """A course with one assignment and nobody in it, to change at will."""
    return made.copy(tmp_path / "course")


def _edit(small: SmallClass, old: str, new: str) -> None:
    path = small.root / "source" / ASSIGNMENT / f"{NOTEBOOK}.ipynb"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def _files(small: SmallClass) -> dict[str, int]:
    return {
        str(path): path.stat().st_mtime_ns
        for path in small.root.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


def test_a_sound_assignment_can_be_handed_out_and_nothing_is_touched(small: SmallClass) -> None:
    before = _files(small)
    done = small.run("sandbox", "check", ASSIGNMENT)
    assert done.returncode == 0, done.stdout
    assert done.stdout.count("full marks") == 2
    assert f"{ASSIGNMENT} can be handed out." in done.stdout
    assert _files(small) == before


@pytest.mark.gate
def test_what_the_solution_does_not_get_is_said(small: SmallClass) -> None:
    _edit(small, "np.ones((2, 4))) == 8", "np.ones((2, 4))) == 9")
    _edit(small, "lambda x: x + x, 3", "lambda x: x + x, 2")  # of 3 points
    done = small.run("sandbox", "check", ASSIGNMENT)
    assert done.returncode == 1
    assert "the solution gets 0 of 2" in done.stdout
    assert "the solution gets 2 of 3" in done.stdout
    assert "can be handed out" not in done.stdout


@pytest.mark.gate
def test_what_is_given_for_nothing_is_said(small: SmallClass) -> None:
    _edit(small, "assert total(np.ones((2, 4))) == 8", "assert callable(total)")
    done = small.run("sandbox", "check", ASSIGNMENT)
    assert done.returncode == 1
    assert "the release as handed out gets 2 of 2 already" in done.stdout


@pytest.mark.gate
def test_what_nbgrader_objects_to_is_passed_on(small: SmallClass) -> None:
    _edit(small, "### END SOLUTION", "### THE END")
    done = small.run("sandbox", "check", ASSIGNMENT)
    assert done.returncode == 1
    assert "`nbgrader generate_assignment 01-sums` stops" in done.stdout
    done = small.run("sandbox", "check", "02-nothing")
    assert done.returncode == 1
    assert "There is no assignment '02-nothing'" in done.stdout


@pytest.mark.gate
def test_the_doctor_looks_through_a_course(small: SmallClass, tmp_path: Path) -> None:
    (small.root / "source" / "02-later").mkdir()
    here = str(small.root)
    done = small.run("sandbox", "doctor", here)
    assert done.returncode == 0, done.stdout
    assert f"{ASSIGNMENT:28} can be graded" in done.stdout
    assert "`nbgrader-sandbox check 02-later` tries it" in done.stdout
    _edit(small, "def total(x):", "import nowhere_to_be_found\\ndef total(x):")
    released = small.run("generate_assignment", ASSIGNMENT, "--force")
    assert released.returncode == 0, released.stdout
    done = small.run("sandbox", "doctor", here)
    assert done.returncode == 1
    assert "imports 'nowhere_to_be_found', which is not installed" in done.stdout
    done = small.run("sandbox", "doctor", str(tmp_path))
    assert done.returncode == 1
    assert "has no nbgrader_config.py: name the course's folder" in done.stdout


@pytest.mark.gate
def test_the_doctor_names_a_package_that_students_could_import(
    small: SmallClass, tmp_path: Path
) -> None:
    """One that was installed here, by `pip install .`, from a folder of the instructor's."""
    about = tmp_path / "site" / "statkit-1.dist-info"
    about.mkdir(parents=True)
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: statkit\nVersion: 1\n")
    (about / "top_level.txt").write_text("statkit\n")
    (about / "direct_url.json").write_text('{"url": "file:///home/ina/statkit", "dir_info": {}}')
    (about.parent / "statkit.py").write_text("def points(*_):\n    return 3\n")
    _edit(small, "from small_checks import points", "from statkit import points")
    released = small.run("generate_assignment", ASSIGNMENT, "--force")
    assert released.returncode == 0, released.stdout
    places = f"{about.parent}{os.pathsep}{small.root}"
    done = small.run("sandbox", "doctor", str(small.root), PYTHONPATH=places)
    assert done.returncode == 1
    assert "add 'statkit' to c.SandboxSettings.hidden" in done.stdout
