"""The forget gate's widget: Python and the figure share one set of numbers."""

import subprocess
import sys

import numpy as np
import pytest
import traitlets

from lstm_ref import figures, gates
from lstm_ref.datasets import worked_example


@pytest.fixture
def widget():  # type: ignore[no-untyped-def]
    made = figures.widget("forget_gate")
    yield made
    made.close()


def test_it_starts_with_the_worked_example(widget) -> None:  # type: ignore[no-untyped-def]
    assert (widget.x, widget.h_prev, widget.c_prev) == ([1.0, 0.0], [0.3, -0.6], 0.8)
    assert (widget.w, widget.u, widget.b) == ([1.2, -4.0], [0.5, -1.0], 1.0)
    assert f"{widget.z:.2f} {widget.f:.3f} {widget.kept:.3f}" == "2.95 0.950 0.760"


def test_what_the_page_sends_is_read_back(widget) -> None:  # type: ignore[no-untyped-def]
    # The message that the widget's front end sends when a slider is moved.
    widget.set_state({"x": [1.0, 1.0]})
    p = worked_example.params
    f = gates.forget_gate([1.0, 1.0], worked_example.h0, p["W_f"], p["U_f"], p["b_f"])
    assert widget.x == [1.0, 1.0]
    assert widget.f == pytest.approx(f[0], rel=1e-12)
    assert widget.kept == pytest.approx(0.8 * f[0], rel=1e-12)


def test_python_sets_what_the_sliders_move(widget) -> None:  # type: ignore[no-untyped-def]
    widget.x = np.array([0, 1])
    widget.b = np.float32(2)
    assert widget.get_state(["x", "b"]) == {"x": [0.0, 1.0], "b": 2.0}
    assert widget.z == pytest.approx(-4.0 + 0.15 + 0.6 + 2.0)


def test_unit_and_step_load_the_worked_example(widget) -> None:  # type: ignore[no-untyped-def]
    widget.b = 3
    widget.unit = 2
    assert (widget.w, widget.b, widget.c_prev) == ([-0.8, 1.5], -0.5, -1.5)
    assert f"{widget.f:.3f} {widget.kept:.3f}" == "0.102 -0.154"
    widget.step = 3
    assert widget.x == [0.4, 1.0]


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("x", [1.0], r"x is \[1.0\]; expected two finite numbers, one for each input"),
        ("h_prev", [1, 2, 3], r"h_prev is \[1, 2, 3\]; expected two finite numbers"),
        ("w", [[1.0, 2.0], [3.0, 4.0]], "w is .*expected two finite numbers"),
        ("u", 2.0, "u is 2.0; expected two finite numbers, one for each unit"),
        ("u", [1.0, float("nan")], "u is .*nan.*expected two finite numbers"),
        ("b", [1.0], r"b is \[1.0\]; expected one finite number"),
        ("c_prev", float("inf"), "c_prev is inf; expected one finite number"),
        ("unit", 3, "unit"),
        ("f", 0.5, "read-only"),
    ],
)
def test_a_wrong_value_is_refused_in_words(widget, name, value, says) -> None:  # type: ignore[no-untyped-def]
    before = getattr(widget, name)
    with pytest.raises(traitlets.TraitError, match=says):
        setattr(widget, name, value)
    assert getattr(widget, name) == before


def test_the_module_is_the_books(widget) -> None:  # type: ignore[no-untyped-def]
    assert widget._esm == figures.source("forget_gate")


def test_figures_import_without_anywidget_and_say_what_is_missing() -> None:
    code = (
        "import sys; sys.modules['anywidget'] = None\n"
        "from lstm_ref import figures\n"
        "figures.source('forget_gate')\n"
        "try: figures.widget('forget_gate')\n"
        "except ImportError as error: print(error)\n"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert (
        'needs anywidget, which is not installed: run pip install "lstm-ref[student]"' in out.stdout
    )
