"""ONNX: i o f c, a row per unit, both biases in one array, a first axis for the direction.

Source: the operator LSTM in onnx's docs/Operators.md: W[iofc], R[iofc], P[iof], and
B = [Wb[iofc], Rb[iofc]]. In its equations the output gate's peephole reads the new cell state.
"""

import numpy as np
from numpy.typing import ArrayLike

from lstm_ref.arrays import Array, as_float
from lstm_ref.conventions.convention import Convention, reorder
from lstm_ref.parameters import GATES, LSTMParameters

ONNX = Convention(
    name="ONNX",
    where="operator LSTM",
    order=("i", "o", "f", "g"),
    letters=("i", "o", "f", "c"),
    arrays=("W", "R", "B"),
    columns=False,
    split=False,
    biases="two, joined",
    carry=("h", "c"),
    inputs="(T, B, I); (B, T, I) with layout 1",
    note="Each array has a first axis for the direction, of length 1 or 2. B is [Wb, Rb], of "
    "length 8H; the optional peepholes P, of length 3H, are in the order i o f.",
)

#: The order of the peepholes, which the candidate lacks, here and in ONNX.
PEEPHOLES, ONNX_PEEPHOLES = ("i", "f", "o"), ("i", "o", "f")


def to_onnx(
    params: LSTMParameters, backward: LSTMParameters | None = None
) -> tuple[Array, Array, Array]:
    """Return W (1, 4H, I), R (1, 4H, H) and B (1, 8H), the inputs of an ONNX LSTM node.

    With `backward`, a layer's other direction, the first axis is 2. Both biases are kept:
    exact, both ways. Raises ValueError where the two directions differ in shape.
    """
    directions = [LSTMParameters.required(params)]
    if backward is not None:
        directions.append(LSTMParameters.required(backward, "backward"))
    shapes = [one.weight_ih.shape for one in directions]
    if len(set(shapes)) != 1:
        raise ValueError(
            f"backward's weight_ih has shape {shapes[1]}; expected {shapes[0]}, "
            "as the forward direction has"
        )
    W = np.stack([reorder(one.weight_ih, GATES, ONNX.order) for one in directions])
    R = np.stack([reorder(one.weight_hh, GATES, ONNX.order) for one in directions])
    B = np.stack(
        [
            np.concatenate([reorder(b, GATES, ONNX.order) for b in (one.bias_ih, one.bias_hh)])
            for one in directions
        ]
    )
    return W, R, B


def from_onnx(
    W: ArrayLike, R: ArrayLike, B: ArrayLike | None = None, *, direction: int = 0
) -> LSTMParameters:
    """Take W (D, 4H, I), R (D, 4H, H) and B (D, 8H); D is 1, or 2 with a backward direction.

    `direction` says which to take: 0 is the first. Without B both biases are 0.
    Raises ValueError for shapes that do not fit.
    """
    W, R = as_float(W), as_float(R)
    D, H = (len(R), R.shape[-1]) if R.ndim == 3 else (0, 0)
    if D not in (1, 2) or H == 0 or R.shape[1] != 4 * H:
        raise ValueError(f"R has shape {R.shape}; expected (1, 4H, H), or (2, 4H, H)")
    if W.ndim != 3 or W.shape[:2] != (D, 4 * H) or W.size == 0:
        raise ValueError(f"W has shape {W.shape}; expected ({D}, {4 * H}, I), as R is {R.shape}")
    B = np.zeros((D, 8 * H), W.dtype) if B is None else as_float(B)
    if B.shape != (D, 8 * H):
        raise ValueError(f"B has shape {B.shape}; expected {(D, 8 * H)}, as R is {R.shape}")
    if direction not in range(D):
        raise ValueError(f"direction is {direction!r}; expected 0 to {D - 1}, as R is {R.shape}")
    bias_ih, bias_hh = np.split(B[direction], 2)  # (8H,) -> twice (4H,)
    ours = (reorder(a, ONNX.order, GATES) for a in (W[direction], R[direction], bias_ih, bias_hh))
    return LSTMParameters(*ours)


def peepholes_to_onnx(p_i: ArrayLike, p_f: ArrayLike, p_o: ArrayLike) -> Array:
    """Return P (1, 3H), in ONNX's order i o f, from three vectors (H,).

    Raises ValueError where the three are not vectors of one length.
    """
    three = [as_float(p) for p in (p_i, p_f, p_o)]
    if three[0].ndim != 1 or len({p.shape for p in three}) != 1:
        shapes = ", ".join(f"p_{g} {p.shape}" for g, p in zip(PEEPHOLES, three, strict=True))
        raise ValueError(f"the peepholes have shapes {shapes}; expected (H,) for all three")
    return reorder(np.concatenate(three), PEEPHOLES, ONNX_PEEPHOLES)[None]  # (3H,) -> (1, 3H)


def peepholes_from_onnx(P: ArrayLike, *, direction: int = 0) -> tuple[Array, Array, Array]:
    """Return p_i, p_f, p_o, each (H,), from P (D, 3H). Raises ValueError for another shape."""
    P = as_float(P)
    if P.ndim != 2 or P.size == 0 or P.shape[1] % 3 or direction not in range(len(P)):
        raise ValueError(
            f"P has shape {P.shape}; expected (1, 3H), or (2, 3H) and direction 0 or 1"
        )
    p_i, p_f, p_o = np.split(reorder(P[direction], ONNX_PEEPHOLES, PEEPHOLES), 3)
    return p_i, p_f, p_o
