"""What a student meets: check, hint and grade."""

from typing import Any

import numpy as np
import pytest

from lstm_ref.checks import CheckFailed, check, exercise, grade, hint
from lstm_ref.checks.judge import judge
from lstm_ref.checks.kill_matrix import as_student
from lstm_ref.given import sigmoid

Capture = pytest.CaptureFixture[str]
FORGET_GATE = exercise("forget_gate")


def wrong(name: str) -> Any:
    return as_student(FORGET_GATE.source(FORGET_GATE.mistake(name)), "forget_gate")


def right() -> Any:
    return as_student(FORGET_GATE.source(), "forget_gate")


def test_a_right_answer_gets_one_line_and_none(capsys: Capture) -> None:
    assert check("forget_gate", right()) is None  # type: ignore[func-returns-value]
    out = capsys.readouterr().out
    assert out.startswith("✓ forget_gate")
    assert len(out.splitlines()) == 1


def test_a_wrong_answer_is_named_with_numbers_and_the_way_on() -> None:
    with pytest.raises(CheckFailed) as caught:
        check("forget_gate", wrong("bias-missing"))
    message = str(caught.value)
    assert "the bias b_f is missing" in message
    assert "your f = " in message
    assert "expected f = " in message
    assert 'hint("forget_gate")' in message


def test_in_a_notebook_the_message_stands_without_a_traceback() -> None:
    error = CheckFailed("✗ line one\nline two")
    assert error._render_traceback_() == ["✗ line one", "line two"]


def test_hints_climb_one_rung_at_a_time_and_end_with_the_line(capsys: Capture) -> None:
    with pytest.raises(CheckFailed):
        check("forget_gate", wrong("tanh-for-sigmoid"))
    capsys.readouterr()
    rungs = []
    for _ in range(4):
        hint("forget_gate")
        rungs.append(capsys.readouterr().out.splitlines()[0])
    assert rungs[0] == "Hint 1 of 3: Can a share be negative?"
    assert rungs[2] == rungs[3]
    assert "`np.tanh(" in rungs[3]
    assert "the line needs `sigmoid(" in rungs[3]
    check("forget_gate", right())
    capsys.readouterr()
    hint("forget_gate")
    assert "your last check passed" in capsys.readouterr().out


@pytest.mark.parametrize("answer", [None, 3, "f", [1, 2]])
def test_what_is_no_function_is_said_to_be_none(answer: Any) -> None:
    with pytest.raises(CheckFailed, match="is not a function"):
        check("forget_gate", answer)
    assert grade("forget_gate", answer, points=8) == 0


class Liar:
    """Claims to equal anything."""

    shape, dtype, ndim = (3,), np.dtype(float), 1

    def __eq__(self, other: object) -> bool:
        return True

    def __array__(self, *args: Any, **kwargs: Any) -> Any:
        raise RuntimeError("nobody should ask")

    __hash__ = None  # type: ignore[assignment]


def student(body: str, **names: Any) -> Any:
    source = f"def forget_gate(x, h_prev, W_f, U_f, b_f):\n    {body}"
    notebook = {"__name__": "__main__", "np": np, "sigmoid": sigmoid, **names}
    exec(source, notebook)
    return notebook["forget_gate"]


@pytest.mark.parametrize(
    ("body", "called"),
    [
        ("return Liar()", "wrong-type"),
        ("raise SystemExit", "raises"),
        ("raise BaseException('out')", "raises"),
        ("import sys; return sys._getframe(1).f_locals", "inspects-caller"),
        ("import inspect; return inspect.stack(0)", "inspects-caller"),
        ("import lstm_ref.gates as g; return g.forget_gate(x, h_prev, W_f, U_f, b_f)",
         "uses-answer-key"),
        ("import torch; c = torch.nn.LSTMCell(2, 2); return c", "uses-answer-key"),
        ("return (x @ W_f.T).astype(object)", "wrong-type"),
        ("return sigmoid(x @ W_f.T + h_prev @ U_f.T + b_f) + 0.01j", "wrong-type"),
        ("return np.zeros((7,) * 8, np.int8)", "wrong-type"),
        ("return [[0.0] * 500] * 500", "wrong-type"),
        ("return 10**400", "wrong-type"),
        ("return np.random.rand(*h_prev.shape)", "constant"),
        ("return sigmoid(3 * x @ W_f.T + h_prev @ U_f.T + b_f)", "unnamed"),
        ("return sigmoid(x.mean() + b_f + 0 * h_prev)", "ignores-argument"),
        ("return sigmoid(x @ W_f.T + h_prev @ U_f.T + b_f)[:1]", "wrong-shape"),
    ],
)  # fmt: skip
def test_answers_that_cheat_or_go_wrong_get_nothing_and_are_called_what_they_are(
    body: str, called: str, capsys: Capture
) -> None:
    answer = student(body, Liar=Liar)
    assert grade("forget_gate", answer, points=8) == 0
    told = capsys.readouterr().out
    with pytest.raises(CheckFailed) as caught:
        check("forget_gate", answer)
    assert told.startswith("✗ forget_gate")
    verdict = judge(FORGET_GATE, answer, 5)
    if called == "constant":  # random numbers: unnamed is as good
        assert verdict.mistake in ("unnamed", "constant", "ignores-argument")
    else:
        assert verdict.mistake == called, caught.value


def test_honest_oddities_cost_nothing_and_are_remarked(capsys: Capture) -> None:
    listing = student("return sigmoid(x @ W_f.T + h_prev @ U_f.T + b_f).tolist()")
    warning = student(
        "import warnings; warnings.warn('old'); print('noise'); "
        "return sigmoid(x @ W_f.T + h_prev @ U_f.T + b_f)"
    )
    for answer, remark in [(listing, "returns a list"), (warning, "it warns: old")]:
        assert grade("forget_gate", answer, points=8) == 8.0
        assert "noise" not in capsys.readouterr().out
        check("forget_gate", answer)
        assert remark in capsys.readouterr().out


def test_grade_returns_a_plain_float_with_part_of_the_points() -> None:
    for answer, points in [(right(), 8.0), (wrong("overflow"), 4.0), (wrong("x-ignored"), 0.0)]:
        earned = grade("forget_gate", answer, points=8)
        assert type(earned) is float
        assert earned == points


def test_grading_messages_do_not_show_the_hidden_inputs(capsys: Capture) -> None:
    answer = student("print(x); return x @ W_f.T + h_prev @ U_f.T")
    grade("forget_gate", answer, points=8)
    out = capsys.readouterr().out
    assert "[" not in out.replace("[1:]", "")


def test_nor_does_an_error_that_quotes_them(capsys: Capture) -> None:
    answer = student("raise ValueError(f'{x.sum():.5f} is what I got')")
    grade("forget_gate", answer, points=8)
    out = capsys.readouterr().out
    assert "it stops with ValueError" in out
    assert "is what I got" not in out
    with pytest.raises(CheckFailed, match="is what I got"):
        check("forget_gate", answer)


def test_only_the_author_of_a_test_cell_can_make_grade_raise() -> None:
    with pytest.raises(ValueError, match="there is no exercise 'forget_gat'"):
        grade("forget_gat", right(), points=8)
    for points in (0, -1, float("nan"), "8"):
        with pytest.raises(ValueError, match="expected a positive number"):
            grade("forget_gate", right(), points=points)  # type: ignore[arg-type]
