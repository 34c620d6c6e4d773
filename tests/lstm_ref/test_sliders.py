"""Sliders over a function: a plot without widgets, a widget with a kernel."""

from types import SimpleNamespace
from typing import Any

import pytest

from lstm_ref import sliders as module
from lstm_ref.sliders import sliders


def draw(axes: Any, x: float, b: float) -> None:
    axes.plot([0, 1], [b, x + b])


@pytest.fixture(autouse=True)
def _no_window(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MPLBACKEND", "agg")


def test_without_widgets_one_plot_is_drawn_at_the_start() -> None:
    from matplotlib import pyplot

    figure = sliders(draw, x=(-1, 1, 0.5), b=(0, 2, 1))
    assert list(figure.axes[0].lines[0].get_ydata()) == [1, 1.5]
    pyplot.close(figure)


def test_with_a_kernel_the_plot_follows_the_sliders(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_has_widgets", lambda: True)
    seen: list[tuple[float, float]] = []

    def watched(axes: Any, x: float, b: float) -> None:
        seen.append((x, b))

    box = sliders(watched, x=(-1, 1, 0.5), b=(0, 2, 1))
    box.children[0].value = -0.5
    assert seen == [(0.5, 1), (-0.5, 1)]
    assert [one.description for one in box.children[:2]] == ["x", "b"]


def test_a_kernel_without_widgets_is_no_reason_to_fail(monkeypatch: pytest.MonkeyPatch) -> None:
    shell = SimpleNamespace(kernel=object())
    monkeypatch.setitem(
        __import__("sys").modules, "IPython", SimpleNamespace(get_ipython=lambda: shell)
    )
    monkeypatch.setitem(__import__("sys").modules, "ipywidgets", None)
    assert not module._has_widgets()


@pytest.mark.parametrize("wrong", [(1, 2), (0, 1, 2), (1, 0, 0.5)])
def test_a_range_that_is_none_is_refused(wrong: Any) -> None:
    with pytest.raises(ValueError, match="expected \\(lowest, highest, start\\)"):
        sliders(draw, x=wrong, b=(0, 2, 1))
