"""Keras: i f c o, a column per unit, one bias.

Source: keras/src/layers/rnn/lstm.py of Keras 3, `LSTMCell.build` and
`LSTMCell._compute_carry_and_output_fused`.
"""

from numpy.typing import ArrayLike

from lstm_ref.arrays import Array
from lstm_ref.conventions.convention import Convention
from lstm_ref.parameters import LSTMParameters

KERAS = Convention(
    name="Keras",
    where="keras.layers.LSTM",
    order=("i", "f", "g", "o"),
    letters=("i", "f", "c", "o"),
    arrays=("kernel", "recurrent_kernel", "bias"),
    columns=True,
    split=False,
    biases="one",
    carry=("h", "c"),
    inputs="(B, T, I)",
    note="unit_forget_bias only says how the bias starts: nothing is added to stored weights.",
)


def to_keras(params: LSTMParameters) -> tuple[Array, Array, Array]:
    """Return kernel (I, 4H), recurrent_kernel (H, 4H) and bias (4H,): `set_weights` takes them.

    The bias is the sum of the two. So `from_keras(*to_keras(params))` is exact up to the split
    of the bias: the sum is kept, all of it in bias_ih.
    """
    return KERAS.to_packed(params)


def from_keras(
    kernel: ArrayLike, recurrent_kernel: ArrayLike, bias: ArrayLike | None = None
) -> LSTMParameters:
    """Take what `layer.get_weights()` returns; without a bias (use_bias=False) both are 0.

    Raises ValueError for shapes that do not fit and TypeError for mixed dtypes.
    """
    return KERAS.from_packed(kernel, recurrent_kernel, bias)
