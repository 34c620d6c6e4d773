"""torch.nn.LSTM by hand: layers, directions, dropout, projections, packed sequences."""

import math
import numbers
import warnings
from contextlib import nullcontext
from typing import Any, overload

import torch
from torch import Tensor, nn
from torch.autograd import forward_ad
from torch.nn import functional as F
from torch.nn.utils.rnn import PackedSequence

from lstm_ref.torch_lstm.cell import casts
from lstm_ref.torch_lstm.recurrence import Weights, fused, plain

State = tuple[Tensor, Tensor]

#: What autocast may be given beside float32.
LOW = (torch.float16, torch.bfloat16)


class LSTM(nn.Module):
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
    derivatives, forward mode, torch.func and torch.compile take the plain path by themselves;
    `fused=False` takes it always. torch.jit.script is not supported.

    Under autocast everything, c too, is computed and returned in the low dtype, as torch does
    for unpacked input on CPU (there it leaves packed sequences in float32).

    Raises, where torch does, ValueError for a wrong number of dimensions or an input dtype
    other than the weights', RuntimeError for sizes that do not fit or an empty sequence;
    on making, TypeError and ValueError for arguments of a wrong type or out of range. Warns
    (UserWarning) about dropout with one layer, which has nowhere to act.
    """

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
        super().__init__()
        _check_arguments(input_size, hidden_size, num_layers, proj_size)
        _check_flags(bias, batch_first, dropout)
        if dropout > 0 and num_layers == 1:
            warnings.warn(
                f"dropout={dropout} has no effect with num_layers=1: it acts on the output of "
                "every layer but the last; give num_layers=2 or more, or dropout=0",
                stacklevel=2,
            )
        self.input_size = input_size
        self.hidden_size = hidden_size
        self.num_layers = num_layers
        self.bias = bias
        self.batch_first = batch_first
        self.dropout = float(dropout)
        self.bidirectional = bidirectional
        self.proj_size = proj_size
        self.fused = fused
        H, P, D = hidden_size, proj_size or hidden_size, 2 if bidirectional else 1
        self._names: list[list[str]] = []
        for layer in range(num_layers):
            for direction in ("", "_reverse")[:D]:
                shapes: dict[str, tuple[int, ...]] = {
                    "weight_ih": (4 * H, D * P if layer else input_size),
                    "weight_hh": (4 * H, P),
                }
                if bias:
                    shapes |= {"bias_ih": (4 * H,), "bias_hh": (4 * H,)}
                if proj_size:
                    shapes["weight_hr"] = (P, H)
                self._names.append([f"{name}_l{layer}{direction}" for name in shapes])
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

    def extra_repr(self) -> str:
        shown = [str(self.input_size), str(self.hidden_size)]
        usual = {"proj_size": 0, "num_layers": 1, "bias": True, "batch_first": False}
        usual |= {"dropout": 0, "bidirectional": False, "fused": True}
        given = ((name, getattr(self, name), default) for name, default in usual.items())
        return ", ".join(
            shown + [f"{name}={value}" for name, value, usual in given if value != usual]
        )

    @overload
    def forward(self, input: Tensor, hx: State | None = None) -> tuple[Tensor, State]: ...
    @overload
    def forward(
        self, input: PackedSequence, hx: State | None = None
    ) -> tuple[PackedSequence, State]: ...
    def forward(
        self, input: Tensor | PackedSequence, hx: State | None = None
    ) -> tuple[Tensor | PackedSequence, State]:
        """Run all layers along the sequences; shapes and errors as in the class."""
        if isinstance(input, PackedSequence):
            return self._packed(input, hx)
        if input.dim() not in (2, 3):
            raise ValueError(
                f"LSTM: input has shape {tuple(input.shape)}; expected (T, B, I), (B, T, I) with "
                "batch_first, or (T, I) for one sequence"
            )
        batched = input.dim() == 3
        if hx is not None:
            hx = self._two(hx)
            for name, state in zip(("h_0", "c_0"), hx, strict=True):
                if state.dim() != input.dim():
                    raise RuntimeError(
                        f"LSTM: {name} has shape {tuple(state.shape)} but input "
                        f"{tuple(input.shape)}; give both a batch dimension, or neither"
                    )
            if not batched:
                hx = (hx[0].unsqueeze(1), hx[1].unsqueeze(1))  # (D·L, H) -> (D·L, 1, H)
        xs = input if batched else input.unsqueeze(1)  # (T, I) -> (T, 1, I)
        if batched and self.batch_first:
            xs = xs.transpose(0, 1)  # (B, T, I) -> (T, B, I)
        T, B = xs.shape[:2]
        self._check_input(input)
        rows, (h_n, c_n) = self._layers(xs.flatten(0, 1), [B] * T, hx)
        output = rows.view(T, B, rows.shape[1])  # (T·B, D·P) -> (T, B, D·P)
        if not batched:
            return output.squeeze(1), (h_n.squeeze(1), c_n.squeeze(1))
        return output.transpose(0, 1) if self.batch_first else output, (h_n, c_n)

    def _packed(self, input: PackedSequence, hx: State | None) -> tuple[PackedSequence, State]:
        """The states come and go in the caller's order; within, the longest sequence is first."""
        data, batch_sizes, sorted_indices, unsorted_indices = input
        if data.dim() != 2:
            raise RuntimeError(
                f"LSTM: the packed sequences' data have shape {tuple(data.shape)}; expected "
                f"(N, {self.input_size}): pack sequences of shape (T, {self.input_size})"
            )
        self._check_input(data)
        if hx is not None:
            hx = self._two(hx)
            self._check_states(hx, int(batch_sizes[0]), data)
            if sorted_indices is not None:
                hx = (hx[0].index_select(1, sorted_indices), hx[1].index_select(1, sorted_indices))
        rows, (h_n, c_n) = self._layers(data, batch_sizes.tolist(), hx)
        if unsorted_indices is not None:
            h_n, c_n = h_n.index_select(1, unsorted_indices), c_n.index_select(1, unsorted_indices)
        return PackedSequence(rows, batch_sizes, sorted_indices, unsorted_indices), (h_n, c_n)

    def _layers(self, rows: Tensor, sizes: list[int], hx: State | None) -> tuple[Tensor, State]:
        """rows (N, I), `sizes[t]` of them at step t -> (N, D·P) and h_n, c_n."""
        if not sizes:
            raise RuntimeError("LSTM: the sequence is empty; give at least one time step")
        B, D = sizes[0], 2 if self.bidirectional else 1
        if hx is None:
            L, P = self.num_layers * D, self.proj_size or self.hidden_size
            hx = (rows.new_zeros(L, B, P), rows.new_zeros(L, B, self.hidden_size))
        self._check_states(hx, B, rows)
        low, cast = self._autocast_dtype(rows), casts(rows.device)
        with torch.autocast(rows.device.type, enabled=False) if cast else nullcontext():
            run = fused if self.fused and not _needs_plain(rows) else plain
            rows, h_0, c_0 = (tensor.to(low) for tensor in (rows, *hx))
            states: list[State] = []
            firsts = list(zip(h_0.unbind(), c_0.unbind(), self._weights(low), strict=True))
            for layer in range(self.num_layers):
                if layer:
                    rows = F.dropout(rows, self.dropout, self.training)
                outputs = []
                for direction, (h, c, weights) in enumerate(firsts[layer * D : (layer + 1) * D]):
                    hs, h, c = run(rows, h, c, weights, sizes, direction == 1)
                    outputs.append(hs)
                    states.append((h, c))
                rows = torch.cat(outputs, 1) if D == 2 else outputs[0]
        h_n, c_n = (torch.stack(state) for state in zip(*states, strict=True))
        return rows, (h_n, c_n)

    def _weights(self, dtype: torch.dtype) -> list[Weights]:
        """Each layer's and direction's, read anew so that swapped parameters are seen."""
        made = []
        for group in self.all_weights:
            w = [parameter.to(dtype) for parameter in group]
            w_hr = w.pop() if self.proj_size else None
            b_ih, b_hh = (w[2], w[3]) if self.bias else (None, None)
            made.append(Weights(w[0], w[1], b_ih, b_hh, w_hr))
        return made

    def _autocast_dtype(self, rows: Tensor) -> torch.dtype:
        """The dtype to compute in: the weights', or under autocast the low one."""
        own = self.all_weights[0][0].dtype
        # As everywhere under autocast, float64 stays what it is.
        low = casts(rows.device) and own != torch.float64
        return torch.get_autocast_dtype(rows.device.type) if low else own

    def _two(self, hx: State) -> State:
        if len(hx) != 2:
            kind = IndexError if len(hx) < 2 else RuntimeError
            raise kind(f"LSTM: hx holds {len(hx)} tensors; expected two, (h_0, c_0)")
        return hx[0], hx[1]

    def _check_input(self, input: Tensor) -> None:
        own, shape = self.all_weights[0][0].dtype, tuple(input.shape)
        low = self._autocast_dtype(input) != own
        if input.dtype not in ((*LOW, torch.float32) if low else (own,)):
            raise (RuntimeError if low else ValueError)(
                f"LSTM: input is {input.dtype} but the weights are {own}; "
                f"give both one dtype, as in input.to({own}) or model.to({input.dtype})"
            )
        if shape[-1] != self.input_size:
            raise RuntimeError(
                f"LSTM: input has shape {shape}; expected {self.input_size} as its last size, the "
                "input_size that the layer was made with"
            )

    def _check_states(self, hx: State, B: int, rows: Tensor) -> None:
        L, H = self.num_layers * (2 if self.bidirectional else 1), self.hidden_size
        for name, state, size in zip(("h_0", "c_0"), hx, (self.proj_size or H, H), strict=True):
            if tuple(state.shape) != (L, B, size):
                raise RuntimeError(
                    f"LSTM: {name} has shape {tuple(state.shape)}; expected {(L, B, size)}: layers "
                    "times directions, sequences, units (batch_first does not apply to it)"
                )
            if state.dtype != rows.dtype and not casts(rows.device):
                raise RuntimeError(
                    f"LSTM: {name} is {state.dtype} but input is {rows.dtype}; give both one dtype"
                )


