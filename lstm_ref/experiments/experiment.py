"""What an experiment is: settings, seeds, and a function that runs one of each."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

Settings = Mapping[str, Any]
#: Plain numbers, and lists of them, by name.
Result = dict[str, Any]


@dataclass(frozen=True)
class Unit:
    """One run: of one experiment, with one seed and one choice of settings."""

    experiment: str
    seed: int
    settings: Settings

    @property
    def key(self) -> str:
        """What tells this run from the others of its experiment."""
        return json.dumps({"seed": self.seed, **self.settings}, sort_keys=True)

    def words(self) -> str:
        """Say which run it is, on one line."""
        said = ", ".join(f"{name} {value}" for name, value in self.settings.items())
        return f"{self.experiment}: {said}, seed {self.seed}"


@dataclass(frozen=True)
class Experiment:
    """A question that is answered by running code with several seeds.

    Attributes:
        name: of its module, and of its file in book/results.
        run: `run(seed, **settings)` returns plain numbers, the same ones each time. It uses one
            thread, and ends within five minutes.
        settings: one run for each of these and each seed.
        seeds: how many; they are 0, 1, 2, …
        miniature: what is put in place of settings so that a run takes a second. The numbers of
            such runs say whether the code still does what it did when the results were made.
    """

    name: str
    run: Callable[..., Result]
    settings: tuple[Settings, ...]
    seeds: int
    miniature: Settings

    def units(self) -> Iterator[Unit]:
        """Yield all runs, seed by seed, so that a stopped run has something of everything."""
        for seed in range(self.seeds):
            for settings in self.settings:
                yield Unit(self.name, seed, settings)

    def miniatures(self) -> Iterator[Unit]:
        """Yield the small runs, each once."""
        small = (Unit(self.name, 0, {**one, **self.miniature}) for one in self.settings)
        yield from {unit.key: unit for unit in small}.values()


def every(**choices: tuple[Any, ...]) -> tuple[Settings, ...]:
    """Return settings for all combinations: `every(cell=("rnn", "lstm"), length=(50, 100))`."""
    found: list[dict[str, Any]] = [{}]
    for name, values in choices.items():
        found = [{**one, name: value} for value in values for one in found]
    return tuple(found)
