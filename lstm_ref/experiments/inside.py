"""Which units of a small LSTM can be read, and how much of that is chance.

An LSTM learns to guess the next sign of `lstm_ref.datasets.lines`. For each thing that it would do
well to know, the unit is looked for whose memory goes with it most, by the size of the correlation.
The best of many is good by chance, too. So it is looked for on one half of fresh texts and measured
on the other, and the same is done with three controls: the net before training, labels that belong
to other texts, and something that nobody needs to know (whether the number of a is odd).

Saturation is counted as by Karpathy et al. (2015): how often a gate is below 0.1, and how
often above 0.9.
"""

from functools import partial
from typing import Any

import numpy as np
import torch
from torch import nn

from lstm_ref.arrays import Array
from lstm_ref.datasets.lines import SIGNS, WIDTH, Lines, encode, lines
from lstm_ref.experiments.experiment import Experiment, Result, every
from lstm_ref.experiments.models import layer
from lstm_ref.layer import lstm_trace
from lstm_ref.parameters import LSTMParameters
from lstm_ref.training import ReadOut, fit

UNITS, BATCH, LENGTH, STEPS, RATE = (12, 32), 32, 60, 2000, 0.01
#: Texts that are read after training, and what is looked for in the memories.
FRESH = 200
PROPERTIES = ("quoted", "depth", "place", "odd")


def batch(rng: np.random.Generator) -> tuple[Array, Any]:
    """Draw texts; each sign's target is the next."""
    signs = lines(rng, length=LENGTH + 1, batch_size=BATCH).signs
    return encode(signs[:-1]), signs[1:]


def loss(outputs: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
    """Return the mean cross-entropy of the next signs, in nats."""
    return nn.functional.cross_entropy(outputs.flatten(0, 1), targets.flatten())


def build(hidden: int) -> ReadOut:
    """Return a new net: an LSTM with forget bias 1, and a read-out of each step."""
    return ReadOut(layer("lstm", len(SIGNS), hidden), hidden, len(SIGNS), every_step=True)


def run(seed: int, *, hidden: int, steps: int = STEPS, fresh: int = FRESH) -> Result:
    """Train one net; return what it lost, which units can be read, and where its gates stand."""
    with torch.random.fork_rng([]):
        torch.manual_seed(seed)
        before = build(hidden)  # as `fit` builds it
    after, _ = fit(
        partial(build, hidden),
        batch,
        loss,
        steps=steps,
        seed=seed,
        optimiser=partial(torch.optim.Adam, lr=RATE),
        progress=False,
    )
    rng = np.random.default_rng(10_000 + seed)
    halves = [lines(rng, length=LENGTH + 1, batch_size=fresh) for _ in range(2)]
    found: Result = {"least": float(halves[1].cost[WIDTH + 1 :].mean())}
    for name, model in (("before", before), ("after", after)):
        traces = [trace(model, half) for half in halves]
        outputs = torch.as_tensor(encode(halves[1].signs[:-1]), dtype=torch.float32)
        with torch.no_grad():
            said = model(outputs)[WIDTH:]
        found[f"loss {name}"] = loss(said, torch.as_tensor(halves[1].signs[WIDTH + 1 :])).item()
        for what in PROPERTIES:
            labels = [getattr(half, what)[WIDTH:-1] for half in halves]
            found[f"{what} {name}"] = best(traces, labels)
            if name == "after":
                each = correlations(traces[1]["c"], labels[1])
                found[f"{what} of each"] = np.round(each, 3).tolist()
                found[f"{what} by chance"] = best(traces, [np.roll(one, 1, 1) for one in labels])
        found[f"gates {name}"] = saturation(traces[1])
    if hidden == min(UNITS):
        found["weights"] = {
            key: np.round(value.double().numpy(), 2).tolist()
            for key, value in after.state_dict().items()
        }
    return found


def trace(model: nn.Module, texts: Lines) -> dict[str, Array]:
    """Return memories and gates, (T, B, H) each, from the step on where a line has begun."""
    names = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
    weights = model.state_dict()
    packed = LSTMParameters(*(weights[f"layer.{name}_l0"].double().numpy() for name in names))
    found = lstm_trace(encode(texts.signs[:-1]), params=packed)
    return {key: getattr(found, key)[WIDTH:] for key in "cifo"}


def best(traces: list[dict[str, Array]], labels: list[Array]) -> dict[str, float]:
    """Find the unit on one half; return its number, and on the other half its correlation `r`,
    and with how many labels a threshold (or, of several values, the nearest mean) is right."""
    found = np.abs(correlations(traces[0]["c"], labels[0]))
    unit = int(np.argmax(found))
    r = correlations(traces[1]["c"][..., unit : unit + 1], labels[1])[0]
    values = np.unique(labels[0])
    means = np.array([traces[0]["c"][..., unit][labels[0] == value].mean() for value in values])
    told = values[np.abs(traces[1]["c"][..., unit, None] - means).argmin(axis=-1)]
    each = [float((told == value)[labels[1] == value].mean()) for value in values]
    return {"unit": unit, "r": round(float(r), 3), "right": round(float(np.mean(each)), 3)}


def correlations(memories: Array, labels: Array) -> Array:
    """Return each unit's correlation with the labels; 0 where a unit never moves."""
    c = memories.reshape(-1, memories.shape[-1])
    c = c - c.mean(axis=0)
    y = labels.ravel() - labels.mean()
    lengths = np.sqrt((c**2).sum(axis=0) * (y**2).sum())
    found: Array = np.divide(y @ c, lengths, out=np.zeros(c.shape[1]), where=lengths > 0)
    return found


def saturation(found: dict[str, Array]) -> dict[str, list[float]]:
    """Return for f, i and o how often they are below 0.1, and above 0.9."""
    return {
        gate: [
            round(float((found[gate] < 0.1).mean()), 4),
            round(float((found[gate] > 0.9).mean()), 4),
        ]
        for gate in "fio"
    }


EXPERIMENT = Experiment(
    "inside",
    run,
    every(hidden=UNITS),
    seeds=5,
    miniature={"steps": 6, "fresh": 8},
)
