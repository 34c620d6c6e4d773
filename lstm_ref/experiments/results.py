"""Results on disk: which runs are there, where they come from, and whether they are stale.

`book/results/NAME.json` is one object:

    experiment   its name
    miniature    small runs as they came out when the results were made: [{settings, result}, …]
    origins      [{command, date, machine, versions}, …]
    runs         [{seed, settings, result, seconds of a processor, origin: which of them}, …]

A run is stale when the experiment no longer asks for it as it stands there, or when the small runs
come out otherwise. Text and comments of the code do not count.
"""

import json
import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from lstm_ref.experiments.experiment import Experiment, Result, Unit
from lstm_ref.history import write_whole

#: Small runs are the same within this share: another processor rounds in another order.
SAME = 0.02


@dataclass
class Results:
    """All runs of one experiment that are known."""

    experiment: str
    miniature: list[dict[str, Any]] = field(default_factory=list)
    origins: list[dict[str, Any]] = field(default_factory=list)
    runs: list[dict[str, Any]] = field(default_factory=list)

    @classmethod
    def read(cls, path: Path, name: str) -> Self:
        """Return what the file holds; nothing, where there is none. Raises ValueError."""
        if not path.is_file():
            return cls(name)
        try:
            return cls(**json.loads(path.read_text(encoding="utf-8")))
        except (TypeError, ValueError) as error:
            raise ValueError(
                f"{path} cannot be read as results ({error}); put it back from version control, "
                "or remove it and run the experiment again"
            ) from error

    @classmethod
    def there(cls, path: Path, name: str) -> Self:
        """Return what the file holds. Raises ValueError, with the command, where it has no run."""
        if (found := cls.read(path, name)).runs:
            return found
        raise ValueError(
            f"there is no run in {path.name}: run `python -m lstm_ref.experiments {name}`, or the "
            "benchmark that writes it"
        )

    def write(self, path: Path) -> None:
        """Write all, whole or not at all; a run a line, so that a change can be read."""
        head = {"experiment": self.experiment}
        lists = {"miniature": self.miniature, "origins": self.origins, "runs": self.runs}
        parts = [f"{json.dumps(name)}: {json.dumps(value)}" for name, value in head.items()]
        for name, entries in lists.items():
            lines = ",\n  ".join(json.dumps(one, ensure_ascii=False) for one in entries)
            parts.append(f"{json.dumps(name)}: [\n  {lines}\n ]" if lines else f'"{name}": []')
        write_whole(path, ("{\n " + ",\n ".join(parts) + "\n}\n").encode())

    def add(self, unit: Unit, result: Result, seconds: float, origin: dict[str, Any]) -> None:
        """Put a run in the place of an older one with the same seed and settings."""
        if origin not in self.origins:
            self.origins.append(origin)
        self.runs = [run for run in self.runs if _unit(self.experiment, run).key != unit.key]
        self.runs.append(
            {
                "seed": unit.seed,
                "settings": dict(unit.settings),
                "result": result,
                "seconds": round(seconds, 1),
                "origin": self.origins.index(origin),
            }
        )

    def keep(self, units: Iterable[Unit]) -> None:
        """Forget runs that are not among these, and put the others in their order."""
        order = {unit.key: k for k, unit in enumerate(units)}
        known = [(_unit(self.experiment, run).key, run) for run in self.runs]
        kept = [(order[key], run) for key, run in known if key in order]
        self.runs = [run for _, run in sorted(kept, key=lambda pair: pair[0])]

    def known(self) -> set[str]:
        """Return the keys of the runs that are there."""
        return {_unit(self.experiment, run).key for run in self.runs}


def _unit(experiment: str, run: dict[str, Any]) -> Unit:
    return Unit(experiment, run["seed"], run["settings"])


def miniature(experiment: Experiment) -> list[dict[str, Any]]:
    """Run the small runs now. What was timed does not belong to what must stay the same."""
    return [
        {"settings": dict(unit.settings), "result": experiment.run(unit.seed, **unit.settings)}
        for unit in experiment.miniatures()
    ]


def stale(experiment: Experiment, results: Results, now: list[dict[str, Any]]) -> list[Unit]:
    """Return the runs that are to be made; `now` is what the small runs give today."""
    units = list(experiment.units())
    if why_changed(results.miniature, now):
        return units
    known = results.known()
    return [unit for unit in units if unit.key not in known]


def why_changed(before: list[dict[str, Any]], now: list[dict[str, Any]]) -> str:
    """Say where small runs come out otherwise than before; empty where they don't."""
    old = {json.dumps(one["settings"], sort_keys=True): one["result"] for one in before}
    for one in now:
        key = json.dumps(one["settings"], sort_keys=True)
        if key not in old:
            return f"there is no small run with {key}"
        for name, was, here in _differences(old[key], one["result"]):
            return f"{name} was {was} and is {here} in the small run with {key}"
    return ""


def _differences(before: Result, now: Result) -> Iterator[tuple[str, Any, Any]]:
    for name in {**before, **now}:
        if not name.startswith("seconds") and not _same(before.get(name), now.get(name)):
            yield name, before.get(name), now.get(name)


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_same, one, other))
    numbers = all(isinstance(x, int | float) and not isinstance(x, bool) for x in (one, other))
    if not numbers:
        return bool(one == other)
    return math.isclose(one, other, rel_tol=SAME, abs_tol=1e-6)
