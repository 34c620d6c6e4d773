"""One step of the LSTM as a torch module, with the parameters of torch.nn.LSTMCell.

The form is that of Gers, Schmidhuber and Cummins (2000), without peepholes.
"""

import math
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F


def gates_to_state(z: Tensor, c_prev: Tensor) -> tuple[Tensor, Tensor]:
    """z (B, 4H) before the activations, rows i, f, g, o, and c_prev (B, H) -> h, c (B, H)."""
    z_i, z_f, z_g, z_o = z.chunk(4, dim=-1)  # (B, 4H) -> four times (B, H)
    i = torch.sigmoid(z_i)
    f = torch.sigmoid(z_f)
    g = torch.tanh(z_g)
    o = torch.sigmoid(z_o)
    c = f * c_prev + i * g
    h = o * torch.tanh(c)
    return h, c


def casts(device: torch.device) -> bool:
    """Whether autocast is at work there."""
    kind = device.type
    return torch.amp.is_autocast_available(kind) and torch.is_autocast_enabled(kind)


class CellBase(nn.Module):
    """Sizes, checks and initialisation that the cells of this package share."""

    def __init__(self, input_size: int, hidden_size: int, bias: bool) -> None:
        super().__init__()
        for name, size in (("input_size", input_size), ("hidden_size", hidden_size)):
            if not isinstance(size, int):
                raise TypeError(f"{name} is {size!r}; give a whole number")
            if size < 0:
                raise RuntimeError(f"{name} is {size}; give a whole number that is not negative")
        self.input_size = input_size
        self.hidden_size = hidden_size
        self.bias = bias

    def extra_repr(self) -> str:
        bias = "" if self.bias is True else f", bias={self.bias}"
        return f"{self.input_size}, {self.hidden_size}{bias}"

    def states(
        self, input: Tensor, hx: tuple[Tensor, Tensor] | None
    ) -> tuple[Tensor, Tensor, Tensor]:
        """input, h, c as batches (B, I), (B, H), (B, H); zeros where hx is not given.

        Raises ValueError for a wrong number of dimensions and RuntimeError for wrong sizes.
        """
        name, I, H = type(self).__name__, self.input_size, self.hidden_size
        if input.dim() not in (1, 2):
            raise ValueError(
                f"{name}: input has shape {tuple(input.shape)}; expected (B, {I}) or ({I},)"
            )
        if input.shape[-1] != I:
            raise RuntimeError(
                f"{name}: input has shape {tuple(input.shape)}; expected {I} as its last size, "
                "the input_size that the cell was made with"
            )
        if hx is None:
            zeros = input.new_zeros(*input.shape[:-1], H)
            hx = (zeros, zeros)
        if len(hx) != 2:
            raise RuntimeError(f"{name}: hx holds {len(hx)} tensors; expected two, (h, c)")
        expected = (*input.shape[:-1], H)
        for which, state in zip("hc", hx, strict=True):
            if tuple(state.shape) != expected:
                kind = RuntimeError if state.dim() in (1, 2) else ValueError
                raise kind(
                    f"{name}: {which} in hx has shape {tuple(state.shape)}; expected {expected}, "
                    f"as input is {tuple(input.shape)} and there are H = {H} units"
                )
        h, c = hx
        batch = input.shape[0] if input.dim() == 2 else 1
        return (
            input.view(batch, I) if input.dim() == 1 else input,
            h.view(batch, H),
            c.view(batch, H),
        )

    def check_dtypes(self, weight: Tensor, **tensors: Tensor) -> None:
        """Raise RuntimeError unless all have the weights' dtype (autocast sees to its own)."""
        if casts(weight.device):
            return
        for name, tensor in tensors.items():
            if tensor.dtype != weight.dtype:
                raise RuntimeError(
                    f"{type(self).__name__}: {name} is {tensor.dtype} but the weights are "
                    f"{weight.dtype}; give both one dtype, as in {name}.to({weight.dtype})"
                )


class LSTMCell(CellBase):
    """torch.nn.LSTMCell by hand: the same arguments, call, parameters and state_dict.

    Call: input (B, I) or (I,), hx = (h, c) of (B, H) or (H,), zeros if not given; returns the
    new (h, c), shaped as they came. Parameters: weight_ih (4H, I), weight_hh (4H, H), bias_ih
    and bias_hh (4H,), rows in the order i, f, g, o, drawn from U(-1/√H, 1/√H).
    Raises ValueError for a wrong number of dimensions; RuntimeError for sizes or dtypes that
    do not fit; TypeError for a size that is not a whole number.
    """

    weight_ih: nn.Parameter
    weight_hh: nn.Parameter
    bias_ih: nn.Parameter | None
    bias_hh: nn.Parameter | None

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        bias: bool = True,
        device: Any = None,
        dtype: torch.dtype | None = None,
    ) -> None:
        super().__init__(input_size, hidden_size, bias)
        H = hidden_size
        shapes = {"weight_ih": (4 * H, input_size), "weight_hh": (4 * H, H)}
        for name, shape in shapes.items():
            setattr(self, name, nn.Parameter(torch.empty(shape, device=device, dtype=dtype)))
        for name in ("bias_ih", "bias_hh"):
            made = nn.Parameter(torch.empty(4 * H, device=device, dtype=dtype)) if bias else None
            self.register_parameter(name, made)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw all parameters anew from U(-1/√H, 1/√H), in torch's order."""
        for parameter in self.parameters():
            self.draw(parameter)

    def draw(self, parameter: Tensor) -> None:
        """Fill one parameter from U(-1/√H, 1/√H)."""
        bound = 1 / math.sqrt(self.hidden_size) if self.hidden_size else 0.0
        nn.init.uniform_(parameter, -bound, bound)

    def forward(
        self, input: Tensor, hx: tuple[Tensor, Tensor] | None = None
    ) -> tuple[Tensor, Tensor]:
        """Take one step; shapes and errors as in the class."""
        x, h, c = self.states(input, hx)
        self.check_dtypes(self.weight_ih, input=x, h=h)
        h, c = self.step(x, h, c)
        return (h, c) if input.dim() == 2 else (h[0], c[0])

    def step(self, x: Tensor, h_prev: Tensor, c_prev: Tensor) -> tuple[Tensor, Tensor]:
        """x (B, I), h_prev and c_prev (B, H) -> h, c (B, H)."""
        z = F.linear(x, self.weight_ih, self.bias_ih)
        z = z + F.linear(h_prev, self.weight_hh, self.bias_hh)
        return gates_to_state(z, c_prev)
