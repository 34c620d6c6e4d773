"""The figure of parts on and off, in Python: what `ablations.js` computes, by `lstm_ref.cells`.

The cell is the trained one of the game of the gates, and the steps are those of its second round.
`parts.json` has what the experiment `ablations` measured of each variant, trained anew.
"""

from collections.abc import Mapping
from statistics import median
from typing import Any

import numpy as np

from lstm_ref.cells import (
    ABLATIONS,
    CELLS,
    Cell,
    CoupledParameters,
    PeepholeParameters,
)
from lstm_ref.figures import data
from lstm_ref.figures.gates_game import ROUNDS
from lstm_ref.parameters import LSTMParameters

ROUND = 2
#: Which of the cell's letters each ablation takes away.
LETTERS = {letter: name for name, off in ABLATIONS.items() for letter in off}


def measured() -> dict[str, dict[str, list[float]]]:
    """Return for each task and variant [median, least, most] of the errors, to four digits."""
    errors: dict[str, dict[str, list[float]]] = {}
    for run in data.runs("ablations"):
        variants = errors.setdefault(run["settings"]["task"], {})
        variants.setdefault(run["settings"]["variant"], []).append(run["result"]["error"])
    return {
        task: {
            name: [float(f"{value:.4g}") for value in (median(found), min(found), max(found))]
            for name, found in variants.items()
        }
        for task, variants in errors.items()
    }


def measured_text() -> str:
    """Return the text of `parts.json`: a task on each line."""
    return data.text(measured())


def compute(state: Mapping[str, Any]) -> dict[str, Any]:
    """Return gates, candidate, memory and hidden state at each step, (20,) each.

    `state` has 1 for a part that is there and 0 for one that is not: `has_i`, `has_f`, `has_o` are
    the gates, `has_g` and `has_c` the two activations. `coupled` puts 1 - f in the place of i; `p`
    is the weight of all three peepholes, 0 for none.
    """
    game = data.kept(ROUNDS)
    p = {name: np.array(value) for name, value in game["params"].items()}
    packed = LSTMParameters.from_gates(p)
    xs = np.array(game["rounds"][ROUND - 1])  # (T, 3)
    cell: Cell[Any, Any] = CELLS["lstm"]
    params: Any = packed
    if state["coupled"]:
        cell = CELLS["coupled"]
        own = [np.split(array, 4)[1:] for array in vars(packed).values()]  # rows f, g, o
        params = CoupledParameters(*(np.concatenate(rows) for rows in own))
    elif state["p"]:
        cell = CELLS["peephole"]
        peephole = np.array([float(state["p"])])
        params = PeepholeParameters(**vars(packed), p_i=peephole, p_f=peephole, p_o=peephole)
    for letter, name in LETTERS.items():
        if not state[f"has_{letter}"] and letter in cell.squash:
            cell = cell.having(name, **ABLATIONS[name])
    _, _, saved = cell.forward(xs, None, params)
    found = {
        k: np.array([getattr(step, k)[0] for step in saved]) for k in ("f", "g", "o", "c", "h")
    }
    i = 1 - found["f"] if state["coupled"] else np.array([step.i[0] for step in saved])
    return {**found, "i": i}
