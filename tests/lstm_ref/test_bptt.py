"""The backward pass against torch's autograd, and truncation against detached graphs."""

import copy
from dataclasses import astuple, replace

import numpy as np
import pytest
import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from lstm_ref.arrays import Array
from lstm_ref.bptt import (
    forward_saving,
    lstm_backward,
    lstm_cell_backward,
    truncated_backward,
)
from lstm_ref.layer import lstm
from lstm_ref.parameters import LSTMParameters, initialise
from tests.strategies import LSTMGradients, LSTMInputs, lstm_gradients, lstm_inputs

NAMES = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")


def torch_gradients(made: LSTMGradients) -> list[Array]:
    """Of x, h0, c0 and the four parameter arrays, by torch.nn.LSTM and autograd."""
    p = made.params
    layer = torch.nn.LSTM(p.input_size, p.hidden_size, dtype=torch.from_numpy(made.xs).dtype)
    layer.load_state_dict({f"{n}_l0": torch.tensor(getattr(p, n)) for n in NAMES})
    xs, h0, c0 = (torch.tensor(a, requires_grad=True) for a in (made.xs, made.h0, made.c0))
    hs, (h_n, c_n) = layer(xs, (h0[None], c0[None]))
    wrt = [xs, h0, c0, *(getattr(layer, f"{n}_l0") for n in NAMES)]
    outer = [torch.tensor(a) for a in (made.dhs, made.dh_n, made.dc_n)]
    return [g.numpy() for g in torch.autograd.grad([hs, h_n[0], c_n[0]], wrt, outer)]


def our_gradients(made: LSTMGradients) -> list[Array]:
    *_, saved = forward_saving(made.xs, made.h0, made.c0, made.params)
    dxs, dh0, dc0, grads = lstm_backward(made.dhs, made.dh_n, made.dc_n, saved, made.params)
    return [dxs, dh0, dc0, *astuple(grads)]


def near(ours: list[Array], expected: list[Array], tolerance: float, rounding: float = 0.0) -> None:
    """Each within `tolerance` of itself or of the largest of all, or within `rounding`."""
    largest = max(float(np.abs(e).max()) for e in expected)
    for mine, theirs in zip(ours, expected, strict=True):
        assert mine.shape == theirs.shape
        assert mine.dtype == theirs.dtype
        np.testing.assert_allclose(
            mine, theirs, rtol=tolerance, atol=tolerance * largest + rounding
        )


@settings(deadline=None)  # the first call of autograd is slow
@given(lstm_gradients())
def test_all_gradients_are_autograds(made: LSTMGradients) -> None:
    near(our_gradients(made), torch_gradients(made), 1e-10, made.rounding)


@settings(deadline=None)
@given(lstm_gradients(dtype="float32"))
def test_float32_in_float32_out_and_near_autograds(made: LSTMGradients) -> None:
    # In float32 the last bit of a z in the hundreds moves an open gate by whole per cents.
    assume(np.abs(made.params.weight_hh).max() < 10)
    near(our_gradients(made), torch_gradients(made), 2e-3, made.rounding)


@settings(deadline=None)
@given(lstm_inputs())
def test_saving_changes_nothing_and_shares_nothing_returned(made: LSTMInputs) -> None:
    hs, h_n, c_n, saved = forward_saving(made.xs, made.h0, made.c0, made.params)
    for value, expected in zip(
        (hs, h_n, c_n), lstm(made.xs, made.h0, made.c0, made.params), strict=True
    ):
        np.testing.assert_array_equal(value, expected)
    assert len(saved) == len(made.xs)
    assert not any(np.shares_memory(a, b) for a in (hs, h_n, c_n) for s in saved for b in s)


@settings(deadline=None)
@given(lstm_gradients(), st.integers(1, 8))
def test_truncation_is_a_graph_cut_at_t_minus_steps(made: LSTMGradients, steps: int) -> None:
    """For each t a graph of its own, in which h and c after step t - steps are constants."""
    p = [torch.tensor(a, requires_grad=True) for a in astuple(made.params)]
    total = [torch.zeros_like(a) for a in p]
    for t in range(len(made.xs)):
        h, c = torch.tensor(made.h0), torch.tensor(made.c0)
        for s in range(t + 1):
            z = torch.tensor(made.xs[s]) @ p[0].T + h @ p[1].T + p[2] + p[3]
            i, f, g, o = z.chunk(4, dim=-1)
            c = f.sigmoid() * c + i.sigmoid() * g.tanh()
            h = o.sigmoid() * c.tanh()
            if s == t - steps:
                h, c = h.detach(), c.detach()
        parts = torch.autograd.grad((h * torch.tensor(made.dhs[t])).sum(), p)
        total = [a + b for a, b in zip(total, parts, strict=True)]
    *_, saved = forward_saving(made.xs, made.h0, made.c0, made.params)
    ours = truncated_backward(made.dhs, saved, made.params, steps)
    near(list(astuple(ours)), [a.numpy() for a in total], 1e-10, made.rounding)


