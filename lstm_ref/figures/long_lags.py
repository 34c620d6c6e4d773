"""The figure of the adding problem in Python: what `long_lags.js` computes, from the measured runs.

`lags.json`, which the page reads too, holds for each model and each length the median error of all
seeds while it was trained, the least and the largest, as hundredths of a power of ten; and after
how many mini-batches each seed had solved the task (0: it had not). A run that has solved it ends
there, and counts with its last error from then on.
"""

import json
from collections.abc import Mapping
from statistics import median
from typing import Any

import numpy as np

from lstm_ref.figures import data

MODELS = ("rnn", "irnn", "gru", "lstm")
#: The mini-batches between two errors that the figure shows.
EVERY = 25


def lags_text() -> str:
    """Return the text of `lags.json`, made from book/results/adding.json: a model on each line."""
    found = lags()
    models = [f'  "{name}": {json.dumps(values)}' for name, values in found["models"].items()]
    head = {name: value for name, value in found.items() if name != "models"}
    lines = [f' "{name}": {json.dumps(value)}' for name, value in head.items()]
    return "{\n" + ",\n".join(lines) + ',\n "models": {\n' + ",\n".join(models) + "\n }\n}\n"


def lags() -> dict[str, Any]:
    """Return what `lags.json` is to hold. Raises ValueError where the results are not there."""
    from lstm_ref.experiments import adding

    runs = data.runs("adding")
    points = adding.STEPS // EVERY
    models: dict[str, list[dict[str, Any]]] = {}
    for cell in MODELS:
        models[cell] = []
        for length in adding.LENGTHS:
            asked = {"cell": cell, "length": length, "form": "2016"}
            ours = [run["result"] for run in runs if run["settings"] == asked]
            if not ours:
                raise ValueError(f"adding.json has no run with {asked}: run the experiment first")
            curves = np.array([_held(one["curve"], points) for one in ours])
            powers = {
                "median": np.median(curves, axis=0),
                "low": curves.min(axis=0),
                "high": curves.max(axis=0),
            }
            models[cell].append(
                {name: np.round(100 * row).astype(int).tolist() for name, row in powers.items()}
                | {"after": [one["solved_after"] or 0 for one in ours]}
            )
    return {
        "lengths": list(adding.LENGTHS),
        "steps": adding.STEPS,
        "every": EVERY,
        "solved": adding.SOLVED,
        "constant": adding.CONSTANT,
        "models": models,
    }


def _held(curve: list[float], points: int) -> list[float]:
    """Return the powers of ten of the errors at every EVERY, the last one kept to the end."""
    from lstm_ref.experiments.adding import LOOK

    thin = EVERY // LOOK
    errors = [curve[min(k * thin + thin, len(curve)) - 1] for k in range(points)]
    return [float(np.log10(error)) for error in errors]


def compute(state: Mapping[str, float]) -> dict[str, Any]:
    """Return T, and at n mini-batches each model's median error, its ends, and who has solved it.

    Each of `errors`, `lows`, `highs`, `solved` and `medians` has an entry for each of MODELS: three
    errors, how many seeds have solved it by then, and the median of `after` where most seeds ever
    do (else 0).
    """
    kept = data.kept("lags.json")
    k, n = int(state["k"]), int(state["n"])
    place = n // kept["every"] - 1
    ours = [kept["models"][cell][k] for cell in MODELS]
    after = [one["after"] for one in ours]
    return {
        "T": kept["lengths"][k],
        "errors": [10 ** (one["median"][place] / 100) for one in ours],
        "lows": [10 ** (one["low"][place] / 100) for one in ours],
        "highs": [10 ** (one["high"][place] / 100) for one in ours],
        "solved": [sum(0 < a <= n for a in seeds) for seeds in after],
        "medians": [_middle(seeds) for seeds in after],
    }


def _middle(after: list[int]) -> float:
    """Return the median mini-batches to a solution; who has none counts as infinitely many."""
    found = median(a if a else float("inf") for a in after)
    return found if found < float("inf") else 0.0
