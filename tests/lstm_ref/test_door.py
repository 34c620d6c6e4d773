"""What stands at the door: whose parameters, whose arrays, which dtype; nothing is guessed."""

from collections.abc import Callable
from dataclasses import astuple, replace
from typing import Any

import numpy as np
import pytest

from lstm_ref import bptt, cell, fast, layer, stack
from lstm_ref import conventions as cv
from lstm_ref.cells import CELLS
from lstm_ref.onnx_export import onnx_model
from lstm_ref.parameters import LSTMParameters, initialise

T, B, I, H = 5, 2, 3, 4


def arrays() -> tuple[np.ndarray, ...]:
    """xs, h0, c0, dhs, dh_n, dc_n."""
    rng = np.random.default_rng(3)
    shapes = ((T, B, I), (B, H), (B, H), (T, B, H), (B, H), (B, H))
    return tuple(rng.normal(size=shape) for shape in shapes)


def drawn(dtype: str = "float64") -> LSTMParameters:
    return initialise(I, H, np.random.default_rng(0), dtype=dtype)


#: How a layer runs with (xs, h0, c0) and parameters, and goes back with what it saved.
Forward, Back = Callable[..., tuple[Any, ...]], Callable[..., tuple[Any, ...]]
RUNS: dict[str, tuple[Forward, Back]] = {
    "bptt": (bptt.forward_saving, bptt.lstm_backward),
    "fast": (fast.forward, fast.backward),
    "layer_forward": (
        lambda xs, h0, c0, p: stack.layer_forward(xs, None, h0, c0, p),
        stack.layer_backward,
    ),
    "stack_forward": (
        lambda xs, h0, c0, p: stack.stack_forward(xs, None, h0[None], c0[None], [p]),
        lambda dhs, dh, dc, saved, p: stack.stack_backward(dhs, dh[None], dc[None], saved, [p]),
    ),
    "both_forward": (
        lambda xs, h0, c0, p: stack.both_forward(xs, None, [h0, h0], [c0, c0], p, p),
        lambda dhs, dh, dc, saved, p: stack.both_backward(
            np.concatenate([dhs, dhs], -1), [dh, dh], [dc, dc], saved, p, p
        ),
    ),
}


def flat(value: Any) -> list[np.ndarray]:
    """All arrays of a result, however they are nested."""
    if isinstance(value, np.ndarray):
        return [value]
    parts = astuple(value) if isinstance(value, LSTMParameters) else value
    return [array for part in parts for array in flat(part)]


@pytest.mark.parametrize("name", RUNS)
def test_what_was_saved_outlives_a_change_of_the_callers_arrays(name: str) -> None:
    forward, back = RUNS[name]
    xs, h0, c0, *outer = arrays()
    *_, saved = forward(xs, h0, c0, drawn())
    expected = flat(back(*outer, saved, drawn()))
    *results, saved = forward(xs, h0, c0, drawn())
    for array in (xs, h0, c0):
        array[:] = 0
    for array in flat(results):
        if array.flags.writeable:  # what is not, nobody can spoil
            array[:] = 7
    for found, value in zip(flat(back(*outer, saved, drawn())), expected, strict=True):
        np.testing.assert_array_equal(found, value)


def test_the_fast_layer_hands_out_its_buffer_to_be_read_only() -> None:
    xs, h0, c0, *_ = arrays()
    hs, h_n, c_n, _ = fast.forward(xs, h0, c0, drawn())
    with pytest.raises(ValueError, match="read-only"):
        hs[0] = 0
    h_n[:] = c_n[:] = 0  # these are the caller's


