"""Which learning rate each model should have in `without_h`: one seed that it does not use.

The rate that solves the task first decides; where none does, the smallest error.
"""

from lstm_ref.experiments import without_h
from lstm_ref.experiments.experiment import Experiment, Result

RATES = (0.003, 0.01, 0.03)


def run(
    seed: int, *, task_name: str, model: str, rate: float, length: int = 0, steps: int = 0
) -> Result:
    """Train one model with one rate, for half the budget."""
    return without_h.run(
        100 + seed,
        task_name=task_name,
        model=model,
        rate=rate,
        length=length,
        steps=steps or without_h.STEPS[task_name] // 2,
    )


EXPERIMENT = Experiment(
    "without_h_rates",
    run,
    tuple(
        {"task_name": one["task_name"], "model": one["model"], "rate": rate}
        for one in without_h.EXPERIMENT.settings
        for rate in RATES
    ),
    seeds=1,
    miniature={"length": 6, "steps": 3},
)
