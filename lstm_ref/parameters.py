"""The weights of one recurrent layer, packed as torch packs them; the LSTM's first of all.

The LSTM's four layers lie one below the other, in the order i, f, g, o: rows 0…H-1 belong to the
input gate, rows H…2H-1 to the forget gate, and so on. There are two biases because torch
has two (for cuDNN's sake); only their sum matters.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from typing import Any, ClassVar, Self, SupportsIndex, TypeVar

import numpy as np
from numpy.typing import ArrayLike, DTypeLike

from lstm_ref.arrays import Array, as_float, float_dtype, whole

#: The order in which torch stacks the rows of the three gates and the candidate.
GATES = ("i", "f", "g", "o")


@dataclass(frozen=True, eq=False)
class Packed:
    """weight_ih (kH, I), weight_hh (kH, H), bias_ih (kH,), bias_hh (kH,), all of one dtype.

    The k layers of the cell, named in LAYERS, lie one below the other, H rows each. There
    are two biases because torch has two; only their sum matters, but for the GRU's layer n.
    Raises ValueError for shapes that do not fit together and TypeError for mixed dtypes.
    """

    LAYERS: ClassVar[tuple[str, ...]] = ()

    weight_ih: Array
    weight_hh: Array
    bias_ih: Array
    bias_hh: Array

    def __post_init__(self) -> None:
        for field in fields(self):
            object.__setattr__(self, field.name, as_float(getattr(self, field.name)))
        k, shape = len(self.LAYERS), self.weight_ih.shape
        if len(shape) != 2 or shape[0] % k or self.weight_ih.size == 0:
            raise ValueError(
                f"weight_ih has shape {shape}; expected ({k if k > 1 else ''}H, I), "
                f"H rows for each of {', '.join(self.LAYERS)}"
            )
        for name, expected in self.shapes().items():
            got = getattr(self, name)
            if got.shape != expected:
                raise ValueError(
                    f"{name} has shape {got.shape}; expected {expected}, as weight_ih is {shape}"
                )
            if got.dtype != self.dtype:
                raise TypeError(
                    f"{name} is {got.dtype} but weight_ih is {self.dtype}; give both one dtype"
                )

    def shapes(self) -> dict[str, tuple[int, ...]]:
        """The shape that each array must have, given that of weight_ih."""
        kH, I = self.weight_ih.shape
        H = self.hidden_size
        return {"weight_ih": (kH, I), "weight_hh": (kH, H), "bias_ih": (kH,), "bias_hh": (kH,)}

    @classmethod
    def required(cls, params: object, name: str = "params") -> Self:
        """Return `params`; raise TypeError where they are of another kind than this one.

        Other cells' arrays may have the same shapes, and would give numbers that mean nothing.
        """
        if isinstance(params, cls):
            return params
        what = "missing" if params is None else f"of type {type(params).__name__}"
        mend = "each cell runs with parameters of its own kind"
        if isinstance(params, Mapping):
            mend = f"make them of the mapping, as {cls.__name__}(**{name})"
            if hasattr(cls, "from_gates"):
                mend += f", or {cls.__name__}.from_gates({name}) for W_i, U_i, b_i and so on"
        raise TypeError(f"{name} is {what}; expected {cls.__name__}: {mend}")

    def map(self, function: Callable[..., ArrayLike], *others: Self) -> Self:
        """Return parameters of the same kind, each array `function` of ours and the others'.

        `one.map(np.add, other)` is the sum of two gradients, `params.map(np.zeros_like)` none.
        """
        arrays = (
            (f.name, (getattr(each, f.name) for each in (self, *others))) for f in fields(self)
        )
        return type(self)(**{name: as_float(function(*some)) for name, some in arrays})

    def astype(self, dtype: DTypeLike) -> Self:
        """Return copies of all arrays in float32 or float64; raise TypeError for another dtype."""
        kind = float_dtype(dtype)
        return self.map(lambda array: array.astype(kind))

    def require_finite(self) -> None:
        """Raise ValueError where a weight is NaN or infinite; gradients may be, weights not."""
        for field in fields(self):
            array = getattr(self, field.name)
            if len(wrong := np.argwhere(~np.isfinite(array))):
                raise ValueError(
                    f"{field.name} holds {len(wrong)} of {array.size} entries that are NaN or "
                    f"infinite, the first at {tuple(wrong[0].tolist())}; if training made them, "
                    "go back to earlier weights and lower the learning rate"
                )

    @property
    def input_size(self) -> int:
        """I, the number of inputs."""
        return int(self.weight_ih.shape[1])

    @property
    def hidden_size(self) -> int:
        """H, the number of units."""
        return len(self.weight_ih) // len(self.LAYERS)

    @property
    def dtype(self) -> np.dtype[Any]:
        """float32 or float64, the same for all arrays."""
        return self.weight_ih.dtype


P = TypeVar("P", bound=Packed)


def draw(
    kind: type[P],
    input_size: SupportsIndex,
    hidden_size: SupportsIndex,
    rng: "np.random.Generator",  # in quotes: the name would load a module that few need
    dtype: DTypeLike,
    forget_bias: float = 0.0,
) -> P:
    """Draw weights from U(-1/√H, 1/√H) as torch does, with zero biases but the forget gate's.

    What a kind has beside the four packed arrays is drawn from the same range, after them.
    Raises ValueError where a size is not a positive whole number, and TypeError for a dtype
    other than float32 and float64.
    """
    I, H = whole("input_size", input_size), whole("hidden_size", hidden_size)
    found = float_dtype(dtype)
    rows, bound = len(kind.LAYERS) * H, H**-0.5
    bias_ih = np.zeros((len(kind.LAYERS), H))
    if "f" in kind.LAYERS:
        bias_ih[kind.LAYERS.index("f")] = forget_bias
    return kind(
        rng.uniform(-bound, bound, (rows, I)).astype(found),
        rng.uniform(-bound, bound, (rows, H)).astype(found),
        bias_ih.reshape(rows).astype(found),  # (k, H) -> (kH,)
        np.zeros(rows, found),
        *(rng.uniform(-bound, bound, H).astype(found) for _ in fields(kind)[4:]),
    )


@dataclass(frozen=True, eq=False)
class LSTMParameters(Packed):
    """weight_ih (4H, I), weight_hh (4H, H), bias_ih (4H,), bias_hh (4H,), all of one dtype.

    Raises ValueError for shapes that do not fit together and TypeError for mixed dtypes.
    """

    LAYERS = GATES

    @classmethod
    def from_gates(cls, gates: Mapping[str, ArrayLike]) -> Self:
        """Pack a dict of W_i U_i b_i … W_o U_o b_o; the biases go to bias_ih, bias_hh is 0.

        Raises KeyError for a missing name and ValueError for shapes that do not fit.
        """
        names = [f"{kind}_{gate}" for gate in GATES for kind in "WUb"]
        missing = [name for name in names if name not in gates]
        if missing:
            raise KeyError(f"params lacks {', '.join(missing)}; it needs W, U and b of i, f, g, o")
        W, U, b = ([as_float(gates[f"{kind}_{gate}"]) for gate in GATES] for kind in "WUb")
        for kind, blocks in (("W", W), ("U", U), ("b", b)):
            if len({block.shape for block in blocks}) != 1:
                pairs = zip(GATES, blocks, strict=True)
                shapes = ", ".join(f"{kind}_{gate} {block.shape}" for gate, block in pairs)
                raise ValueError(f"the four {kind} must have one shape, got {shapes}")
        bias = np.concatenate(b)
        return cls(np.concatenate(W), np.concatenate(U), bias, np.zeros_like(bias))

    def to_gates(self) -> dict[str, Array]:
        """Unpack into W_i U_i b_i … W_o U_o b_o; each b is the sum of the two biases."""
        H = self.hidden_size
        bias = self.bias_ih + self.bias_hh
        gates: dict[str, Array] = {}
        for k, gate in enumerate(GATES):
            rows = slice(k * H, (k + 1) * H)
            gates[f"W_{gate}"] = self.weight_ih[rows].copy()
            gates[f"U_{gate}"] = self.weight_hh[rows].copy()
            gates[f"b_{gate}"] = bias[rows].copy()
        return gates


def initialise(
    input_size: SupportsIndex,
    hidden_size: SupportsIndex,
    rng: "np.random.Generator",
    *,
    forget_bias: float = 1.0,
    dtype: DTypeLike = np.float64,
) -> LSTMParameters:
    """Draw weights from U(-1/√H, 1/√H) as torch does, with zero biases but the forget gate's.

    A forget bias of 1 opens the gate at the start, so that gradients survive many steps
    (Gers et al., 2000; Jozefowicz et al., 2015). The same `rng` state gives the same weights.
    Raises ValueError where a size is not a positive whole number, and TypeError for a dtype
    other than float32 and float64.
    """
    return draw(LSTMParameters, input_size, hidden_size, rng, dtype, forget_bias)
