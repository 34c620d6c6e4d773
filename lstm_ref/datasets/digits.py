"""Handwritten digits: 1,797 images of 8 times 8 pixels, to be read row by row or pixel by pixel.

Source: the test part of "Optical Recognition of Handwritten Digits" of the UCI Machine Learning
Repository (Alpaydin and Kaynak, 1998); `digits.csv.gz` is the copy that scikit-learn 1.9.1 has. A
pixel counts the dark points in a block of 4 times 4 of a larger image, from 0 to 16. 13 people
wrote these digits, and the file does not say who wrote which. Licence: CC BY 4.0.
"""

from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from lstm_ref.arrays import Array, whole

#: How many pixels are read at once, by form.
FORMS = {"rows": 8, "pixels": 1}
#: The darkest pixel.
DARKEST = 16


@cache
def images() -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return (images, labels), (N, 8, 8) from 0 to 16 and (N,) from 0 to 9; not to be changed."""
    file = Path(__file__).with_suffix(".csv.gz")
    table = np.loadtxt(file, delimiter=",", dtype=np.int64)
    table.setflags(write=False)
    return table[:, :-1].reshape(-1, 8, 8), table[:, -1]


def digits(form: str) -> tuple[Array, NDArray[np.int64]]:
    """Return all images as sequences: (xs, labels), (T, N, I) from 0 to 1 and (N,).

    "rows" are 8 steps of 8 pixels, from the top down; "pixels" are 64 steps of one, row by row.
    Raises ValueError for another form.
    """
    if form not in FORMS:
        raise ValueError(f"form is {form!r}; expected one of {', '.join(FORMS)}")
    shown, labels = images()
    xs = shown.reshape(len(shown), -1, FORMS[form]) / DARKEST
    return xs.transpose(1, 0, 2), labels


def split(
    rng: np.random.Generator, places: NDArray[np.int64], held_out: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Part places (N,) by chance and return (the others, those held out), both in their order.

    Raises ValueError unless at least one is held out, and at least one is left.
    """
    held_out = whole("held_out", held_out)
    if held_out >= len(places):
        raise ValueError(f"held_out is {held_out}; expected less than {len(places)}, all of them")
    mixed = rng.permutation(places)
    return np.sort(mixed[held_out:]), np.sort(mixed[:held_out])
