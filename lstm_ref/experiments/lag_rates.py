"""How each model should learn each task of the chapter on long lags: a search, the same for all.

Each task is made shorter, and each model tries the three rates of `chosen.RATES`; where the lag is
long, also a beginning that keeps. Two seeds that the experiments themselves do not use. The
smallest error on average over the whole training decides, which rewards who is right soon.
"""

from collections.abc import Callable

from lstm_ref.experiments import adding, echoed, parity, reber
from lstm_ref.experiments.chosen import BEGINNINGS, RATES, Choice
from lstm_ref.experiments.experiment import Experiment, Result, every
from lstm_ref.experiments.models import CELLS
from lstm_ref.experiments.trial import Task

#: (the short task, its length, mini-batches, units)
SHORT: dict[str, tuple[Callable[[], Task], int, int, int]] = {
    "adding": (lambda: adding.task(50), 50, 400, adding.HIDDEN),
    "reber": (reber.task, 10, 300, reber.HIDDEN),
    "parity": (lambda: parity.task(5), 5, 400, parity.HIDDEN),
    "echoed": (lambda: echoed.task(5), 5, 200, echoed.HIDDEN),
}
#: The tasks whose lag is long enough to begin with a memory that keeps.
LONG = ("adding", "echoed")


def run(
    seed: int, *, task: str, cell: str, rate: float, begin: str, steps: int = 0, look: int = 50
) -> Result:
    """Train one model in one way; return its mean error while it was trained."""
    short, length, budget, hidden = SHORT[task]
    steps = steps or budget
    how = {"hidden": hidden, "steps": steps, "look": look}
    found = Choice(rate, begin).learn(short(), cell, 100 + seed, length, **how)
    errors = found["curve"]
    errors += errors[-1:] * (steps // look - len(errors))  # who had solved it stopped there
    return {
        "mean": float(f"{sum(errors) / len(errors):.4g}"),
        "solved_after": found["solved_after"],
    }


EXPERIMENT = Experiment(
    "lag_rates",
    run,
    tuple(
        one
        for one in every(task=tuple(SHORT), cell=CELLS, rate=RATES, begin=BEGINNINGS)
        if one["begin"] == "usual" or one["task"] in LONG
    ),
    seeds=2,
    miniature={"task": "parity", "rate": 0.01, "steps": 4, "look": 2},
)
