"""Overfitting, and dropout done wrong and right: an LSTM that has 200 reviews and no more.

Beside the two numbers of `verdict` each word brings eight that say nothing, drawn at random: they
can be learned by heart, and are of no use.

Where dropout acts, while training, with probability `rate` for each unit (what is kept is divided
by 1 - rate, but for zoneout):

    none      nowhere
    shown     on what the read-out reads (Zaremba et al., 2014)
    h each    on h where it is read, drawn anew at each step
    c each    on the memory itself, drawn anew at each step
    h once    on h where it is read, drawn once for a sequence (Gal and Ghahramani, 2016)
    zoneout   each unit of c, and of h, keeps its value of the step before (Krueger et al., 2017)

All train for the same number of mini-batches; no one stops early. `curve` is the share of 1,000
fresh reviews that are judged wrongly, `learnt` that of the 200.
"""

from functools import partial

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from lstm_ref.arrays import Array
from lstm_ref.datasets.verdict import verdict
from lstm_ref.experiments.experiment import Experiment, Result, every
from lstm_ref.experiments.models import with_forget_bias
from lstm_ref.torch_lstm.cell import gates_to_state
from lstm_ref.training import fit, tensor

UNITS, BATCH, STEPS, LOOK, RATE = 32, 40, 600, 30, 0.01
EXAMPLES, LENGTH, FRESH, SILENT = 200, 16, 1000, 8
KINDS = ("shown", "h each", "c each", "h once", "zoneout")
RATES = (0.3,)


class Dropped(nn.Module):
    """An LSTM with a forget bias of 1 and a read-out of its last h; dropout where `kind` says."""

    def __init__(self, inputs: int, units: int, kind: str, rate: float) -> None:
        super().__init__()
        if kind not in ("none", *KINDS):
            raise ValueError(f"kind is {kind!r}; expected one of none, {', '.join(KINDS)}")
        self.kind, self.rate = kind, rate
        self.lstm = with_forget_bias(nn.LSTM(inputs, units), 1.0)
        self.linear = nn.Linear(units, 1)

    def forward(self, xs: torch.Tensor) -> torch.Tensor:
        """xs (T, B, I) gives (B, 1)."""
        w_ih, w_hh, b_ih, b_hh = self.lstm.all_weights[0]
        zs = F.linear(xs, w_ih, b_ih + b_hh)
        h = xs.new_zeros(xs.shape[1], w_hh.shape[1])
        c = torch.zeros_like(h)
        once = F.dropout(torch.ones_like(h), self.rate, self.training)
        for z in zs:
            read = h * once if self.kind == "h once" else h
            read = self._dropped(read, "h each")
            h_new, c_new = gates_to_state(z + F.linear(read, w_hh), c)
            if self.kind == "zoneout":
                h_new, c_new = self._zoned(h, h_new), self._zoned(c, c_new)
            h, c = h_new, self._dropped(c_new, "c each")
        said: torch.Tensor = self.linear(self._dropped(h, "shown"))
        return said

    def _dropped(self, state: torch.Tensor, kind: str) -> torch.Tensor:
        return F.dropout(state, self.rate, self.training) if self.kind == kind else state

    def _zoned(self, old: torch.Tensor, new: torch.Tensor) -> torch.Tensor:
        """Some units stay as they were; when asked for an answer, all are the mean of both."""
        stays = torch.full_like(old, self.rate)
        if self.training:
            stays = torch.bernoulli(stays)
        return stays * old + (1 - stays) * new


def reviews(seed: int, count: int, length: int) -> tuple[Array, Array]:
    """Draw reviews (T, count, 2 + SILENT), and their verdicts (count, 1)."""
    rng = np.random.default_rng(seed)
    xs, targets = verdict(rng, length=length, batch_size=count)
    return np.concatenate([xs, rng.normal(size=(*xs.shape[:2], SILENT))], axis=-1), targets


def run(
    seed: int,
    *,
    kind: str,
    rate: float,
    examples: int = EXAMPLES,
    length: int = LENGTH,
    steps: int = STEPS,
    look: int = LOOK,
) -> Result:
    """Train one network on `examples` reviews; return both curves, and their ends."""
    known = reviews(1000 + seed, examples, length)
    fresh = reviews(2000 + seed, FRESH, length)
    learnt: list[float] = []

    def some(rng: np.random.Generator) -> tuple[Array, Array]:
        chosen = rng.choice(examples, BATCH, replace=False)
        return known[0][:, chosen], known[1][chosen]

    def wrong(model: nn.Module, data: tuple[Array, Array]) -> float:
        said = model(tensor(data[0], next(model.parameters()))).numpy()
        return float(np.mean(np.sign(said) != data[1]))

    def validate(model: nn.Module) -> float:
        learnt.append(wrong(model, known))
        return wrong(model, fresh)

    _, history = fit(
        lambda: Dropped(2 + SILENT, UNITS, kind, rate),
        some,
        F.mse_loss,
        steps=steps,
        seed=seed,
        optimiser=partial(torch.optim.Adam, lr=RATE),
        validate=validate,
        validate_every=look,
        progress=False,
    )
    curve = [round(value, 4) for _, value in history.validations]
    return {"least": min(curve), "last": curve[-1], "curve": curve, "learnt": learnt}


EXPERIMENT = Experiment(
    "limits_dropout",
    run,
    (
        *every(kind=("none",), rate=(0.0,), examples=(EXAMPLES, 2000), length=(LENGTH,)),
        *every(kind=KINDS, rate=RATES, examples=(EXAMPLES,), length=(LENGTH,)),
    ),
    seeds=5,
    miniature={"examples": 50, "steps": 6, "look": 3},
)
