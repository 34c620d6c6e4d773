"""How much hangs on the draw: twenty networks a start, by the share of reviews they judge rightly.

The task, the budget and the size are those of `forget_bias`, with reviews of 25 words. Only where
the weights start is another: as torch draws them (evenly up to 1/√H, biases too), with each U
orthogonal, with biases of 0 and a forget bias, or with all weights larger or smaller. `drawn` says
what is drawn anew for each seed: the weights, the mini-batches, or both.
"""

from functools import partial

import numpy as np
import torch
from torch import nn

from lstm_ref.datasets.verdict import verdict
from lstm_ref.experiments.experiment import Experiment, Result, every
from lstm_ref.experiments.models import layer, with_forget_bias
from lstm_ref.experiments.verdicts import BATCH, MAX_NORM, RATE, STEPS, UNITS, right
from lstm_ref.training import ReadOut, fit

LENGTH = 25
STARTS: tuple[str, ...] = ("torch", "orthogonal", "bias 0", "bias 1", "bias 3")
STARTS += ("orthogonal, bias 3", "times 0.3", "times 3", "gru", "rnn")
ONE_DRAWN = ("weights", "batches")


def begun(start: str) -> nn.Module:
    """Return a layer that starts so. Raises ValueError for a start that `STARTS` lacks."""
    if start not in STARTS:
        raise ValueError(f"start is {start!r}; expected one of {', '.join(STARTS)}")
    if start in ("gru", "rnn"):
        return layer(start, 2, UNITS)
    made = nn.LSTM(2, UNITS)
    values = dict(made.named_parameters())
    with torch.no_grad():
        if "orthogonal" in start:
            for block in values["weight_hh_l0"].chunk(4):
                nn.init.orthogonal_(block)
        if "bias" in start:
            values["bias_ih_l0"].zero_()
            values["bias_hh_l0"].zero_()
            with_forget_bias(made, float(start.split()[-1]))
        if start.startswith("times"):
            for array in values.values():
                array.mul_(float(start.split()[-1]))
    return made


def run(
    seed: int, *, start: str, drawn: str = "both", steps: int = STEPS, length: int = LENGTH
) -> Result:
    """Train one network; return the share of fresh reviews that it judges rightly."""

    def build() -> nn.Module:
        torch.manual_seed(0 if drawn == "batches" else seed)
        return ReadOut(begun(start), UNITS, 1)

    model, history = fit(
        build,
        partial(verdict, length=length, batch_size=BATCH),
        nn.functional.mse_loss,
        steps=steps,
        seed=0 if drawn == "weights" else seed,
        optimiser=partial(torch.optim.Adam, lr=RATE),
        max_norm=MAX_NORM,
        progress=False,
    )
    loss = np.mean(history.losses[-20:])
    return {"right": right(model, length), "loss": float(f"{loss:.4g}")}


EXPERIMENT = Experiment(
    "limits_draws",
    run,
    (*every(start=STARTS, drawn=("both",)), *every(start=("torch",), drawn=ONE_DRAWN)),
    seeds=20,
    miniature={"steps": 8, "length": 8},
)
