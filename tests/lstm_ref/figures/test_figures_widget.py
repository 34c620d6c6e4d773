"""The notebook's widget, one class for every figure: Python and script share one state."""

import subprocess
import sys

import numpy as np
import pytest

from lstm_ref import figures, gates
from lstm_ref.datasets import worked_example

every_figure = pytest.mark.parametrize("name", figures.names())


@pytest.fixture
def widget():  # type: ignore[no-untyped-def]
    made = figures.widget("forget_gate")
    yield made
    made.close()


@every_figure
def test_every_figure_is_a_widget_that_starts_as_on_the_page(name: str) -> None:
    made = figures.widget(name)
    assert made.state == figures.start(name)
    assert made.values.keys() >= made.state.keys() | figures.compute(name, made.state).keys()
    assert made._esm == figures.module(name)
    made.close()


def test_what_the_page_sends_is_read_back(widget) -> None:  # type: ignore[no-untyped-def]
    # The message that the widget's front end sends when a slider is moved.
    widget.set_state({"state": {**widget.state, "x2": 0.5}})
    p = worked_example.params
    f = gates.forget_gate([1.0, 0.5], worked_example.h0, p["W_f"], p["U_f"], p["b_f"])
    assert widget.state["x2"] == 0.5
    assert widget.values["f"] == pytest.approx(f[0], rel=1e-12)


def test_python_moves_it(widget) -> None:  # type: ignore[no-untyped-def]
    widget.set(b=np.float32(2), press=np.int64(5))
    assert widget.get_state("state")["state"]["b"] == 2.0
    assert widget.values["press"] == 5


def test_a_preset_is_a_start() -> None:
    made = figures.widget("forget_gate", preset="unit-2-step-1")
    assert f"{made.values['f']:.3f}" == "0.102"
    made.close()


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"y": 1.0}, "no input 'y'; there are: c, press"),
        ({"b": [1.0]}, r"b is \[1.0\]; expected one finite number: for instance b=1"),
        ({"c": float("inf")}, "c is inf; expected one finite number"),
    ],
)
def test_a_wrong_value_is_refused_in_words(widget, changes, says) -> None:  # type: ignore[no-untyped-def]
    before = widget.state
    with pytest.raises(ValueError, match=says):
        widget.set(**changes)
    assert widget.state == before


def test_a_page_without_widgets_shows_the_picture(widget) -> None:  # type: ignore[no-untyped-def]
    bundle = widget._repr_mimebundle_()
    data = bundle[0] if isinstance(bundle, tuple) else bundle
    assert data["image/svg+xml"] == figures.picture("forget_gate")


def test_without_anywidget_there_is_a_picture_and_a_line_that_says_so() -> None:
    code = (
        "import sys; sys.modules['anywidget'] = None\n"
        "from lstm_ref import figures\n"
        "print(figures.widget('forget_gate')._repr_html_())\n"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.startswith("<svg")
    assert 'run pip install "lstm-ref[student]"' in out.stdout
