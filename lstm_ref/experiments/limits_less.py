"""What a simpler cell does: the adding problem by cells with fewer gates, or with fewer units.

Thirty steps, mini-batches of 32. `lstm` has 32 units; `gru` and `coupled` (what is forgotten makes
the room to write: i = 1 - f) have as many, and so fewer parameters; those called *wide* have more
units, and about as many parameters as the LSTM; *small* is an LSTM with as many as the GRU, *half*
one of half its units. Each kind of cell has the learning rate that `limits_less_rates` gave.
"""

import math
from functools import partial

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from lstm_ref.datasets.adding import adding
from lstm_ref.experiments.experiment import Experiment, Result, every
from lstm_ref.experiments.models import layer
from lstm_ref.training import ReadOut, fit, tensor

LENGTH, BATCH, STEPS, FRESH = 30, 32, 1000, 1000
#: Always saying 1 has an error of 1/6; a fiftieth of it counts as solved.
SOLVED = 1 / 300
#: Kind of cell, and units.
MODELS = {
    "gru": ("gru", 32),
    "coupled": ("coupled", 32),
    "lstm": ("lstm", 32),
    "rnn wide": ("rnn", 66),
    "gru wide": ("gru", 37),
    "lstm small": ("lstm", 27),
    "lstm half": ("lstm", 16),
}
RATES = {"rnn": 0.001, "gru": 0.01, "coupled": 0.01, "lstm": 0.01}


class Coupled(nn.Module):
    """An LSTM whose input gate is 1 - f (Greff et al., 2017): rows f, g, o, a forget bias of 1."""

    def __init__(self, inputs: int, units: int) -> None:
        super().__init__()
        self.weight_ih = nn.Parameter(torch.empty(3 * units, inputs))
        self.weight_hh = nn.Parameter(torch.empty(3 * units, units))
        self.bias = nn.Parameter(torch.empty(3 * units))
        for values in self.parameters():
            nn.init.uniform_(values, -1 / math.sqrt(units), 1 / math.sqrt(units))
        with torch.no_grad():
            self.bias[:units] = 1.0

    def forward(self, xs: torch.Tensor) -> tuple[torch.Tensor, tuple[torch.Tensor, torch.Tensor]]:
        """xs (T, B, I) gives (hs (T, B, H), (h, c))."""
        h = c = xs.new_zeros(xs.shape[1], self.weight_hh.shape[1])
        hs = []
        for z in F.linear(xs, self.weight_ih, self.bias):
            z_f, z_g, z_o = (z + F.linear(h, self.weight_hh)).chunk(3, dim=-1)
            c = torch.lerp(torch.tanh(z_g), c, torch.sigmoid(z_f))  # f c + (1 - f) g
            h = torch.sigmoid(z_o) * torch.tanh(c)
            hs.append(h)
        return torch.stack(hs), (h, c)


def build(model: str) -> ReadOut:
    """Return a new network of that name. Raises ValueError for one that `MODELS` lacks."""
    if model not in MODELS:
        raise ValueError(f"model is {model!r}; expected one of {'; '.join(MODELS)}")
    kind, units = MODELS[model]
    made = Coupled(2, units) if kind == "coupled" else layer(kind, 2, units)
    return ReadOut(made, units, 1)


def run(
    seed: int, *, model: str, rate: float = 0.0, steps: int = STEPS, length: int = LENGTH
) -> Result:
    """Train one network; return its parameters, its least error, when it had solved the task."""
    fresh = adding(np.random.default_rng(10_000 + seed), length=length, batch_size=FRESH)

    def error(asked: nn.Module) -> float:
        xs, targets = (tensor(array, next(asked.parameters())) for array in fresh)
        return float(F.mse_loss(asked(xs), targets))

    trained, history = fit(
        partial(build, model),
        partial(adding, length=length, batch_size=BATCH),
        F.mse_loss,
        steps=steps,
        seed=seed,
        optimiser=partial(torch.optim.Adam, lr=rate or RATES[MODELS[model][0]]),
        validate=error,
        validate_every=min(50, steps),
        progress=False,
    )
    curve = [float(f"{value:.4g}") for _, value in history.validations]
    return {
        "parameters": sum(p.numel() for n, p in trained.named_parameters() if "linear" not in n),
        "error": min(curve),
        "solved_after": next((k for k, e in history.validations if e < SOLVED), None),
        "curve": curve,
    }


EXPERIMENT = Experiment(
    "limits_less", run, every(model=tuple(MODELS)), seeds=5, miniature={"steps": 4, "length": 8}
)
