"""Ways in which a check was slipped past, or accused the innocent; closed for all parts."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from lstm_ref.checks import CheckFailed, check, course, exercise, grade, hint
from lstm_ref.checks.exercise import AuthorError, Case, Exercise, Mistake
from lstm_ref.checks.judge import judge
from lstm_ref.checks.kill_matrix import as_student
from lstm_ref.checks.text import used_parts

Capture = pytest.CaptureFixture[str]


def two(x):  # type: ignore[no-untyped-def]
    return 2 * x, {"W": 3 * x, "b": x + 1}


def made(oracle: Any, **more: Any) -> Exercise:
    """An exercise that returns an array and a dict."""
    given: dict[str, Any] = {
        "name": "two",
        "right": two,
        "oracle": oracle,
        "outputs": {"dx": "BI", "grads": ""},
        "cases": lambda rng: [Case("a batch", (rng.uniform(1, 2, (2, 3)),))],
        "mistakes": (),
        "praise": "right",
        "hints": ("What?", "So.", "Try."),
        **more,
    }
    return Exercise(**given)


def test_an_empty_dict_for_a_dict_of_gradients_is_not_right() -> None:
    asked = made(lambda x: (2 * x, {"W": 3 * x, "b": x + 1}))
    assert judge(asked, two, 1).right
    for wrong in (lambda x: (7 * x, {}), lambda x: (2 * x, {}), lambda x: (2 * x, {"W": 3 * x})):
        verdict = judge(asked, wrong, 1)
        assert not verdict.right
        assert verdict.share == 0
    assert "a dict for grads without b" in judge(asked, lambda x: (2 * x, {"W": 3 * x}), 1).title


@pytest.mark.parametrize(
    "oracle",
    [
        lambda x: np.linalg.inv(np.zeros((2, 2))),
        lambda x: (2 * x, {"W": x * np.nan, "b": x}),
        lambda x: (2 * x, {"W": np.zeros((0, 3)), "b": x}),
        lambda x: (2 * x, {"W": None, "b": x}),
        lambda x: 2 * x,
    ],
)
def test_a_reference_that_gives_no_numbers_judges_nobody(oracle: Any) -> None:
    asked = made(oracle)
    for answer in (two, lambda x: 1 / 0, lambda x: None, oracle):
        with pytest.raises(AuthorError, match=r"two, a batch: the oracle"):
            judge(asked, answer, 1)


def test_an_edit_that_stands_twice_or_never_is_an_error_at_loading() -> None:
    right: Any = two
    for edits in (("x", "y"), ("5 * x", "x"), ("2 * x", "2 * x")):
        mistake = Mistake("name", "title", ("q?", "p."), edits)
        with pytest.raises(AuthorError, match=r"two, name: .* stands \d times"):
            made(right, mistakes=(mistake,))
    once = Mistake("name", "title", ("q?", "p."), ("2 * x", "4 * x"))
    with pytest.raises(AuthorError, match="has the mistake 'name' twice"):
        made(right, mistakes=(once, once))


def written(source: str, part: str = "forget_gate") -> Any:
    return as_student(f"import numpy as np\n{source}", part)


GATE = "def forget_gate(x, h_prev, W_f, U_f, b_f):\n"


@pytest.mark.parametrize("line", ["from lstm_ref.given import sigmoid", "import torch"])
def test_a_module_s_body_is_no_call_of_the_answer_key(line: str) -> None:
    """In a fresh interpreter: on the second run nothing is loaded any more."""
    code = (
        "from lstm_ref.checks import check\n"
        f"source = {GATE!r} + '    {line}\\n    import numpy as np\\n'\n"
        "source += '    return 0.5 + np.tanh((x @ W_f.T + h_prev @ U_f.T + b_f) / 2) / 2'\n"
        "space = {'__name__': '__main__'}\nexec(source, space)\n"
        "check('forget_gate', space['forget_gate'])\n"
    )
    import subprocess
    import sys

    root = Path(__file__).resolve().parents[3]
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=root)
    assert done.stdout.startswith("✓ forget_gate"), done.stderr


@pytest.mark.parametrize(
    ("part", "body", "key"),
    [
        ("forget_gate", "from lstm_ref.given import forget_gate as g; return g(*given)", True),
        ("forget_gate", "from lstm_ref import gates; return gates.forget_gate(*given)", True),
        ("input_gate", "from lstm_ref.given import input_gate as g; return g(*given)", True),
        ("sigmoid", "from lstm_ref.activations import sigmoid as s; return s(*given)", True),
        ("sigmoid", "from lstm_ref.given import sigmoid as s; return s(*given)", True),
        ("keep", "import torch; torch.nn.LSTMCell(2, 2)(torch.zeros(1, 2))", True),
        ("keep", "import torch; torch.lstm_cell(*[torch.zeros(1, 2)] * 3)", True),
        ("update_memory", "from lstm_ref.given import keep; f, c, i, g = given; "
         "return keep(f, c) + keep(i, g)", False),
    ],
)  # fmt: skip
def test_the_answer_key_is_what_the_assignment_itself_asks_for(
    part: str, body: str, key: bool
) -> None:
    answer = as_student(f"def {part}(*given):\n    {body}\n", part)
    verdict = judge(exercise(part), answer, 5)
    assert (verdict.mistake == "uses-answer-key") == key, verdict
    assert verdict.right != key


def test_a_wrong_earlier_part_does_not_cost_a_right_later_one() -> None:
    wrong = exercise("rnn_step").source(exercise("rnn_step").mistakes[0])
    space: dict[str, Any] = {"__name__": "__main__"}
    exec(wrong, space)
    exec(exercise("rnn").text, space)  # over the wrong step
    before = space["rnn_step"]
    verdict = judge(exercise("rnn"), space["rnn"], 5)
    assert verdict.right
    assert "judged with a right rnn_step" in verdict.title
    assert space["rnn_step"] is before


@pytest.mark.parametrize("part", course.parts())
def test_what_a_part_is_built_on_comes_before_it_in_the_same_notebook(part: str) -> None:
    asked = exercise(part)
    own = [part.name for part in course.assignment_of(asked.name).parts]
    before = own[: own.index(asked.name)]
    assert set(asked.uses) == set(used_parts(asked.right)) & set(before)


def test_the_ladder_goes_on_while_the_fault_is_the_same(capsys: Capture) -> None:
    wrong = written(GATE + "    return np.tanh(x @ W_f.T + h_prev @ U_f.T + b_f)")
    other = written(GATE + "    return 1 / (1 + np.exp(-(x @ W_f.T + h_prev @ U_f.T)))")
    rungs = []
    for answer in (wrong, wrong, other):
        with pytest.raises(CheckFailed):
            check("forget_gate", answer)
        capsys.readouterr()
        hint("forget_gate")
        rungs.append(capsys.readouterr().out.split(":")[0])
    assert rungs == ["Hint 1 of 3", "Hint 2 of 3", "Hint 1 of 3"]


def test_what_an_answer_prints_is_shown_in_a_check_and_not_in_a_grade(capsys: Capture) -> None:
    answer = written(GATE + "    print('shape', x.shape)\n    return x @ W_f.T")
    with pytest.raises(CheckFailed):
        check("forget_gate", answer)
    assert "shape (2,)" in capsys.readouterr().out
    grade("forget_gate", answer, points=8)
    assert "shape" not in capsys.readouterr().out


def test_an_older_definition_is_said_to_be_one(monkeypatch: Any, capsys: Capture) -> None:
    answer = written(GATE + "    return 0.5 + np.tanh((x @ W_f.T + h_prev @ U_f.T + b_f) / 2) / 2")
    info = SimpleNamespace(raw_cell="def forget_gate(x:\n    return 1")
    last = SimpleNamespace(
        success=False, info=info, error_before_exec=SyntaxError("x"), error_in_exec=None
    )
    shell = SimpleNamespace(last_execution_result=last)
    monkeypatch.setattr("lstm_ref.checks._notebook", lambda: shell)
    check("forget_gate", answer)
    assert "stopped with SyntaxError, so this judges the forget_gate" in capsys.readouterr().out
    last.success = True
    check("forget_gate", answer)
    assert "SyntaxError" not in capsys.readouterr().out


def test_evidence_is_short_whatever_the_arguments_are() -> None:
    for name in ("forget_gate", "lstm_cell", "lstm_backward", "stacked_lstm", "torch_to_onnx"):
        asked = exercise(name)
        source = (
            asked.source() + f"\n\nplain = {name}\n\n\ndef {name}(*given):\n    r = plain(*given)\n"
        )
        source += "    if not isinstance(r, tuple):\n        return 0 * r\n"
        source += "    return tuple(0 * a if hasattr(a, 'shape') else a for a in r)\n"
        verdict = judge(asked, as_student(source, name), 3)
        lines = verdict.evidence.splitlines()
        assert 2 <= len(lines) <= 8, verdict.evidence
        assert max(map(len, lines)) <= 100


def test_two_that_cannot_be_told_apart_are_both_offered() -> None:
    asked = made(
        two,
        mistakes=(
            Mistake("one", "it is doubled", ("q?", "p."), ("2 * x", "4 * x")),
            Mistake("other", "it is quadrupled", ("q?", "p."), ("2 * x", "2 * x + 2 * x")),
        ),
    )
    verdict = judge(asked, lambda x: (4 * x, {"W": 3 * x, "b": x + 1}), 1)
    assert verdict.title == "either it is doubled, or it is quadrupled"


@pytest.mark.parametrize(
    ("change", "name"),
    [
        (lambda h, c: (-h, c), "wrong-sign"),
        (lambda h, c: (1.5 * h, c), "wrong-factor"),
        (lambda h, c: (h + 0.25, c), "wrong-offset"),
        (lambda h, c: (np.tanh(h), c), "squashed-again"),
    ],
)
def test_an_unknown_answer_gets_a_fact_that_leads_on(change: Any, name: str) -> None:
    asked = exercise("lstm_cell")
    right = as_student(asked.source(), "lstm_cell")
    verdict = judge(asked, lambda *given: change(*right(*given)), 4)
    assert verdict.mistake == name
    assert verdict.title.startswith(("h ", "one and the same number is added to h"))
    assert len(verdict.hints) >= 2


def test_a_sequence_that_goes_wrong_on_its_way_is_told_from_which_step() -> None:
    asked = exercise("lstm")
    right = as_student(asked.source(), "lstm")

    def drifting(*given: Any) -> Any:
        hs, h_n, c_n = right(*given)
        hs = np.array(hs)
        hs[4:] += np.linspace(0.1, 0.3, hs[4:].size).reshape(hs[4:].shape)
        return hs, h_n, c_n

    assert "right up to step 4, wrong from step 5 on" in judge(asked, drifting, 2).title