def _needs_plain(rows: Tensor) -> bool:
    """Whether a transformation must see each operation, or numbers that `fused` is not made for."""
    return (
        torch.compiler.is_compiling()
        or torch._C._are_functorch_transforms_active()
        or forward_ad._current_level >= 0
        or rows.is_complex()
    )


def _check_arguments(input_size: Any, hidden_size: Any, num_layers: Any, proj_size: Any) -> None:
    sizes = {"input_size": input_size, "hidden_size": hidden_size, "num_layers": num_layers}
    for name, size in sizes.items():
        if not isinstance(size, int):
            raise TypeError(f"{name} is {size!r}; give a whole number")
        if size < 1:
            raise ValueError(f"{name} is {size}; give a whole number of at least 1")
    if not 0 <= proj_size < hidden_size:
        raise ValueError(
            f"proj_size is {proj_size}; give 0 for no projection, or a whole number smaller than "
            f"hidden_size = {hidden_size}"
        )


def _check_flags(bias: Any, batch_first: Any, dropout: Any) -> None:
    number = isinstance(dropout, numbers.Number) and not isinstance(dropout, bool)
    if not number or not 0 <= dropout <= 1:
        raise ValueError(f"dropout is {dropout!r}; give a probability, a number from 0 to 1")
    for name, flag in (("bias", bias), ("batch_first", batch_first)):
        if not isinstance(flag, bool):
            raise TypeError(f"{name} is {flag!r}; give True or False")
