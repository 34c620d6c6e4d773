"""How much of a gradient comes back over 100 steps before any training, for many draws.

The networks of the chapter's live figure, each with other weights; the norm of each U is 1.
"""

from lstm_ref.experiments.experiment import Experiment, Result, every
from lstm_ref.experiments.verdicts import BIASES
from lstm_ref.figures.training import drawn, powers


def run(seed: int, *, bias: float | None, norm: float = 1.0) -> Result:
    """Return the power of ten of |∂L/∂x₁| / |∂L/∂x₁₀₀|."""
    one = "plain" if bias is None else "lstm"
    return {"power": float(powers(drawn(seed), bias or 0.0, norm)[one][0])}


EXPERIMENT = Experiment("at_start", run, every(bias=BIASES), seeds=30, miniature={})
