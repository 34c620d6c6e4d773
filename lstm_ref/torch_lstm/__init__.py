"""The LSTM as torch modules by hand, each taking the place of torch's own, and two that it lacks.

Reading order: `cell` (the equations), `recurrence` (along a sequence, plain and fast), `layer`
(layers, directions, packing), `variants` (peepholes, layer normalisation).
"""

from lstm_ref.torch_lstm.cell import LSTMCell
from lstm_ref.torch_lstm.layer import LSTM
from lstm_ref.torch_lstm.variants import (
    LayerNormLSTM,
    LayerNormLSTMCell,
    PeepholeLSTM,
    PeepholeLSTMCell,
)

__all__ = [
    "LSTM",
    "LSTMCell",
    "LayerNormLSTM",
    "LayerNormLSTMCell",
    "PeepholeLSTM",
    "PeepholeLSTMCell",
]
