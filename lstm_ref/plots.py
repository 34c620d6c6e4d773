"""Pictures of a run, drawn by matplotlib in the colours and letters of the course.

Each function takes a `Trace`, draws one example, and returns the axes. A `theme` is "light"
or "dark". Colour is never the only sign: each panel has its letter and name.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from lstm_ref.arrays import Array
from lstm_ref.figures.tokens import Theme, colours, matplotlib_style

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from lstm_ref.cell import Trace

#: What is drawn, from top to bottom: letter, name, and whether it has a sign.
QUANTITIES = (
    ("f", "forget gate", False),
    ("i", "input gate", False),
    ("g", "candidate", True),
    ("o", "output gate", False),
    ("c", "cell state", True),
    ("h", "hidden state", True),
)


def plot_gates(trace: "Trace", example: int = 0, theme: Theme = "light") -> "Sequence[Axes]":
    """Draw every gate and state as a map, units upward and time to the right; six axes.

    A share runs from the ground (0) to the quantity's colour (1). A quantity with a sign runs
    from grey (negative) over the ground (0) to its colour (positive); its scale is symmetric.
    Raises ValueError for an example that the trace does not have.
    """
    from matplotlib import pyplot
    from matplotlib.colors import LinearSegmentedColormap

    palette = colours(theme)
    with pyplot.rc_context(matplotlib_style(theme)):
        figure, axes = pyplot.subplots(6, 1, sharex=True, layout="constrained", figsize=(7, 8))
        for axis, (letter, name, signed) in zip(axes, QUANTITIES, strict=True):
            values = _one_example(getattr(trace, letter), letter, example)
            ends = [palette["ground"], palette[letter]]
            shades = [palette["muted"], *ends] if signed else ends
            most = max(float(np.abs(values).max()), 1e-12) if signed and letter == "c" else 1.0
            image = axis.imshow(
                values.T,
                aspect="auto",
                origin="lower",
                cmap=LinearSegmentedColormap.from_list(letter, shades),
                vmin=-most if signed else 0,
                vmax=most,
                extent=(0.5, len(values) + 0.5, 0.5, values.shape[1] + 0.5),
                interpolation="nearest",
            )
            axis.grid(False)
            axis.set_title(f"{letter}: {name}", loc="left", color=palette[letter])
            axis.set_ylabel("unit")
            axis.yaxis.get_major_locator().set_params(integer=True)
            figure.colorbar(image, ax=axis, pad=0.01)
        axes[-1].set_xlabel("time step t")
        axes[-1].xaxis.get_major_locator().set_params(integer=True)
    made: list[Axes] = list(axes)
    return made


def plot_unit(
    trace: "Trace", unit: int, example: int = 0, theme: Theme = "light"
) -> "Sequence[Axes]":
    """Draw one unit over time: its three gates above, its memory and what it shows below.

    `unit` counts from 1, as in the text. Raises ValueError for one that is not there.
    """
    from matplotlib import pyplot

    H = trace.f.shape[-1]
    if not 1 <= unit <= H:
        raise ValueError(f"unit is {unit}; expected a number from 1 to {H}")
    palette = colours(theme)
    styles: dict[str, Any] = {"f": "-", "i": "--", "o": ":", "c": "-", "h": "--"}
    names = {letter: name for letter, name, _ in QUANTITIES}
    with pyplot.rc_context(matplotlib_style(theme)):
        _, axes = pyplot.subplots(2, 1, sharex=True, layout="constrained", figsize=(7, 5))
        for axis, letters in zip(axes, ("fio", "ch"), strict=True):
            for letter in letters:
                values = _one_example(getattr(trace, letter), letter, example)[:, unit - 1]
                steps = np.arange(1, len(values) + 1)
                axis.plot(
                    steps,
                    values,
                    styles[letter],
                    marker="o",
                    markersize=3,
                    color=palette[letter],
                    linewidth=3 if letter == "c" else 1.5,
                    label=f"{letter}: {names[letter]}",
                )
            axis.legend(loc="center left", bbox_to_anchor=(1.0, 0.5), frameon=False)
        axes[0].set_ylim(-0.03, 1.03)
        axes[0].set_ylabel("share")
        axes[0].set_title(f"unit {unit}", loc="left")
        axes[1].axhline(0, color=palette["line"], linewidth=1)
        axes[1].set_ylabel("value")
        axes[1].set_xlabel("time step t")
        axes[1].set_xlim(0.5, len(trace.f) + 0.5)
        axes[1].xaxis.get_major_locator().set_params(integer=True)
    made: list[Axes] = list(axes)
    return made


def _one_example(values: Array, letter: str, example: int) -> Array:
    """Return (T, H) of a trace that may have a batch axis."""
    if values.ndim == 2:
        return values
    if not 0 <= example < values.shape[1]:
        raise ValueError(
            f"example is {example}, but {letter} has shape {values.shape}: "
            f"expected a number from 0 to {values.shape[1] - 1}"
        )
    return values[:, example]
