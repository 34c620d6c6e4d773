"""What every layer of this package does with what it is given, whatever its cell.

Input with and without a batch, batch first, packed; first states; layers, directions, dropout.
"""

import numbers
import warnings
from abc import abstractmethod
from collections.abc import Callable
from typing import Any, overload

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.nn.utils.rnn import PackedSequence

from lstm_ref.torch_lstm.cell import casts

State = tuple[Tensor, Tensor]
#: One layer in one direction: (its number among all, rows, h_0, c_0, sizes, whether from the end).
Run = Callable[[int, Tensor, Tensor, Tensor, list[int], bool], tuple[Tensor, Tensor, Tensor]]

#: What autocast may be given beside float32.
LOW = (torch.float16, torch.bfloat16)


class Sequences(nn.Module):
    """The call of torch.nn.LSTM. Shapes and errors as in `lstm_ref.torch_lstm.LSTM`."""

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        num_layers: int,
        bias: bool,
        batch_first: bool,
        dropout: float,
        bidirectional: bool,
        proj_size: int = 0,
        *,
        level: int = 3,
    ) -> None:
        """`level` is how many calls above this one the caller stands, for warnings."""
        super().__init__()
        _check_arguments(input_size, hidden_size, num_layers, proj_size)
        _check_flags(bias, batch_first, dropout)
        if dropout > 0 and num_layers == 1:
            warnings.warn(
                f"dropout={dropout} has no effect with num_layers=1: it acts on the output of "
                "every layer but the last; give num_layers=2 or more, or dropout=0",
                stacklevel=level,
            )
        self.input_size = input_size
        self.hidden_size = hidden_size
        self.num_layers = num_layers
        self.bias = bias
        self.batch_first = batch_first
        self.dropout = float(dropout)
        self.bidirectional = bidirectional
        self.proj_size = proj_size

    @property
    def endings(self) -> list[str]:
        """The endings of torch's names, _l0, _l0_reverse, _l1 …: layers, in each the directions."""
        directions = ("", "_reverse") if self.bidirectional else ("",)
        return [f"_l{layer}{end}" for layer in range(self.num_layers) for end in directions]

    def input_of(self, ending: str) -> int:
        """The number of inputs that this layer and direction has."""
        if ending.startswith("_l0"):
            return self.input_size
        return (2 if self.bidirectional else 1) * (self.proj_size or self.hidden_size)

    def extra_repr(self) -> str:
        shown = [str(self.input_size), str(self.hidden_size)]
        usual = {"proj_size": 0, "num_layers": 1, "bias": True, "batch_first": False}
        usual |= {"dropout": 0, "bidirectional": False, "fused": True}
        given = ((name, getattr(self, name, default), default) for name, default in usual.items())
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
                f"{self._name}: input has shape {tuple(input.shape)}; expected (T, B, I), "
                "(B, T, I) with batch_first, or (T, I) for one sequence"
            )
        batched = input.dim() == 3
        if hx is not None:
            hx = self._two(hx)
            for name, state in zip(("h_0", "c_0"), hx, strict=True):
                if state.dim() != input.dim():
                    raise RuntimeError(
                        f"{self._name}: {name} has shape {tuple(state.shape)} but input "
                        f"{tuple(input.shape)}; give both a batch dimension, or neither"
                    )
            if not batched:
                hx = (hx[0].unsqueeze(1), hx[1].unsqueeze(1))  # (D·L, H) -> (D·L, 1, H)
        xs = input if batched else input.unsqueeze(1)  # (T, I) -> (T, 1, I)
        if batched and self.batch_first:
            xs = xs.transpose(0, 1)  # (B, T, I) -> (T, B, I)
        T, B = xs.shape[:2]
        self._check_input(input)
        rows, (h_n, c_n) = self._layers(xs.flatten(0, 1), [B] * int(T), hx)
        output = rows.view(T, B, rows.shape[1])  # (T·B, D·P) -> (T, B, D·P)
        if not batched:
            return output.squeeze(1), (h_n.squeeze(1), c_n.squeeze(1))
        return output.transpose(0, 1) if self.batch_first else output, (h_n, c_n)

    def _packed(self, input: PackedSequence, hx: State | None) -> tuple[PackedSequence, State]:
        """The states come and go in the caller's order; within, the longest sequence is first."""
        data, batch_sizes, sorted_indices, unsorted_indices = input
        if data.dim() != 2:
            raise RuntimeError(
                f"{self._name}: the packed sequences' data have shape {tuple(data.shape)}; "
                f"expected (N, {self.input_size}): pack sequences of shape (T, {self.input_size})"
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
            raise RuntimeError(f"{self._name}: the sequence is empty; give at least one time step")
        B = sizes[0]
        if hx is None:
            L, P = len(self.endings), self.proj_size or self.hidden_size
            hx = (rows.new_zeros(L, B, P), rows.new_zeros(L, B, self.hidden_size))
        self._check_states(hx, B, rows)
        return self.along(rows, sizes, hx)

    @abstractmethod
    def along(self, rows: Tensor, sizes: list[int], hx: State) -> tuple[Tensor, State]:
        """Run all layers with what has been looked at, by way of `each_layer`."""

    def each_layer(
        self, rows: Tensor, sizes: list[int], hx: State, run: Run
    ) -> tuple[Tensor, State]:
        """rows (N, I) -> (N, D·P) and h_n, c_n, `run` being one layer in one direction."""
        D = 2 if self.bidirectional else 1
        states: list[State] = []
        h_0, c_0 = (state.unbind() for state in hx)
        for layer in range(self.num_layers):
            if layer:
                rows = F.dropout(rows, self.dropout, self.training)
            outputs = []
            for k in range(layer * D, layer * D + D):
                hs, h, c = run(k, rows, h_0[k], c_0[k], sizes, k % D == 1)
                outputs.append(hs)
                states.append((h, c))
            rows = torch.cat(outputs, 1) if D == 2 else outputs[0]
        h_n, c_n = (torch.stack(state) for state in zip(*states, strict=True))
        return rows, (h_n, c_n)

    @property
    def _name(self) -> str:
        return type(self).__name__

    @property
    def _own_dtype(self) -> torch.dtype:
        return next(self.parameters()).dtype

    def _autocast_dtype(self, rows: Tensor) -> torch.dtype:
        """The dtype to compute in: the weights', or under autocast the low one."""
        own = self._own_dtype
        # As everywhere under autocast, float64 stays what it is.
        low = casts(rows.device) and own != torch.float64
        return torch.get_autocast_dtype(rows.device.type) if low else own

    def _two(self, hx: State) -> State:
        if len(hx) != 2:
            kind = IndexError if len(hx) < 2 else RuntimeError
            raise kind(f"{self._name}: hx holds {len(hx)} tensors; expected two, (h_0, c_0)")
        return hx[0], hx[1]

    def _check_input(self, input: Tensor) -> None:
        own, shape = self._own_dtype, tuple(input.shape)
        low = self._autocast_dtype(input) != own
        if input.dtype not in ((*LOW, torch.float32) if low else (own,)):
            raise (RuntimeError if low else ValueError)(
                f"{self._name}: input is {input.dtype} but the weights are {own}; "
                f"give both one dtype, as in input.to({own}) or model.to({input.dtype})"
            )
        if shape[-1] != self.input_size:
            raise RuntimeError(
                f"{self._name}: input has shape {shape}; expected {self.input_size} as "
                "its last size, the input_size that the layer was made with"
            )

    def _check_states(self, hx: State, B: int, rows: Tensor) -> None:
        L, H = len(self.endings), self.hidden_size
        for name, state, size in zip(("h_0", "c_0"), hx, (self.proj_size or H, H), strict=True):
            if tuple(state.shape) != (L, B, size):
                raise RuntimeError(
                    f"{self._name}: {name} has shape {tuple(state.shape)}; expected "
                    f"{(L, B, size)}: layers times directions, sequences, units "
                    "(batch_first does not apply to it)"
                )
            if state.dtype != rows.dtype and not casts(rows.device):
                raise RuntimeError(
                    f"{self._name}: {name} is {state.dtype} but input is {rows.dtype}; "
                    "give both one dtype"
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
