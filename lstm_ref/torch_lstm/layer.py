"""torch.nn.LSTM by hand: layers, directions, dropout, projections, packed sequences."""

import math
from contextlib import nullcontext
from typing import Any

import torch
from torch import Tensor, nn
from torch.autograd import forward_ad

from lstm_ref.torch_lstm.cell import casts
from lstm_ref.torch_lstm.recurrence import Weights, fused, plain
from lstm_ref.torch_lstm.sequences import Sequences, State


class LSTM(Sequences):
    """The same arguments, call, outputs, parameters and state_dict as torch.nn.LSTM.

    With T steps, B sequences, D directions, L layers, P = proj_size or hidden_size:
    input (T, B, I), (B, T, I) with batch_first, (T, I) for one sequence, or a PackedSequence;
    hx = (h_0, c_0) of (D·L, B, P) and (D·L, B, H), without B for one sequence, zeros if not
    given, never batch first. Returns output (T, B, D·P), shaped or packed as the input was,
    and (h_n, c_n), shaped as hx; layer by layer, in each the forward direction first.

    Parameters weight_ih_l0 (4H, I), weight_hh_l0 (4H, P), bias_ih_l0, bias_hh_l0 (4H,) and with
    proj_size weight_hr_l0 (P, H), then `_l0_reverse`, `_l1` and so on, drawn from
    U(-1/√H, 1/√H) in torch's order. A state_dict goes both ways: on a GPU, load it into
    torch.nn.LSTM to have cuDNN's own speed; the code here runs there too, step by step.

    `fused` (ours) chooses a backward pass by hand; results agree to rounding. Second
    derivatives, batched gradients, forward mode, torch.func, torch.compile, torch.export and
    torch.jit.trace take the plain path by themselves; `fused=False` takes it always.
    torch.jit.script is not supported.

    Under autocast everything, c too, is computed and returned in the low dtype, as torch does
    for unpacked input on CPU (there it leaves packed sequences in float32).

    Raises, where torch does, ValueError for a wrong number of dimensions or an input dtype
    other than the weights', RuntimeError for sizes that do not fit or an empty sequence;
    on making, TypeError and ValueError for arguments of a wrong type or out of range. Warns
    (UserWarning) about dropout with one layer, which has nowhere to act.
    """

    #: What torch.nn.RNNBase calls its kinds.
    mode = "LSTM"

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        num_layers: int = 1,
        bias: bool = True,
        batch_first: bool = False,
        dropout: float = 0.0,
        bidirectional: bool = False,
        proj_size: int = 0,
        device: Any = None,
        dtype: torch.dtype | None = None,
        *,
        fused: bool = True,
    ) -> None:
        super().__init__(
            *(input_size, hidden_size, num_layers, bias, batch_first),
            *(dropout, bidirectional, proj_size),
        )
        self.fused = fused
        H, P = hidden_size, proj_size or hidden_size
        self._names: list[list[str]] = []
        for ending in self.endings:
            shapes: dict[str, tuple[int, ...]] = {
                "weight_ih": (4 * H, self.input_of(ending)),
                "weight_hh": (4 * H, P),
            }
            if bias:
                shapes |= {"bias_ih": (4 * H,), "bias_hh": (4 * H,)}
            if proj_size:
                shapes["weight_hr"] = (P, H)
            self._names.append([f"{name}{ending}" for name in shapes])
            for name, shape in zip(self._names[-1], shapes.values(), strict=True):
                made = nn.Parameter(torch.empty(shape, device=device, dtype=dtype))
                self.register_parameter(name, made)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw all parameters anew from U(-1/√H, 1/√H), in torch's order."""
        bound = 1 / math.sqrt(self.hidden_size)
        for parameter in self.parameters():
            nn.init.uniform_(parameter, -bound, bound)

    @property
    def all_weights(self) -> list[list[nn.Parameter]]:
        """The parameters, a list for each layer and direction."""
        return [[getattr(self, name) for name in names] for names in self._names]

    def flatten_parameters(self) -> None:
        """Do nothing: torch.nn.LSTM arranges its weights for cuDNN here."""

    def along(self, rows: Tensor, sizes: list[int], hx: State) -> tuple[Tensor, State]:
        """Run all layers in one dtype, by hand where nobody has to see each operation."""
        low, cast = self._autocast_dtype(rows), casts(rows.device)
        with torch.autocast(rows.device.type, enabled=False) if cast else nullcontext():
            way = fused if self.fused and not _needs_plain(rows) else plain
            weights = self._weights(low)
            rows, h_0, c_0 = (tensor.to(low) for tensor in (rows, *hx))

            def run(
                k: int, rows: Tensor, h: Tensor, c: Tensor, sizes: list[int], back: bool
            ) -> Any:
                return way(rows, h, c, weights[k], sizes, back)

            return self.each_layer(rows, sizes, (h_0, c_0), run)

    def _weights(self, dtype: torch.dtype) -> list[Weights]:
        """Each layer's and direction's, read anew so that swapped parameters are seen."""
        made = []
        for group in self.all_weights:
            w = [parameter.to(dtype) for parameter in group]
            w_hr = w.pop() if self.proj_size else None
            b_ih, b_hh = (w[2], w[3]) if self.bias else (None, None)
            made.append(Weights(w[0], w[1], b_ih, b_hh, w_hr))
        return made


def _needs_plain(rows: Tensor) -> bool:
    """Whether a transformation must see each operation, or numbers that `fused` is not made for."""
    return (
        torch.compiler.is_compiling()
        or torch._C._get_tracing_state() is not None  # torch.jit.trace, and ONNX through it
        or torch._C._are_functorch_transforms_active()
        or forward_ad._current_level >= 0
        or rows.is_complex()
    )
