"""The way back in feedback: from which step on it is wrong; parachutes; the five wrong passes."""

import inspect
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch

from lstm_ref.checks import CheckFailed, check, exercise, grade
from lstm_ref.checks.families import saved_steps
from lstm_ref.checks.gallery import FAULTS, LINES, wrong_pass
from lstm_ref.checks.inputs import Sizes, sequence
from lstm_ref.checks.judge import judge
from lstm_ref.checks.kill_matrix import as_student

Capture = pytest.CaptureFixture[str]


def wrong(part: str, mistake: str) -> Any:
    asked = exercise(part)
    return as_student(asked.source(asked.mistake(mistake)), part)


@pytest.mark.parametrize(
    ("part", "mistake", "fact"),
    [
        ("lstm_backward", "dh-not-carried", "right for step 3 and wrong from step 2 back."),
        ("lstm_backward", "dh-n-ignored", "wrong at step 3 already"),
        ("lstm_backward", "dxs-in-the-order-made", "dxs is right for step 3 and wrong from step 2"),
        ("truncated_backward", "not-truncated", "right for the steps 3 to 2 and wrong from step 1"),
    ],
)
def test_a_wrong_gradient_is_told_by_leaf_and_step(
    part: str, mistake: str, fact: str, capsys: Capture
) -> None:
    with pytest.raises(CheckFailed, match=fact):
        check(part, wrong(part, mistake))
    grade(part, wrong(part, mistake), points=6)
    assert fact in capsys.readouterr().out


def test_a_gradient_that_is_wrong_in_no_known_way_is_told_by_leaf_and_step() -> None:
    right = exercise("lstm_backward").source()
    text = right.replace("in params}", 'in params}\n        grads["U_f"] *= 1 + 0.37 * (t == 1)')
    answer = as_student(text, "lstm_backward")
    with pytest.raises(CheckFailed) as failed:
        check("lstm_backward", answer)
    assert "grads['U_f'] is right for step 3 and wrong from step 2 back." in str(failed.value)


def test_a_right_way_back_over_a_wrong_step_keeps_its_points(capsys: Capture) -> None:
    step = exercise("lstm_cell_backward")
    text = step.source(step.mistake("dc-prev-without-f"))
    space: dict[str, Any] = {"__name__": "__main__"}
    exec(text, space)
    for part, points in (("lstm_backward", 6), ("truncated_backward", 4)):
        exec(exercise(part).text, space)
        assert grade(part, space[part], points=points) == points
        said = capsys.readouterr().out
        assert "judged with a right lstm_cell_backward, since yours is not right yet" in said


def test_a_wrong_way_back_over_a_wrong_step_is_named_by_its_own_mistake() -> None:
    step, way = exercise("lstm_cell_backward"), exercise("lstm_backward")
    space: dict[str, Any] = {"__name__": "__main__"}
    exec(step.source(step.mistake("dU-from-h")), space)
    exec(way.variants.edited(way.mistake("grads-overwritten").edits), space)
    verdict = judge(way, space["lstm_backward"], 5)
    assert verdict.mistake == "grads-overwritten"


def leaves(found: Any) -> dict[str, np.ndarray]:
    dxs, dh0, dc0, grads = found
    return {"dxs": dxs, "dh0": dh0, "dc0": dc0, **grads}


def by_torch(xs: Any, h0: Any, c0: Any, params: Any, back: Any) -> dict[str, np.ndarray]:
    """The gradients of the weighted sum of all hidden states and both last states, by torch."""
    T = {k: torch.tensor(v, requires_grad=True) for k, v in params.items()}
    x, h0_, c0_ = (torch.tensor(a, requires_grad=True) for a in (xs, h0, c0))
    h, c, loss = h0_, c0_, torch.zeros(())
    for t in range(len(xs)):
        i, f, g, o = (x[t] @ T[f"W_{k}"].T + h @ T[f"U_{k}"].T + T[f"b_{k}"] for k in "ifgo")
        c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
        h = torch.sigmoid(o) * torch.tanh(c)
        loss = loss + (torch.tensor(back[0][t]) * h).sum()
    loss = loss + (torch.tensor(back[1]) * h).sum() + (torch.tensor(back[2]) * c).sum()
    loss.backward()
    named = {"dxs": x, "dh0": h0_, "dc0": c0_, **T}
    return {key: value.grad.numpy() for key, value in named.items()}


