"""Two cells that torch lacks: with peepholes, and with layer normalisation; and their layers.

Each differs from `LSTMCell` in the lines that its paper adds. The layers take what `LSTM` takes,
and are one loop over either cell, differentiated by PyTorch. What follows `hidden_size` is given
by name, since torch has no order for it.
"""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from lstm_ref.torch_lstm.cell import LSTMCell
from lstm_ref.torch_lstm.recurrence import along
from lstm_ref.torch_lstm.sequences import Sequences, State


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
        *,
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
        *,
        bias: bool = True,
        device: Any = None,
        dtype: torch.dtype | None = None,
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


class _Layers(Sequences):
    """A cell along sequences; `cells` has one for each layer and direction, l0, l0_reverse, l1 …

    Arguments, call and errors as `LSTM`, without a projection.
    """

    def __init__(self, *arguments: Any, cell: Callable[[int], LSTMCell]) -> None:
        super().__init__(*arguments, level=4)
        self.cells = nn.ModuleDict(
            {ending[1:]: cell(self.input_of(ending)) for ending in self.endings}
        )

    def reset_parameters(self) -> None:
        """Draw all parameters anew, cell by cell."""
        for cell in self._each:
            cell.reset_parameters()

    @property
    def _each(self) -> list[LSTMCell]:
        return [cell for cell in self.cells.values() if isinstance(cell, LSTMCell)]

    def along(self, rows: Tensor, sizes: list[int], hx: State) -> tuple[Tensor, State]:
        """Run each layer's and direction's cell in a loop."""
        cells = self._each

        def run(k: int, rows: Tensor, h: Tensor, c: Tensor, sizes: list[int], back: bool) -> Any:
            return along(cells[k].step, rows, h, c, sizes, back)

        return self.each_layer(rows, sizes, hx, run)


class PeepholeLSTM(_Layers):
    """`PeepholeLSTMCell` along sequences, in layers and both directions as `LSTM`."""

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        *,
        num_layers: int = 1,
        bias: bool = True,
        batch_first: bool = False,
        dropout: float = 0.0,
        bidirectional: bool = False,
        device: Any = None,
        dtype: torch.dtype | None = None,
    ) -> None:
        def cell(inputs: int) -> LSTMCell:
            return PeepholeLSTMCell(inputs, hidden_size, bias=bias, device=device, dtype=dtype)

        super().__init__(
            *(input_size, hidden_size, num_layers, bias, batch_first, dropout, bidirectional),
            cell=cell,
        )


class LayerNormLSTM(_Layers):
    """`LayerNormLSTMCell` along sequences, in layers and both directions as `LSTM`.

    `eps` is added to each variance.
    """

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        *,
        num_layers: int = 1,
        bias: bool = True,
        batch_first: bool = False,
        dropout: float = 0.0,
        bidirectional: bool = False,
        device: Any = None,
        dtype: torch.dtype | None = None,
        eps: float = 1e-5,
    ) -> None:
        def cell(inputs: int) -> LSTMCell:
            return LayerNormLSTMCell(
                inputs, hidden_size, bias=bias, device=device, dtype=dtype, eps=eps
            )

        super().__init__(
            *(input_size, hidden_size, num_layers, bias, batch_first, dropout, bidirectional),
            cell=cell,
        )
        self.eps = eps
