"""The forget gate's live figure, seen from Python: where it starts and what it says in words."""

from typing import Any

import numpy as np

from lstm_ref import gates
from lstm_ref.datasets import worked_example


def state() -> dict[str, Any]:
    """Return the figure's first state, as JSON: unit 1 at t = 1 of the worked example.

    `examples` holds the numbers of both units at all three steps. The hidden and cell states
    before steps 2 and 3 come from running the whole LSTM.
    """
    examples = _examples()
    return {**examples[0], **results(examples[0]), "examples": examples}


def results(numbers: dict[str, Any]) -> dict[str, float]:
    """Return z, f and kept = f · c_prev of one unit: what the figure shows for `numbers`.

    `numbers` has x, h_prev, w and u (two numbers each), b and c_prev. The unit is worked out as
    a layer of two units that are alike, since `gates` takes whole layers.
    """
    W, U = (np.array([numbers[key]] * 2, dtype=float) for key in ("w", "u"))
    b = np.array([numbers["b"]] * 2, dtype=float)
    x, h_prev = numbers["x"], numbers["h_prev"]
    f = gates.forget_gate(x, h_prev, W, U, b)
    return {
        "z": float(gates.weighted_sum(x, h_prev, W, U, b)[0]),
        "f": float(f[0]),
        "kept": float(gates.keep(f, np.full(2, numbers["c_prev"], dtype=float))[0]),
    }


def describe() -> str:
    """Return the text alternative of the figure's first state, a few sentences."""
    start = state()
    return (
        "A figure in three parts. First, five contributions, the two inputs and the two previous "
        "hidden states times their weights, and the bias, add up to "
        f"z = {start['z']:#.3g}. Second, the sigmoid curve turns z into a share between 0 and 1, "
        f"f = {start['f']:#.3g}. Third, the memory runs from left to right through a valve that "
        f"f opens: of the memory {start['c_prev']:g}, {start['kept']:#.3g} is kept. In the live "
        "figure each number can be moved with a slider."
    )


def _examples() -> list[dict[str, Any]]:
    """Return the six starts, unit by unit: run the LSTM of the worked example, gate by gate."""
    p, h, c = worked_example.params, worked_example.h0, worked_example.c0
    before = []
    for x in worked_example.xs:
        before.append((x, h, c))
        f, i, g, o = (
            gate(x, h, p[f"W_{name}"], p[f"U_{name}"], p[f"b_{name}"])
            for name, gate in (
                ("f", gates.forget_gate),
                ("i", gates.input_gate),
                ("g", gates.candidate),
                ("o", gates.output_gate),
            )
        )
        c = gates.update_memory(f, c, i, g)
        h = gates.hidden_state(o, c)
    return [
        {
            "unit": k + 1,
            "step": t + 1,
            "x": x.tolist(),
            "h_prev": h.tolist(),
            "w": p["W_f"][k].tolist(),
            "u": p["U_f"][k].tolist(),
            "b": float(p["b_f"][k]),
            "c_prev": float(c[k]),
        }
        for k in range(len(worked_example.c0))
        for t, (x, h, c) in enumerate(before)
    ]
