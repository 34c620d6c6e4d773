"""The exported file, run by onnx.reference and by onnxruntime."""

import sys
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
import torch
from hypothesis import given, settings
from onnx.reference import ReferenceEvaluator

from lstm_ref import conventions as cv
from lstm_ref.layer import lstm, lstm_trace
from lstm_ref.onnx_export import export_onnx, onnx_model
from lstm_ref.parameters import LSTMParameters, initialise
from tests.strategies import LSTMInputs, lstm_inputs

Feed = dict[str, np.ndarray]


def reference(model: onnx.ModelProto, feed: Feed) -> list[np.ndarray]:
    with np.errstate(over="ignore"):  # its sigmoid takes the exponential of -x
        return ReferenceEvaluator(model).run(None, feed)


def runtime(model: onnx.ModelProto, feed: Feed) -> list[np.ndarray]:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(
        model.SerializeToString(), options, providers=["CPUExecutionProvider"]
    )
    return session.run(None, feed)


def steps_as_a_batch(made: LSTMInputs) -> tuple[Feed, np.ndarray, np.ndarray]:
    """All steps as one batch, each from our own states, so that no rounding is carried on."""
    trace = lstm_trace(made.xs, made.h0, made.c0, made.params)
    T, B, I = made.xs.shape
    h_prev, c_prev = (
        np.concatenate([first[None], later[:-1]]).reshape(1, T * B, -1)  # (T, B, H) -> (1, TB, H)
        for first, later in ((made.h0, trace.h), (made.c0, trace.c))
    )
    feed = {"X": made.xs.reshape(1, T * B, I), "initial_h": h_prev, "initial_c": c_prev}
    return feed, trace.h.reshape(1, T * B, -1), trace.c.reshape(1, T * B, -1)


@settings(deadline=None)
@given(lstm_inputs(batched=True))
def test_the_reference_takes_the_same_steps_in_float64(made: LSTMInputs) -> None:
    feed, h, c = steps_as_a_batch(made)
    Y, Y_h, Y_c = reference(onnx_model(made.params), feed)
    assert Y.dtype == np.float64
    atol = 1e-9 * max(1.0, float(np.abs(made.c0).max()))
    np.testing.assert_allclose(Y[:, 0], h, rtol=0, atol=atol)  # (1, 1, TB, H) -> (1, TB, H)
    np.testing.assert_allclose(Y_h, h, rtol=0, atol=atol)
    np.testing.assert_allclose(Y_c, c, rtol=0, atol=atol)


@settings(deadline=None)
@given(lstm_inputs(batched=True, dtype="float32"))
def test_the_runtime_takes_the_same_steps_in_float32(made: LSTMInputs) -> None:
    feed, h, c = steps_as_a_batch(made)
    Y, Y_h, Y_c = runtime(onnx_model(made.params), feed)
    assert Y.dtype == np.float32
    # One rounding in z can move a saturating unit by z's own last bit, hence the scale.
    atol = 2e-3 * max(1.0, float(np.abs(made.c0).max()))
    np.testing.assert_allclose(Y[:, 0], h, rtol=0, atol=atol)
    np.testing.assert_allclose(Y_h, h, rtol=0, atol=atol)
    np.testing.assert_allclose(Y_c, c, rtol=0, atol=atol)


@pytest.fixture
def made() -> LSTMInputs:
    rng = np.random.default_rng(5)
    params = initialise(3, 4, rng)
    params = LSTMParameters(
        3 * params.weight_ih, 3 * params.weight_hh, rng.normal(size=16), rng.normal(size=16)
    )
    return LSTMInputs(
        rng.normal(size=(7, 2, 3)), rng.normal(size=(2, 4)), rng.normal(size=(2, 4)), params
    )


