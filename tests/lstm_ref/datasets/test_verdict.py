"""The verdict: reviews that can be judged by reading them word by word."""

import numpy as np
import pytest

from lstm_ref.datasets.sentence import numbers, words
from lstm_ref.datasets.verdict import verdict

NAMES = {(1.0, 0.0): "not", (0.0, 1.0): ".", (0.0, -1.0): "good", (0.0, 0.0): "film"}


def judged(review: list[str]) -> float:
    """Judge by rule: is there a *not* after the last full stop before the end?"""
    sentence = " ".join(review).split(" . ")[-1] if "." in review else " ".join(review)
    return -1.0 if "not" in sentence.removeprefix(". ").split() else 1.0


@pytest.mark.parametrize("length", [5, 6, 11, 40])
def test_every_target_is_what_a_reader_would_say(length: int) -> None:
    xs, targets = verdict(np.random.default_rng(1), length=length, batch_size=800)
    assert xs.shape == (length, 800, 2)
    assert targets.shape == (800, 1)
    reviews = [[NAMES[tuple(word)] for word in xs[:, b]] for b in range(800)]
    for review, target in zip(reviews, targets[:, 0], strict=True):
        assert review[-1] == "good"
        assert target == judged(review), review
    assert abs(targets.mean()) < 0.15
    two = [review for review in reviews if "." in review]
    assert 0.4 < len(two) / 800 < 0.6
    turned = [r for r in two if "not" in r[: r.index(".")] and judged(r) == 1]
    assert turned, "a not before the full stop should mean nothing"
    if length > 5:
        assert any("good" in r[: r.index(".")] for r in two)
    gaps = [length - 1 - max(k for k, w in enumerate(r) if w == "not") for r in reviews
            if judged(r) == -1]  # fmt: skip
    assert min(gaps) >= length // 4


def test_the_books_sentence_could_have_been_drawn() -> None:
    assert judged([NAMES[tuple(word)] for word in numbers(words[:5])]) == -1
    assert judged([NAMES[tuple(word)] for word in numbers(words[:10])]) == 1


def test_what_does_not_fit_is_one_clear_sentence() -> None:
    for wrong in ({"length": 4, "batch_size": 1}, {"length": 5, "batch_size": 0}):
        with pytest.raises(ValueError, match="expected at least 5 and at least 1"):
            verdict(np.random.default_rng(0), **wrong)
