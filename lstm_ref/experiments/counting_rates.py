"""Which learning rate each model should have in `counting`: the least mean loss on aⁿbⁿ decides.

The loss is that on strings no longer than those trained on, so that how far a model goes on has no
part in the choice. Two seeds that `counting` does not use, a third of its budget.
"""

from lstm_ref.experiments import counting
from lstm_ref.experiments.experiment import Experiment, Result, every
from lstm_ref.experiments.models import CELLS

RATES = (0.003, 0.01, 0.03)


def run(seed: int, *, cell: str, rate: float, steps: int = 300) -> Result:
    """Train one model with one rate; return its smallest loss."""
    _, went = counting.train(100 + seed, cell, "ab", steps=steps, rate=rate, look=min(steps, 100))
    return {"loss": went["error"]}


EXPERIMENT = Experiment(
    "counting_rates",
    run,
    every(cell=CELLS, rate=RATES),
    seeds=2,
    miniature={"steps": 4, "rate": 0.01},
)
