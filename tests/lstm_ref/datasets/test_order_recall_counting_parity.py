"""Tasks of the long-lag and counting chapters, each against what its paper says of it."""

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lstm_ref.datasets.counting import UNDECIDED, counting
from lstm_ref.datasets.echo import echo
from lstm_ref.datasets.parity import parity
from lstm_ref.datasets.recall import UNASKED, recall
from lstm_ref.datasets.temporal_order import SYMBOLS, temporal_order
from lstm_ref.datasets.two_sequence import two_sequence
from lstm_ref.datasets.wave import wave, windows
from tests.strategies import seeds, sizes


@given(seed=seeds, batch_size=sizes, signals=st.sampled_from([2, 3]))
def test_the_order_of_x_and_y_is_the_class(seed: int, batch_size: int, signals: int) -> None:
    xs, classes = temporal_order(
        np.random.default_rng(seed), batch_size=batch_size, signals=signals
    )
    assert 100 <= len(xs) <= 110
    assert (xs.sum(-1) == 1).all()
    for b in range(batch_size):
        said = "".join(SYMBOLS[k] for k in xs[:, b].argmax(-1))
        assert re.fullmatch("E[abcdXY]+B", said)
        found = [(place, letter) for place, letter in enumerate(said) if letter in "XY"]
        assert [letter for _, letter in found] == [
            "XY"[int(bit)] for bit in f"{classes[b]:0{signals}b}"
        ]
        places = ((10, 20), (50, 60)) if signals == 2 else ((10, 20), (33, 43), (66, 76))
        for (place, _), (first, last) in zip(found, places, strict=True):
            assert first <= place <= last


@given(seed=seeds, items=sizes, lag=sizes, batch_size=sizes, alphabet=st.integers(2, 9))
def test_what_was_shown_is_asked_for_in_its_order(
    seed: int, items: int, lag: int, batch_size: int, alphabet: int
) -> None:
    xs, labels = recall(
        np.random.default_rng(seed),
        items=items,
        lag=lag,
        batch_size=batch_size,
        alphabet=alphabet,
    )
    codes = xs.argmax(-1)
    assert xs.shape == (2 * items + lag, batch_size, alphabet + 2)
    assert (labels[: items + lag] == UNASKED).all()
    np.testing.assert_array_equal(labels[items + lag :], codes[:items])
    assert (codes[:items] < alphabet).all()
    assert (codes == alphabet + 1).sum() == batch_size  # one signal each, right before the answers
    assert (codes[items + lag - 1] == alphabet + 1).all()


@given(counts=st.lists(st.integers(1, 12), min_size=1, max_size=5), letters=st.sampled_from([2, 3]))
def test_a_string_is_decided_from_the_first_b_on(counts: list[int], letters: int) -> None:
    xs, labels = counting(counts, letters=letters)
    for b, n in enumerate(counts):
        string = "".join(letter * n for letter in "abc"[:letters])
        names = "abc"[:letters] + "$"
        read = "".join(names[k] for k in xs[: len(string) + 1, b].argmax(-1))
        assert read == "$" + string
        assert not xs[len(string) + 1 :, b].any()
        after = string + "$"
        for t in range(len(xs)):
            decided = "b" in read[: t + 1] and t < len(after)
            expected = names.index(after[t]) if decided else UNDECIDED
            assert labels[t, b] == expected, (read, t)


@given(seed=seeds, length=sizes, batch_size=sizes)
def test_parity_is_odd_or_even(seed: int, length: int, batch_size: int) -> None:
    xs, targets = parity(np.random.default_rng(seed), length=length, batch_size=batch_size)
    assert set(np.unique(xs)) <= {-1.0, 1.0}
    np.testing.assert_array_equal(targets[:, 0], (xs[..., 0] == 1).sum(0) % 2)


@pytest.mark.parametrize(
    ("draw", "words"),
    [
        (lambda rng: temporal_order(rng, batch_size=0), "batch_size is 0; expected a whole"),
        (lambda rng: temporal_order(rng, batch_size=1, signals=4), "signals is 4; expected 2"),
        (lambda rng: temporal_order(rng, batch_size=1, scale=0), "scale is 0; expected a number"),
        (lambda rng: recall(rng, items=0, lag=1, batch_size=1), "items is 0; expected a whole"),
        (lambda rng: recall(rng, items=1, lag=1, batch_size=1, alphabet=1), "alphabet is 1"),
        (lambda rng: counting([]), r"counts is \[\]; expected at least one"),
        (lambda rng: counting([2, 0]), r"counts is \[2, 0\]; expected at least one, none below"),
        (lambda rng: counting([1], letters=4), "letters is 4; expected 2 for"),
        (lambda rng: parity(rng, length=0, batch_size=1), "length is 0; expected a whole"),
    ],
)
def test_what_cannot_be_drawn_is_said(draw: object, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        draw(np.random.default_rng(0))  # type: ignore[operator]


@given(seed=seeds, batch_size=sizes, telling=st.integers(1, 4))
def test_the_first_numbers_say_which_of_the_two_answers_is_right(
    seed: int, batch_size: int, telling: int
) -> None:
    rng = np.random.default_rng(seed)
    xs, targets = two_sequence(rng, batch_size=batch_size, length=20, telling=telling, noisy=False)
    assert 20 <= len(xs) <= 22
    assert targets.shape == (batch_size, 1)
    first = xs[:telling, :, 0]
    assert (first == first[0]).all()
    np.testing.assert_array_equal(targets[:, 0], np.where(first[0] == 1.0, 0.2, 0.8))


def test_the_noise_of_two_sequences_is_that_of_the_paper() -> None:
    rng = np.random.default_rng(0)
    xs, targets = two_sequence(rng, batch_size=4000)
    assert np.var(xs[3:]) == pytest.approx(0.2, rel=0.02)
    for sign, answer in ((1.0, 0.2), (-1.0, 0.8)):
        ours = targets[xs[0, :, 0] == sign, 0]
        assert np.mean(ours) == pytest.approx(answer, abs=0.03)
        assert np.var(ours) == pytest.approx(0.1, rel=0.1)
    with pytest.raises(ValueError, match="length"):
        two_sequence(rng, batch_size=1, length=2, telling=3)


@given(seed=seeds, lag=sizes, batch_size=sizes, length=sizes)
def test_an_echo_comes_back_after_its_lag(
    seed: int, lag: int, batch_size: int, length: int
) -> None:
    rng = np.random.default_rng(seed)
    xs, targets = echo(rng, lag=lag, batch_size=batch_size, length=length)
    assert xs.shape == targets.shape == (lag + length, batch_size, 1)
    assert (targets[:lag] == 0).all()
    for t in range(length):
        np.testing.assert_array_equal(targets[lag + t], xs[t])


def test_the_two_numbers_of_the_wave_foretell_it_up_to_its_noise() -> None:
    xs, targets = windows(wave(np.random.default_rng(0), values=20_000), 4)
    told = 1.6 * xs[-1] - 0.9 * xs[-2]
    assert np.std(told - targets) == pytest.approx(0.3, rel=0.02)
    assert xs.shape == (4, 19_996, 1)
    assert targets[0] == xs[3, 1]
    with pytest.raises(ValueError, match="there are 4 values"):
        windows(np.zeros(4), 4)
