"""What figures read beside their code: the JSON files of this folder, and measured results.

`python -m tools.figures` makes the files; the page reads the same ones.
"""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any


@cache
def kept(file: str) -> Any:
    """Return what a file of this folder holds. It is read once: don't change it."""
    return json.loads(Path(__file__).with_name(file).read_text(encoding="utf-8"))


def runs(experiment: str) -> list[dict[str, Any]]:
    """Return all runs of an experiment, from book/results. Raises ValueError where none are."""
    from lstm_ref.experiments import runner
    from lstm_ref.experiments.results import Results

    return Results.there(runner.path(runner.root(), experiment), experiment).runs


def text(found: Mapping[str, Any]) -> str:
    """Return what a file of this folder is to hold, an entry a line: a change can be read."""
    lines = [f" {json.dumps(name)}: {json.dumps(value)}" for name, value in found.items()]
    return "{\n" + ",\n".join(lines) + "\n}\n"
