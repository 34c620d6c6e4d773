"""Temporal order: which came first? Two or three signals among noise, and only their order counts.

A sequence begins with E, ends with B, and is noise from a, b, c, d in between, but for two (or
three) steps with X or Y. The class is the order of these: XX, XY, YX, YY. Source: Hochreiter and
Schmidhuber (1997), experiments 6a and 6b; the steps at which a signal may stand are theirs.
"""

import numpy as np
from numpy.typing import NDArray

from lstm_ref.arrays import Array, whole

#: In the order of the one-hot inputs.
SYMBOLS = "EBabcdXY"

#: The shortest and the longest sequence.
LENGTHS = (100, 110)

#: From where to where each signal may stand, for two signals (6a) and for three (6b).
PLACES = {2: ((10, 20), (50, 60)), 3: ((10, 20), (33, 43), (66, 76))}


def temporal_order(
    rng: np.random.Generator, *, batch_size: int, signals: int = 2, scale: float = 1.0
) -> tuple[Array, NDArray[np.int64]]:
    """Draw a batch and return (xs, classes), (T, B, 8) and (B,).

    One batch has one T, from 100 to 110 times `scale`, which shortens the places alike. The class
    reads the signals as binary digits, X as 0 and Y as 1, the first one counting most.
    Raises ValueError for another number of signals, a batch below 1, or a scale that leaves a
    signal no place of its own.
    """
    if signals not in PLACES:
        raise ValueError(f"signals is {signals!r}; expected 2 (6a) or 3 (6b)")
    batch_size = whole("batch_size", batch_size)
    if not 0.1 <= scale <= 10:
        raise ValueError(f"scale is {scale!r}; expected a number from 0.1 to 10")
    T = int(rng.integers(int(LENGTHS[0] * scale), int(LENGTHS[1] * scale) + 1))
    codes = rng.integers(SYMBOLS.index("a"), SYMBOLS.index("X"), (T, batch_size))
    codes[0], codes[-1] = SYMBOLS.index("E"), SYMBOLS.index("B")
    classes = np.zeros(batch_size, dtype=np.int64)
    each = np.arange(batch_size)
    for first, last in PLACES[signals]:
        bits = rng.integers(0, 2, batch_size)
        steps = rng.integers(int(first * scale), int(last * scale) + 1, batch_size)
        codes[steps, each] = SYMBOLS.index("X") + bits
        classes = 2 * classes + bits
    return np.eye(len(SYMBOLS))[codes], classes
