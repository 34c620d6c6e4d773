"""The torch names against torch.nn.LSTM and torch.nn.LSTMCell, loaded strictly."""

import subprocess
import sys

import numpy as np
import pytest
import torch
from hypothesis import given

from lstm_ref import conventions as cv
from lstm_ref.layer import lstm, lstm_trace
from lstm_ref.parameters import LSTMParameters, initialise
from tests.strategies import LSTMInputs, lstm_inputs

NAMES = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")


def same(ours: LSTMParameters, theirs: LSTMParameters) -> None:
    for name in NAMES:
        np.testing.assert_array_equal(getattr(ours, name), getattr(theirs, name))


@given(lstm_inputs(batched=True))
def test_a_strict_load_gives_torch_the_same_layer(made: LSTMInputs) -> None:
    layer = torch.nn.LSTM(made.params.input_size, made.params.hidden_size, dtype=torch.float64)
    layer.load_state_dict(cv.to_torch(made.params, tensors=True), strict=True)
    trace = lstm_trace(made.xs, made.h0, made.c0, made.params)
    # All steps as one batch, each from our own states, so that no rounding is carried on.
    T, B, I = made.xs.shape
    h_prev, c_prev = (
        np.concatenate([first[None], later[:-1]]).reshape(1, T * B, -1)  # (T, B, H) -> (1, TB, H)
        for first, later in ((made.h0, trace.h), (made.c0, trace.c))
    )
    with torch.no_grad():
        _, states = layer(
            torch.from_numpy(made.xs.reshape(1, T * B, I)),
            (torch.from_numpy(h_prev), torch.from_numpy(c_prev)),
        )
    atol = 1e-9 * max(1.0, float(np.abs(made.c0).max()))
    for ours, theirs in zip((trace.h, trace.c), states, strict=True):
        np.testing.assert_allclose(ours.reshape(1, T * B, -1), theirs.numpy(), rtol=0, atol=atol)
    same(cv.from_torch(layer.state_dict()), made.params)


def test_layers_and_directions_are_found_by_their_names() -> None:
    torch.manual_seed(0)
    net = torch.nn.LSTM(3, 4, num_layers=2, bidirectional=True)
    rng = np.random.default_rng(0)
    xs = rng.normal(size=(5, 2, 3)).astype(np.float32)
    zero = np.zeros((2, 4), np.float32)
    below = xs
    for layer in (0, 1):
        forward = cv.from_torch(net.state_dict(), layer)
        backward = cv.from_torch(net.state_dict(), layer, reverse=True)
        assert forward.dtype == np.float32
        there = lstm(below, zero, zero, forward)[0]
        back = lstm(below[::-1], zero, zero, backward)[0][::-1]
        below = np.concatenate([there, back], axis=-1)
    with torch.no_grad():
        expected = net(torch.from_numpy(xs))[0].numpy()
    np.testing.assert_allclose(below, expected, atol=1e-6)
    state = {
        name: value
        for layer in (0, 1)
        for reverse in (False, True)
        for name, value in cv.to_torch(
            cv.from_torch(net.state_dict(), layer, reverse=reverse),
            layer,
            reverse=reverse,
            tensors=True,
        ).items()
    }
    again = torch.nn.LSTM(3, 4, num_layers=2, bidirectional=True)
    again.load_state_dict(state, strict=True)
    with torch.no_grad():
        np.testing.assert_array_equal(again(torch.from_numpy(xs))[0].numpy(), expected)


def test_the_cell_has_the_names_without_an_ending() -> None:
    params = initialise(3, 4, np.random.default_rng(0))
    cell = torch.nn.LSTMCell(3, 4, dtype=torch.float64)
    cell.load_state_dict(cv.to_torch(params, None, tensors=True), strict=True)
    same(cv.from_torch(cell.state_dict(), None), params)
    with pytest.raises(ValueError, match="reverse=True needs a layer's number"):
        cv.to_torch(params, None, reverse=True)


def test_live_weights_are_copied_and_half_precision_becomes_float32() -> None:
    net = torch.nn.LSTM(3, 4, dtype=torch.bfloat16)
    weights = dict(net.named_parameters())  # these need gradients
    params = cv.from_torch(weights)
    assert params.dtype == np.float32
    before = params.weight_ih.copy()
    with torch.no_grad():
        net.weight_ih_l0 += 1
    np.testing.assert_array_equal(params.weight_ih, before)


def test_a_layer_without_biases_has_zeros() -> None:
    net = torch.nn.LSTM(3, 4, bias=False)
    params = cv.from_torch(net.state_dict())
    assert params.bias_ih.dtype == np.float32
    np.testing.assert_array_equal((params.bias_ih, params.bias_hh), np.zeros((2, 16)))


def test_what_cannot_be_taken_is_said() -> None:
    state = torch.nn.LSTM(3, 4).state_dict()
    with pytest.raises(KeyError, match=r"lacks weight_ih_l1, weight_hh_l1; it has weight_ih_l0"):
        cv.from_torch(state, 1)
    with pytest.raises(KeyError, match="it has nothing"):
        cv.from_torch({})
    with pytest.raises(ValueError, match=r"weight_hr_l0, a projection \(proj_size\)"):
        cv.from_torch(torch.nn.LSTM(3, 4, proj_size=2).state_dict())
    with pytest.raises(ValueError, match=r"weight_hh has shape \(12, 4\); expected \(16, 4\)"):
        cv.from_torch({**state, "weight_hh_l0": torch.ones(12, 4)})


def test_neither_torch_nor_onnx_is_imported_before_it_is_asked_for() -> None:
    code = (
        "import sys, numpy as np; import lstm_ref.conventions as cv, lstm_ref.onnx_export; "
        "from lstm_ref.parameters import initialise; "
        "cv.from_torch(cv.to_torch(initialise(2, 3, np.random.default_rng(0)))); cv.table(); "
        "print(sorted({'torch', 'onnx', 'keras', 'jax', 'flax', 'equinox'} & set(sys.modules)))"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "[]"


@pytest.mark.parametrize("layer", [0, None])
def test_a_layer_without_bias_is_written_back_without(layer: int | None) -> None:
    torch.manual_seed(0)
    make = torch.nn.LSTMCell if layer is None else torch.nn.LSTM
    theirs, fresh = (make(3, 4, bias=False, dtype=torch.float64) for _ in range(2))
    params = cv.from_torch(theirs.state_dict(), layer)
    fresh.load_state_dict(cv.to_torch(params, layer, tensors=True, bias=False), strict=True)
    for value, expected in zip(fresh.parameters(), theirs.parameters(), strict=True):
        assert torch.equal(value, expected)


def test_a_bias_is_not_left_out_in_silence() -> None:
    params = initialise(3, 4, np.random.default_rng(0))  # its forget bias is 1
    for write in (cv.to_torch, cv.to_keras):
        with pytest.raises(ValueError, match=r"bias=False, but bias_ih holds 4 numbers that are"):
            write(params, bias=False)
