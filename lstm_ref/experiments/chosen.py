"""How each model learns each task of the chapter on long lags: what `lag_rates` has found best.

A choice is a learning rate of Adam, and how the layer begins: "usual" is as `models` makes it,
"long" as `models.remembering` prepares it for the length of the sequences.
"""

from dataclasses import dataclass
from functools import partial
from typing import Any

from torch import nn

from lstm_ref.experiments.experiment import Result
from lstm_ref.experiments.models import remembering
from lstm_ref.experiments.trial import Task, trained, trial

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
        return trial(task, cell, seed, **self._how(length), **how)

    def trained(
        self, task: Task, cell: str, seed: int, length: int, **how: Any
    ) -> tuple[nn.Module, Result]:
        """Train one model alike, as `trial.trained` does: return it, too, and how it went."""
        return trained(task, cell, seed, **self._how(length), **how)

    def _how(self, length: int) -> dict[str, Any]:
        if self.begin not in BEGINNINGS:
            raise ValueError(f"begin is {self.begin!r}; expected one of {', '.join(BEGINNINGS)}")
        if self.begin == "long":
            return {"rate": self.rate, "prepare": partial(remembering, lag=length)}
        return {"rate": self.rate}


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
    "order": {
        "rnn": Choice(0.003),
        "irnn": Choice(0.003, "long"),
        "gru": Choice(0.03, "long"),
        "lstm": Choice(0.03, "long"),
    },
    "two_sequence": {
        "rnn": Choice(0.03, "long"),
        "irnn": Choice(0.003, "long"),
        "gru": Choice(0.01, "long"),
        "lstm": Choice(0.03, "long"),
    },
    "recalled": {
        "rnn": Choice(0.01),
        "irnn": Choice(0.003, "long"),
        "gru": Choice(0.03),
        "lstm": Choice(0.03, "long"),
    },
    "rows": {
        "rnn": Choice(0.01),
        "irnn": Choice(0.01),
        "gru": Choice(0.03),
        "lstm": Choice(0.03),
    },
    "pixels": {
        "rnn": Choice(0.003, "long"),
        "irnn": Choice(0.003, "long"),
        "gru": Choice(0.03, "long"),
        "lstm": Choice(0.03, "long"),
    },
}


def choice(task: str, cell: str) -> Choice:
    """Return how this model learns this task. Raises KeyError for an unknown one."""
    return CHOSEN[task][cell]
