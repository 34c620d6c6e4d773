"""How each model learns each task of the chapter on long lags: what `lag_rates` has found best.

A choice is a learning rate of Adam, and how the layer begins: "usual" is as `models` makes it,
"long" as `models.remembering` prepares it for the length of the sequences.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from torch import nn

from lstm_ref.experiments.models import remembering

RATES = (0.003, 0.01, 0.03)
BEGINNINGS = ("usual", "long")


@dataclass(frozen=True)
class Choice:
    """A learning rate, and one of BEGINNINGS."""

    rate: float
    begin: str = "usual"

    def prepare(self, length: int) -> Callable[[nn.Module], object]:
        """Return what is to be done to a new layer before it is trained on such sequences."""
        if self.begin not in BEGINNINGS:
            raise ValueError(f"begin is {self.begin!r}; expected one of {', '.join(BEGINNINGS)}")
        return partial(remembering, lag=length) if self.begin == "long" else lambda _: None


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
