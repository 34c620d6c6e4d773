"""The digits against what is published of them, and against pictures drawn by hand."""

import hashlib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lstm_ref.datasets import digits as module
from lstm_ref.datasets.digits import digits, images, split
from tests.strategies import seeds

#: Of the file in scikit-learn 1.9.1.
SHA256 = "09f66e6debdee2cd2b5ae59e0d6abbb73fc2b0e0185d2e1957e9ebb51e23aa22"


def test_the_file_is_scikit_learns_and_has_the_sizes_that_uci_gives() -> None:
    file = Path(module.__file__).with_name("digits.csv.gz")
    assert hashlib.sha256(file.read_bytes()).hexdigest() == SHA256
    shown, labels = images()
    assert shown.shape == (1797, 8, 8)
    assert (shown.min(), shown.max()) == (0, 16)
    # optdigits.names, "Class Distribution", the test part.
    assert np.bincount(labels).tolist() == [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]


def test_the_first_image_is_an_upright_nought() -> None:
    shown, labels = images()
    assert labels[0] == 0
    dark = ["".join(".#"[int(pixel > 7)] for pixel in row) for row in shown[0]]
    assert dark == [
        "...##...",
        "..####..",
        "..#..##.",
        "..#..##.",
        "..#..##.",
        "..#..#..",
        "..#.##..",
        "...##...",
    ]


def test_rows_and_pixels_are_the_same_image_from_the_top_down() -> None:
    shown, labels = images()
    rows, of_rows = digits("rows")
    pixels, of_pixels = digits("pixels")
    assert rows.shape == (8, 1797, 8)
    assert pixels.shape == (64, 1797, 1)
    for k in (0, 7, 1796):
        np.testing.assert_array_equal(rows[:, k], shown[k] / 16)
        np.testing.assert_array_equal(pixels[:, k, 0], shown[k].ravel() / 16)
    assert (of_rows == labels).all()
    assert (of_pixels == labels).all()


@given(seed=seeds, count=st.integers(2, 60), data=st.data())
def test_a_split_has_each_image_once(seed: int, count: int, data: st.DataObject) -> None:
    held_out = data.draw(st.integers(1, count - 1))
    places = np.arange(100, 100 + count)
    rest, held = split(np.random.default_rng(seed), places, held_out)
    assert len(held) == held_out
    assert sorted([*rest, *held]) == places.tolist()
    again = split(np.random.default_rng(seed), places, held_out)
    assert (again[1] == held).all()


def test_a_split_is_by_chance() -> None:
    """Of 10 images 3 are held out 2,000 times: each about 600 times; 3 deviations are 61."""
    rng = np.random.default_rng(0)
    held = np.concatenate([split(rng, np.arange(10), 3)[1] for _ in range(2000)])
    assert np.abs(np.bincount(held) - 600).max() < 61


def test_what_cannot_be_is_told() -> None:
    with pytest.raises(ValueError, match="form is 'columns'; expected one of rows, pixels"):
        digits("columns")
    with pytest.raises(ValueError, match="held_out is 4; expected less than 4"):
        split(np.random.default_rng(0), np.arange(4), 4)
    with pytest.raises(ValueError, match="held_out is 0; expected a whole number"):
        split(np.random.default_rng(0), np.arange(4), 0)
    with pytest.raises(ValueError, match="read-only"):
        images()[0][0] = 3
