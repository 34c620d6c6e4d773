"""The adding problem, against what the papers say of it."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lstm_ref.datasets.adding import adding, adding_1997
from tests.strategies import seeds, sizes


@given(seed=seeds, length=st.integers(2, 40), batch_size=sizes)
def test_the_target_is_the_sum_of_the_two_marked_numbers(
    seed: int, length: int, batch_size: int
) -> None:
    xs, targets = adding(np.random.default_rng(seed), length=length, batch_size=batch_size)
    assert xs.shape == (length, batch_size, 2)
    assert targets.shape == (batch_size, 1)
    assert ((xs[..., 0] >= 0) & (xs[..., 0] < 1)).all()
    for b in range(batch_size):
        first, second = np.flatnonzero(xs[:, b, 1])
        assert first < length // 2 <= second
        assert xs[first, b, 1] == xs[second, b, 1] == 1.0
        assert targets[b, 0] == xs[first, b, 0] + xs[second, b, 0]


def test_the_best_constant_has_an_error_of_a_sixth_and_every_step_is_marked_alike() -> None:
    xs, targets = adding(np.random.default_rng(0), length=10, batch_size=50_000)
    # The variance of a sum of two uniform numbers; its own spread here is 0.001.
    np.testing.assert_allclose(np.mean((targets - 1.0) ** 2), 1 / 6, atol=0.004)
    np.testing.assert_allclose(xs[..., 1].mean(1), 0.2, atol=0.01)
    np.testing.assert_allclose(xs[..., 0].mean(1), 0.5, atol=0.01)


@given(seed=seeds, minimal_length=st.integers(11, 60), batch_size=sizes)
def test_the_paper_of_1997_to_the_letter(seed: int, minimal_length: int, batch_size: int) -> None:
    xs, targets = adding_1997(
        np.random.default_rng(seed), minimal_length=minimal_length, batch_size=batch_size
    )
    T = len(xs)
    assert minimal_length <= T <= minimal_length * 1.1
    assert xs.shape == (T, batch_size, 2)
    assert (np.abs(xs[..., 0]) <= 1).all()
    assert ((targets >= 0) & (targets <= 1)).all()
    for b in range(batch_size):
        values, markers = xs[:, b, 0], xs[:, b, 1]
        assert markers[0] == markers[-1] == -1.0
        marked = np.flatnonzero(markers == 1.0)
        assert len(marked) in (1, 2)  # one where the very first step was drawn too
        assert np.count_nonzero(markers) == 2 + len(marked)
        assert marked.max() < max(10, minimal_length // 2)
        assert len(marked) == 1 or marked.min() < 10
        np.testing.assert_allclose(targets[b, 0], 0.5 + values[marked].sum() / 4, rtol=1e-15)


def test_1997s_marks_are_spread_as_the_paper_draws_them() -> None:
    xs, targets = adding_1997(np.random.default_rng(1), minimal_length=100, batch_size=50_000)
    marked = (xs[..., 1] == 1.0).mean(1)
    # Step 0 never shows; 1 to 9: one in ten, or else one of the 49 first that are still free.
    np.testing.assert_allclose(marked[1:10], 0.1 + 0.9 / 49, atol=0.008)
    np.testing.assert_allclose(marked[10:50], 1 / 49, atol=0.004)
    np.testing.assert_array_equal(marked[[0, *range(50, len(xs))]], 0.0)
    np.testing.assert_allclose(targets.mean(), 0.5, atol=0.005)
    lengths = {
        len(adding_1997(np.random.default_rng(s), minimal_length=100, batch_size=1)[0])
        for s in range(200)
    }
    assert lengths == set(range(100, 111))


@pytest.mark.parametrize("draw", [adding, adding_1997])
def test_the_seed_decides_and_sizes_are_checked(draw: object) -> None:
    assert callable(draw)
    size = "length" if draw is adding else "minimal_length"
    one, two, other = (
        draw(np.random.default_rng(seed), **{size: 20}, batch_size=4) for seed in (5, 5, 6)
    )
    np.testing.assert_array_equal(one[0], two[0])
    np.testing.assert_array_equal(one[1], two[1])
    assert not np.array_equal(one[1], other[1])
    least = {"length": 2, "minimal_length": 11}[size]
    for wrong in (least - 1, 12.0):
        with pytest.raises(ValueError, match=f"^{size} is {wrong}; expected a whole number of at "):
            draw(np.random.default_rng(0), **{size: wrong}, batch_size=4)
    with pytest.raises(ValueError, match="batch_size is 0"):
        draw(np.random.default_rng(0), **{size: 20}, batch_size=0)
