"""`describe` in words and `plots` in pictures, on traces whose content is known."""

from collections.abc import Iterator

import matplotlib
import numpy as np
import pytest
from matplotlib import pyplot
from matplotlib.colors import to_hex

from lstm_ref.cell import Trace
from lstm_ref.figures import colours
from lstm_ref.layer import lstm_trace
from lstm_ref.parameters import initialise
from lstm_ref.plots import QUANTITIES, plot_gates, plot_unit
from lstm_ref.trace import describe, habits

matplotlib.use("Agg")


@pytest.fixture(autouse=True)
def no_figure_stays() -> Iterator[None]:
    yield
    pyplot.close("all")


@pytest.fixture
def trace() -> Trace:
    rng = np.random.default_rng(4)
    params = initialise(3, 5, rng)
    return lstm_trace(rng.normal(size=(7, 2, 3)), np.zeros((2, 5)), np.zeros((2, 5)), params)


def made(**units: list[float]) -> Trace:
    """A trace of two steps whose units do the same at both; what is not given is 0.5."""
    values = {name: np.full((2, 3), 0.5) for name in Trace._fields}
    values |= {name: np.array([given, given]) for name, given in units.items()}
    return Trace(**values)


def test_the_words_say_who_keeps_forgets_writes_shows_and_hides() -> None:
    told = describe(made(f=[0.9, 0.1, 0.95], i=[0.1, 0.1, 0.9], o=[0.1, 0.1, 0.8]))
    assert told == (
        "2 steps: units 1 and 3 keep; unit 2 forgets; unit 3 writes most (0.45 a step); "
        "unit 3 shows itself; units 1 and 2 hide."
    )
    assert "all 3 units keep" in describe(made(f=[0.9, 0.9, 0.9]))
    assert describe(made()) == "2 steps: unit 1 writes most (0.25 a step)."


def test_habits_average_over_steps_and_examples(trace: Trace) -> None:
    mean = habits(trace)
    np.testing.assert_allclose(mean.keeps, [trace.f[..., k].mean() for k in range(5)])
    np.testing.assert_allclose(mean.writes[2], np.mean(trace.i[..., 2] * abs(trace.g[..., 2])))
    assert all(array.shape == (5,) for array in mean)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_maps_show_the_numbers_in_the_colours_of_the_course(trace: Trace, theme: str) -> None:
    axes = plot_gates(trace, example=1, theme=theme)  # type: ignore[arg-type]
    palette = colours(theme)  # type: ignore[arg-type]
    for axis, (letter, name, _) in zip(axes, QUANTITIES, strict=True):
        drawn = axis.images[0]
        np.testing.assert_array_equal(drawn.get_array(), getattr(trace, letter)[:, 1].T)
        assert to_hex(drawn.cmap(1.0)).upper() == palette[letter]
        assert axis.get_title(loc="left") == f"{letter}: {name}"
        assert axis.get_ylabel() == "unit"
    assert axes[-1].get_xlabel() == "time step t"


def test_the_lines_show_one_unit_and_differ_in_more_than_colour(trace: Trace) -> None:
    shares, states = plot_unit(trace, unit=3)
    for axis, letters in ((shares, "fio"), (states, "ch")):
        lines = [line for line in axis.lines if line.get_label()[1] == ":"]
        for line, letter in zip(lines, letters, strict=True):
            np.testing.assert_array_equal(line.get_ydata(), getattr(trace, letter)[:, 0, 2])
            assert line.get_label().startswith(f"{letter}: ")
        assert len({line.get_linestyle() for line in lines}) == len(lines)


def test_a_trace_without_a_batch_is_drawn_too(trace: Trace) -> None:
    alone = Trace(*(quantity[:, 0] for quantity in trace))
    drawn = plot_gates(alone)[0].images[0].get_array()
    np.testing.assert_array_equal(drawn, trace.f[:, 0].T)


def test_what_is_not_there_is_refused_in_a_sentence(trace: Trace) -> None:
    with pytest.raises(ValueError, match="unit is 6; expected a number from 1 to 5"):
        plot_unit(trace, unit=6)
    with pytest.raises(ValueError, match=r"example is 2, but f has shape \(7, 2, 5\)"):
        plot_gates(trace, example=2)


def test_drawing_leaves_matplotlibs_settings_alone(trace: Trace) -> None:
    before = dict(matplotlib.rcParams)
    plot_gates(trace, theme="dark")
    assert dict(matplotlib.rcParams) == before
