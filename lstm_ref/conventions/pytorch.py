"""PyTorch: i f g o, a row per unit, two biases. Our own packing, under torch's names.

Source: the documentation of torch.nn.LSTM, sections Variables and Notes.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np

from lstm_ref.arrays import Array, as_float
from lstm_ref.conventions.convention import Convention, without_bias
from lstm_ref.parameters import LSTMParameters

TORCH = Convention(
    name="PyTorch",
    where="torch.nn.LSTM, torch.nn.LSTMCell",
    order=("i", "f", "g", "o"),
    letters=("i", "f", "g", "o"),
    arrays=("weight_ih", "weight_hh", "bias_ih, bias_hh"),
    columns=False,
    split=False,
    biases="two",
    carry=("h", "c"),
    inputs="(T, B, I); (B, T, I) with batch_first",
    note="Names end in _l0, _l1, … for the layer, and in _reverse for the backward direction; "
    "those of LSTMCell have no ending.",
)

NAMES = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")


def to_torch(
    params: LSTMParameters,
    layer: int | None = 0,
    *,
    reverse: bool = False,
    tensors: bool = False,
    bias: bool = True,
) -> dict[str, Any]:
    """Return the entries of a `state_dict`, as NumPy arrays or, with `tensors`, as tensors.

    `layer` is the layer's number, `reverse` the backward direction; layer None gives the names
    of `torch.nn.LSTMCell`. Nothing is merged or moved: exact, both ways. The arrays are new.
    `bias=False` leaves the biases out, for a layer made so, and raises ValueError where they are
    not 0; TypeError for another cell's parameters.
    """
    params, ending = LSTMParameters.required(params), _ending(layer, reverse)
    if not bias:
        without_bias(params)
    names = NAMES if bias else NAMES[:2]
    state: dict[str, Any] = {f"{n}{ending}": getattr(params, n).copy() for n in names}
    if tensors:
        import torch  # only where a tensor is asked for

        state = {name: torch.from_numpy(array) for name, array in state.items()}
    return state


def from_torch(
    state_dict: Mapping[str, Any], layer: int | None = 0, *, reverse: bool = False
) -> LSTMParameters:
    """Take one layer and direction out of a `state_dict` of tensors or arrays.

    Weights of float16 and bfloat16 tensors become float32. With `bias=False` there are none,
    and both biases are 0. Raises KeyError where weights are missing, and ValueError for a
    projection (`proj_size`), which the plain LSTM lacks, and for shapes that do not fit.
    """
    ending = _ending(layer, reverse)
    missing = [f"{n}{ending}" for n in NAMES[:2] if f"{n}{ending}" not in state_dict]
    if missing:
        raise KeyError(
            f"the state_dict lacks {', '.join(missing)}; it has "
            f"{', '.join(state_dict) or 'nothing'}: choose with layer= and reverse="
        )
    if f"weight_hr{ending}" in state_dict:
        raise ValueError(
            f"the state_dict has weight_hr{ending}, a projection (proj_size), which LSTMParameters "
            "cannot hold; expected a layer without one"
        )
    W, U = (_array(state_dict[f"{n}{ending}"]) for n in NAMES[:2])
    zero = np.zeros(W.shape[:1], W.dtype)  # (4H,)
    bias_ih, bias_hh = (_array(state_dict.get(f"{n}{ending}", zero)) for n in NAMES[2:])
    return LSTMParameters(W, U, bias_ih, bias_hh)


def _ending(layer: int | None, reverse: bool) -> str:
    if layer is None:
        if reverse:
            raise ValueError("reverse=True needs a layer's number: LSTMCell has one direction")
        return ""
    return f"_l{layer}{'_reverse' if reverse else ''}"


def _array(value: Any) -> Array:
    """A tensor, wherever it lies, or an array, as a new array."""
    if hasattr(value, "detach"):
        value = value.detach().cpu()
        value = (value.float() if value.dtype.itemsize < 4 else value).numpy()
    return np.array(as_float(value))
