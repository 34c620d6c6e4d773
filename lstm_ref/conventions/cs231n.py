"""Stanford's CS231n: i f o g, a column per unit, one bias.

Source: assignment 3 of the course, `lstm_step_forward` in cs231n/rnn_layers.py, and the text
of its LSTM notebook: the activation vector is divided into a_i, a_f, a_o, a_g.
"""

from numpy.typing import ArrayLike

from lstm_ref.arrays import Array
from lstm_ref.conventions.convention import Convention
from lstm_ref.parameters import LSTMParameters

CS231N = Convention(
    name="CS231n",
    where="lstm_step_forward, assignment 3",
    order=("i", "f", "o", "g"),
    letters=("i", "f", "o", "g"),
    arrays=("Wx", "Wh", "b"),
    columns=True,
    split=False,
    biases="one",
    carry=("h", "c"),
    inputs="(B, T, I), there (N, T, D); lstm_forward starts with c = 0",
)


def to_cs231n(params: LSTMParameters) -> tuple[Array, Array, Array]:
    """Return Wx (I, 4H), Wh (H, 4H) and b (4H,). The assignment writes D for I.

    The bias is the sum of the two: exact up to the split of the bias on the way back.
    """
    return CS231N.to_packed(params)


def from_cs231n(Wx: ArrayLike, Wh: ArrayLike, b: ArrayLike | None = None) -> LSTMParameters:
    """The way back, with b in bias_ih and 0 in bias_hh.

    Raises ValueError for shapes that do not fit and TypeError for mixed dtypes.
    """
    return CS231N.from_packed(Wx, Wh, b)
