"""Which part of the LSTM matters? Each is taken away, and the rest is trained on three tasks.

Adding: the mean squared error (always saying 1 has 1/6). Verdict: the share of wrong verdicts
(chance has one half). Text: bits for each character of what nothing was trained on.

On text `ablation_rates` found 0.03 best for every variant. On the other two tasks half of the
budget was too little to choose, so each variant runs with two learning rates, and what is shown is
the one with the smaller median.
"""

from lstm_ref.experiments.experiment import Experiment, Result, every
from lstm_ref.experiments.parts_off import TASKS, VARIANTS, trained

_VARIANTS = tuple(VARIANTS)


def run(seed: int, *, task: str, variant: str, rate: float, steps: int = 0) -> Result:
    """Train one variant with one rate; return its error."""
    asked = TASKS[task]
    return {"error": trained(asked, variant, seed, steps=steps or asked.steps, rate=rate)}


EXPERIMENT = Experiment(
    "ablations",
    run,
    (
        *every(task=("adding", "verdict"), variant=_VARIANTS, rate=(0.01, 0.03)),
        *every(task=("text",), variant=_VARIANTS, rate=(0.03,)),
    ),
    seeds=3,
    miniature={"steps": 3, "rate": 0.03},
)
