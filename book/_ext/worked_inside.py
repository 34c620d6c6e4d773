"""What `lstm_ref.experiments.inside` measured, to be asked by what was looked for."""

from typing import Any

import numpy as np
from measured import constants, runs

from lstm_ref import figures
from lstm_ref.arrays import Array
from lstm_ref.datasets.lines import SIGNS, encode, lines
from lstm_ref.experiments import inside
from lstm_ref.experiments.inside import correlations
from lstm_ref.figures.inside import net, shown
from lstm_ref.layer import lstm_trace
from lstm_ref.parameters import LSTMParameters

#: What the figure's unit reads where the correlation is worked out by hand, and its labels.
SIX, QUOTED = 'a"bc"a', (0, 1, 1, 1, 0, 0)


def six() -> dict[str, Any]:
    """Return the correlation of the figure's unit with the quotation, over six signs.

    c, the memories; y and d, label and memory less their means `mean_y` and `mean_c`; p, the
    products; their `sum`, the `squares` of d, and r.
    """
    text = [SIGNS.index(sign) for sign in SIX]
    c: Array = figures.compute("inside", {"unit": drawn()["units"][0], "text": text})["c"]
    y, d = np.array(QUOTED) - np.mean(QUOTED), c - c.mean()
    return {
        **{"c": c, "y": y, "d": d, "p": y * d, "mean_y": float(np.mean(QUOTED))},
        **{"mean_c": float(c.mean()), "sum": float(y @ d), "squares": float(d @ d)},
        "r": float(correlations(c[:, None, None], np.array(QUOTED, float)[:, None])[0]),
    }


def drawn() -> dict[str, Any]:
    """Return the net of the figure, as its page reads it."""
    return net(shown(runs("inside")))


def short(count: int = 400, length: int = 36) -> dict[str, str]:
    """Return what the best unit of the figure's net reaches on one text with labels of another.

    It is looked for and measured on the same few signs: the median over so many texts, by name.
    """
    kept = drawn()
    b = np.array(kept["b"])
    packed = LSTMParameters(np.array(kept["W"]), np.array(kept["U"]), b, np.zeros_like(b))
    texts = lines(np.random.default_rng(0), length=length, batch_size=count)
    c = lstm_trace(encode(texts.signs), params=packed).c
    found = {}
    for name in ("quoted", "depth", "place"):
        labels = np.roll(getattr(texts, name), 1, axis=1)
        each = [
            correlations(c[:, [k]], labels[:, [k]]) for k in range(count) if np.ptp(labels[:, k])
        ]
        found[name] = f"{np.median(np.abs(each).max(axis=1)):.2f}"
    return found


def measured() -> dict[str, Any]:
    """Return functions that say what the nets did, a median of the seeds each.

    `r("quoted", "after")` is the size of the best unit's correlation; "before" is before training,
    "by chance" with labels of other texts; `least` and `most` give the ends in the place of the
    median. `right("quoted", "after")` is how often the label is told from that unit, in per cent.
    `gate("f", "high", "after")` is how often a forget gate is above 0.9, in per cent; "low" below
    0.1. `loss("after")` is the loss on fresh texts, `loss("least")` what no reader can do with less
    than. `several(0.5)` counts the units of all nets of 12 that go with something by more than
    that, `units` all of them. `short` is what one text of 36 signs gives by chance. All take
    `hidden`, 12 or 32. `how` has the settings.
    """

    def found(what: str, hidden: int) -> list[Any]:
        return [run["result"][what] for run in runs("inside", hidden=hidden)]

    def sizes(what: str, when: str, hidden: int) -> list[float]:
        return [abs(one["r"]) for one in found(f"{what} {when}", hidden)]

    def r(what: str, when: str, hidden: int = 12, of: Any = np.median) -> str:
        return f"{of(sizes(what, when, hidden)):.2f}"

    def right(what: str, when: str, hidden: int = 12) -> str:
        return f"{100 * np.median([o['right'] for o in found(f'{what} {when}', hidden)]):.0f} %"

    def gate(letter: str, side: str, when: str, hidden: int = 12) -> str:
        place = ("low", "high").index(side)
        shares = [one[letter][place] for one in found(f"gates {when}", hidden)]
        return f"{100 * np.median(shares):.0f} %"

    def loss(when: str, hidden: int = 12) -> str:
        name = "least" if when == "least" else f"loss {when}"
        return f"{np.median(found(name, hidden)):.3f}"

    each = np.abs([found(f"{name} of each", 12) for name in ("quoted", "depth", "place")])
    return {
        "r": r,
        "least": lambda what, when, hidden=12: r(what, when, hidden, min),
        "most": lambda what, when, hidden=12: r(what, when, hidden, max),
        "right": right,
        "gate": gate,
        "loss": loss,
        "several": lambda limit: int((each.max(axis=0) > limit).sum()),
        "units": int(each[0].size),
        "short": short(),
        "how": {**constants("inside"), "SEEDS": inside.EXPERIMENT.seeds},
    }
