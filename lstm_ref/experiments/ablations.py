"""Which part of the LSTM matters? Each is taken away, and the rest is trained on three tasks.

Adding: the mean squared error (always saying 1 has 1/6). Verdict: the share of wrong verdicts
(chance has one half). Text: bits for each character of what nothing was trained on.
"""

from lstm_ref.experiments.experiment import Experiment, Result, every
from lstm_ref.experiments.parts_off import TASKS, VARIANTS, trained

#: The learning rate, and where `ablation_rates` found another to be better. Of equal ones it is
#: the middle one; where a variant had learned nothing with any, it is 0.03, as for most.
RATE = 0.03
RATES = {
    ("adding", "no output gate"): 0.01,
    ("verdict", "all parts"): 0.01,
    ("verdict", "no input gate"): 0.01,
    ("verdict", "no output gate"): 0.01,
    ("verdict", "coupled gates"): 0.01,
    ("verdict", "peepholes"): 0.01,
    ("verdict", "forget bias 0"): 0.01,
    ("verdict", "forget bias 2"): 0.01,
}


def run(seed: int, *, task: str, variant: str, steps: int = 0) -> Result:
    """Train one variant; return its error, and with which rate: a share of wrong verdicts after
    few steps would not tell that another one was chosen."""
    asked, rate = TASKS[task], RATES.get((task, variant), RATE)
    error = trained(asked, variant, seed, steps=steps or asked.steps, rate=rate)
    return {"error": error, "rate": rate}


EXPERIMENT = Experiment(
    "ablations",
    run,
    every(task=tuple(TASKS), variant=tuple(VARIANTS)),
    seeds=3,
    miniature={"steps": 3},
)
