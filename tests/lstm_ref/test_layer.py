"""Cell and layer against torch.nn.LSTM."""

import copy
from dataclasses import astuple, replace

import numpy as np
import pytest
import torch
from hypothesis import given

from lstm_ref import fast, stack
from lstm_ref.cell import lstm_cell, packed_lstm_cell
from lstm_ref.layer import lstm, lstm_trace
from lstm_ref.parameters import LSTMParameters, initialise
from tests.strategies import LSTMInputs, lstm_inputs

NAMES = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")


def in_torch(made: LSTMInputs) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    dtype = torch.from_numpy(made.xs).dtype
    layer = torch.nn.LSTM(made.params.input_size, made.params.hidden_size, dtype=dtype)
    layer.load_state_dict({f"{n}_l0": torch.tensor(getattr(made.params, n)) for n in NAMES})
    states = tuple(torch.tensor(s)[None] for s in (made.h0, made.c0))
    with torch.no_grad():
        hs, (h_n, c_n) = layer(torch.tensor(made.xs), states)
    return hs.numpy(), h_n[0].numpy(), c_n[0].numpy()


@given(lstm_inputs())
def test_the_layer_is_torchs_in_float64(made: LSTMInputs) -> None:
    ours = lstm(made.xs, made.h0, made.c0, made.params)
    # Large recurrent weights carry one step's rounding on, larger, to the next.
    scale = float(np.clip(np.abs(made.params.weight_hh).max(), 1, 100))
    for value, expected in zip(ours, in_torch(made), strict=True):
        np.testing.assert_allclose(value, expected, rtol=1e-12 * scale, atol=1e-12 * scale)


@given(lstm_inputs(dtype="float32"))
def test_float32_in_float32_out_and_near_torchs(made: LSTMInputs) -> None:
    hs, h_n, c_n = lstm(made.xs, made.h0, made.c0, made.params)
    assert {hs.dtype, h_n.dtype, c_n.dtype} == {np.dtype(np.float32)}
    # One rounding in z can move a saturating unit by z's own last bit, hence the scale.
    scale = max(1.0, float(np.abs(made.c0).max()))
    np.testing.assert_allclose(hs, in_torch(made)[0], atol=2e-3 * scale)


@given(lstm_inputs())
def test_the_packed_cell_on_plain_arrays_is_torchs(made: LSTMInputs) -> None:
    arrays = [getattr(made.params, name) for name in NAMES]
    ours = packed_lstm_cell(made.xs[0], made.h0, made.c0, *arrays)
    cell = torch.nn.LSTMCell(made.params.input_size, made.params.hidden_size, dtype=torch.float64)
    cell.load_state_dict({n: torch.tensor(a) for n, a in zip(NAMES, arrays, strict=True)})
    with torch.no_grad():
        theirs = cell(torch.tensor(made.xs[0]), (torch.tensor(made.h0), torch.tensor(made.c0)))
    for value, expected in zip(ours, theirs, strict=True):
        np.testing.assert_allclose(value, expected, rtol=1e-12, atol=1e-12)


@given(lstm_inputs())
def test_arguments_never_change(made: LSTMInputs) -> None:
    before = copy.deepcopy(made)
    lstm(made.xs, made.h0, made.c0, made.params)
    for name in ("xs", "h0", "c0"):
        assert getattr(made, name).tobytes() == getattr(before, name).tobytes()
    for now, then in zip(astuple(made.params), astuple(before.params), strict=True):
        assert now.tobytes() == then.tobytes()


@given(lstm_inputs())
def test_the_trace_obeys_the_equations_and_ends_as_the_layer_does(made: LSTMInputs) -> None:
    trace = lstm_trace(made.xs, made.h0, made.c0, made.params)
    hs, h_n, c_n = lstm(made.xs, made.h0, made.c0, made.params)
    c_before = np.concatenate([made.c0[None], trace.c[:-1]])
    np.testing.assert_array_equal(trace.c, trace.f * c_before + trace.i * trace.g)
    np.testing.assert_array_equal(trace.h, trace.o * np.tanh(trace.c))
    np.testing.assert_array_equal(hs, trace.h)
    np.testing.assert_array_equal(h_n, trace.h[-1])
    np.testing.assert_array_equal(c_n, trace.c[-1])
    h, c = made.h0, made.c0
    for x in made.xs:
        h, c = lstm_cell(x, h, c, made.params)
    np.testing.assert_array_equal((h, c), (h_n, c_n))


