"""The notation of Greff et al. (2017): z i f o, an array for each gate.

Source: Greff et al. (2017), the weights and the forward pass of the vanilla LSTM; z is
the block input, y the block output, N the number of blocks and M that of inputs.
"""

from collections.abc import Mapping

import numpy as np
from numpy.typing import ArrayLike

from lstm_ref.arrays import Array
from lstm_ref.conventions.convention import Convention
from lstm_ref.parameters import LSTMParameters

GREFF = Convention(
    name="Greff et al. (2017)",
    where="LSTM: A Search Space Odyssey",
    order=("g", "i", "f", "o"),
    letters=("z", "i", "f", "o"),
    arrays=("W_{}", "R_{}", "b_{}"),
    columns=False,
    split=True,
    biases="one",
    carry=("h", "c"),
    inputs="(I,), one step; there x of M numbers",
    note="The hidden state is called y; the paper's vanilla LSTM also has peepholes "
    "p_i, p_f, p_o, which are 0 here.",
)


def to_greff(params: LSTMParameters) -> dict[str, Array]:
    """Return W_z (H, I), R_z (H, H), b_z (H,), and so for i, f and o.

    The bias is the sum of the two: exact up to the split of the bias on the way back.
    """
    return {
        name: array
        for letter, arrays in GREFF.to_split(params).items()
        for name, array in zip(GREFF.names(letter), arrays, strict=True)
    }


def from_greff(weights: Mapping[str, ArrayLike]) -> LSTMParameters:
    """The way back, with b in bias_ih and 0 in bias_hh.

    Raises KeyError for a missing name, ValueError for shapes that do not fit or peepholes
    that are not 0, and TypeError for mixed dtypes.
    """
    names = {letter: GREFF.names(letter) for letter in GREFF.letters}
    missing = [name for three in names.values() for name in three if name not in weights]
    if missing:
        raise KeyError(f"the weights lack {', '.join(missing)}; expected W, R and b of z, i, f, o")
    for name in ("p_i", "p_f", "p_o"):
        if np.any(weights.get(name, 0)):
            raise ValueError(
                f"{name} is not 0; expected an LSTM without peepholes, as LSTMParameters has none: "
                "leave them out only if they are all 0"
            )
    return GREFF.from_split(
        {letter: (weights[W], weights[R], weights[b]) for letter, (W, R, b) in names.items()}
    )
