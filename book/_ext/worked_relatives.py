"""What the chapter on the LSTM's relatives prints: costs, lent weights, notes on the sentence."""

from collections.abc import Callable
from typing import Any

import book_root  # noqa: F401  (finds lstm_ref)
import numpy as np

from lstm_ref.cells import CELLS, GRUParameters, LSTM1997Parameters
from lstm_ref.cells.costs import Costs, costs
from lstm_ref.datasets import sentence, worked_example
from lstm_ref.figures.relatives import memory
from lstm_ref.parameters import LSTMParameters, Packed


def relatives() -> dict[str, Any]:
    """Return what the chapter prints of the cells in `CELLS`, each by its name there.

    `costs("gru", 32, 128)` are its Costs with 32 inputs and 128 units. `lent["gru"][1]` is step 2
    on the worked example, with the weights that the LSTM lends it; `lent` has lstm, lstm1997 and
    gru, the GRU's r, z and n being made of the weights of i, f and g. `note("gru", "great")` is
    what is held of the *not* after the last such word. `units("gru", 32, 128)` is how many units a
    cell may have and not have more numbers than an LSTM of 128.
    """

    def cost(name: str, inputs: int, units: int) -> Costs:
        return costs(CELLS[name], inputs, units)

    def note(name: str, word: str) -> float:
        last = max(t for t, said in enumerate(sentence.words) if said == word)
        return float(memory(name, sentence.xs)[last])

    def first(name: str, word: str) -> float:
        return float(memory(name, sentence.xs)[sentence.words.index(word)])

    return {
        "costs": cost,
        "lent": {name: _steps(name) for name in ("lstm", "lstm1997", "gru")},
        "note": note,
        "first": first,
        "units": lambda name, inputs, units: _units(cost, name, inputs, units),
    }


def _steps(name: str) -> list[Any]:
    """Run a cell over the worked example, with the weights that the LSTM lends it."""
    p, states = worked_example.params, [worked_example.h0, worked_example.c0]
    kinds: dict[str, tuple[type[Packed], str]] = {
        "lstm": (LSTMParameters, "ifgo"),
        "lstm1997": (LSTM1997Parameters, "igo"),
        "gru": (GRUParameters, "ifg"),
    }
    kind, letters = kinds[name]
    W, U, b = (np.concatenate([p[f"{part}_{k}"] for k in letters]) for part in "WUb")
    initial = states[: len(CELLS[name].states)]
    return CELLS[name].forward(worked_example.xs, initial, kind(W, U, b, np.zeros_like(b)))[2]


def _units(cost: Callable[[str, int, int], Costs], name: str, inputs: int, units: int) -> int:
    most = cost("lstm", inputs, units).parameters
    return max(n for n in range(1, 4 * units) if cost(name, inputs, n).parameters <= most)