def takers() -> dict[str, Callable[[Any], Any]]:
    """Every function that takes the parameters of the LSTM, called with others."""
    xs, h0, c0, dhs, dh, dc = arrays()
    _, _, _, steps = bptt.forward_saving(xs, h0, c0, drawn())
    runs = {name: lambda p, run=run: run(xs, h0, c0, p) for name, (run, _) in RUNS.items()}
    backs = {
        f"{name}, back": lambda p, way=way: way[1](dhs, dh, dc, way[0](xs, h0, c0, drawn())[-1], p)
        for name, way in RUNS.items()
        if name in ("bptt", "fast", "layer_forward")
    }
    converters = {name: getattr(cv, name) for name in cv.__all__ if name.startswith("to_")}
    return {
        **runs,
        **backs,
        **converters,
        "lstm_cell": lambda p: cell.lstm_cell(xs[0], h0, c0, p),
        "lstm": lambda p: layer.lstm(xs, h0, c0, p),
        "lstm_trace": lambda p: layer.lstm_trace(xs, h0, c0, p),
        "masked_lstm": lambda p: stack.masked_lstm(xs, [5, 3], h0, c0, p),
        "stacked_lstm": lambda p: stack.stacked_lstm(xs, h0[None], c0[None], [p]),
        "bidirectional_lstm": lambda p: stack.bidirectional_lstm(
            xs, [h0, h0], [c0, c0], drawn(), p
        ),
        "lstm_cell_backward": lambda p: bptt.lstm_cell_backward(dh, dc, steps[0], p),
        "truncated_backward": lambda p: bptt.truncated_backward(dhs, steps, p, 2),
        "to_onnx, backward": lambda p: cv.to_onnx(drawn(), p),
        "onnx_model": onnx_model,
        "onnx_model, backward": lambda p: onnx_model(drawn(), backward=p),
    }


#: Where no parameters are allowed: there is one direction then.
MAY_LACK = ("to_onnx, backward", "onnx_model, backward")


@pytest.mark.parametrize(
    ("name", "other"),
    [
        (name, other)
        for name in takers()
        for other in ("peephole", "gru", "dict", "nothing")
        if not (name in MAY_LACK and other == "nothing")
    ],
)
def test_parameters_of_another_kind_are_refused_in_one_sentence(name: str, other: str) -> None:
    given: Any = None
    if other in CELLS:
        given = CELLS[other].initialise(I, H, np.random.default_rng(0))
    elif other == "dict":
        given = vars(drawn())
    with pytest.raises(TypeError, match=r"expected LSTMParameters: ") as told:
        takers()[name](given)
    if other == "dict":
        assert "from_gates" in str(told.value)
    takers()[name](drawn())  # its own it takes


@pytest.mark.parametrize("name", CELLS)
def test_each_cell_refuses_the_parameters_of_every_other(name: str) -> None:
    mine, xs = CELLS[name], arrays()[0]
    states = arrays()[1 : 1 + len(mine.states)]
    for other in CELLS.values():
        params = other.initialise(I, H, np.random.default_rng(0))
        if other is mine:
            saved = mine.forward(xs, states, params)[2]
            continue
        with pytest.raises(TypeError, match=f"params is of type {type(params).__name__}; expected"):
            mine.forward(xs, states, params)
    for other in CELLS.values():
        if other is not mine:
            params = other.initialise(I, H, np.random.default_rng(0))
            with pytest.raises(TypeError, match=r"expected .*Parameters: each cell runs with"):
                mine.backward(arrays()[3], states, saved, params)


@pytest.mark.parametrize("dtype", [int, "float16", "complex128", bool, "nonsense", object])
def test_weights_are_float32_or_float64(dtype: Any) -> None:
    for each in CELLS.values():
        with pytest.raises(TypeError, match=r"dtype is .*; expected float32 or float64"):
            each.initialise(I, H, np.random.default_rng(0), dtype=dtype)
    with pytest.raises(TypeError, match="expected float32 or float64"):
        drawn().astype(dtype)
    with pytest.raises(TypeError, match="expected float32 or float64"):
        stack.dropout_mask((2,), 0.5, np.random.default_rng(0), dtype)


def test_astype_and_map_give_new_parameters_of_the_same_kind() -> None:
    one = drawn()
    low = one.astype(np.float32)
    assert (type(low), low.dtype) == (LSTMParameters, np.float32)
    twice = one.map(np.add, one)
    for name, array in vars(one).items():
        np.testing.assert_array_equal(getattr(low, name), array.astype(np.float32))
        np.testing.assert_array_equal(getattr(twice, name), 2 * array)
        assert not np.shares_memory(vars(one.astype(float))[name], array)


