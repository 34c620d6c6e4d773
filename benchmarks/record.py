"""Writes timings where the book reads them: `--into FOLDER`, a file of results for each script.

The file is one of `lstm_ref.experiments.results`, with one seed. Settings of a run are

    layer    what was timed: "NumPy", "fused", "plain"
    dtype, threads
    shape    "T, B, I, H"

and its result has `ours_ms`, `theirs_ms` and `ratio`; where memory was measured also `ours_mib`,
`theirs_mib` and `ratio_mib`. Theirs is torch.nn.LSTM: below a ratio of 1, ours is the better.
"""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from lstm_ref.experiments.experiment import Unit
from lstm_ref.experiments.results import Results
from lstm_ref.history import processor, provenance

__all__ = ["Group", "processor", "provenance", "row", "write"]

#: What was measured: settings, and a row for each shape.
Group = tuple[dict[str, Any], list[dict[str, Any]]]


def row(shape: Sequence[int], ours: float, theirs: float, unit: str) -> dict[str, Any]:
    """Return one row; `unit` is "ms" or "mib". Four digits are more than a time is good for."""
    ratio = "ratio" if unit == "ms" else f"ratio_{unit}"
    return {
        "shape": ", ".join(map(str, shape)),
        f"ours_{unit}": float(f"{ours:.4g}"),
        f"theirs_{unit}": float(f"{theirs:.4g}"),
        ratio: float(f"{ours / theirs:.4g}"),
    }


def write(
    folder: str | os.PathLike[str],
    name: str,
    origin: dict[str, Any],
    groups: Sequence[Group],
) -> None:
    """Write FOLDER/NAME.json anew: of each group its settings, and its rows.

    What is measured in two groups of the same settings, times and memory, becomes one run.
    """
    results = Results(name)
    found: dict[str, tuple[Unit, dict[str, Any]]] = {}
    for settings, rows in groups:
        for one in rows:
            unit = Unit(name, 0, {**settings, "shape": one["shape"]})
            result = {key: value for key, value in one.items() if key != "shape"}
            found.setdefault(unit.key, (unit, {}))[1].update(result)
    for unit, result in found.values():
        taken = (result["ours_ms"] + result["theirs_ms"]) / 1000
        results.add(unit, result, taken, origin)
    results.write(Path(folder) / f"{name}.json")
