"""Keras: i f c o, a column per unit, one bias.

Source: keras/src/layers/rnn/lstm.py of Keras 3, `LSTMCell.build` and
`LSTMCell._compute_carry_and_output_fused`.
"""

from typing import Literal, overload

from numpy.typing import ArrayLike

from lstm_ref.arrays import Array
from lstm_ref.conventions.convention import Convention, without_bias
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


@overload
def to_keras(
    params: LSTMParameters, *, bias: Literal[True] = True
) -> tuple[Array, Array, Array]: ...
@overload
def to_keras(params: LSTMParameters, *, bias: Literal[False]) -> tuple[Array, Array]: ...
def to_keras(params: LSTMParameters, *, bias: bool = True) -> tuple[Array, ...]:
    """Return kernel (I, 4H), recurrent_kernel (H, 4H) and bias (4H,): `set_weights` takes them.

    The bias is the sum of the two. So `from_keras(*to_keras(params))` is exact up to the split
    of the bias: the sum is kept, all of it in bias_ih. `bias=False` leaves it out, for a layer
    made with use_bias=False, and raises ValueError where there is one.
    """
    if not bias:
        without_bias(params)
    return KERAS.to_packed(params)[: 3 if bias else 2]


def from_keras(
    kernel: ArrayLike, recurrent_kernel: ArrayLike, bias: ArrayLike | None = None
) -> LSTMParameters:
    """Take what `layer.get_weights()` returns; without a bias (use_bias=False) both are 0.

    Raises ValueError for shapes that do not fit and TypeError for mixed dtypes.
    """
    return KERAS.from_packed(kernel, recurrent_kernel, bias)
