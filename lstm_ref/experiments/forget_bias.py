"""How many of some seeds learn the verdict on reviews of different length, by their forget bias.

A network has *learned* where it gives at least 99 % of 1,000 fresh reviews the right sign.
"""

from functools import partial

import numpy as np
import torch

from lstm_ref.datasets.verdict import verdict
from lstm_ref.experiments.experiment import Experiment, Result, every
from lstm_ref.experiments.verdicts import BATCH, BIASES, STEPS, train
from lstm_ref.training import tensor

LENGTHS, FRESH, LEARNED = (10, 25, 50, 100), 1000, 0.99


def run(seed: int, *, length: int, bias: float | None, steps: int = STEPS) -> Result:
    """Train one network; return its last loss, and the share of fresh reviews that it judges so."""
    model, loss = train(bias, partial(verdict, length=length, batch_size=BATCH), seed, steps)
    xs, targets = verdict(np.random.default_rng(12345), length=length, batch_size=FRESH)
    with torch.no_grad():
        outputs = model(tensor(xs, next(model.parameters()))).numpy()
    return {"right": float(np.mean(np.sign(outputs) == targets)), "loss": float(f"{loss:.4g}")}


EXPERIMENT = Experiment(
    "forget_bias",
    run,
    every(bias=BIASES, length=LENGTHS),
    seeds=5,
    miniature={"length": 8, "steps": 12},
)
