"""What the chapter on limits measured, to be asked by the settings of its experiments."""

from types import SimpleNamespace
from typing import Any

import numpy as np
from measured import constants, runs


def values(name: str, value: str, at: int | None = None, **settings: Any) -> list[Any]:
    """Return a result of the runs of `limits_NAME` that have these settings: one for each seed.

    Of a result that is a list, `at` says which. A setting that a run lacks is None there.
    Raises ValueError where there is no such run.
    """
    found = [run["result"][value] for run in runs(f"limits_{name}", **settings)]
    return found if at is None else [one[at] for one in found]


def measured() -> SimpleNamespace:
    """Return `values`, and what is made of them; all take the same arguments.

    `mid` is the median of the seeds, `least` and `most` are the ends; `count` says how many reach
    `limit`, `of` how many there are. `ms` is the time of a layer, in thousandths of a second:
    `ms("lstm", T=128, H=64)`, a median of the seeds. `solved("gru")` says how many solved the task
    of `limits_less`, and after how many mini-batches, the median of these.
    `learnt()` is the largest share of their own reviews that those of `limits_dropout` judge
    wrongly at the end. `how` has an experiment's settings by name.
    """

    def ms(layer: str, T: int, H: int) -> float:
        steps = runs("limits_cost")[0]["result"]["steps"]
        return 1000 * float(mid("cost", "seconds", at=steps.index(T), layer=layer, units=H))

    def mid(*about: Any, **settings: Any) -> float:
        return float(np.median(values(*about, **settings)))

    def solved(model: str) -> str:
        found = values("less", "solved_after", model=model)
        counted = [after for after in found if after is not None]
        after = f", {np.median(counted):.0f}" if counted else ""
        return f"{len(counted)} of {len(found)}{after}"

    def learnt() -> float:
        return max(curve[-1] for curve in values("dropout", "learnt"))

    return SimpleNamespace(
        values=values,
        mid=mid,
        least=lambda *about, **settings: min(values(*about, **settings)),
        most=lambda *about, **settings: max(values(*about, **settings)),
        count=lambda limit, *about, **settings: sum(
            value >= limit for value in values(*about, **settings)
        ),
        of=lambda *about, **settings: len(values(*about, **settings)),
        ms=ms,
        solved=solved,
        learnt=learnt,
        how=lambda name: constants(f"limits_{name}"),
    )
