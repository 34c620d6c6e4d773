"""The book's example sentence as numbers, and a small cell whose weights were written by hand.

    The film was not good. The music was great.

Each word becomes two numbers: the first is 1 at *not*; the second is 1 at a full stop and -1 at a
word of praise. Unit 1 of the cell notes that a *not* is in force: it writes at *not*, keeps the
note, shows it at a word of praise, and drops it at the full stop. Unit 2 keeps the verdict: a
word of praise adds about 0.5; if the note was shown at the step before, about 1 is taken away.
"""

import numpy as np

from lstm_ref.arrays import Array

words: tuple[str, ...] = (
    *("The", "film", "was", "not", "good", "."),
    *("The", "music", "was", "great", "."),
)

_NUMBERS = {"not": (1.0, 0.0), ".": (0.0, 1.0), "good": (0.0, -1.0), "great": (0.0, -1.0)}

#: Hidden state and cell state before the first word, shape (H,) each.
h0: Array = np.zeros(2)
c0: Array = np.zeros(2)


def numbers(said: tuple[str, ...] | list[str]) -> Array:
    """Return the inputs of a list of words, shape (T, 2); a word that is not known is (0, 0)."""
    return np.array([_NUMBERS.get(word, (0.0, 0.0)) for word in said])


#: Inputs x_1 … x_11, shape (T, I).
xs: Array = numbers(words)

#: One W (H, I), U (H, H) and b (H) for each gate and the candidate, written by hand.
params: dict[str, Array] = {
    "W_i": np.array([[8.0, 0.0], [0.0, -8.0]]),
    "U_i": np.array([[0.0, 0.0], [24.0, 0.0]]),
    "b_i": np.array([-4.0, -4.0]),
    "W_f": np.array([[0.0, -8.0], [0.0, 0.0]]),
    "U_f": np.zeros((2, 2)),
    "b_f": np.array([4.0, 6.0]),
    "W_g": np.array([[3.0, 0.0], [0.0, -0.55]]),
    "U_g": np.array([[0.0, 0.0], [-3.5, 0.0]]),
    "b_g": np.array([0.0, 0.0]),
    "W_o": np.array([[0.0, -8.0], [0.0, 0.0]]),
    "U_o": np.zeros((2, 2)),
    "b_o": np.array([-4.0, 4.0]),
}
