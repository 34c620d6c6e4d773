"""How many of some seeds learn the verdict on reviews of different length, by their forget bias.

A network has *learned* where it gives at least 99 % of 1,000 fresh reviews the right sign.
"""

from functools import partial

from lstm_ref.datasets.verdict import verdict
from lstm_ref.experiments.experiment import Experiment, Result, every
from lstm_ref.experiments.verdicts import BATCH, BIASES, STEPS, right, train

LENGTHS, LEARNED = (10, 25, 50, 100), 0.99


def run(seed: int, *, length: int, bias: float | None, steps: int = STEPS) -> Result:
    """Train one network; return its last loss, and the share of fresh reviews that it judges so."""
    model, loss = train(bias, partial(verdict, length=length, batch_size=BATCH), seed, steps)
    return {"right": right(model, length), "loss": float(f"{loss:.4g}")}


EXPERIMENT = Experiment(
    "forget_bias",
    run,
    every(bias=BIASES, length=LENGTHS),
    seeds=5,
    miniature={"length": 8, "steps": 12},
)
