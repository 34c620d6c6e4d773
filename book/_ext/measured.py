"""Reads what experiments gave, from book/results."""

from functools import cache

from book_root import LSTM_REF

from lstm_ref.experiments.results import Results

FOLDER = LSTM_REF.parent / "book" / "results"


@cache
def read(name: str) -> Results:
    """Return the results of an experiment. Raises ValueError where there are none."""
    path = FOLDER / f"{name}.json"
    if not path.is_file():
        raise ValueError(f"there is no {path.name}: run `python -m lstm_ref.experiments {name}`")
    return Results.read(path, name)
