"""Lines with quotations and brackets: a text made by rules, whose hidden state is known.

Seven signs: a, b, c, an opening and a closing bracket, a quotation mark, and the end of a line. Who
wants to guess the next sign well has to know three things: whether a quotation is open (there are
no brackets inside of one), how many brackets are open, and how far the line has gone, since every
line has the same length. It is made here and taken from nobody, so its state is known at each step.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from lstm_ref.arrays import Array, whole

SIGNS = 'abc()"\n'
#: Signs of a line, its end counted; brackets that can be open at most.
WIDTH, DEEPEST = 12, 3
_OPEN, _CLOSE, _QUOTE, _END = 3, 4, 5, 6


class Lines(NamedTuple):
    """A batch of texts, all (T, B): `signs` as places in SIGNS, and the state *after* each sign.

    `quoted` is 1 within a quotation, `depth` counts open brackets, `place` is how many signs the
    line has. `odd` is 1 after an odd number of a: nobody needs it. `cost` is -log of the
    probability that the rules gave to the sign, in nats: no reader can do with less on average.
    """

    signs: NDArray[np.int64]
    quoted: Array
    depth: Array
    place: Array
    odd: Array
    cost: Array


def lines(rng: np.random.Generator, *, length: int, batch_size: int) -> Lines:
    """Draw texts that begin at a place in the line that differs from text to text.

    Raises ValueError for a length or a batch below 1.
    """
    T, B = whole("length", length), whole("batch_size", batch_size)
    found = Lines(
        np.zeros((T, B), np.int64), *(np.zeros((T, B)) for _ in range(len(Lines._fields) - 1))
    )
    quoted, depth = np.zeros(B, bool), np.zeros(B, int)
    place, odd = rng.integers(0, WIDTH, B), np.zeros(B, bool)
    each = np.arange(B)
    for t in range(T):
        shares = probabilities(quoted, depth, place)
        sign = (rng.random(B)[:, None] > shares.cumsum(axis=1)).sum(axis=1).clip(0, len(SIGNS) - 1)
        found.cost[t] = -np.log(shares[each, sign])
        quoted = quoted ^ (sign == _QUOTE)
        depth = depth + (sign == _OPEN) - (sign == _CLOSE)
        place = np.where(sign == _END, 0, place + 1)
        odd = odd ^ (sign == 0)
        for values, state in zip(found, (sign, quoted, depth, place, odd), strict=False):
            values[t] = state
    return found


def probabilities(
    quoted: NDArray[np.bool], depth: NDArray[np.int64], place: NDArray[np.int64]
) -> Array:
    """Return the rules' probabilities of the next sign, (B, 7), from the state before it."""
    shares = np.zeros((len(quoted), len(SIGNS)))
    free = ~quoted
    shares[:, _QUOTE] = np.where(quoted, 0.25, 0.12)
    shares[:, _OPEN] = np.where(free & (depth < DEEPEST), 0.25, 0.0)
    shares[:, _CLOSE] = np.where(free, 0.15 * depth, 0.0)
    shares[:, :3] = (1 - shares.sum(axis=1, keepdims=True)) / 3
    ends = place == WIDTH - 1
    shares[ends] = 0.0
    shares[ends, _END] = 1.0
    return shares


def encode(signs: NDArray[np.int64]) -> Array:
    """Return one number for each sign, 0 but for a 1 at its own place: (T, B) to (T, B, 7)."""
    return np.eye(len(SIGNS))[signs]


def read(text: str) -> Lines:
    """Return what `lines` returns of a text, (T, 1), with cost 0; it may break the rules.

    Raises ValueError for a sign that SIGNS lacks.
    """
    for sign in text:
        if sign not in SIGNS:
            raise ValueError(f"{sign!r} is not one of the signs {SIGNS!r}")
    signs = np.array([SIGNS.index(sign) for sign in text], np.int64)
    starts = np.maximum.accumulate(np.where(signs == _END, np.arange(len(text)), -1))
    return Lines(
        signs[:, None],
        ((signs == _QUOTE).cumsum() % 2.0)[:, None],
        ((signs == _OPEN).cumsum() - (signs == _CLOSE).cumsum()).astype(float)[:, None],
        (np.arange(len(text)) - starts).astype(float)[:, None],
        ((signs == 0).cumsum() % 2.0)[:, None],
        np.zeros((len(text), 1)),
    )
