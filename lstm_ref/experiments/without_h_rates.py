"""Which learning rate each model should have in `without_h`: one seed that it does not use.

The rate that solves the task first decides; where none does, the smallest error.
"""

from lstm_ref.experiments import without_h
from lstm_ref.experiments.experiment import Experiment, Result, every

RATES = (0.003, 0.01, 0.03)


def run(
    seed: int, *, task_name: str, model: str, rate: float, length: int = 0, steps: int = 750
) -> Result:
    """Train one model with one rate, for half the budget."""
    return without_h.run(
        100 + seed, task_name=task_name, model=model, rate=rate, length=length, steps=steps
    )


EXPERIMENT = Experiment(
    "without_h_rates",
    run,
    every(rate=RATES, model=without_h.MODELS, task_name=tuple(without_h.LENGTH)),
    seeds=1,
    miniature={"length": 6, "steps": 3},
)