@pytest.fixture
def good() -> LSTMInputs:
    params = initialise(3, 4, np.random.default_rng(0))
    return LSTMInputs(np.ones((5, 2, 3)), np.ones((2, 4)), np.ones((2, 4)), params)


@pytest.mark.parametrize(
    ("name", "shape", "says"),
    [
        ("xs", (5, 2, 7), r"xs has shape \(5, 2, 7\); expected .*\(T, B, 3\)"),
        ("xs", (3,), r"xs has shape \(3,\); expected .*\(T, B, I\)"),
        ("xs", (0, 2, 3), r"xs has shape \(0, 2, 3\); expected at least one time step"),
        ("h0", (4,), r"h0 has shape \(4,\); expected \(2, 4\)"),
        ("c0", (2, 5), r"c0 has shape \(2, 5\); expected \(2, 4\)"),
    ],
)
def test_a_wrong_shape_is_one_clear_sentence(
    good: LSTMInputs, name: str, shape: tuple[int, ...], says: str
) -> None:
    bad = replace(good, **{name: np.ones(shape)})
    with pytest.raises(ValueError, match=says):
        lstm(bad.xs, bad.h0, bad.c0, bad.params)


def test_mixed_dtypes_are_refused(good: LSTMInputs) -> None:
    with pytest.raises(TypeError, match="xs is float32 but the parameters are float64"):
        lstm(good.xs.astype(np.float32), good.h0, good.c0, good.params)


def test_weights_that_are_not_finite_are_refused_by_name(good: LSTMInputs) -> None:
    spoilt = good.params.weight_hh.copy()
    spoilt[3, 1] = np.nan
    params = LSTMParameters(good.params.weight_ih, spoilt, good.params.bias_ih, good.params.bias_hh)
    says = r"weight_hh holds 1 of 64 entries that are NaN or infinite, the first at \(3, 1\)"
    for run in (
        lambda: lstm(good.xs, good.h0, good.c0, params),
        lambda: fast.forward(good.xs, good.h0, good.c0, params),
        lambda: stack.masked_lstm(good.xs, [5, 5], good.h0, good.c0, params),
    ):
        with pytest.raises(ValueError, match=says):
            run()


def test_packing_there_and_back() -> None:
    params = initialise(3, 4, np.random.default_rng(1))
    again = LSTMParameters.from_gates(params.to_gates())
    np.testing.assert_array_equal(again.weight_ih, params.weight_ih)
    np.testing.assert_array_equal(again.weight_hh, params.weight_hh)
    np.testing.assert_array_equal(again.bias_ih + again.bias_hh, params.bias_ih + params.bias_hh)


def test_packing_says_what_is_missing_and_what_differs() -> None:
    gates = initialise(3, 4, np.random.default_rng(1)).to_gates()
    with pytest.raises(KeyError, match="params lacks U_g"):
        LSTMParameters.from_gates({k: v for k, v in gates.items() if k != "U_g"})
    with pytest.raises(ValueError, match=r"W_o \(4, 2\)"):
        LSTMParameters.from_gates({**gates, "W_o": np.ones((4, 2))})


def test_parameters_refuse_shapes_and_dtypes_that_do_not_fit() -> None:
    good = (np.ones((8, 3)), np.ones((8, 2)), np.ones(8), np.ones(8))
    for k, says in [(0, "weight_ih"), (1, "weight_hh"), (2, "bias_ih"), (3, "bias_hh")]:
        arrays = list(good)
        arrays[k] = np.ones((7, 5))
        with pytest.raises(ValueError, match=f"{says} has shape"):
            LSTMParameters(*arrays)
    with pytest.raises(TypeError, match="bias_hh is float32 but weight_ih is float64"):
        LSTMParameters(*good[:3], np.ones(8, np.float32))


def test_initialise_is_torchs_range_with_an_open_forget_gate() -> None:
    params = initialise(20, 16, np.random.default_rng(3))
    again = initialise(20, 16, np.random.default_rng(3))
    np.testing.assert_array_equal(params.weight_ih, again.weight_ih)
    for weights in (params.weight_ih, params.weight_hh):
        assert 0.23 < np.abs(weights).max() <= 0.25  # 1/√16
    np.testing.assert_array_equal(params.to_gates()["b_f"], 1.0)
    np.testing.assert_array_equal(params.to_gates()["b_i"], 0.0)
    with pytest.raises(ValueError, match="hidden_size is 0"):
        initialise(3, 0, np.random.default_rng(0))
