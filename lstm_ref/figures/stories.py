"""What a unit of the figures reads: the example sentence, or the worked example.

`reading.js` has the same for the pages. Story 0 is the sentence; each word is two numbers, whether
it says "not", and whether it praises. Stories 1 and 2 are unit 1 and unit 2 of the worked example.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from lstm_ref.arrays import Array
from lstm_ref.datasets import worked_example
from lstm_ref.figures import data
from lstm_ref.figures.worked import worked


@dataclass(frozen=True)
class Story:
    """Inputs xs and hidden states before each step hs (T, 2), shares kept f and memories c (T)."""

    xs: Array
    hs: Array
    f: Array
    c: Array
    c0: float
    unit: int | None

    def layer(self, state: Mapping[str, Any], letter: str) -> tuple[Array, ...]:
        """Return x, h_prev, W, U and b of one layer, whose weights on x stand in the state.

        `lstm_ref.gates` takes whole layers: the unit is worked out as two that are alike.
        """
        row = np.zeros(2) if self.unit is None else worked_example.params[f"U_{letter}"][self.unit]
        weights = [state[f"w{letter}1"], state[f"w{letter}2"]]
        return (
            self.xs,
            self.hs,
            np.array([weights] * 2),
            np.array([row] * 2),
            np.array([state[f"b{letter}"]] * 2),
        )


def story(number: int) -> Story:
    """Return story 0, 1 or 2."""
    if number == 0:
        told = data.kept("sentence.json")
        c, memories = 0.0, []
        for f, written in zip(told["f"], told["written"], strict=True):
            c = f * c + written
            memories.append(c)
        xs = np.array(told["x"], float)
        return Story(xs, np.zeros_like(xs), np.array(told["f"]), np.array(memories), 0.0, None)
    unit, steps = number - 1, worked()["steps"]
    return Story(
        np.array([step["x"] for step in steps]),
        np.array([step["h_prev"] for step in steps]),
        np.array([step["f"][unit] for step in steps]),
        np.array([step["c"][unit] for step in steps]),
        float(worked_example.c0[unit]),
        unit,
    )
