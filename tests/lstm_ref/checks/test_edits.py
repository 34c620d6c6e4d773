"""An edit of a right text: what it changes, which two can be made at once, and what it brings."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from lstm_ref.checks import exercise
from lstm_ref.checks.exercise import AuthorError, Exercise, Mistake
from lstm_ref.checks.families import conventions, sequences
from lstm_ref.checks.judge import judge
from lstm_ref.conventions import CONVENTIONS, ONNX
from lstm_ref.parameters import LSTMParameters

RNN = exercise("rnn")
VARIANTS = RNN.variants


def test_a_name_is_changed_as_a_whole() -> None:
    stuck = ("(x, h", "(x, h0")
    change = VARIANTS.change(stuck)
    assert (RNN.text[change.start : change.end], change.text) == ("h", "h0")
    assert not VARIANTS.apart([VARIANTS.change(stuck)], [VARIANTS.change(("(x, h", "(h, x"))])


@pytest.mark.parametrize(
    ("one", "two"),
    [
        (("np.stack(hs)", "np.mean(hs, axis=0)"), ("np.stack(hs)", "np.stack(hs, axis=-1)")),
        (("        hs.append", "    hs.append"), ("    return", "        return")),
    ],
    ids=["beside a replaced text", "both move lines"],
)
def test_edits_that_make_no_python_are_not_paired(
    one: tuple[str, str], two: tuple[str, str]
) -> None:
    with pytest.raises(SyntaxError):
        compile(VARIANTS.edited([one, two]), "<both>", "exec")
    assert not VARIANTS.apart([VARIANTS.change(one)], [VARIANTS.change(two)])


def test_edits_in_different_places_are_paired() -> None:
    edits = [("h = h0", "h = 0 * h0"), ("np.stack(hs)", "np.stack(hs, axis=-1)")]
    assert VARIANTS.apart([VARIANTS.change(edits[0])], [VARIANTS.change(one) for one in edits[1:]])
    xs, h0, *weights = RNN.cases(np.random.default_rng(0))[2].arguments
    expected = np.stack(RNN.right(xs, 0 * h0, *weights), axis=-1)
    np.testing.assert_allclose(VARIANTS.built(edits)(xs, h0, *weights), expected)


def test_a_mistake_brings_the_parts_that_it_alone_uses() -> None:
    candidate = exercise("candidate")
    assert "def sigmoid" not in candidate.source()
    space: dict[str, object] = {"__name__": "__main__"}
    exec(candidate.source(candidate.mistake("sigmoid-for-tanh")), space)
    verdict = judge(candidate, space["candidate"], 1)
    assert verdict.mistake == "sigmoid-for-tanh"


def test_a_line_in_another_block_is_told_as_that() -> None:
    rung = RNN.last_rung(RNN.mistake("return-inside-the-loop"))
    assert "another block" in rung
    assert "return np.stack(hs)" in rung


def test_a_quick_part_stands_in_for_the_part_where_variants_run_and_not_in_their_text() -> None:
    cell, masked = exercise("lstm_cell"), exercise("masked_lstm")
    quick = masked.variants.names["lstm_cell"]
    assert quick is not cell.right
    for case in cell.cases(np.random.default_rng(3)):
        for one, other in zip(quick(*case.fresh()), cell.right(*case.fresh()), strict=True):
            np.testing.assert_allclose(one, other, rtol=1e-12, atol=1e-14)
    batch = [one for one in cell.cases(np.random.default_rng(3)) if "batch of two" in one.name]
    x, h, c, params = batch[0].fresh()
    for wrong in ((x.T, h, c), (h, x, c), (x, h, c[:, :-1])):
        for function in (quick, cell.right):
            with pytest.raises(ValueError, match=r"matmul|broadcast"):
                function(*wrong, params)
    assert cell.text in masked.source(masked.mistakes[0])


@pytest.mark.parametrize("step", ["np.tanh(x @ W.T + h @ U.T + b)", "x @ W.T"])
@pytest.mark.parametrize("edits", [(), (("h = h0", "h = np.zeros_like(h0)"),)])
def test_an_earlier_part_is_put_right_only_where_that_helps(
    step: str, edits: tuple[tuple[str, str], ...]
) -> None:
    """The answer's own fault is named in both cases; the step's costs nothing, and is told."""
    space: dict[str, Any] = {"__name__": "__main__", "np": np}
    exec(f"def rnn_step(x, h, W, U, b):\n    return {step}\n", space)
    exec(VARIANTS.edited(edits), space)
    verdict = judge(RNN, space["rnn"], 1)
    assert verdict.right is (not edits)
    assert ("judged with a right rnn_step" in verdict.title) is ("tanh" not in step)
    assert verdict.mistake == ("h0-ignored" if edits else None)


def test_where_nothing_has_a_name_one_is_led_to_the_earlier_part() -> None:
    for step, first in (
        ("np.tanh(x @ W.T - h @ U.T + b)", True),
        ("np.tanh(x @ W.T + h @ U.T + b)", False),
    ):
        space: dict[str, Any] = {"__name__": "__main__", "np": np}
        exec(f"def rnn_step(x, h, W, U, b):\n    return {step}\n", space)
        exec(VARIANTS.edited((("return np.stack(hs)", "return 0.3 - np.stack(hs) ** 3"),)), space)
        verdict = judge(RNN, space["rnn"], 1)
        assert verdict.mistake == "unnamed"
        assert verdict.hints[0].startswith("Mend rnn_step first") is first


def test_each_order_of_the_blocks_is_a_mistake_that_says_whose_it_is() -> None:
    to_onnx = exercise("torch_to_onnx")
    for convention in CONVENTIONS:
        if convention.order == ONNX.order:
            continue
        mistake = to_onnx.mistake(f"blocks-{''.join(convention.order)}")
        assert convention.name in mistake.title
        assert mistake.keeps == 0.5
        params = LSTMParameters(*to_onnx.cases(np.random.default_rng(0))[1].arguments)
        W, _, _ = to_onnx.wrong(mistake)(
            params.weight_ih, params.weight_hh, params.bias_ih, params.bias_hh
        )
        theirs = convention.to_packed(params)[0]
        np.testing.assert_array_equal(W[0], theirs.T if convention.columns else theirs)


def test_a_convention_that_is_added_names_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    added = replace(ONNX, name="Added", order=("o", "g", "f", "i"))
    monkeypatch.setattr(conventions, "CONVENTIONS", (*CONVENTIONS, added))
    found = conventions.orders(ONNX, lambda order: ("a", "".join(order)), "read")
    assert [m.title for m in found if "Added" in m.title] == [found[-1].title]
    assert found[-1].name == "blocks-ogfi"


def test_the_family_of_sequences_serves_two_states() -> None:
    loop = sequences.Loop(
        ("h", "c"), ("h0", "c0"), "lstm_cell(x, h, c, params)", "np.stack(hs), h, c"
    )
    text = (
        "def lstm(xs, h0, c0, params):\n    h, c = h0, c0\n    hs = []\n    for x in xs:\n"
        "        h, c = lstm_cell(x, h, c, params)\n        hs.append(h)\n"
        "    return np.stack(hs), h, c\n"
    )
    found: list[Mistake] = sequences.mistakes(loop)
    assert {"h0-ignored", "c0-ignored", "h-not-handed-on", "c-not-handed-on"} <= {
        mistake.name for mistake in found
    }
    for mistake in found:
        edited = text
        for right, wrong in mistake.edits:
            assert text.count(right) == 1, mistake.name
            edited = edited.replace(right, wrong)
        compile(edited, "<lstm>", "exec")


def test_an_edit_must_stand_once() -> None:
    with pytest.raises(AuthorError, match="stands 0 times"):
        Exercise(
            name="rnn", right=RNN.right, oracle=RNN.oracle, outputs=RNN.outputs, cases=RNN.cases,
            mistakes=(Mistake("a", "b", ("c?",), ("not there", "x")),), praise="", hints=("",),
        )  # fmt: skip
