"""Honest students keep all their points, in whatever style they write."""

import json

import pytest

from tests.limits import PATIENT
from tests.nbgrader_sandbox.honest.cells import CELLS
from tests.nbgrader_sandbox.honest.odd import ODD
from tests.nbgrader_sandbox.honest.styles import STYLES as PYTHON
from tests.nbgrader_sandbox.hostile import look
from tests.nbgrader_sandbox.hostile.attack import Attack, write
from tests.nbgrader_sandbox.hostile.course import ASSIGNMENT, Course
from tests.nbgrader_sandbox.hostile.parts import POINTS

STYLES = (*PYTHON, *CELLS, *ODD)

pytestmark = pytest.mark.gate

each = pytest.mark.parametrize("style", STYLES, ids=lambda one: one.name)


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Course:
    """The class, graded once."""
    course = Course(tmp_path_factory.mktemp("honest") / "course", engine=True)
    course.make()
    for style in STYLES:
        write(style, course.release, course.submission(style.student), {})
    done = course.nbgrader("autograde", ASSIGNMENT, *PATIENT)
    assert done.returncode == 0, done.stdout
    assert "Traceback" not in done.stdout, done.stdout
    pages = course.nbgrader("generate_feedback", ASSIGNMENT)
    assert pages.returncode == 0, pages.stdout
    return course


@pytest.fixture(scope="module")
def scores(course: Course) -> dict[str, dict[str, float | None]]:
    return course.scores()


def test_styles_are_many() -> None:
    assert len({style.name for style in STYLES}) == len(STYLES) >= 25


@each
def test_all_points(
    course: Course, scores: dict[str, dict[str, float | None]], style: Attack
) -> None:
    found = {name: scores[style.student][name] for name in POINTS}
    assert found == POINTS, look.shown(look.notebook(course.autograded(style.student)))[:3000]


@each
def test_the_page_is_there_and_harmless(course: Course, style: Attack) -> None:
    page = course.feedback(style.student).read_text(encoding="utf-8")
    assert look.leaked(page) + look.live(page) == []


def test_nobody_is_accused(course: Course) -> None:
    """That output was cut is no accusation."""
    paths = (course.root / "sandbox" / ASSIGNMENT).glob("*/*.json")
    outcomes = [json.loads(path.read_text(encoding="utf-8")) for path in paths]
    assert len(outcomes) == len(STYLES)
    said = [(one["student"], note) for one in outcomes for note in one["evidence"]]
    assert [(who, note) for who, note in said if note["kind"] != "cleaned"] == []
    assert [one["stopped"] for one in outcomes if one["stopped"]] == []


def _text(course: Course, name: str) -> str:
    return look.shown(look.notebook(course.autograded(f"x-{name}")))


def test_what_cells_show_is_kept(course: Course) -> None:
    """Figures, displays and prints reach the graded copy, as in a notebook."""
    assert "image/png" in _text(course, "plots")
    assert "<b>bold</b>" not in _text(course, "display")  # cleared by clear_output
    assert "<i>x</i>" in _text(course, "display")
    assert "so far so good after TanhRNN" in _text(course, "extra-cells")
    assert "NameError" in _text(course, "own-failure")
    assert "Wall time" in _text(course, "time-magic") + _text(course, "magics")
    assert "hello" in _text(course, "prints")
