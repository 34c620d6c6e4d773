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
#: By how much `remembering` makes the weights of the inputs larger.
WIDER = 4.0


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


@torch.no_grad()
def remembering(made: nn.Module, lag: int) -> None:
    """Let a layer begin so that it keeps what it holds for up to `lag` steps.

    An LSTM's forget biases become log u, its input biases -log u, and the biases of a GRU's update
    gates log u, with u drawn evenly from 1 to lag - 1 for each unit (Tallec and Ollivier, 2018,
    equation 16, and the same for the GRU, whose gate is the share that is kept). A network
    without gates begins with U = 1. So that what comes in is not lost beside what is kept, the
    weights of the inputs become WIDER times as large; those of an IRNN are drawn with a
    deviation of 0.1. Raises ValueError for a lag below 3.
    """
    if lag < 3:
        raise ValueError(f"lag is {lag!r}; expected at least 3 steps")
    at = dict(made.named_parameters())
    if isinstance(made, nn.LSTM | nn.GRU):
        H = made.hidden_size
        kept = torch.log(1 + (lag - 2) * torch.rand(H))
        for name in ("bias_ih_l0", "bias_hh_l0"):
            at[name][H : 2 * H] = 0.0  # torch's rows: i f g o, and r z n
        at["bias_ih_l0"][H : 2 * H] = kept
        if isinstance(made, nn.LSTM):
            at["bias_ih_l0"][:H], at["bias_hh_l0"][:H] = -kept, 0.0
    else:
        nn.init.eye_(at["weight_hh_l0"])
    if getattr(made, "nonlinearity", "") == "relu":
        nn.init.normal_(at["weight_ih_l0"], std=0.1)
    else:
        at["weight_ih_l0"].mul_(WIDER)
