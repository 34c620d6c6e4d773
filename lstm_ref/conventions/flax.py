"""Flax (linen): an array for each gate, a column per unit, the bias on the recurrent part.

Source: flax/linen/recurrent.py, `LSTMCell.__call__`; `OptimizedLSTMCell` has the same names.
"""

from collections.abc import Mapping
from typing import Any

from lstm_ref.arrays import Array
from lstm_ref.conventions.convention import Convention
from lstm_ref.parameters import LSTMParameters

FLAX = Convention(
    name="Flax",
    where="flax.linen.LSTMCell, OptimizedLSTMCell",
    order=("i", "f", "g", "o"),
    letters=("i", "f", "g", "o"),
    arrays=("i{} kernel", "h{} kernel", "h{} bias"),
    columns=True,
    split=True,
    biases="one",
    carry=("c", "h"),
    inputs="(B, I), one step; flax.linen.RNN makes the sequence, (B, T, I)",
)


def to_flax(params: LSTMParameters) -> dict[str, dict[str, Array]]:
    """Return {"ii": {"kernel": (I, H)}, …, "hi": {"kernel": (H, H), "bias": (H,)}, …}.

    Give it to `cell.apply` as {"params": …}. The bias is the sum of the two: exact up to the
    split of the bias on the way back.
    """
    tree: dict[str, dict[str, Array]] = {}
    for letter, (W, U, b) in FLAX.to_split(params).items():
        tree[f"i{letter}"] = {"kernel": W}
        tree[f"h{letter}"] = {"kernel": U, "bias": b}
    return tree


def from_flax(variables: Mapping[str, Any]) -> LSTMParameters:
    """Take what `cell.init` returns, or what stands under its "params".

    Raises KeyError for a missing name, ValueError for shapes that do not fit, and TypeError
    for mixed dtypes.
    """
    tree = variables.get("params", variables)
    names = [(part + letter, leaf) for letter in FLAX.letters for part, leaf in LEAVES]
    missing = [f"{cell} {leaf}" for cell, leaf in names if leaf not in tree.get(cell, {})]
    if missing:
        raise KeyError(
            f"the variables lack {', '.join(missing)}; they have {', '.join(tree) or 'nothing'}: "
            "give the parameters of one LSTMCell"
        )
    return FLAX.from_split(
        {
            letter: (
                tree[f"i{letter}"]["kernel"],
                tree[f"h{letter}"]["kernel"],
                tree[f"h{letter}"]["bias"],
            )
            for letter in FLAX.letters
        }
    )


#: What each gate has: a kernel for the input, a kernel and a bias for the hidden state.
LEAVES = (("i", "kernel"), ("h", "kernel"), ("h", "bias"))
