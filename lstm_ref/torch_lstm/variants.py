"""Two cells that torch lacks: with peepholes, and with layer normalisation; and their layers.

Each differs from `LSTMCell` in the lines that its paper adds. The layers are one loop over
either cell, differentiated by PyTorch.
"""

from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from lstm_ref.torch_lstm.cell import LSTMCell

State = tuple[Tensor, Tensor]


class PeepholeLSTMCell(LSTMCell):
    """The gates see the memory too (Gers and Schmidhuber, 2000).

    The forget and the input gate see c_{t-1}, the output gate c_t, each unit its own memory
    only.
    Arguments, call and errors as `LSTMCell`; one parameter more, weight_peephole (3H,), in the
    order i, f, o. As is usual since, g is a tanh, and the gradient flows through the peepholes
    (the paper cuts it there).
    """

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        bias: bool = True,
        device: Any = None,
        dtype: torch.dtype | None = None,
    ) -> None:
        super().__init__(input_size, hidden_size, bias, device, dtype)
        peephole = torch.empty(3 * hidden_size, device=device, dtype=dtype)
        self.weight_peephole = nn.Parameter(peephole)
        self.draw(self.weight_peephole)

    def step(self, x: Tensor, h_prev: Tensor, c_prev: Tensor) -> State:
        """x (B, I), h_prev and c_prev (B, H) -> h, c (B, H)."""
        z = F.linear(x, self.weight_ih, self.bias_ih)
        z = z + F.linear(h_prev, self.weight_hh, self.bias_hh)
        z_i, z_f, z_g, z_o = z.chunk(4, dim=-1)  # (B, 4H) -> four times (B, H)
        p_i, p_f, p_o = self.weight_peephole.chunk(3)  # (3H,) -> three times (H,)
        i = torch.sigmoid(z_i + p_i * c_prev)
        f = torch.sigmoid(z_f + p_f * c_prev)
        g = torch.tanh(z_g)
        c = f * c_prev + i * g
        o = torch.sigmoid(z_o + p_o * c)
        h = o * torch.tanh(c)
        return h, c


class LayerNormLSTMCell(LSTMCell):
    """Both products and the squashed memory are normalised (Ba, Kiros and Hinton, 2016).

    The products W x and U h are each brought to mean 0 and variance 1 over all 4H entries, and
    c_t over its H before the last tanh; each then has a gain and a shift of its own. The memory
    that goes on to the next step is c_t itself. Arguments, call and errors as `LSTMCell`, and
    `eps`, added to the variance; the modules norm_ih (4H), norm_hh (4H) and norm_c (H) more.
    """

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        bias: bool = True,
        device: Any = None,
        dtype: torch.dtype | None = None,
        *,
        eps: float = 1e-5,
    ) -> None:
        super().__init__(input_size, hidden_size, bias, device, dtype)
        H = hidden_size
        self.norm_ih = nn.LayerNorm(4 * H, eps, device=device, dtype=dtype)
        self.norm_hh = nn.LayerNorm(4 * H, eps, device=device, dtype=dtype)
        self.norm_c = nn.LayerNorm(H, eps, device=device, dtype=dtype)

    def reset_parameters(self) -> None:
        """Weights and biases as in `LSTMCell`; gains 1 and shifts 0."""
        super().reset_parameters()
        for norm in self.children():
            if isinstance(norm, nn.LayerNorm):
                norm.reset_parameters()

    def step(self, x: Tensor, h_prev: Tensor, c_prev: Tensor) -> State:
        """x (B, I), h_prev and c_prev (B, H) -> h, c (B, H)."""
        z = self.norm_ih(F.linear(x, self.weight_ih))
        z = z + self.norm_hh(F.linear(h_prev, self.weight_hh))
        if self.bias_ih is not None and self.bias_hh is not None:
            z = z + self.bias_ih + self.bias_hh
        z_i, z_f, z_g, z_o = z.chunk(4, dim=-1)  # (B, 4H) -> four times (B, H)
        i = torch.sigmoid(z_i)
        f = torch.sigmoid(z_f)
        g = torch.tanh(z_g)
        o = torch.sigmoid(z_o)
        c = f * c_prev + i * g
        h = o * torch.tanh(self.norm_c(c))
        return h, c


class _Layer(nn.Module):
    """One cell along a sequence, called as torch.nn.LSTM of one layer and one direction.

    input (T, B, I), (B, T, I) with batch_first, or (T, I); hx = (h_0, c_0) of (1, B, H), without
    B for one sequence, zeros if not given. Returns output, shaped as the input, and (h_n, c_n),
    shaped as hx. The parameters are those of `cell`. Raises ValueError for a wrong number of
    dimensions, RuntimeError for sizes that do not fit or an empty sequence.
    """

    def __init__(self, cell: LSTMCell, batch_first: bool) -> None:
        super().__init__()
        self.cell = cell
        self.batch_first = batch_first

    def forward(self, input: Tensor, hx: State | None = None) -> tuple[Tensor, State]:
        """Run the cell along the sequence; shapes and errors as in the class."""
        name = type(self).__name__
        if input.dim() not in (2, 3):
            raise ValueError(
                f"{name}: input has shape {tuple(input.shape)}; expected (T, B, I), (B, T, I) with "
                "batch_first, or (T, I) for one sequence"
            )
        time = 1 if input.dim() == 3 and self.batch_first else 0
        if input.shape[time] == 0:
            raise RuntimeError(f"{name}: the sequence is empty; give at least one time step")
        state = None if hx is None else self._first(input, hx)
        states: list[State] = []
        for x in input.unbind(time):
            state = self.cell(x, state)
            states.append(state)
        h_n, c_n = states[-1]
        output = torch.stack([h for h, _ in states], time)
        return output, (h_n.unsqueeze(0), c_n.unsqueeze(0))  # (B, H) -> (1, B, H)

    def _first(self, input: Tensor, hx: State) -> State:
        for which, state in zip(("h_0", "c_0"), hx, strict=True):
            if state.dim() != input.dim() or len(state) != 1:
                raise RuntimeError(
                    f"{type(self).__name__}: {which} has shape {tuple(state.shape)}; expected "
                    f"{input.dim()} dimensions, the first of size 1, as input is "
                    f"{tuple(input.shape)}"
                )
        return hx[0][0], hx[1][0]


class PeepholeLSTM(_Layer):
    """`PeepholeLSTMCell` along a sequence."""

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        bias: bool = True,
        batch_first: bool = False,
        device: Any = None,
        dtype: torch.dtype | None = None,
    ) -> None:
        super().__init__(
            PeepholeLSTMCell(input_size, hidden_size, bias, device, dtype), batch_first
        )


class LayerNormLSTM(_Layer):
    """`LayerNormLSTMCell` along a sequence."""

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        bias: bool = True,
        batch_first: bool = False,
        device: Any = None,
        dtype: torch.dtype | None = None,
    ) -> None:
        super().__init__(
            LayerNormLSTMCell(input_size, hidden_size, bias, device, dtype), batch_first
        )
