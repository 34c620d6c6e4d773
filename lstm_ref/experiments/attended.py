"""Where attention wins: to give back six symbols of eight, in order, over a lag.

An LSTM of 64 units, whose h and c must hold all symbols at once, and one layer of attention of 64,
which can look at each of them again. Both have the learning rate of three that was best at one seed
that is not used here.
"""

from lstm_ref.experiments import recalled
from lstm_ref.experiments.experiment import Experiment, Result, every
from lstm_ref.experiments.trial import trial

HIDDEN, STEPS, ITEMS, LAG = 64, 1000, 6, 20
MODELS = ("lstm", "attention")
RATES = (0.001, 0.003, 0.01)


def run(
    seed: int,
    *,
    model: str,
    rate: float,
    items: int = ITEMS,
    lag: int = LAG,
    steps: int = STEPS,
    look: int = 50,
) -> Result:
    """Train one model; an error is a sequence with any symbol wrong."""
    asked = recalled.task(items, lag)
    found = trial(asked, model, seed, hidden=HIDDEN, steps=steps, rate=rate, look=look)
    return {"error": found["error"], "solved_after": found["solved_after"]}


EXPERIMENT = Experiment(
    "attended",
    run,
    every(rate=RATES, model=MODELS),
    seeds=5,
    miniature={"items": 2, "lag": 3, "steps": 4, "look": 2},
)
