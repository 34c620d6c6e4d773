"""The game in Python: what `gates_game.js` computes, by `lstm_ref.gates` and `lstm_ref.layer`."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from lstm_ref import gates
from lstm_ref.arrays import Array
from lstm_ref.datasets.carry import SHOWN
from lstm_ref.figures import data
from lstm_ref.layer import lstm_trace
from lstm_ref.parameters import LSTMParameters

#: The rounds, and the trained cell's weights: `tools.carry_cell` makes it.
ROUNDS = "carry.json"


def compute(state: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the reader's gates and the trained cell do in a round, and their points.

    `choices` holds (f, i, o) of each step taken; f, i and o alone are those of the next.
    """
    xs = np.array(data.kept(ROUNDS)["rounds"][int(state["round"]) - 1])  # (T, 3)
    wanted = _wanted(xs)
    taken = state["choices"][: len(xs)]
    coming = [*taken, [state["f"], state["i"], state["o"]]][: len(xs)]
    c, h = _run(xs[:, 0], taken)
    next_c, next_h = _run(xs[:, 0], coming)
    nothing = np.zeros(1)
    cell = lstm_trace(xs, nothing, nothing, LSTMParameters.from_gates(data.kept(ROUNDS)["params"]))
    _, open_h = _run(xs[:, 0], np.ones((len(xs), 3)))
    return {
        "you_c": c,
        "you_h": h,
        "next_c": next_c[-1],
        "next_h": next_h[-1],
        "wanted": wanted,
        **{f"cell_{name}": getattr(cell, name)[:, 0] for name in ("f", "i", "o", "g", "c", "h")},
        "score": _score(h, wanted),
        "cell_score": _score(cell.h[:, 0], wanted),
        "open_score": _score(open_h, wanted),
    }


def _run(values: Array, chosen: Sequence[Sequence[float]] | Array) -> tuple[Array, Array]:
    """Return c and h after each step of one unit whose gates are chosen, both (steps,)."""
    cs: list[float] = []
    c: Array = np.zeros(1)
    for value, (f, i, _) in zip(values, chosen, strict=False):
        c = gates.update_memory(np.array([f]), c, np.array([i]), np.array([value]))
        cs.append(float(c[0]))
    found = np.array(cs)
    return found, gates.hidden_state(np.array([float(o) for *_, o in chosen]), found)


def _wanted(xs: Array) -> Array:
    """Return what should be shown at each step: the last bit written where it is asked for."""
    bit, wanted = 0.0, []
    for value, write, show in xs:
        bit = value if write else bit
        wanted.append(bit * SHOWN if show else 0.0)
    return np.array(wanted)


def _score(hs: Array, wanted: Array) -> float:
    """Of 100, by squared distances: 0 is never showing anything, or worse.

    Steps that are not taken show nothing.
    """
    shown = np.zeros_like(wanted)
    shown[: len(hs)] = hs
    return 100 * max(0.0, 1 - float(((wanted - shown) ** 2).sum() / (wanted**2).sum()))
