"""Counting: aⁿbⁿ and aⁿbⁿcⁿ, where what comes next is decided once the first b has come.

Who reads n letters a, and then b after b, must know when to stop: only counting tells. Sources:
Gers and Schmidhuber (2001), who trained LSTMs on both; Weiss, Goldberg and Yahav (2018), who ask
which networks can count at all.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from lstm_ref.arrays import Array

#: The label of a step at which what comes next is not decided, and past a string's end.
UNDECIDED = -1


def counting(
    counts: Sequence[int] | NDArray[np.int64], *, letters: int = 2
) -> tuple[Array, NDArray[np.int64]]:
    """Return (xs, labels), (T, B, letters + 1) and (T, B), one string for each of `counts`.

    `letters` is 2 for aⁿbⁿ and 3 for aⁿbⁿcⁿ. A string begins with a mark, one-hot at the last
    place; a label is the next letter, or the mark again at the end. While letters a are read
    anything may come, and labels are UNDECIDED; from the first b on they are decided.
    Raises ValueError where there are no counts, a count below 1, or other numbers of letters.
    """
    if letters not in (2, 3):
        raise ValueError(f"letters is {letters!r}; expected 2 for aⁿbⁿ or 3 for aⁿbⁿcⁿ")
    if len(counts) == 0 or min(counts) < 1:
        raise ValueError(f"counts is {list(counts)}; expected at least one, none below 1")
    T = letters * int(max(counts)) + 1
    mark = letters
    xs = np.zeros((T, len(counts), letters + 1))
    labels = np.full((T, len(counts)), UNDECIDED, dtype=np.int64)
    for b, n in enumerate(counts):
        codes = np.array([mark, *np.repeat(np.arange(letters), n), mark])
        steps = np.arange(len(codes) - 1)
        xs[steps, b, codes[:-1]] = 1.0
        labels[n + 1 : len(codes) - 1, b] = codes[n + 2 :]
    return xs, labels
