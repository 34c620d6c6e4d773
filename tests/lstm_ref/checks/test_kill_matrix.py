"""The proof that wrong answers lose points, on other draws of the inputs each time."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lstm_ref.checks import exercises
from lstm_ref.checks.exercise import Exercise
from lstm_ref.checks.judge import judge
from lstm_ref.checks.kill_matrix import Row, as_student, rows
from lstm_ref.checks.observe import observe

ROWS = list(rows())
EXERCISES = list(exercises().values())


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.exercise}-{row.answer}")
def test_every_row_holds(row: Row) -> None:
    assert row.holds, row.verdicts


@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda e: e.name)
@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 2**63 - 1))
def test_on_any_draw_mistakes_are_named_and_right_answers_pass(
    exercise: Exercise, seed: int
) -> None:
    for right in exercise.right_answers:
        assert judge(exercise, as_student(right, exercise.name), seed).right
    for mistake in exercise.mistakes:
        verdict = judge(exercise, as_student(mistake.wrong, exercise.name), seed)
        assert verdict.mistake == mistake.name
        assert verdict.share == mistake.keeps < 1


@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda e: e.name)
@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 2**63 - 1))
def test_every_mistake_is_far_from_right_on_some_case(exercise: Exercise, seed: int) -> None:
    cases = exercise.cases(seed)
    for mistake in exercise.mistakes:
        distances = []
        for case in cases:
            right = observe(exercise, exercise.reference, case).values
            wrong = observe(exercise, mistake.wrong, case).values
            assert right is not None
            if wrong is None or wrong[0].shape != right[0].shape or np.isnan(wrong[0]).any():
                distances.append(np.inf)
            else:
                distances.append(float(np.abs(wrong[0] - right[0]).max()))
        assert max(distances) >= 1e-2, mistake.name


@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda e: e.name)
def test_every_mistake_leads_on_in_full_sentences(exercise: Exercise) -> None:
    assert len(exercise.mistakes) >= 10
    for mistake in exercise.mistakes:
        question, *pointers, formula = mistake.hints
        assert "?" in question
        assert pointers
        assert formula == exercise.hints[-1]
        assert not mistake.title.endswith(".")


def test_the_forget_gate_has_the_sizes_that_tell_mistakes_apart() -> None:
    for exercise in EXERCISES:
        if len(exercise.arguments) < 5:
            continue
        shapes = [[np.shape(a) for a in case.arguments] for case in exercise.cases(0)]
        sizes = [(x[0] if len(x) == 2 else None, x[-1], h[-1]) for x, h, *_ in shapes]
        assert any(B == I == H for B, I, H in sizes)
        assert any(B is None for B, _, _ in sizes)
        assert any(B == H != I for B, I, H in sizes)
        assert any(B == 1 and H == 1 for B, _, H in sizes)
        assert any(len({B, I, H}) == 3 for B, I, H in sizes)