@pytest.mark.parametrize("run", [reference, runtime])
def test_the_file_gives_a_whole_sequence_in_float32(
    made: LSTMInputs, tmp_path: Path, run: object
) -> None:
    path = export_onnx(made.params, tmp_path / "layer.onnx", dtype=np.float32)
    model = onnx.load(path)
    feed = {"X": made.xs, "initial_h": made.h0[None], "initial_c": made.c0[None]}
    found = run(model, {name: a.astype(np.float32) for name, a in feed.items()})  # type: ignore[operator]
    hs, h_n, c_n = lstm(made.xs, made.h0, made.c0, made.params)
    assert [a.shape for a in found] == [(7, 1, 2, 4), (1, 2, 4), (1, 2, 4)]
    for theirs, ours in zip(found, (hs[:, None], h_n[None], c_n[None]), strict=True):
        np.testing.assert_allclose(theirs, ours, atol=2e-6)


def test_without_initial_states_they_are_zero(made: LSTMInputs) -> None:
    single = LSTMParameters(*(a.astype(np.float32) for a in vars(made.params).values()))
    model = onnx_model(single, initial_states=False)
    assert [value.name for value in model.graph.input] == ["X"]
    xs, zero = made.xs.astype(np.float32), np.zeros((2, 4), np.float32)
    expected = lstm(xs, zero, zero, single)[0]
    for run in (reference, runtime):
        np.testing.assert_allclose(run(model, {"X": xs})[0][:, 0], expected, atol=2e-6)


def test_both_directions_are_torch_s(made: LSTMInputs) -> None:
    torch.manual_seed(0)
    net = torch.nn.LSTM(3, 4, bidirectional=True)
    forward = cv.from_torch(net.state_dict())
    backward = cv.from_torch(net.state_dict(), reverse=True)
    xs = made.xs.astype(np.float32)
    with torch.no_grad():
        hs, (h_n, c_n) = net(torch.from_numpy(xs))
    model = onnx_model(forward, backward=backward, initial_states=False)
    for run in (reference, runtime):
        Y, Y_h, Y_c = run(model, {"X": xs})
        both = Y.transpose(0, 2, 1, 3).reshape(7, 2, 8)  # (T, D, B, H) -> (T, B, 2H)
        np.testing.assert_allclose(both, hs.numpy(), atol=2e-6)
        np.testing.assert_allclose(Y_h, h_n.numpy(), atol=2e-6)
        np.testing.assert_allclose(Y_c, c_n.numpy(), atol=2e-6)
    W, R, B = cv.to_onnx(forward, backward)
    for direction, params in enumerate((forward, backward)):
        again = cv.from_onnx(W, R, B, direction=direction)
        for ours, theirs in zip(vars(again).values(), vars(params).values(), strict=True):
            np.testing.assert_array_equal(ours, theirs)


def test_peepholes_run_as_their_equations_say(made: LSTMInputs) -> None:
    rng = np.random.default_rng(9)
    p_i, p_f, p_o = rng.normal(size=(3, 4))
    gates = made.params.to_gates()
    h, c = made.h0, made.c0
    expected = []
    for x in made.xs:
        z = {k: x @ gates[f"W_{k}"].T + h @ gates[f"U_{k}"].T + gates[f"b_{k}"] for k in "ifgo"}
        i, f = (1 / (1 + np.exp(-z[k] - p * c)) for k, p in (("i", p_i), ("f", p_f)))
        c = f * c + i * np.tanh(z["g"])
        h = np.tanh(c) / (1 + np.exp(-z["o"] - p_o * c))  # the output gate sees the new c
        expected.append(h)
    feed = {"X": made.xs, "initial_h": made.h0[None], "initial_c": made.c0[None]}
    for run, dtype, atol in ((reference, np.float64, 1e-12), (runtime, np.float32, 2e-6)):
        model = onnx_model(made.params, peepholes=(p_i, p_f, p_o), dtype=dtype)
        found = run(model, {name: a.astype(dtype) for name, a in feed.items()})
        np.testing.assert_allclose(found[0][:, 0], expected, atol=atol)
    P = cv.peepholes_to_onnx(p_i, p_f, p_o)
    for there, back in zip((p_i, p_f, p_o), cv.peepholes_from_onnx(P), strict=True):
        np.testing.assert_array_equal(there, back)


