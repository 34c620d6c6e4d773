"""As `limits_dropout`, with reviews twice as long: what must be kept, is kept for longer."""

from lstm_ref.experiments.experiment import Experiment, Result, every
from lstm_ref.experiments.limits_dropout import EXAMPLES, LOOK, STEPS
from lstm_ref.experiments.limits_dropout import run as shorter

LENGTH, RATE = 32, 0.3
KINDS = ("none", "h each", "c each", "h once", "zoneout")


def run(
    seed: int,
    *,
    kind: str,
    examples: int = EXAMPLES,
    length: int = LENGTH,
    steps: int = STEPS,
    look: int = LOOK,
) -> Result:
    """Train one network; dropout has the one rate of `limits_dropout`."""
    how = {"examples": examples, "length": length, "steps": steps, "look": look}
    return shorter(seed, kind=kind, rate=0.0 if kind == "none" else RATE, **how)


EXPERIMENT = Experiment(
    "limits_dropout_long",
    run,
    every(kind=KINDS),
    seeds=5,
    miniature={"examples": 50, "length": 10, "steps": 6, "look": 3},
)
