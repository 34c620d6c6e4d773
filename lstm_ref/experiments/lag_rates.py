"""How each model should learn each task of the chapter on long lags: a search, the same for all.

Each task is made shorter, or has fewer mini-batches, and each model tries the three rates of
`chosen.RATES`; where the lag is long, also a beginning that keeps. Two seeds that the experiments
themselves do not use. The smallest error on average over the whole training decides, which rewards
who is right soon. With the rate 0.03 the IRNN is left out of two sequences: its gradient is
infinite within the first batches.
"""

from collections.abc import Callable
from functools import partial

from lstm_ref.experiments import (
    adding,
    digits,
    echoed,
    order,
    parity,
    reber,
    recalled,
    two_sequence,
)
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
    "order": (partial(order.task, scale=0.5), 50, 200, order.HIDDEN),
    "two_sequence": (partial(two_sequence.task, 50), 50, 300, two_sequence.HIDDEN),
    "recalled": (partial(recalled.task, 2, 30), 32, 400, recalled.HIDDEN),
    "rows": (partial(digits.task, "rows"), 8, 300, digits.HIDDEN),
    "pixels": (partial(digits.task, "pixels"), 64, 400, digits.HIDDEN),
}
#: The tasks whose lag is long enough to begin with a memory that keeps.
LONG = ("adding", "echoed", "order", "two_sequence", "recalled", "pixels")


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
        if (one["begin"] == "usual" or one["task"] in LONG)
        and (one["task"], one["cell"], one["rate"]) != ("two_sequence", "irnn", 0.03)
    ),
    seeds=2,
    miniature={"task": "parity", "rate": 0.01, "steps": 4, "look": 2},
)
