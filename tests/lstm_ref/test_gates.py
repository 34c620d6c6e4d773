"""The gates against torch's LSTMCell, which has the same four layers inside."""

from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given

from lstm_ref import gates
from lstm_ref.datasets import worked_example
from tests.strategies import LSTMInputs, lstm_inputs


@given(lstm_inputs())
def test_the_four_layers_make_torchs_cell(made: LSTMInputs) -> None:
    p = made.params.to_gates()
    x, h, c = made.xs[0], made.h0, made.c0
    f = gates.forget_gate(x, h, p["W_f"], p["U_f"], p["b_f"])
    i = gates.input_gate(x, h, p["W_i"], p["U_i"], p["b_i"])
    g = gates.candidate(x, h, p["W_g"], p["U_g"], p["b_g"])
    o = gates.output_gate(x, h, p["W_o"], p["U_o"], p["b_o"])
    c_new = gates.update_memory(f, c, i, g)
    h_new = gates.hidden_state(o, c_new)

    cell = torch.nn.LSTMCell(made.params.input_size, made.params.hidden_size, dtype=torch.float64)
    names = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
    cell.load_state_dict({name: torch.tensor(getattr(made.params, name)) for name in names})
    with torch.no_grad():
        h_torch, c_torch = cell(torch.tensor(x), (torch.tensor(h), torch.tensor(c)))
    np.testing.assert_allclose(c_new, c_torch, rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(h_new, h_torch, rtol=1e-12, atol=1e-12)


def test_the_worked_example_by_hand() -> None:
    w, p = worked_example, worked_example.params
    z = gates.weighted_sum(w.xs[0], w.h0, p["W_f"], p["U_f"], p["b_f"])
    np.testing.assert_allclose(z, [2.95, -2.17], atol=1e-15)
    f = gates.forget_gate(w.xs[0], w.h0, p["W_f"], p["U_f"], p["b_f"])
    np.testing.assert_allclose(f, [1 / (1 + np.exp(-2.95)), 1 / (1 + np.exp(2.17))], rtol=1e-15)
    np.testing.assert_allclose(gates.keep(f, w.c0), [0.760, -0.154], atol=5e-4)


def test_float32_in_float32_out() -> None:
    arrays = [np.ones(s, np.float32) for s in [(2, 3), (2, 4), (4, 3), (4, 4), (4,)]]
    for layer in (gates.forget_gate, gates.input_gate, gates.candidate, gates.output_gate):
        assert layer(*arrays).dtype == np.float32
    four = [np.ones(3, np.float32)] * 4
    assert gates.update_memory(*four).dtype == np.float32
    assert gates.hidden_state(*four[:2]).dtype == np.float32


GOOD: dict[str, tuple[int, ...]] = {
    "x": (2, 3),
    "h_prev": (2, 4),
    "W": (4, 3),
    "U": (4, 4),
    "b": (4,),
}


@pytest.mark.parametrize(
    ("name", "shape", "says"),
    [
        ("x", (2, 5), r"x has shape \(2, 5\).*\(B, 3\)"),
        ("x", (), r"x has shape \(\)"),
        ("h_prev", (3, 4), r"h_prev has shape \(3, 4\); expected \(2, 4\)"),
        ("h_prev", (4,), r"h_prev has shape \(4,\); expected \(2, 4\)"),
        ("W", (4,), r"W has shape \(4,\); expected two dimensions"),
        ("U", (3, 4), r"U has shape \(3, 4\); expected .*\(4, 4\)"),
        ("b", (4, 1), r"b has shape \(4, 1\); expected .*\(4,\)"),
    ],
)
def test_a_wrong_shape_is_named_with_both_shapes(
    name: str, shape: tuple[int, ...], says: str
) -> None:
    arrays: dict[str, Any] = {key: np.ones(size) for key, size in GOOD.items()}
    arrays[name] = np.ones(shape)
    with pytest.raises(ValueError, match=says):
        gates.weighted_sum(**arrays)


@pytest.mark.parametrize(
    ("function", "names"),
    [
        (gates.keep, ("f", "c_prev")),
        (gates.update_memory, ("f", "c_prev", "i", "g")),
        (gates.hidden_state, ("o", "c")),
    ],
)
def test_shapes_that_would_broadcast_are_refused(function: Any, names: tuple[str, ...]) -> None:
    for odd, name in enumerate(names):
        arrays = [np.ones((2, 1) if k == odd else (2, 3)) for k in range(len(names))]
        with pytest.raises(ValueError, match=rf"must be alike.*\b{name} \(2, 1\)"):
            function(*arrays)
