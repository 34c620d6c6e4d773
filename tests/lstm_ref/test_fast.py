"""Two faces, one truth: the fast layer is the plain one, and both are torch's."""

import copy
from dataclasses import astuple, replace

import numpy as np
import pytest
import torch
from hypothesis import assume, given, settings

from lstm_ref import fast
from lstm_ref.arrays import Array
from lstm_ref.bptt import forward_saving, lstm_backward
from lstm_ref.parameters import initialise
from tests.strategies import LSTMGradients, lstm_gradients

NAMES = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")


@pytest.fixture(params=[1, 2**9, 2**20])
def a_few_steps_at_a_time(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """From one step at a time to all of them, so that no seam between chunks goes unseen."""
    monkeypatch.setattr(fast, "CACHE", request.param)


def fast_results(made: LSTMGradients) -> list[Array]:
    *outputs, saved = fast.forward(made.xs, made.h0, made.c0, made.params)
    *inputs, grads = fast.backward(made.dhs, made.dh_n, made.dc_n, saved, made.params)
    return [*outputs, *inputs, *astuple(grads)]


def plain_results(made: LSTMGradients) -> list[Array]:
    *outputs, saved = forward_saving(made.xs, made.h0, made.c0, made.params)
    *inputs, grads = lstm_backward(made.dhs, made.dh_n, made.dc_n, saved, made.params)
    return [*outputs, *inputs, *astuple(grads)]


def torch_results(made: LSTMGradients) -> list[Array]:
    p = made.params
    layer = torch.nn.LSTM(p.input_size, p.hidden_size, dtype=torch.from_numpy(made.xs).dtype)
    layer.load_state_dict({f"{n}_l0": torch.tensor(getattr(p, n)) for n in NAMES})
    xs, h0, c0 = (torch.tensor(a, requires_grad=True) for a in (made.xs, made.h0, made.c0))
    hs, (h_n, c_n) = layer(xs, (h0[None], c0[None]))
    wrt = [xs, h0, c0, *(getattr(layer, f"{n}_l0") for n in NAMES)]
    outer = [torch.tensor(a) for a in (made.dhs, made.dh_n, made.dc_n)]
    grads = torch.autograd.grad([hs, h_n[0], c_n[0]], wrt, outer)
    return [a.detach().numpy() for a in (hs, h_n[0], c_n[0], *grads)]


def near(ours: list[Array], expected: list[Array], tolerance: float, rounding: float = 0.0) -> None:
    """States are near to `tolerance` of 1 (σ by tanh promises no more) or of the largest state,
    gradients to that of the largest gradient, or to `rounding`."""
    for kind, least in ((slice(0, 3), 1.0), (slice(3, None), 0.0)):
        largest = max(least, *(float(np.abs(e).max()) for e in expected[kind]))
        for mine, theirs in zip(ours[kind], expected[kind], strict=True):
            assert mine.shape == theirs.shape
            assert mine.dtype == theirs.dtype
            atol = tolerance * largest + rounding
            np.testing.assert_allclose(mine, theirs, rtol=tolerance, atol=atol)


@settings(deadline=None)
@given(lstm_gradients(batched=True))
def test_fast_and_plain_are_one(made: LSTMGradients) -> None:
    near(fast_results(made), plain_results(made), 1e-12, made.rounding)


@settings(deadline=None)
@given(lstm_gradients(batched=True))
def test_it_is_torchs_layer_and_autograd(made: LSTMGradients) -> None:
    near(fast_results(made), torch_results(made), 1e-10, made.rounding)


@settings(deadline=None)
@given(lstm_gradients(dtype="float32", batched=True))
def test_float32_in_float32_out_and_near_torchs(made: LSTMGradients) -> None:
    # In float32 the last bit of a z in the hundreds moves an open gate by whole per cents.
    assume(np.abs(made.params.weight_hh).max() < 10)
    near(fast_results(made), torch_results(made), 5e-3, made.rounding)


def usual(T: int, B: int, I: int, H: int, dtype: str = "float64") -> LSTMGradients:
    rng = np.random.default_rng(T * B + I + H)
    shapes = ((T, B, I), (B, H), (B, H), (T, B, H), (B, H), (B, H))
    xs, h0, c0, dhs, dh_n, dc_n = (rng.normal(size=shape).astype(dtype) for shape in shapes)
    return LSTMGradients(xs, h0, c0, initialise(I, H, rng, dtype=dtype), dhs, dh_n, dc_n)


SHAPES = [(1, 1, 1, 1), (7, 1, 3, 1), (1, 5, 2, 4), (23, 3, 1, 5), (30, 4, 16, 8), (50, 8, 6, 32)]


@pytest.mark.usefixtures("a_few_steps_at_a_time")
@pytest.mark.parametrize("sizes", SHAPES)
def test_every_shape_in_chunks_of_any_size(sizes: tuple[int, int, int, int]) -> None:
    made = usual(*sizes)
    near(fast_results(made), plain_results(made), 1e-12, made.rounding)
    bare = fast.forward(made.xs, made.h0, made.c0, made.params, False)
    assert bare[3] is None
    for mine, expected in zip(bare[:3], plain_results(made)[:3], strict=True):
        np.testing.assert_allclose(mine, expected, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize(("dtype", "tolerance"), [("float64", 1e-12), ("float32", 1e-4)])
def test_a_shape_of_the_benchmark_is_torchs(dtype: str, tolerance: float) -> None:
    made = usual(200, 16, 32, 64, dtype)
    near(fast_results(made), torch_results(made), tolerance)


def test_saturated_gates_are_0_or_1_and_nothing_overflows() -> None:
    for dtype in ("float64", "float32"):
        made = usual(6, 3, 2, 4, dtype)
        made.xs *= 1e4
        results = fast_results(made)
        assert all(np.isfinite(a).all() for a in results)
        tolerance = 1e-12 if dtype == "float64" else 5e-3
        near(results, plain_results(made), tolerance, made.rounding)


def test_arguments_and_what_was_saved_never_change() -> None:
    made = usual(9, 3, 2, 4)
    before = copy.deepcopy(made)
    *_, saved = fast.forward(made.xs, made.h0, made.c0, made.params)
    kept = copy.deepcopy(saved)
    first = fast.backward(made.dhs, made.dh_n, made.dc_n, saved, made.params)
    again = fast.backward(made.dhs, made.dh_n, made.dc_n, saved, made.params)
    for a, b in zip(
        (*first[:3], *astuple(first[3])), (*again[:3], *astuple(again[3])), strict=True
    ):
        np.testing.assert_array_equal(a, b)
    for a, b in zip(saved, kept, strict=True):
        np.testing.assert_array_equal(a, b)
    for name in ("xs", "h0", "c0", "dhs", "dh_n", "dc_n"):
        np.testing.assert_array_equal(getattr(made, name), getattr(before, name))
    for a, b in zip(astuple(made.params), astuple(before.params), strict=True):
        np.testing.assert_array_equal(a, b)


def test_what_is_saved_is_what_its_docstring_says() -> None:
    made = usual(9, 3, 2, 4)
    hs, *_, saved = fast.forward(made.xs, made.h0, made.c0, made.params)
    np.testing.assert_array_equal(saved.x1, np.concatenate([made.xs, np.ones((9, 3, 1))], axis=2))
    steps = forward_saving(made.xs, made.h0, made.c0, made.params)[3]
    assert saved.gates.shape == (4, 9, 3, 4)
    for mine, name in zip(saved.gates, "gifo", strict=True):
        expected = [getattr(step, name) for step in steps]
        np.testing.assert_allclose(mine, expected, rtol=1e-12, atol=1e-15)
    for mine, name, last in ((saved.h, "h_prev", hs[-1]), (saved.c, "c_prev", steps[-1].c)):
        expected = [*(getattr(step, name) for step in steps), last]
        np.testing.assert_allclose(mine, expected, rtol=1e-12, atol=1e-15)
    assert np.shares_memory(saved.h, hs)


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_every_buffer_starts_with_a_cache_line(dtype: str) -> None:
    for sizes in SHAPES:
        made = usual(*sizes, dtype)
        saved = fast.forward(made.xs, made.h0, made.c0, made.params)[3]
        assert [a.ctypes.data % 64 for a in saved] == [0, 0, 0, 0]
        assert all(a.flags.c_contiguous for a in saved)


def test_results_share_no_memory_with_arguments_or_each_other() -> None:
    made = usual(9, 3, 2, 4)
    arrays = [
        *fast_results(made),
        *(made.xs, made.h0, made.c0, made.dhs, made.dh_n, made.dc_n),
        *astuple(made.params),
    ]
    for k, a in enumerate(arrays):
        assert not any(np.shares_memory(a, b) for b in arrays[k + 1 :])


def test_other_layouts_of_the_same_numbers_do() -> None:
    made = usual(9, 3, 2, 4)
    turned = replace(
        made, xs=np.asfortranarray(made.xs), dhs=made.dhs[::-1].copy()[::-1], h0=made.h0.tolist()
    )
    near(fast_results(turned), plain_results(made), 1e-12)


@pytest.mark.parametrize(
    ("name", "value", "error", "says"),
    [
        ("xs", np.ones((5, 3)), ValueError, r"xs has shape \(5, 3\); expected .*xs\[:, None\]"),
        ("xs", np.ones((0, 2, 3)), ValueError, "expected at least one time step"),
        ("xs", np.ones((5, 2, 7)), ValueError, r"\(T, B, 3\), as weight_ih is \(16, 3\)"),
        ("h0", np.ones(4), ValueError, r"h0 has shape \(4,\); expected \(2, 4\)"),
        ("c0", np.ones((2, 5)), ValueError, r"c0 has shape \(2, 5\); expected \(2, 4\)"),
        ("xs", np.ones((5, 2, 3), np.float32), TypeError, "xs is float32 but the parameters"),
        ("dhs", np.ones((4, 2, 4)), ValueError, r"dhs has shape \(4, 2, 4\); .*\(5, 2, 4\)"),
        ("dh_n", np.ones(4), ValueError, r"dh_n has shape \(4,\); expected \(2, 4\)"),
        ("dc_n", np.ones((2, 3)), ValueError, r"dc_n has shape \(2, 3\); expected \(2, 4\)"),
        ("dhs", np.ones((5, 2, 4), np.float32), TypeError, "dhs is float32 but hs is float64"),
    ],
)
def test_what_does_not_fit_is_one_clear_sentence(
    name: str, value: Array, error: type[Exception], says: str
) -> None:
    with pytest.raises(error, match=says):
        fast_results(replace(usual(5, 2, 3, 4), **{name: value}))


def test_other_parameters_than_the_forward_pass_had_are_refused() -> None:
    made = usual(5, 2, 3, 4)
    *_, saved = fast.forward(made.xs, made.h0, made.c0, made.params)
    other = initialise(7, 4, np.random.default_rng(0))
    with pytest.raises(ValueError, match=r"weight_ih is \(16, 7\) but what was saved needs"):
        fast.backward(made.dhs, made.dh_n, made.dc_n, saved, other)
