"""The networks that judge reviews in the chapter on training: small LSTMs, and a plain one beside.

Each has 16 units and no biases but the LSTM's forget bias, and learns by Adam from batches of 32.
"""

from functools import partial

import numpy as np
import torch
from torch import nn

from lstm_ref.datasets.verdict import verdict
from lstm_ref.experiments.models import with_forget_bias
from lstm_ref.experiments.trial import answers
from lstm_ref.history import Batches
from lstm_ref.training import ReadOut, fit

UNITS, BATCH, STEPS, RATE, MAX_NORM, FRESH = 16, 32, 500, 0.01, 1.0, 1000
#: A forget bias for each LSTM that is compared; None is the plain network.
BIASES: tuple[float | None, ...] = (0.0, 1.0, 3.0, 5.0, None)


def build(bias: float | None, units: int = UNITS) -> ReadOut:
    """Return a network with torch's weights, no biases but the LSTM's forget bias, and a read-out.

    The weights come from torch's stream, which `fit` seeds.
    """
    layer = nn.RNN(2, units) if bias is None else nn.LSTM(2, units)
    for name, parameter in layer.named_parameters():
        if name.startswith("bias"):
            nn.init.zeros_(parameter)
    if isinstance(layer, nn.LSTM) and bias is not None:
        with_forget_bias(layer, bias)
    return ReadOut(layer, units, 1)


def train(bias: float | None, batches: Batches, seed: int, steps: int) -> tuple[nn.Module, float]:
    """Train one network; return (it, its last loss)."""
    model, history = fit(
        partial(build, bias),
        batches,
        nn.functional.mse_loss,
        steps=steps,
        seed=seed,
        optimiser=partial(torch.optim.Adam, lr=RATE),
        max_norm=MAX_NORM,
        progress=False,
    )
    return model, history.losses[-1]


def right(model: nn.Module, length: int) -> float:
    """Return the share of 1,000 fresh reviews of this length that a network judges rightly."""
    xs, targets = verdict(np.random.default_rng(12345), length=length, batch_size=FRESH)
    return float(np.mean(np.sign(answers(model, xs)) == targets))
