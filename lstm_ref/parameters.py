"""The weights of one LSTM layer, packed as torch packs them.

The four layers lie one below the other, in the order i, f, g, o: rows 0…H-1 belong to the
input gate, rows H…2H-1 to the forget gate, and so on. There are two biases because torch
has two (for cuDNN's sake); only their sum matters.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, DTypeLike

from lstm_ref.activations import Array, as_float

#: The order in which torch stacks the rows of the three gates and the candidate.
GATES = ("i", "f", "g", "o")


@dataclass(frozen=True, eq=False)
class LSTMParameters:
    """weight_ih (4H, I), weight_hh (4H, H), bias_ih (4H,), bias_hh (4H,), all of one dtype.

    Raises ValueError for shapes that do not fit together and TypeError for mixed dtypes.
    """

    weight_ih: Array
    weight_hh: Array
    bias_ih: Array
    bias_hh: Array

    def __post_init__(self) -> None:
        for name in ("weight_ih", "weight_hh", "bias_ih", "bias_hh"):
            object.__setattr__(self, name, as_float(getattr(self, name)))
        if self.weight_ih.ndim != 2 or len(self.weight_ih) % 4 or self.weight_ih.size == 0:
            raise ValueError(
                f"weight_ih has shape {self.weight_ih.shape}; expected (4H, I), "
                "four blocks of H rows, in the order i, f, g, o"
            )
        H = self.hidden_size
        expected = {"weight_hh": (4 * H, H), "bias_ih": (4 * H,), "bias_hh": (4 * H,)}
        for name, shape in expected.items():
            if (got := getattr(self, name)).shape != shape:
                raise ValueError(
                    f"{name} has shape {got.shape}; expected {shape}, "
                    f"as weight_ih is {self.weight_ih.shape}"
                )
            if got.dtype != self.dtype:
                raise TypeError(
                    f"{name} is {got.dtype} but weight_ih is {self.dtype}; give both one dtype"
                )

    @property
    def input_size(self) -> int:
        """I, the number of inputs."""
        return int(self.weight_ih.shape[1])

    @property
    def hidden_size(self) -> int:
        """H, the number of units."""
        return len(self.weight_ih) // 4

    @property
    def dtype(self) -> np.dtype[Any]:
        """float32 or float64, the same for all four arrays."""
        return self.weight_ih.dtype

    @classmethod
    def from_gates(cls, gates: Mapping[str, ArrayLike]) -> Self:
        """Pack a dict of W_i U_i b_i … W_o U_o b_o; the biases go to bias_ih, bias_hh is 0.

        Raises KeyError for a missing name and ValueError for shapes that do not fit.
        """
        missing = [f"{kind}_{gate}" for gate in GATES for kind in "WUb"]
        missing = [name for name in missing if name not in gates]
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
    input_size: int,
    hidden_size: int,
    rng: np.random.Generator,
    *,
    forget_bias: float = 1.0,
    dtype: DTypeLike = np.float64,
) -> LSTMParameters:
    """Draw weights from U(-1/√H, 1/√H) as torch does, with zero biases but the forget gate's.

    A forget bias of 1 opens the gate at the start, so that gradients survive many steps
    (Gers et al., 2000; Jozefowicz et al., 2015). The same `rng` state gives the same weights.
    Raises ValueError where a size is not a positive whole number.
    """
    for name, size in (("input_size", input_size), ("hidden_size", hidden_size)):
        if not isinstance(size, int) or size < 1:
            raise ValueError(f"{name} is {size!r}; expected a whole number of at least 1")
    H, bound = hidden_size, hidden_size**-0.5
    bias_ih = np.zeros(4 * H)
    bias_ih[H : 2 * H] = forget_bias
    return LSTMParameters(
        rng.uniform(-bound, bound, (4 * H, input_size)).astype(dtype),
        rng.uniform(-bound, bound, (4 * H, H)).astype(dtype),
        bias_ih.astype(dtype),
        np.zeros(4 * H, dtype),
    )