def off(answer: Callable[..., Any], steps: int) -> set[str]:
    """The leaves that are wrong after so many steps."""
    rng = np.random.default_rng(3)
    sizes = Sizes("a batch", 2, 4, 3)
    xs, h0, c0, params = sequence(rng, sizes, steps, 0.8)
    saved = saved_steps.forward(xs, h0, c0, params)
    back = (saved_steps.backs(rng, sizes, steps), *(saved_steps.backs(rng, sizes) for _ in "hc"))
    right = by_torch(xs, h0, c0, params, back)
    found = leaves(answer(*back, saved, params))
    return {key for key in right if not np.allclose(found[key], right[key], rtol=1e-6, atol=1e-9)}


def gate(letters: str, kinds: str = "WUb") -> set[str]:
    return {f"{kind}_{letter}" for kind in kinds for letter in letters}


#: What a student's own check finds of each pass, with one step alone: what the confusions tell of.
AT_ONE_STEP = {
    "A": gate("g") | {"dxs", "dh0"},
    "B": {"dc0"},
    "C": gate("ifgo", "U"),
    "D": set[str](),
    "E": {"dh0"},
}


@pytest.mark.parametrize("letter", FAULTS)
def test_each_pass_is_wrong_in_the_one_line_that_is_told(letter: str) -> None:
    assert off(exercise("lstm_backward").right, 3) == set()
    assert off(wrong_pass(letter), 1) == AT_ONE_STEP[letter]
    assert off(wrong_pass(letter), 3) > AT_ONE_STEP[letter] or letter == "C"
    assert FAULTS[letter].line in LINES


@pytest.mark.parametrize("letter", FAULTS)
def test_a_pass_gives_nothing_away_by_its_text(letter: str) -> None:
    given = wrong_pass(letter)
    with pytest.raises(OSError, match=r"could not get source|source code not available"):
        inspect.getsource(given)
    assert FAULTS[letter].mistake not in f"{given!r} {given.__doc__} {given.__code__.co_filename}"


def test_a_pass_is_no_answer() -> None:
    space: dict[str, Any] = {"__name__": "__main__", "given": wrong_pass("C")}
    exec("def lstm_backward(*all_of_it):\n    return given(*all_of_it)", space)
    verdict = judge(exercise("lstm_backward"), space["lstm_backward"], 5)
    assert verdict.mistake == "uses-answer-key"


def test_an_unknown_pass_is_refused_by_its_letter() -> None:
    with pytest.raises(ValueError, match="there is no pass 'F'; there are A, B, C, D, E"):
        wrong_pass("F")


@pytest.mark.parametrize(
    ("answer", "points", "said"),
    [
        ({}, 0, "nothing is named yet"),
        (["dz_g"], 0, "it is no dict of names"),
        (None, 0, "it is no dict of names"),
        ({"A": "dz_g", "B": "dc_prev"}, 2, "2 of 5 are right; there is no entry for pass C"),
        ({"A": "dz_g", "B": "dc_prev", "C": "dU", "D": "dW", "E": "dh_prev"}, 4, "not wrong in dW"),
        ({"A": "dz_G", "E": 5}, 0, "for pass A no such line is in the list"),
        ({"A": "dh_prev"}, 0, "pass A is not wrong in the line that is named"),
    ],
)
def test_each_pass_that_is_named_rightly_counts(
    answer: Any, points: float, said: str, capsys: Capture
) -> None:
    assert grade("wrong_lines", answer, points=5) == points
    assert said in capsys.readouterr().out
    with pytest.raises(CheckFailed, match=said):
        check("wrong_lines", answer)
