"""What experiments gave, for {worked} text: `result("counting", "reach", cell="lstm")`."""

from contextlib import suppress
from importlib import import_module
from statistics import median
from typing import Any

from measured import read


def result(name: str, value: str, **settings: Any) -> dict[str, Any]:
    """Return what the runs of an experiment gave that have these settings.

    `all` in the order of the seeds; `median`, `least` and `most`. Raises ValueError where there is
    no such run.
    """
    found = [
        run["result"][value]
        for run in read(name).runs
        if all(run["settings"].get(key) == wanted for key, wanted in settings.items())
    ]
    if not found:
        raise ValueError(f"the experiment {name} has no run with {settings}")
    middle, least, most = median(found), min(found), max(found)
    return {"all": found, "median": middle, "least": least, "most": most}


def best(name: str, value: str, across: str, **settings: Any) -> dict[str, Any]:
    """Return `result` for that choice of the setting `across` whose median is least.

    With `span`, "6 (4 … 200)": the median, and from where to where they go.
    """
    choices = {run["settings"].get(across) for run in read(name).runs}
    found = []
    for choice in choices:
        with suppress(ValueError):  # not every choice was made with these settings
            one = result(name, value, **settings, **{across: choice})
            found.append(one | {"span": _span(one)})
    if not found:
        raise ValueError(f"the experiment {name} has no run with {settings}")
    return min(found, key=lambda one: one["median"])


def _span(found: dict[str, Any]) -> str:
    middle, least, most = (f"{found[key]:.3g}" for key in ("median", "least", "most"))
    return middle if least == most else f"{middle} ({least} … {most})"


def minutes(name: str) -> float:
    """Return the minutes of one processor that an experiment took."""
    return float(sum(run["seconds"] for run in read(name).runs)) / 60


def constants(name: str) -> dict[str, Any]:
    """Return the constants of an experiment's module, such as its number of units."""
    module = import_module(f"lstm_ref.experiments.{name}")
    return {key: value for key, value in vars(module).items() if key.isupper()}
