"""The duel of notebook 09: what a student's name decides, and the files in which results travel.

Seeds follow from the name. From a seed follow the weights that a model begins with, the batches,
and the sequences that its errors are measured on. So a model that somebody else has trained does
not fit: neither the first point of its curve nor the last is that of this name. All of it is NumPy,
so that the same seed gives the same numbers wherever it is asked.
"""

import json
import os
from collections.abc import Mapping
from hashlib import blake2b
from pathlib import Path
from typing import Any

import numpy as np

from lstm_ref.arrays import Array
from lstm_ref.datasets.adding import adding

#: The two that are compared, and the rows of gates in the weights of each.
KINDS = {"rnn": 1, "lstm": 4}
LENGTH, HIDDEN, BATCH = 50, 32, 32
#: Steps of training, how often the error is looked at, how many runs of each kind.
STEPS, EVERY, RUNS = 1500, 100, 3
#: Sequences on which errors are measured.
FRESH = 300
#: Below this the task counts as solved: a twentieth of 1/6, what one gets by always saying 1.
SOLVED = 1 / 120

FILE = "duel.npz"


def seeds(name: str) -> list[int]:
    """Return the seeds of a name, one a run. Raises ValueError for a name that is empty.

    Spaces around it and capital letters make no difference.
    """
    if not isinstance(name, str) or not name.strip():
        raise ValueError(f"name is {name!r}; expected your name or id, as a text")
    digest = blake2b(name.strip().casefold().encode(), digest_size=4 * RUNS).digest()
    return [int.from_bytes(digest[4 * k : 4 * k + 4], "big") for k in range(RUNS)]


def start(kind: str, seed: int) -> dict[str, Array]:
    """Return the weights that a model begins with, under the names that torch gives them.

    All are uniform between -1/√H and 1/√H, as torch's own; the forget gates' first bias is 1 more.
    """
    rows, H = KINDS[kind] * HIDDEN, HIDDEN
    shapes = {
        "layer.weight_ih_l0": (rows, 2),
        "layer.weight_hh_l0": (rows, H),
        "layer.bias_ih_l0": (rows,),
        "layer.bias_hh_l0": (rows,),
        "read_out.weight": (1, H),
        "read_out.bias": (1,),
    }
    rng, most = np.random.default_rng(seed), H**-0.5
    found = {
        name: rng.uniform(-most, most, shape).astype(np.float32) for name, shape in shapes.items()
    }
    if kind == "lstm":
        found["layer.bias_ih_l0"][H : 2 * H] += 1
    return found


def batch(rng: np.random.Generator) -> tuple[Array, Array]:
    """Draw what one step of training needs: xs (T, B, 2) and targets (B, 1), in float32."""
    xs, targets = adding(rng, length=LENGTH, batch_size=BATCH)
    return xs.astype(np.float32), targets.astype(np.float32)


def validation(seed: int) -> tuple[Array, Array]:
    """Return the sequences on which a run's errors are measured: others than any that it learns."""
    xs, targets = adding(np.random.default_rng([seed, 1]), length=LENGTH, batch_size=FRESH)
    return xs.astype(np.float32), targets.astype(np.float32)


def save(results: Mapping[str, Any], file: str | os.PathLike[str] = FILE) -> None:
    """Write results to a file: name, and for each kind the curves and the weights of all runs."""
    arrays: dict[str, Any] = {"name": np.array(json.dumps(results["name"]))}
    for kind in KINDS:
        arrays[f"{kind}/curves"] = np.asarray(results[kind]["curves"], np.float32)
        for run, weights in enumerate(results[kind]["weights"]):
            for name, values in weights.items():
                arrays[f"{kind}/{run}/{name}"] = np.asarray(values, np.float32)
    with Path(file).open("wb") as held:
        np.savez_compressed(held, **arrays)


def load(file: str | os.PathLike[str] = FILE) -> dict[str, Any]:
    """Read what `save` wrote. Raises FileNotFoundError, with what to do, where there is no file."""
    if not Path(file).is_file():
        raise FileNotFoundError(
            f"there is no {file} beside the notebook: run the cells that train and save, "
            "and hand the file in together with the notebook"
        )
    with np.load(file, allow_pickle=False) as held:
        results: dict[str, Any] = {"name": json.loads(str(held["name"]))}
        for kind in KINDS:
            weights: list[dict[str, Array]] = [{} for _ in range(RUNS)]
            for key in held.files:
                if key.startswith(f"{kind}/") and key.count("/") == 2:
                    _, run, name = key.split("/")
                    weights[int(run)][name] = held[key]
            results[kind] = {"curves": held[f"{kind}/curves"], "weights": weights}
    return results
