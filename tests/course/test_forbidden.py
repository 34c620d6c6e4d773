"""A name that a question forbids: students read why, in the words of the rule."""

import json
from collections.abc import Iterator

import pytest
from nbgrader_sandbox.engine import grade as grading
from nbgrader_sandbox.engine.job import Cell, Job, Kind
from nbgrader_sandbox.isolation import Plan

WARM = ("numpy", "nbgrader_sandbox.worker.serve:prepare")
TEST = 'from lstm_ref.checks import grade\ngrade("forget_gate", forget_gate, points=8)'
ANSWER = """
import numpy as np
def forget_gate(x, h_prev, W_f, U_f, b_f):
    return 1 / (1 + np.reciprocal(np.exp(x @ W_f.T + h_prev @ U_f.T + b_f)))
"""
RULE = {"numpy.reciprocal": "Write the fraction yourself, without np.reciprocal."}


@pytest.fixture(autouse=True)
def _closing() -> Iterator[None]:
    yield
    grading.close()


@pytest.mark.parametrize(("rules", "points"), [({}, 8.0), (RULE, 0.0)])
def test_the_checks_pass_on_what_the_question_says(rules: dict[str, str], points: float) -> None:
    cells = (Cell(Kind.STUDENT, ANSWER, 1), Cell(Kind.TEST, TEST, 2, "test_forget_gate", 8.0))
    job = Job("02", "nb", "ada", cells, Plan(warm=WARM), b"s" * 32, forbidden=rules)
    found = grading.grade(job)
    assert found.scores[0].points == points
    assert (RULE["numpy.reciprocal"] in json.dumps(found.outputs)) == bool(rules)
    assert [one.kind for one in found.evidence] == ["forbidden-name"] * len(rules)
