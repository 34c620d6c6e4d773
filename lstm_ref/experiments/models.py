"""The layers that experiments compare: torch's own, so that what is measured is not our speed.

`rnn` tanh; `irnn` ReLU, begun with U = 1 and no bias (Le, Jaitly and Hinton, 2015); `gru`;
`lstm`, whose forget gates begin with bias 1. And what came after, ours: `minlstm` and `mingru`,
whose gates do not read h (Feng et al., 2024), and `attention`.
"""

import torch
from torch import nn

from lstm_ref.torch_lstm import Attention, MinGRU, MinLSTM
from lstm_ref.training import ReadOut

CELLS = ("rnn", "irnn", "gru", "lstm")
#: What came after, by name.
AFTER: dict[str, type[nn.Module]] = {"minlstm": MinLSTM, "mingru": MinGRU, "attention": Attention}


def layer(cell: str, inputs: int, hidden: int) -> nn.Module:
    """Return a new layer of the kind. Raises ValueError for a kind that is not known."""
    if cell == "rnn":
        return nn.RNN(inputs, hidden)
    if cell == "gru":
        return nn.GRU(inputs, hidden)
    if cell == "irnn":
        return _identity(nn.RNN(inputs, hidden, nonlinearity="relu"))
    if cell == "lstm":
        return with_forget_bias(nn.LSTM(inputs, hidden), 1.0)
    if cell in AFTER:
        return AFTER[cell](inputs, hidden)
    raise ValueError(f"cell is {cell!r}; expected one of {', '.join((*CELLS, *AFTER))}")


def model(
    cell: str, inputs: int, hidden: int, outputs: int, *, every_step: bool = False
) -> ReadOut:
    """Return a new layer with a linear read-out of its last state, or of every one."""
    return ReadOut(layer(cell, inputs, hidden), hidden, outputs, every_step=every_step)


@torch.no_grad()
def _identity(made: nn.RNN) -> nn.RNN:
    for name, values in made.named_parameters():
        if name.startswith("weight_hh"):
            nn.init.eye_(values)
        elif name.startswith("weight_ih"):
            nn.init.normal_(values, std=0.001)
        else:
            nn.init.zeros_(values)
    return made


@torch.no_grad()
def with_forget_bias(made: nn.LSTM, value: float) -> nn.LSTM:
    """Return the layer, the biases of its forget gates set so that they sum to this."""
    for name, values in made.named_parameters():
        if name.startswith("bias"):  # torch adds two: rows in the order i, f, g, o
            part = values[made.hidden_size : 2 * made.hidden_size]
            part.fill_(value if name.startswith("bias_ih") else 0.0)
    return made
