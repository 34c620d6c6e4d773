"""The reference implementation of the LSTM course: read it when you are done.

Importing this package needs NumPy alone. Reading order:

- the LSTM forward: `arrays`, `activations`, `gates`, `parameters`, `shapes`, `cell`, `layer`;
- its gradients by hand: `bptt`, checked by `gradcheck`; both again, for speed: `fast`;
- sequences of different length, several layers, both directions, dropout: `stack`;
- its relatives (plain RNN, GRU, peepholes, 1997, coupled gates), and each without one of its
  parts: `cells`;
- training in NumPy: `numpy_training`; in torch: `training`; the tasks in `datasets`;
- in torch, in place of `torch.nn.LSTM`: `torch_lstm`;
- other libraries' weights: `conventions`, `onnx_export`;
- to see inside a run: `trace`, `plots`, `figures`;
- the exercises: `checks`, and `given`, what later ones take from earlier ones.

The names that are used most are to be had from here, as `lstm_ref.lstm`; each loads its module
when it is asked for.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from lstm_ref.activations import sigmoid as sigmoid
    from lstm_ref.bptt import forward_saving as forward_saving
    from lstm_ref.bptt import lstm_backward as lstm_backward
    from lstm_ref.bptt import lstm_cell_backward as lstm_cell_backward
    from lstm_ref.bptt import truncated_backward as truncated_backward
    from lstm_ref.cell import lstm_cell as lstm_cell
    from lstm_ref.cell import packed_lstm_cell as packed_lstm_cell
    from lstm_ref.cells import CELLS as CELLS
    from lstm_ref.layer import lstm as lstm
    from lstm_ref.layer import lstm_trace as lstm_trace
    from lstm_ref.parameters import LSTMParameters as LSTMParameters
    from lstm_ref.parameters import initialise as initialise
    from lstm_ref.stack import bidirectional_lstm as bidirectional_lstm
    from lstm_ref.stack import masked_lstm as masked_lstm
    from lstm_ref.stack import stacked_lstm as stacked_lstm
    from lstm_ref.torch_lstm import LSTM as LSTM
    from lstm_ref.torch_lstm import LSTMCell as LSTMCell

__version__ = "0.1.0"

#: Where each name of the package itself comes from.
_HOMES = {
    "activations": ("sigmoid",),
    "bptt": ("forward_saving", "lstm_backward", "lstm_cell_backward", "truncated_backward"),
    "cell": ("lstm_cell", "packed_lstm_cell"),
    "cells": ("CELLS",),
    "layer": ("lstm", "lstm_trace"),
    "parameters": ("LSTMParameters", "initialise"),
    "stack": ("bidirectional_lstm", "masked_lstm", "stacked_lstm"),
    "torch_lstm": ("LSTM", "LSTMCell"),
}


def __getattr__(name: str) -> Any:
    """Load the module that has the name. Raises AttributeError where none has it."""
    for module, names in _HOMES.items():
        if name in names:
            try:
                return getattr(import_module(f"lstm_ref.{module}"), name)
            except ModuleNotFoundError as error:  # torch, or all but what a submission may use
                raise AttributeError(
                    f"lstm_ref.{name} needs {error.name}, which is not here"
                ) from None
    raise AttributeError(f"module 'lstm_ref' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *(name for names in _HOMES.values() for name in names)})
