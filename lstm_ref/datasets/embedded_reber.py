"""The embedded Reber grammar: the last symbol but one repeats the second.

A Reber string walks the graph below from state 0, choosing each of two ways by a fair coin.
The embedded one wraps it: B, then T or P, a Reber string, the same T or P, E. Who predicts
the next symbol must remember that T or P across the whole string in between.

    0 -B-> 1      1 -T-> 2    1 -P-> 3      2 -S-> 2    2 -X-> 4
    3 -T-> 3      3 -V-> 5    4 -X-> 3      4 -S-> 6
    5 -P-> 4      5 -V-> 6    6 -E-> end

Sources: Reber (1967) for the grammar; Fahlman (1991) and Hochreiter and Schmidhuber (1997),
experiment 1, for the embedded one as a test of recurrent networks.
"""

import numpy as np
from numpy.typing import NDArray

from lstm_ref.arrays import Array, whole

#: The seven symbols, in the order of the one-hot inputs and of the labels.
SYMBOLS = "BTSXPVE"

#: The label of a step past the end of a string: no prediction is asked for there.
PADDING = -1

_END = 7
_GRAPH: dict[int, dict[str, int]] = {
    0: {"B": 1},
    1: {"T": 2, "P": 3},
    2: {"S": 2, "X": 4},
    3: {"T": 3, "V": 5},
    4: {"X": 3, "S": 6},
    5: {"P": 4, "V": 6},
    6: {"E": _END},
}


def reber_string(rng: np.random.Generator) -> str:
    """Draw one string of the inner grammar, at least five symbols long."""
    state, string = 0, ""
    while state != _END:
        symbols = list(_GRAPH[state])
        symbol = symbols[int(rng.integers(len(symbols)))]
        string, state = string + symbol, _GRAPH[state][symbol]
    return string


def embedded_reber_string(rng: np.random.Generator) -> str:
    """Draw one embedded string, at least nine symbols long."""
    branch = "TP"[int(rng.integers(2))]
    return f"B{branch}{reber_string(rng)}{branch}E"


def successors(prefix: str) -> set[str]:
    """The symbols that may follow the beginning of an embedded string.

    Empty after a whole string. Raises ValueError, with the place, where `prefix` is not the
    beginning of any.
    """
    allowed = {"B"}
    state: int | None = None  # of the inner grammar, while the walk is in it
    for position, symbol in enumerate(prefix):
        if symbol not in allowed:
            raise ValueError(
                f"{prefix!r} has {symbol!r} at position {position}; "
                f"expected {' or '.join(sorted(allowed)) or 'the end'} there"
            )
        if position == 0:
            allowed = {"T", "P"}
        elif position == 1:
            state, allowed = 0, set(_GRAPH[0])
        elif state is None:  # past the inner string: the branch, then E, then nothing
            allowed = set() if symbol == "E" else {"E"}
        else:
            state = _GRAPH[state][symbol]
            if state == _END:
                state, allowed = None, {prefix[1]}
            else:
                allowed = set(_GRAPH[state])
    return allowed


def embedded_reber(rng: np.random.Generator, *, batch_size: int) -> tuple[Array, NDArray[np.int64]]:
    """Draw a batch and return (xs, labels), (T, B, 7) and (T, B): at each step, what is next.

    xs is one-hot in the order of SYMBOLS; labels are the indices of the next symbols. T is the
    longest string's length less one; past a shorter one's end xs is 0 and the label PADDING.
    Raises ValueError for a batch below 1.
    """
    return encode([embedded_reber_string(rng) for _ in range(whole("batch_size", batch_size))])


def encode(strings: list[str]) -> tuple[Array, NDArray[np.int64]]:
    """Turn strings into (xs, labels) as in `embedded_reber`.

    Raises ValueError where there is no string, a string of one symbol, or an unknown symbol.
    """
    if not strings or min(map(len, strings)) < 2:
        raise ValueError(f"strings is {strings!r}; expected at least one, of two symbols or more")
    if unknown := set("".join(strings)) - set(SYMBOLS):
        raise ValueError(
            f"{', '.join(map(repr, sorted(unknown)))} in strings; "
            f"expected only {', '.join(SYMBOLS)}"
        )
    T, B = max(map(len, strings)) - 1, len(strings)
    xs = np.zeros((T, B, len(SYMBOLS)))
    labels = np.full((T, B), PADDING, dtype=np.int64)
    for b, string in enumerate(strings):
        codes = np.array([SYMBOLS.index(symbol) for symbol in string])
        steps = np.arange(len(string) - 1)
        xs[steps, b, codes[:-1]] = 1.0
        labels[steps, b] = codes[1:]
    return xs, labels
