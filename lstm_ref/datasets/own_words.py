"""The course's own words: a small English text, of which the next character is to be told.

`own_words.txt` is what the chapters up to `torch` said on 29 November 2026: their sentences without
formulas and code, in small letters. It is kept as it was, so that what was measured on it stays
comparable. Licence: CC BY 4.0, as the course's text.
"""

from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from lstm_ref.arrays import Array, whole

#: What the text is made of, in the order of the one-hot inputs.
CHARACTERS = " ',.?abcdefghijklmnopqrstuvwxyz"
#: The last part of the text, which nothing is trained on.
HELD_OUT = 0.1


@cache
def codes() -> NDArray[np.int64]:
    """Return the text as places in CHARACTERS, (N,); a line's end is a space."""
    text = Path(__file__).with_suffix(".txt").read_text(encoding="utf-8").replace("\n", " ")
    return np.array([CHARACTERS.index(letter) for letter in text.strip()])


def own_words(
    rng: np.random.Generator, *, length: int, batch_size: int, held_out: bool = False
) -> tuple[Array, NDArray[np.int64]]:
    """Draw pieces and return (xs, labels), (T, B, 31) one-hot and (T, B): the next character each.

    Pieces begin anywhere in the first nine tenths, or in the last with `held_out`.
    Raises ValueError for a length or a batch below 1, or a piece longer than the part it is from.
    """
    length, batch_size = whole("length", length), whole("batch_size", batch_size)
    text = codes()
    border = int(len(text) * (1 - HELD_OUT))
    part = text[border:] if held_out else text[:border]
    if length >= len(part):
        raise ValueError(f"length is {length}; expected less than {len(part)}, all that there is")
    begins = rng.integers(0, len(part) - length, batch_size)
    pieces = part[begins + np.arange(length + 1)[:, None]]  # (T + 1, B)
    return np.eye(len(CHARACTERS))[pieces[:-1]], pieces[1:]
