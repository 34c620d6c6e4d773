"""Points have one source, and the ladder of hints may end one rung earlier."""

import pkgutil
from typing import Any

import pytest

from lstm_ref.checks import CheckFailed, check, course, exercise, grade, hint, parts
from lstm_ref.checks.kill_matrix import as_student
from lstm_ref.checks.points import differ

ASSIGNMENT = "02-forget-gate"


@pytest.fixture
def cells() -> dict[str, tuple[str, float]]:
    return {
        "check_keep": ('check("keep", keep)', 0.0),
        "test_forget_gate": ('grade("forget_gate", forget_gate, points=8)', 8.0),
        "test_keep": ('grade("keep", keep, points=3)', 3.0),
        "why_sigmoid": ("", 0.0),
    }


def test_a_gradebook_in_step_is_in_order(cells: Any) -> None:
    assert differ(ASSIGNMENT, cells) == ""


@pytest.mark.parametrize(
    ("name", "held", "says"),
    [
        ("test_forget_gate", ("points=8", 10.0), "gives 10 points for test_forget_gate"),
        ("test_forget_gate", ("points=10", 8.0), "counts 10 points in the text of test_"),
        ("test_more", ("points=2", 2.0), "gives 2 points for test_more"),
        ("why_sigmoid", ("", 4.0), "gives 4 points for why_sigmoid"),
    ],
)
def test_other_points_are_said_with_the_commands(
    cells: Any, name: str, held: tuple[str, float], says: str
) -> None:
    said = differ(ASSIGNMENT, {**cells, name: held})
    assert says in said
    assert f"`python -m tools.cells {ASSIGNMENT}`" in said


def test_a_cell_that_the_gradebook_lacks_is_said(cells: Any) -> None:
    del cells["test_keep"]
    assert "gives 0 points for test_keep" in differ(ASSIGNMENT, cells)


def test_questions_that_count_are_counted(cells: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(course, "QUESTIONS_COUNT", True)
    assert "gives 0 points for why_sigmoid" in differ(ASSIGNMENT, cells)


def test_without_the_last_hint_the_line_is_not_shown(capsys: pytest.CaptureFixture[str]) -> None:
    asked = exercise("forget_gate")
    two = asked.mistake("bias-missing"), asked.mistake("U-transposed")
    for mistakes in (two[:1], two):
        answer = as_student(asked.source(*mistakes), "forget_gate")
        with pytest.raises(CheckFailed):
            check("forget_gate", answer, last_hint=False)
        for _ in range(6):
            hint("forget_gate")
        grade("forget_gate", answer, points=8, last_hint=False)
        told = capsys.readouterr().out
        assert mistakes[0].hints[1] in told
        assert not any(asked.last_rung(mistake) in told for mistake in mistakes)
        assert "reference" not in told
        grade("forget_gate", answer, points=8)
        assert asked.last_rung(mistakes[0]) in capsys.readouterr().out


WRITTEN = [one.name for one in pkgutil.iter_modules(parts.__path__)]


@pytest.mark.parametrize("part", WRITTEN)
def test_a_ladder_without_its_last_rung_is_never_empty(part: str) -> None:
    asked = exercise(part)
    for hints in (asked.hints, *(mistake.hints for mistake in asked.mistakes)):
        assert asked.ladder(hints, last_hint=False)