def test_sizes_may_be_numpys_whole_numbers_and_nothing_else() -> None:
    rng = np.random.default_rng
    same = initialise(np.int64(3), np.int32(4), rng(0))
    for ours, expected in zip(astuple(same), astuple(drawn()), strict=True):
        np.testing.assert_array_equal(ours, expected)
    for size in (0, -1, 3.0, True, np.bool(True), "3", None):
        with pytest.raises(ValueError, match=r"hidden_size is .*; expected a whole number of at"):
            initialise(3, size, rng(0))


@pytest.mark.parametrize("name", ["lstm_cell", "lstm", "masked", "fast", "saving", "stack", "both"])
def test_weights_that_are_not_finite_are_refused_everywhere(name: str) -> None:
    xs, h0, c0, *_ = arrays()
    spoilt = drawn().weight_hh.copy()
    spoilt[3, 1] = np.nan
    p = replace(drawn(), weight_hh=spoilt)
    runs: dict[str, Callable[[], Any]] = {
        "lstm_cell": lambda: cell.lstm_cell(xs[0], h0, c0, p),
        "lstm": lambda: layer.lstm(xs, h0, c0, p),
        "masked": lambda: stack.masked_lstm(xs, [5, 5], h0, c0, p),
        "fast": lambda: fast.forward(xs, h0, c0, p),
        "saving": lambda: bptt.forward_saving(xs, h0, c0, p),
        "stack": lambda: stack.stacked_lstm(xs, None, None, [p]),
        "both": lambda: stack.bidirectional_lstm(xs, None, None, drawn(), p),
    }
    says = r"weight_hh holds 1 of 64 entries that are NaN or infinite, the first at \(3, 1\)"
    with pytest.raises(ValueError, match=says):
        runs[name]()


def test_states_that_are_not_given_are_zeros() -> None:
    xs, zero, p = arrays()[0], np.zeros((B, H)), drawn()
    both = np.zeros((2, B, H))
    for ours, expected in (
        (cell.lstm_cell(xs[0], params=p), cell.lstm_cell(xs[0], zero, zero, p)),
        (layer.lstm(xs, params=p), layer.lstm(xs, zero, zero, p)),
        (layer.lstm(xs[:, 0], params=p), layer.lstm(xs[:, 0], zero[0], zero[0], p)),
        (layer.lstm_trace(xs, params=p), layer.lstm_trace(xs, zero, zero, p)),
        (bptt.forward_saving(xs, params=p), bptt.forward_saving(xs, zero, zero, p)),
        (fast.forward(xs, params=p), fast.forward(xs, zero, zero, p)),
        (stack.masked_lstm(xs, [2, 5], params=p), stack.masked_lstm(xs, [2, 5], zero, zero, p)),
        (
            stack.stacked_lstm(xs, layers=[p]),
            stack.stacked_lstm(xs, both[:1], both[:1], [p]),
        ),
        (
            stack.bidirectional_lstm(xs, forward=p, backward=p),
            stack.bidirectional_lstm(xs, both, both, p, p),
        ),
    ):
        for value, wanted in zip(flat(ours), flat(expected), strict=True):
            np.testing.assert_array_equal(value, wanted)
    with pytest.raises(TypeError, match="params is missing; expected LSTMParameters"):
        layer.lstm(xs)


def test_a_list_takes_the_parameters_dtype_and_an_array_keeps_its_own() -> None:
    p = drawn("float32")
    xs, h0, c0, dhs, dh, dc = (array.astype(np.float32) for array in arrays())
    lists = [array.tolist() for array in (xs, h0, c0, dhs, dh, dc)]
    for name, (forward, back) in RUNS.items():
        if name in ("bptt", "fast", "layer_forward"):
            *ours, saved = forward(*lists[:3], p)
            *expected, kept = forward(xs, h0, c0, p)
            ours += back(*lists[3:], saved, p)
            expected += back(dhs, dh, dc, kept, p)
            for value, wanted in zip(flat(ours), flat(expected), strict=True):
                assert value.dtype == np.float32
                np.testing.assert_array_equal(value, wanted)
    h, _ = cell.lstm_cell(lists[0][0], lists[1], lists[2], p)
    assert h.dtype == np.float32
    with pytest.raises(TypeError, match="xs is float64 but the parameters are float32"):
        layer.lstm(xs.astype(float), h0, c0, p)
