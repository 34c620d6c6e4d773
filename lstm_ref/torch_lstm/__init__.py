"""The LSTM as torch modules by hand, each taking the place of torch's own, and two that it lacks.

Reading order: `cell` (the equations), `recurrence` (along a sequence, plain and fast), `layer`
(layers, directions, packing), `variants` (peepholes, layer normalisation); then what came after,
`minimal` (gates that do not read h, a scan) and `attention`.
"""

from lstm_ref.torch_lstm.attention import Attention
from lstm_ref.torch_lstm.cell import LSTMCell
from lstm_ref.torch_lstm.layer import LSTM
from lstm_ref.torch_lstm.minimal import MinGRU, MinLSTM
from lstm_ref.torch_lstm.variants import (
    LayerNormLSTM,
    LayerNormLSTMCell,
    PeepholeLSTM,
    PeepholeLSTMCell,
)

__all__ = [
    "LSTM",
    "Attention",
    "LSTMCell",
    "LayerNormLSTM",
    "LayerNormLSTMCell",
    "MinGRU",
    "MinLSTM",
    "PeepholeLSTM",
    "PeepholeLSTMCell",
]
