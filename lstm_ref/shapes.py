"""The door of every cell and layer: what comes in fits together, or one sentence says what not."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from lstm_ref.arrays import Array, as_float
from lstm_ref.parameters import Packed

#: The shapes that an input may have: one step, a sequence, and a sequence of a batch alone.
STEP, SEQUENCE, BATCHES = ("I", "B, I"), ("T, I", "T, B, I"), ("T, B, I",)


def fit(
    params: Packed, forms: Sequence[str], *, keep: bool = False, **arrays: ArrayLike | None
) -> list[Array]:
    """Return the input, which is named first, and the states, as arrays that fit `params`.

    `forms` are the shapes that the input may have. A state that is None is zeros. With `keep`
    all are copies: what a backward pass needs must outlive a change of the caller's.
    Raises ValueError for shapes that do not fit, for an empty sequence and for weights that
    are not finite, and TypeError for dtypes that differ.
    """
    params.require_finite()
    (name, given), *states = arrays.items()
    if given is None:
        raise TypeError(f"{name} is missing; expected an array of shape ({forms[-1]})")
    I, H = params.input_size, params.hidden_size
    x = as_float(given, params.dtype)
    if x.ndim not in [form.count(",") + 1 for form in forms] or x.shape[-1] != I:
        shapes = " or ".join(f"({form}) = ({form.replace('I', str(I))})" for form in forms)
        shapes = shapes.replace("(I) ", "(I,) ").replace(f"({I})", f"({I},)")
        hint = (
            f"; one example is a batch of one, {name}[:, None]"
            if len(forms) == 1 and x.ndim == 2
            else ""
        )
        raise ValueError(
            f"{name} has shape {x.shape}; expected {shapes}, "
            f"as weight_ih is {params.weight_ih.shape}{hint}"
        )
    if forms[-1].startswith("T") and len(x) == 0:
        raise ValueError(f"{name} has shape {x.shape}; expected at least one time step")
    batch = x.shape[1 if forms[-1].startswith("T") else 0 : -1]
    found = [x]
    for which, state in states:
        array = np.zeros((*batch, H), params.dtype) if state is None else as_float(state, x.dtype)
        if array.shape != (*batch, H):
            raise ValueError(
                f"{which} has shape {array.shape}; expected {(*batch, H)}, "
                f"as {name} is {x.shape} and there are H = {H} units"
            )
        found.append(array)
    for which, array in zip(arrays, found, strict=True):
        if array.dtype != params.dtype:
            raise TypeError(
                f"{which} is {array.dtype} but the parameters are {params.dtype}; "
                "give both one dtype"
            )
    return [array.copy() for array in found] if keep else found


def like(name: str, gradient: ArrayLike, of: str, value: Array) -> Array:
    """`gradient` as an array of the shape and dtype of `value`, of which it is the gradient."""
    array = as_float(gradient, value.dtype)
    if array.shape != value.shape:
        raise ValueError(
            f"{name} has shape {array.shape}; expected {value.shape}, the shape of {of}"
        )
    if array.dtype != value.dtype:
        raise TypeError(f"{name} is {array.dtype} but {of} is {value.dtype}; give both one dtype")
    return array


def same_as_before(params: Packed, I: int, H: int) -> None:
    """Raise ValueError where `params` are not of the sizes that the forward pass had."""
    expected = (len(params.LAYERS) * H, I)
    if params.weight_ih.shape != expected:
        raise ValueError(
            f"weight_ih is {params.weight_ih.shape} but what was saved needs {expected}; "
            "give the parameters that the forward pass had"
        )
