"""Which learning rate each kind of cell should have in `limits_less`: the least error decides.

Two seeds that `limits_less` does not use, 600 mini-batches.
"""

from lstm_ref.experiments import limits_less
from lstm_ref.experiments.experiment import Experiment, Result, every

TRIED = (0.001, 0.003, 0.01)


def run(seed: int, *, model: str, rate: float, steps: int = 600) -> Result:
    """Train one network with one rate; return its least error."""
    found = limits_less.run(100 + seed, model=model, rate=rate, steps=steps)
    return {"error": found["error"]}


EXPERIMENT = Experiment(
    "limits_less_rates",
    run,
    every(model=("rnn wide", "gru", "coupled", "lstm"), rate=TRIED),
    seeds=2,
    miniature={"steps": 3},
)
