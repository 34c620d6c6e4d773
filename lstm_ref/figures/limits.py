"""What a layer costs, counted: the live figure of the chapter on limits, in Python.

The layer stands in the middle of a net, so that each step brings as many numbers as it has units.
Counts are for one sequence. Multiplications are those of the products with weights, and of
attention's products, forward; the way back takes twice as many. *Kept* is how many numbers the way
back needs of the way forward, where nothing is worked out twice. *Waits* is how many products
have to be made one after another.

The times come from `limits_cost`, the same that the chapter shows: `limits.json`.
"""

from collections.abc import Mapping
from statistics import median
from typing import Any

from lstm_ref.figures import data

LAYERS = ("rnn", "gru", "lstm", "conv", "attention")
#: The LSTM as torch runs the other two recurrent layers; its counts are the LSTM's.
BY_STEPS = "lstm by steps"
#: Powers of two, which the sliders go through: steps, and units.
STEPS, UNITS = (16, 32, 64, 128, 256, 512), (16, 32, 64, 128, 256)
#: How many steps the convolution looks at.
WIDTH = 3


def parameters(layer: str, units: int) -> int:
    """Return how many weights and biases it has, as torch counts them: a gate has two biases."""
    if layer == "conv":
        return WIDTH * units**2 + units
    if layer == "attention":
        return 4 * units**2 + 4 * units
    return {"rnn": 1, "gru": 3, "lstm": 4}[layer] * (2 * units**2 + 2 * units)


def multiplications(layer: str, steps: int, units: int) -> int:
    """Return how many one sequence takes on its way forward."""
    if layer == "conv":
        return steps * WIDTH * units**2
    if layer == "attention":
        return steps * 4 * units**2 + 2 * steps**2 * units
    return steps * {"rnn": 2, "gru": 6, "lstm": 8}[layer] * units**2


def kept(layer: str, steps: int, units: int) -> int:
    """Return how many numbers the way back needs of one sequence, its inputs among them.

    Of each step and unit: the plain network h; the GRU r, z, n, U h, h; the LSTM i, f, g, o, c,
    tanh(c), h; the convolution what it shows; attention query, key, value and mixture, and a weight
    for each pair of steps.
    """
    each = {"rnn": 1, "gru": 5, "lstm": 7, "conv": 1, "attention": 4}[layer]
    pairs = steps**2 if layer == "attention" else 0
    return steps * units * (1 + each) + pairs


def waits(layer: str, steps: int) -> int:
    """Return how many products must wait for the one before."""
    return {"conv": 1, "attention": 4}.get(layer, steps)


def measured_text() -> str:
    """Return the text of `limits.json`: milliseconds by layer, units, steps, from the results."""
    found: dict[str, dict[int, list[list[float]]]] = {}
    for run in data.runs("limits_cost"):
        settings, times = run["settings"], run["result"]["seconds"]
        found.setdefault(settings["layer"], {}).setdefault(settings["units"], []).append(times)
    return data.text(
        {layer: [_middle(of[units]) for units in UNITS] for layer, of in found.items()}
    )


def _middle(runs: list[list[float]]) -> list[float]:
    return [float(f"{1000 * median(times):.3g}") for times in zip(*runs, strict=True)]


def compute(state: Mapping[str, Any]) -> dict[str, Any]:
    """Return T and H, and of each layer in the order of `LAYERS` its counts and its milliseconds.

    After these, `ms` has those of the LSTM by steps.

    A state has powers of two: `t` is that of the steps, `n` that of the units.
    """
    steps, units = 2 ** int(state["t"]), 2 ** int(state["n"])
    ms = data.kept("limits.json")
    at = UNITS.index(units), STEPS.index(steps)
    return {
        "T": steps,
        "H": units,
        "parameters": [parameters(layer, units) for layer in LAYERS],
        "multiplications": [multiplications(layer, steps, units) for layer in LAYERS],
        "kept": [kept(layer, steps, units) for layer in LAYERS],
        "waits": [waits(layer, steps) for layer in LAYERS],
        "ms": [ms[layer][at[0]][at[1]] for layer in (*LAYERS, BY_STEPS)],
    }
