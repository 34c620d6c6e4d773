"""Equinox: i f g o, a row per unit, one bias; one step of one example.

Source: equinox/nn/_rnn.py, `LSTMCell.__init__` and `LSTMCell.__call__`.
"""

from numpy.typing import ArrayLike

from lstm_ref.arrays import Array
from lstm_ref.conventions.convention import Convention
from lstm_ref.parameters import LSTMParameters

EQUINOX = Convention(
    name="Equinox",
    where="equinox.nn.LSTMCell",
    order=("i", "f", "g", "o"),
    letters=("i", "f", "g", "o"),
    arrays=("weight_ih", "weight_hh", "bias"),
    columns=False,
    split=False,
    biases="one",
    carry=("h", "c"),
    inputs="(I,), one step; jax.vmap and jax.lax.scan make the batch and the sequence",
)


def to_equinox(params: LSTMParameters) -> tuple[Array, Array, Array]:
    """Return weight_ih (4H, I), weight_hh (4H, H) and bias (4H,), for `equinox.tree_at`.

    The bias is the sum of the two: exact up to the split of the bias on the way back.
    """
    return EQUINOX.to_packed(params)


def from_equinox(
    weight_ih: ArrayLike, weight_hh: ArrayLike, bias: ArrayLike | None = None
) -> LSTMParameters:
    """Take `cell.weight_ih`, `cell.weight_hh` and `cell.bias`, which may be None.

    Raises ValueError for shapes that do not fit and TypeError for mixed dtypes.
    """
    return EQUINOX.from_packed(weight_ih, weight_hh, bias)
