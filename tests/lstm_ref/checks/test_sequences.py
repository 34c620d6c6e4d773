"""Pairs of mistakes in a sequence, and what torch returns in other brackets."""

import pytest

from lstm_ref.checks import exercise
from lstm_ref.checks.judge import judge


def answer(part, *mistakes):
    """Return the answer with these mistakes in it, as it is handed in."""
    asked = exercise(part)
    space = {"__name__": "__main__"}
    exec(asked.source(*(asked.mistake(name) for name in mistakes)), space)
    return space[part]


@pytest.mark.parametrize(
    ("part", "one", "two"),
    [
        ("lstm", "c0-ignored", "c-returned-for-h"),  # steps apart
        ("lstm", "c-not-carried", "h-returned-for-c"),  # the first step is right
        ("lstm", "h-not-carried", "hs-batch-first"),  # the steps are moved
        ("lstm", "first-step-skipped", "h0-in-hs"),  # both change the shape; together, neither
        ("masked_lstm", "one-step-too-few", "h-returned-for-c"),
        ("bidirectional_lstm", "weights-swapped", "returned-in-other-order"),  # results moved
    ],
)
def test_two_mistakes_at_once_are_told(part, one, two):
    verdict = judge(exercise(part), answer(part, one, two), 11)
    assert verdict.mistake == f"{one}.{two}"


@pytest.mark.parametrize("part", ["lstm", "stacked_lstm", "bidirectional_lstm"])
def test_torchs_brackets_are_told_and_cost_half(part):
    plain = answer(part)

    def as_torch(*arguments):
        hs, h_n, c_n = plain(*arguments)
        return hs, (h_n, c_n)

    verdict = judge(exercise(part), as_torch, 11)
    assert (verdict.mistake, verdict.share) == ("nested-return", 0.5)


def test_a_right_stack_over_a_wrong_layer_has_all_its_points():
    space = {"__name__": "__main__"}
    asked = exercise("stacked_lstm")
    exec(asked.source(), space)
    space["lstm"] = answer("lstm", "c0-ignored")
    verdict = judge(asked, space["stacked_lstm"], 11)
    assert verdict.right
    assert "lstm" in verdict.title
