"""What was measured for the chapter on long lags, in the words and numbers that its page prints."""

from collections.abc import Callable
from statistics import mean, median
from typing import Any

import book_root  # noqa: F401  (finds lstm_ref)
from measured import constants, runs


def lags() -> dict[str, Any]:
    """Return what `lstm_ref.experiments` measured, to be asked by experiment and settings.

    `solved("adding", cell="lstm", length=100, form="2016")` counts the seeds that solved it, and
    `went(…)` says after how many mini-batches, too: "5 of 5: 500 (450 … 900)", the middle one of
    those that did and the ends; with `times=32` it counts sequences. `least(…)`, `middle(…)` and
    `most(…)` are these three. `soon("lstm", 100)` is the middle one for adding, in short, with
    the number of seeds where not all did. `errors(…)` says the smallest errors alike,
    `wrong(…)` in per cent, and `error(…)` is the middle one, `seconds(…)` that of the processor's
    seconds of a run.
    `tried("adding", "lstm", 0.01, "long")` is a mean error of the search for learning rates, and
    `rate("order", "lstm")` what it chose; `guessed` says how many networks were drawn until one
    could do parity, and how right it is. `how` has the settings of `adding`, `seeds` their number;
    `digits` and `copied` have those of their experiments.
    """
    from lstm_ref.experiments import adding, chosen, copied, parity

    def steps(name: str, **settings: Any) -> list[int]:
        after = [run["result"]["solved_after"] for run in runs(name, **settings)]
        return [a for a in after if a is not None]

    def errors(name: str, **settings: Any) -> list[float]:
        return [run["result"]["error"] for run in runs(name, **settings)]

    def seconds(name: str, **settings: Any) -> float:
        return float(median(run["seconds"] for run in runs(name, **settings)))

    def went(name: str, times: int = 1, **settings: Any) -> str:
        found, all_of_them = steps(name, **settings), len(runs(name, **settings))
        counted = f"{len(found)} of {all_of_them}"
        return f"{counted}: {ends([times * a for a in found])}" if found else counted

    def soon(cell: str, length: int) -> str:
        asked = {"cell": cell, "length": length, "form": "2016"}
        found, all_of_them = steps("adding", **asked), len(runs("adding", **asked))
        if not found:
            return "none"
        return short(median(found)) + ("" if len(found) == all_of_them else f" ({len(found)})")

    def tried(task: str, cell: str, rate: float, begin: str) -> float:
        settings = {"task": task, "cell": cell, "rate": rate, "begin": begin}
        return float(mean(run["result"]["mean"] for run in runs("lag_rates", **settings)))

    def how(task: str, cell: str) -> str:
        choice = chosen.choice(task, cell)
        return f"{choice.rate:g}" + (", long" if choice.begin == "long" else "")

    drawn = [run["result"] for run in runs("guessed")]
    return {
        "solved": lambda name, **s: len(steps(name, **s)),
        "went": went,
        "soon": soon,
        "tried": tried,
        "least": lambda name, **s: min(steps(name, **s)),
        "most": lambda name, **s: max(steps(name, **s)),
        "middle": lambda name, **s: short(median(steps(name, **s))),
        "errors": lambda name, **s: ends(errors(name, **s)),
        "wrong": lambda name, **s: ends([100 * error for error in errors(name, **s)], tenths),
        "error": lambda name, **s: float(median(errors(name, **s))),
        "seconds": seconds,
        "rate": how,
        "guessed": {
            "runs": len(drawn),
            "after": ends([one["guesses"] for one in drawn]),
            "middle": f"{round(median(one['guesses'] for one in drawn), -3):,.0f}",
            "right": sum(one["error"] == 0 for one in drawn),
            "worst": max(one["error"] for one in drawn),
            "seconds": seconds("guessed"),
        },
        "seeds": adding.EXPERIMENT.seeds,
        "how": constants("adding"),
        "digits": constants("digits"),
        "copied": constants("copied") | {"commonest": copied.commonest_wrong()},
        "parity": parity.BUDGET,
        "guess": constants("guessed"),
    }


def short(value: float) -> str:
    """A whole number as it is, another one in three digits."""
    from worked_example import three_digits  # which asks this module for its names

    return f"{value:.0f}" if float(value).is_integer() else three_digits(value)


def tenths(value: float) -> str:
    """A number with one digit after the point."""
    return f"{value:.1f}"


def ends(values: list[Any], say: Callable[[float], str] = short) -> str:
    """Say the middle of some numbers, and from where to where they go."""
    if min(values) == max(values):
        return say(values[0])
    return f"{say(median(values))} ({say(min(values))} … {say(max(values))})"
