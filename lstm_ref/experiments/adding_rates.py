"""Which learning rate each model should have in `adding`: the least error at T = 100 decides.

Two seeds that `adding` does not use, half of its budget. Where no rate helps, the smallest error
decides, too.
"""

from lstm_ref.experiments import adding
from lstm_ref.experiments.experiment import Experiment, Result, every
from lstm_ref.experiments.models import CELLS
from lstm_ref.experiments.trial import trial

RATES = (0.001, 0.003, 0.01)


def run(seed: int, *, cell: str, rate: float, length: int = 100, steps: int = 1500) -> Result:
    """Train one model with one rate; return its smallest error."""
    task = adding.task(length)
    found = trial(task, cell, 100 + seed, hidden=adding.HIDDEN, steps=steps, rate=rate, look=100)
    return {"error": found["error"], "solved_after": found["solved_after"]}


EXPERIMENT = Experiment(
    "adding_rates",
    run,
    every(cell=CELLS, rate=RATES),
    seeds=2,
    miniature={"length": 10, "steps": 3},
)
