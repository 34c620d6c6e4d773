"""How long a memory lasts: shown once, asked for after longer and longer lags.

*One* and *three* are symbols of an alphabet of eight; *number* is any number from 0 to 1. Trained
on lags of 1 to 20 steps, drawn anew for each mini-batch; asked at lags up to 640. `right` is the
share of 1,000 sequences that is answered rightly at each of `lags`: all of the symbols, or the
number to within 1/16. So who remembers nothing is right once in 8, 512 and 8 times.

`kept` is the product of the forget gates over the lag, in the unit in which it is largest, and
`half` that in the middle one: means over the sequences. They are of the LSTM alone.
"""

from collections.abc import Sequence
from functools import partial

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from lstm_ref.arrays import Array
from lstm_ref.datasets.recall import recall
from lstm_ref.experiments.experiment import Experiment, Result, every
from lstm_ref.experiments.trial import Task, classes, share_wrong, trained
from lstm_ref.torch_lstm.cell import gates_to_state
from lstm_ref.training import ReadOut, tensor

HIDDEN, BATCH, STEPS, FRESH = 32, 32, 1500, 1000
TRAINED = 20
LAGS = (5, 10, 20, 40, 80, 160, 320, 640)
RATES = {"rnn": 0.001, "gru": 0.01, "lstm": 0.01}
ITEMS = {"one": 1, "number": 1, "three": 3}


def number(rng: np.random.Generator, *, lag: int, batch_size: int) -> tuple[Array, Array]:
    """Draw (xs (T, B, 3), targets (B, 1)), T = 1 + lag: a number, marked, blanks, and a signal."""
    xs = np.zeros((1 + lag, batch_size, 3))
    xs[0, :, 0] = rng.random(batch_size)
    xs[0, :, 1] = xs[-1, :, 2] = 1
    return xs, xs[0, :, :1].copy()


def far(outputs: Tensor, targets: Tensor) -> Tensor:
    """Return the share of numbers that are missed by more than 1/16."""
    return ((outputs - targets).abs() > 1 / 16).float().mean()


def task(what: str) -> Task:
    """Return the task, asked at the longest lag of training. Raises KeyError for an unknown one."""
    draw = number if what == "number" else partial(recall, items=ITEMS[what])

    def mixed(rng: np.random.Generator) -> tuple[Array, np.ndarray]:
        return draw(rng, lag=int(rng.integers(1, TRAINED + 1)), batch_size=BATCH)

    fresh = partial(draw, lag=TRAINED, batch_size=FRESH)
    if what == "number":
        return Task(3, 1, mixed, fresh, F.mse_loss, far, solved=0.01)
    return Task(10, 8, mixed, fresh, classes, share_wrong, solved=0.01, every_step=True)


def run(
    seed: int,
    *,
    cell: str,
    what: str,
    steps: int = STEPS,
    lags: Sequence[int] = LAGS,
    look: int = 100,
) -> Result:
    """Train one model; return how it recalls, and what its gates let last."""
    asked = task(what)
    model, went = trained(
        asked, cell, seed, hidden=HIDDEN, steps=steps, rate=RATES[cell], look=look
    )
    found: Result = {"error": went["error"], "lags": list(lags), "right": []}
    draw = number if what == "number" else partial(recall, items=ITEMS[what])
    for lag in lags:
        xs, targets = draw(np.random.default_rng(77), lag=lag, batch_size=FRESH)
        like = next(model.parameters())
        read = tensor(xs, like)
        with torch.no_grad():
            wrong = float(asked.error(model(read), tensor(targets, like)))
        found["right"].append(round(1 - wrong, 4))
        if cell == "lstm":
            first = ITEMS[what]
            product = shares(model, read[:, :100])[first : first + lag].prod(dim=0).mean(dim=0)
            found.setdefault("kept", []).append(float(f"{product.max():.4g}"))
            found.setdefault("half", []).append(float(f"{product.median():.4g}"))
    return found


@torch.no_grad()
def shares(model: nn.Module, xs: Tensor) -> Tensor:
    """Return the forget gates of an LSTM at each step, (T, B, H)."""
    assert isinstance(model, ReadOut)
    assert isinstance(model.layer, nn.LSTM)
    w_ih, w_hh, b_ih, b_hh = model.layer.all_weights[0]
    h = c = xs.new_zeros(xs.shape[1], w_hh.shape[1])
    found = []
    for z in F.linear(xs, w_ih, b_ih + b_hh):
        z = z + F.linear(h, w_hh)
        h, c = gates_to_state(z, c)
        found.append(torch.sigmoid(z.chunk(4, dim=-1)[1]))
    return torch.stack(found)


EXPERIMENT = Experiment(
    "limits_memory",
    run,
    every(cell=tuple(RATES), what=tuple(ITEMS)),
    seeds=5,
    miniature={"steps": 4, "look": 2, "lags": [2, 5]},
)
