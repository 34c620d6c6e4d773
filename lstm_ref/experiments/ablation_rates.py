"""Which learning rate each variant should have in `ablations`: the least error decides.

One seed that `ablations` does not use, half of its budget.
"""

from lstm_ref.experiments.experiment import Experiment, Result, every
from lstm_ref.experiments.parts_off import TASKS, VARIANTS, trained

RATES = (0.003, 0.01, 0.03)


def run(seed: int, *, task: str, variant: str, rate: float, steps: int = 0) -> Result:
    """Train one variant with one rate; return its error."""
    asked = TASKS[task]
    budget = steps or asked.steps // 2
    return {"error": trained(asked, variant, 100 + seed, steps=budget, rate=rate)}


EXPERIMENT = Experiment(
    "ablation_rates",
    run,
    every(task=tuple(TASKS), variant=tuple(VARIANTS), rate=RATES),
    seeds=1,
    miniature={"steps": 2, "variant": "all parts", "rate": 0.01},
)
