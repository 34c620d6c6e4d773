"""How each model learns each task of the chapter on long lags: what `lag_rates` has found best.

A choice is a learning rate of Adam, and how the layer begins: "usual" is as `models` makes it,
"long" as `models.remembering` prepares it for the length of the sequences.
"""

from dataclasses import dataclass
from functools import partial
from typing import Any

from lstm_ref.experiments.experiment import Result
from lstm_ref.experiments.models import remembering
from lstm_ref.experiments.trial import Task, trial

RATES = (0.003, 0.01, 0.03)
BEGINNINGS = ("usual", "long")


@dataclass(frozen=True)
class Choice:
    """A learning rate, and one of BEGINNINGS."""

    rate: float
    begin: str = "usual"

    def learn(self, task: Task, cell: str, seed: int, length: int, **how: Any) -> Result:
        """Train one model in this way on sequences of this length, as `trial` does.

        Raises ValueError for a way to begin that is none of BEGINNINGS.
        """
        if self.begin not in BEGINNINGS:
            raise ValueError(f"begin is {self.begin!r}; expected one of {', '.join(BEGINNINGS)}")
        if self.begin == "long":
            how["prepare"] = partial(remembering, lag=length)
        return trial(task, cell, seed, rate=self.rate, **how)


#: By task, then by model. A test holds them to the results of `lag_rates`.
CHOSEN: dict[str, dict[str, Choice]] = {
    "adding": {
        "rnn": Choice(0.003),
        "irnn": Choice(0.003, "long"),
        "gru": Choice(0.03, "long"),
        "lstm": Choice(0.01, "long"),
    },
    "reber": {
        "rnn": Choice(0.03),
        "irnn": Choice(0.03),
        "gru": Choice(0.03),
        "lstm": Choice(0.03),
    },
    "parity": {
        "rnn": Choice(0.03),
        "irnn": Choice(0.01),
        "gru": Choice(0.03),
        "lstm": Choice(0.03),
    },
    "echoed": {
        "rnn": Choice(0.003),
        "irnn": Choice(0.003, "long"),
        "gru": Choice(0.03),
        "lstm": Choice(0.03, "long"),
    },
}


def choice(task: str, cell: str) -> Choice:
    """Return how this model learns this task. Raises KeyError for an unknown one."""
    return CHOSEN[task][cell]