@settings(deadline=None)
@given(lstm_gradients())
def test_no_truncation_from_T_steps_on(made: LSTMGradients) -> None:
    *_, saved = forward_saving(made.xs, made.h0, made.c0, made.params)
    nothing = np.zeros_like(made.dh_n)
    *_, full = lstm_backward(made.dhs, nothing, nothing, saved, made.params)
    for steps in (len(saved), len(saved) + 3):
        ours = truncated_backward(made.dhs, saved, made.params, steps)
        near(list(astuple(ours)), list(astuple(full)), 1e-12, made.rounding)


def test_truncation_does_cut() -> None:
    good = made_by_hand()
    *_, saved = forward_saving(good.xs, good.h0, good.c0, good.params)
    norms = [
        np.linalg.norm(truncated_backward(good.dhs, saved, good.params, k).weight_hh)
        for k in (1, 2, 5)
    ]
    assert len({round(float(n), 6) for n in norms}) == 3


@settings(deadline=None)
@given(lstm_gradients())
def test_arguments_never_change(made: LSTMGradients) -> None:
    *_, saved = forward_saving(made.xs, made.h0, made.c0, made.params)
    before = copy.deepcopy((made, saved))
    lstm_backward(made.dhs, made.dh_n, made.dc_n, saved, made.params)
    truncated_backward(made.dhs, saved, made.params, 2)
    for now, then in zip(
        [*vars(made).values(), *(a for s in saved for a in s)],
        [*vars(before[0]).values(), *(a for s in before[1] for a in s)],
        strict=True,
    ):
        for a, b in zip(_plain(now), _plain(then), strict=True):
            assert a.tobytes() == b.tobytes()


def _plain(value: Array | LSTMParameters) -> tuple[Array, ...]:
    return astuple(value) if isinstance(value, LSTMParameters) else (value,)


def made_by_hand() -> LSTMGradients:
    rng = np.random.default_rng(0)
    shapes = ((5, 2, 3), (2, 4), (2, 4), (5, 2, 4), (2, 4), (2, 4))
    xs, h0, c0, dhs, dh_n, dc_n = (rng.normal(size=shape) for shape in shapes)
    return LSTMGradients(xs, h0, c0, initialise(3, 4, rng), dhs, dh_n, dc_n)


@pytest.mark.parametrize(
    ("name", "value", "error", "says"),
    [
        ("dhs", np.ones((4, 2, 4)), ValueError, r"dhs has shape \(4, 2, 4\); .*\(5, 2, 4\)"),
        ("dhs", np.ones((5, 4)), ValueError, r"dhs has shape \(5, 4\); expected \(5, 2, 4\)"),
        ("dh_n", np.ones(4), ValueError, r"dh_n has shape \(4,\); expected \(2, 4\)"),
        ("dc_n", np.ones((1, 2, 4)), ValueError, r"dc_n has shape \(1, 2, 4\); expected \(2, 4\)"),
        ("dhs", np.ones((5, 2, 4), np.float32), TypeError, "dhs is float32 but hs is float64"),
    ],
)
def test_a_gradient_that_does_not_fit_is_one_clear_sentence(
    name: str, value: Array, error: type[Exception], says: str
) -> None:
    good = made_by_hand()
    *_, saved = forward_saving(good.xs, good.h0, good.c0, good.params)
    bad = replace(good, **{name: value})
    with pytest.raises(error, match=says):
        lstm_backward(bad.dhs, bad.dh_n, bad.dc_n, saved, bad.params)


def test_other_errors_say_what_was_expected() -> None:
    good = made_by_hand()
    *_, saved = forward_saving(good.xs, good.h0, good.c0, good.params)
    with pytest.raises(ValueError, match="saved is empty"):
        lstm_backward(good.dhs, good.dh_n, good.dc_n, [], good.params)
    for steps in (0, -1, 1.5, True):
        with pytest.raises(ValueError, match=r"steps is .* whole number of at least 1"):
            truncated_backward(good.dhs, saved, good.params, steps)
    with pytest.raises(ValueError, match=r"dh has shape \(3, 4\); expected \(2, 4\)"):
        lstm_cell_backward(np.ones((3, 4)), np.ones((2, 4)), saved[0], good.params)
    other = initialise(7, 4, np.random.default_rng(0))
    with pytest.raises(ValueError, match=r"weight_ih is \(16, 7\) .* saved .*\(16, 3\)"):
        lstm_backward(good.dhs, good.dh_n, good.dc_n, saved, other)
