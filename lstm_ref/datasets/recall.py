"""Recall: a few symbols are shown, then nothing for long, then they must be given back in order.

Source: the copying problem of Hochreiter and Schmidhuber (1997) as Arjovsky et al. (2016) give it:
ten symbols of an alphabet of eight, T blanks, a signal, and ten steps to answer.
"""

import numpy as np
from numpy.typing import NDArray

from lstm_ref.arrays import Array, whole

#: The label of a step at which no answer is asked for.
UNASKED = -1


def recall(
    rng: np.random.Generator, *, items: int, lag: int, batch_size: int, alphabet: int = 8
) -> tuple[Array, NDArray[np.int64]]:
    """Draw a batch and return (xs, labels), (T, B, alphabet + 2) and (T, B).

    T = items + lag + items. xs is one-hot: the symbols, then blank, then the signal, which stands
    at the last of the `lag` steps. labels are UNASKED but for the last `items` steps, which ask for
    the symbols in their order. A model that remembers nothing is right once in `alphabet`.
    Raises ValueError for a size below 1, or an alphabet below 2.
    """
    items, lag, batch_size = (
        whole(name, value)
        for name, value in (("items", items), ("lag", lag), ("batch_size", batch_size))
    )
    alphabet = whole("alphabet", alphabet, 2)
    shown = rng.integers(0, alphabet, (items, batch_size))
    codes = np.full((2 * items + lag, batch_size), alphabet)
    codes[:items] = shown
    codes[items + lag - 1] = alphabet + 1
    labels = np.full(codes.shape, UNASKED, dtype=np.int64)
    labels[-items:] = shown
    return np.eye(alphabet + 2)[codes], labels