def test_the_file_is_replaced_at_once_or_not_at_all(made: LSTMInputs, tmp_path: Path) -> None:
    path = tmp_path / "layer.onnx"
    assert export_onnx(made.params, str(path)) == path
    first = path.read_bytes()
    bad = LSTMParameters(*(a * np.nan for a in vars(made.params).values()))
    with pytest.raises(ValueError, match="W holds NaN or infinity as float64"):
        export_onnx(bad, path)
    assert path.read_bytes() == first
    (tmp_path / "old.onnx").hardlink_to(path)
    export_onnx(initialise(3, 4, np.random.default_rng(1)), path)
    assert path.read_bytes() != first
    # The old file was not written over: whoever still reads it, reads it whole.
    assert (tmp_path / "old.onnx").read_bytes() == first
    (tmp_path / "taken").mkdir()
    with pytest.raises(OSError, match="taken"):
        export_onnx(made.params, tmp_path / "taken")
    export_onnx(made.params, path)
    assert path.read_bytes() == first, "the same weights give the same bytes"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["layer.onnx", "old.onnx", "taken"]


def test_without_onnx_the_error_says_what_to_install(
    made: LSTMInputs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "onnx", None)  # how Python itself marks a missing module
    with pytest.raises(ModuleNotFoundError, match="pip install onnx"):
        export_onnx(made.params, tmp_path / "layer.onnx")
    assert list(tmp_path.iterdir()) == []


def test_what_cannot_be_written_is_said(made: LSTMInputs, tmp_path: Path) -> None:
    params, path = made.params, tmp_path / "layer.onnx"
    with pytest.raises(FileNotFoundError, match=r"the folder .*no of layer.onnx is not there"):
        export_onnx(params, tmp_path / "no" / "layer.onnx")
    with pytest.raises(TypeError, match="dtype is float16; expected float32 or float64"):
        export_onnx(params, path, dtype=np.float16)
    huge = LSTMParameters(*(a + 1e300 for a in vars(params).values()))
    with pytest.raises(ValueError, match="W holds NaN or infinity as float32"):
        export_onnx(huge, path, dtype=np.float32)
    with pytest.raises(ValueError, match="the peepholes have 5 units; expected H = 4"):
        export_onnx(params, path, peepholes=(np.ones(5), np.ones(5), np.ones(5)))
    with pytest.raises(ValueError, match=r"p_i \(4,\), p_f \(5,\), p_o \(4,\)"):
        export_onnx(params, path, peepholes=(np.ones(4), np.ones(5), np.ones(4)))
    with pytest.raises(ValueError, match="expected one of them only"):
        export_onnx(params, path, backward=params, peepholes=(np.ones(4),) * 3)
    with pytest.raises(ValueError, match=r"backward's weight_ih has shape \(8, 3\)"):
        export_onnx(params, path, backward=initialise(3, 2, np.random.default_rng(0)))
    with pytest.raises(ValueError, match=r"direction is 1; expected 0 to 0"):
        cv.from_onnx(*cv.to_onnx(params), direction=1)
    with pytest.raises(ValueError, match=r"P has shape \(12,\)"):
        cv.peepholes_from_onnx(np.ones(12))
    assert not path.exists()


def test_the_runtime_s_float64_is_still_missing(made: LSTMInputs) -> None:
    """Why export_onnx has a dtype: where this fails, its docstring needs a new sentence."""
    feed = {"X": made.xs, "initial_h": made.h0[None], "initial_c": made.c0[None]}
    with pytest.raises(Exception, match=r"LSTM.*double|double.*LSTM"):
        runtime(onnx_model(made.params), feed)
