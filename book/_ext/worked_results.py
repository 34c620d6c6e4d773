"""What experiments gave, for {worked} text: `result("counting", "reach", cell="lstm")`."""

from statistics import median
from typing import Any

from measured import runs


def result(name: str, value: str, **settings: Any) -> dict[str, Any]:
    """Return what the runs of an experiment gave that have these settings.

    `all` in the order of the seeds; `median`, `least` and `most`; `span`, "6 (4 … 200)". Raises
    ValueError where there is no such run.
    """
    found = [run["result"][value] for run in runs(name, **settings)]
    middle, least, most = median(found), min(found), max(found)
    span = f"{middle:.3g}" if least == most else f"{middle:.3g} ({least:.3g} … {most:.3g})"
    return {"all": found, "median": middle, "least": least, "most": most, "span": span}


def minutes(name: str) -> float:
    """Return the minutes of one processor that an experiment took."""
    return float(sum(run["seconds"] for run in runs(name))) / 60
