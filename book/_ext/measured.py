"""Reads what experiments gave, from book/results, and what they were told."""

from functools import cache
from importlib import import_module
from typing import Any

from book_root import LSTM_REF

from lstm_ref.experiments.results import Results

FOLDER = LSTM_REF.parent / "book" / "results"


@cache
def read(name: str) -> Results:
    """Return the results of an experiment. Raises ValueError where there are none."""
    return Results.there(FOLDER / f"{name}.json", name)


def runs(name: str, **settings: Any) -> list[dict[str, Any]]:
    """Return the runs of an experiment with these settings; one that a run lacks is None there.

    Raises ValueError where there is no such run.
    """
    found = [
        run
        for run in read(name).runs
        if all(run["settings"].get(key) == value for key, value in settings.items())
    ]
    if not found:
        raise ValueError(f"the experiment {name} has no run with {settings}")
    return found


def constants(name: str) -> dict[str, Any]:
    """Return the constants of an experiment's module, such as its number of units."""
    module = import_module(f"lstm_ref.experiments.{name}")
    return {key: value for key, value in vars(module).items() if key.isupper()}
