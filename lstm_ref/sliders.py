"""Sliders over a student's own function, with a plot that follows them.

    from lstm_ref.sliders import sliders

    def draw(axes, x1, b):
        axes.plot(…)

    sliders(draw, x1=(-2, 2, 0.5), b=(-4, 4, 1.0))     # lowest, highest, where it starts

In a notebook with widgets the plot is drawn again at each move. Elsewhere it is drawn once, as it
starts. Colours and style are the course's.
"""

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from lstm_ref.figures import matplotlib_style

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Range = tuple[float, float, float]


def sliders(draw: Callable[..., None], panels: int = 1, **ranges: Range) -> Any:
    """Show a slider for each named range, and what `draw(axes, **values)` draws.

    `axes` is one axes, or a list of so many `panels`, one below the other. Returns the widget, or
    the figure where there are no widgets. Raises ValueError where a range is not three numbers in
    order, the start between the others.
    """
    for name, found in ranges.items():
        if len(found) != 3 or not found[0] <= found[2] <= found[1]:
            raise ValueError(
                f"{name} is {found!r}; expected (lowest, highest, start), the start between the two"
            )
    starts = {name: found[2] for name, found in ranges.items()}
    if not _has_widgets():
        return _drawn(draw, panels, starts)
    return _interactive(draw, panels, ranges)


def _interactive(draw: Callable[..., None], panels: int, ranges: dict[str, Range]) -> Any:
    import ipywidgets

    controls = {
        name: ipywidgets.FloatSlider(
            value=start,
            min=low,
            max=high,
            step=(high - low) / 80,
            description=name,
            readout_format=".2f",
            continuous_update=True,
        )
        for name, (low, high, start) in ranges.items()
    }

    def show(**values: float) -> None:
        from IPython.display import display
        from matplotlib import pyplot

        figure = _drawn(draw, panels, values)
        display(figure)
        pyplot.close(figure)

    output = ipywidgets.interactive_output(show, controls)
    return ipywidgets.VBox([*controls.values(), output])


def _drawn(draw: Callable[..., None], panels: int, values: dict[str, float]) -> "Figure":
    from matplotlib import pyplot

    with pyplot.rc_context(matplotlib_style("light")):
        figure, axes = pyplot.subplots(
            panels, 1, squeeze=False, figsize=(7, 1.2 + 2.0 * panels), layout="constrained"
        )
        found = [row[0] for row in axes]
        draw(found[0] if panels == 1 else found, **values)
    made: Figure = figure
    return made


def _has_widgets() -> bool:
    """Whether a kernel is running that can talk to widgets, and they are installed."""
    module = sys.modules.get("IPython")
    shell = module.get_ipython() if module else None
    if getattr(shell, "kernel", None) is None:
        return False
    try:
        import ipywidgets  # noqa: F401
    except ImportError:
        return False
    return True
