"""Masks, stacks, both directions and dropout, forward and back, against torch."""

from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from lstm_ref import stack
from lstm_ref.arrays import Array
from lstm_ref.layer import lstm
from lstm_ref.parameters import LSTMParameters, initialise
from tests.strategies import seeds, sizes

NAMES = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")


def near(ours: Array, theirs: Any) -> None:
    np.testing.assert_allclose(ours, np.asarray(theirs), rtol=1e-10, atol=1e-10)


def drawn(I: int, H: int, rng: np.random.Generator) -> LSTMParameters:
    arrays = [rng.normal(size=s) for s in ((4 * H, I), (4 * H, H), (4 * H,), (4 * H,))]
    return LSTMParameters(*arrays)


def in_torch(parts: list[LSTMParameters], bidirectional: bool) -> torch.nn.LSTM:
    layers = 1 if bidirectional else len(parts)
    I, H = parts[0].input_size, parts[0].hidden_size
    made = torch.nn.LSTM(I, H, layers, bidirectional=bidirectional, dtype=torch.float64)
    ends = ["l0", "l0_reverse"] if bidirectional else [f"l{k}" for k in range(layers)]
    made.load_state_dict(
        {
            f"{name}_{end}": torch.tensor(getattr(part, name))
            for end, part in zip(ends, parts, strict=True)
            for name in NAMES
        }
    )
    return made


def torch_run(
    parts: list[LSTMParameters], bidirectional: bool, arrays: list[Array], lengths: list[int]
) -> tuple[list[Array], list[Array]]:
    """Outputs, and the gradients of xs, h0, c0 and all weights, by torch's packed sequences."""
    made = in_torch(parts, bidirectional)
    xs, h0, c0 = (torch.tensor(a, requires_grad=True) for a in arrays[:3])
    packed = torch.nn.utils.rnn.pack_padded_sequence(xs, lengths, enforce_sorted=False)
    out, (h_n, c_n) = made(packed, (h0, c0))
    hs, _ = torch.nn.utils.rnn.pad_packed_sequence(out, total_length=len(xs))
    outer = [torch.tensor(a) for a in arrays[3:]]
    torch.autograd.backward([hs, h_n, c_n], outer)
    found = [xs.grad, h0.grad, c0.grad, *(p.grad for p in made.parameters())]
    return [t.detach().numpy() for t in (hs, h_n, c_n)], [t.numpy() for t in found if t is not None]


@st.composite
def runs(draw: Any, states: int | None, wide: int = 1) -> Any:
    """T, B, I, H, parts, lengths, and the arrays xs h0 c0 dhs dh_n dc_n."""
    T, B, I, H = (draw(sizes) for _ in range(4))
    count = states or draw(st.integers(1, 3))
    rng = np.random.default_rng(draw(seeds))
    lengths = draw(st.lists(st.integers(1, T), min_size=B, max_size=B))
    parts = [drawn(I if wide == 2 or k == 0 else H, H, rng) for k in range(count)]
    shapes = [(T, B, I), *[(count, B, H)] * 2, (T, B, wide * H), *[(count, B, H)] * 2]
    return parts, lengths, [rng.normal(size=shape) for shape in shapes]


@settings(deadline=None)
@given(runs(states=None))
def test_stacks_of_sequences_of_different_length_are_torchs(made: Any) -> None:
    parts, lengths, (xs, h0, c0, *outer) = made
    expected, gradients = torch_run(parts, False, [xs, h0, c0, *outer], lengths)
    *outputs, saved = stack.stack_forward(xs, lengths, h0, c0, parts)
    for ours, theirs in zip(outputs, expected, strict=True):
        near(ours, theirs)
    dxs, dh0, dc0, grads = stack.stack_backward(*outer, saved, parts)
    ours = [dxs, dh0, dc0, *(getattr(g, name) for g in grads for name in NAMES)]
    for found, theirs in zip(ours, gradients, strict=True):
        near(found, theirs)


@settings(deadline=None)
@given(runs(states=2, wide=2))
def test_both_directions_are_torchs(made: Any) -> None:
    parts, lengths, (xs, h0, c0, *outer) = made
    expected, gradients = torch_run(parts, True, [xs, h0, c0, *outer], lengths)
    *outputs, saved = stack.both_forward(xs, lengths, h0, c0, *parts)
    for ours, theirs in zip(outputs, expected, strict=True):
        near(ours, theirs)
    dxs, dh0, dc0, grads = stack.both_backward(*outer, saved, *parts)
    ours = [dxs, dh0, dc0, *(getattr(g, name) for g in grads for name in NAMES)]
    for found, theirs in zip(ours, gradients, strict=True):
        near(found, theirs)


def test_the_three_short_names_give_the_same_without_what_is_saved() -> None:
    rng = np.random.default_rng(0)
    below, above = drawn(3, 4, rng), drawn(4, 4, rng)
    xs, states = rng.normal(size=(5, 3, 3)), rng.normal(size=(2, 3, 4))
    lengths = [2, 5, 1]
    for ours, whole in (
        (
            stack.masked_lstm(xs, lengths, states[0], states[1], below),
            stack.layer_forward(xs, lengths, states[0], states[1], below),
        ),
        (
            stack.stacked_lstm(xs, states, states, [below, above]),
            stack.stack_forward(xs, None, states, states, [below, above]),
        ),
        (
            stack.bidirectional_lstm(xs, states, states, below, below),
            stack.both_forward(xs, None, states, states, below, below),
        ),
    ):
        for value, expected in zip(ours, whole[:3], strict=True):
            np.testing.assert_array_equal(value, expected)
    full = stack.masked_lstm(xs, [5, 5, 5], states[0], states[1], below)
    for value, expected in zip(full, lstm(xs, states[0], states[1], below), strict=True):
        np.testing.assert_array_equal(value, expected)


def test_what_lies_past_the_end_of_a_sequence_changes_nothing() -> None:
    rng = np.random.default_rng(1)
    params, xs, zero = drawn(3, 4, rng), rng.normal(size=(6, 2, 3)), np.zeros((2, 4))
    other = xs.copy()
    other[3:, 0] = 1e6
    for one, two in zip(
        stack.masked_lstm(xs, [3, 6], zero, zero, params),
        stack.masked_lstm(other, [3, 6], zero, zero, params),
        strict=True,
    ):
        np.testing.assert_array_equal(one, two)


def test_dropout_and_its_gradients_by_finite_differences() -> None:
    rng = np.random.default_rng(2)
    parts = [drawn(3, 4, rng), drawn(4, 4, rng)]
    xs, h0, c0 = (rng.normal(size=s) for s in ((5, 2, 3), (2, 2, 4), (2, 2, 4)))
    outer = rng.normal(size=(5, 2, 4))

    def run(xs: Array, parts: list[LSTMParameters]) -> Any:
        again = np.random.default_rng(9)  # the same masks each time
        rates = {"dropout": 0.4, "recurrent_dropout": 0.3}
        return stack.stack_forward(xs, None, h0, c0, parts, **rates, rng=again)

    def loss(xs: Array, parts: list[LSTMParameters]) -> float:
        return float((run(xs, parts)[0] * outer).sum())

    nothing = np.zeros_like(h0)
    dxs, *_, grads = stack.stack_backward(outer, nothing, nothing, run(xs, parts)[3], parts)
    eps = 1e-6
    for place in [(0, 0, 0), (2, 1, 2), (4, 0, 1)]:
        up, down = xs.copy(), xs.copy()
        up[place] += eps
        down[place] -= eps
        slope = (loss(up, parts) - loss(down, parts)) / (2 * eps)
        assert dxs[place] == pytest.approx(slope, rel=1e-6, abs=1e-8)
    for place in [(0, 1), (7, 3), (15, 0)]:
        values = []
        for sign in (1, -1):
            moved = vars(parts[0])["weight_hh"].copy()
            moved[place] += sign * eps
            first = LSTMParameters(**{**vars(parts[0]), "weight_hh": moved})
            values.append(loss(xs, [first, parts[1]]))
        slope = (values[0] - values[1]) / (2 * eps)
        assert grads[0].weight_hh[place] == pytest.approx(slope, rel=1e-6, abs=1e-8)


def test_a_mask_keeps_the_mean_and_stays_through_the_steps() -> None:
    mask = stack.dropout_mask((200, 200), 0.3, np.random.default_rng(3))
    assert set(np.unique(mask)) == {0.0, 1 / 0.7}
    assert mask.mean() == pytest.approx(1, abs=0.02)
    params = initialise(3, 50, np.random.default_rng(4))
    xs, zero = np.ones((6, 2, 3)), np.zeros((1, 2, 50))
    *_, saved = stack.stack_forward(
        xs, None, zero, zero, [params], recurrent_dropout=0.5, rng=np.random.default_rng(5)
    )
    dropped = [step.h_prev == 0 for step in saved.layers[0].steps[1:]]
    assert 20 < dropped[0].sum() < 80
    for at in dropped[1:]:
        np.testing.assert_array_equal(at, dropped[0])


@pytest.mark.parametrize(
    ("lengths", "says"),
    [
        ([2, 6], "lengths are .2, 6.; expected whole numbers from 1 to T = 5"),
        ([0, 5], "expected whole numbers from 1"),
        ([1.5, 2.0], "expected whole numbers"),
        ([1, 2, 3], r"lengths has shape \(3,\); expected \(B,\) = \(2,\)"),
    ],
)
def test_lengths_that_do_not_fit_are_refused(lengths: list[float], says: str) -> None:
    params = initialise(3, 4, np.random.default_rng(0))
    zero = np.zeros((2, 4))
    with pytest.raises(ValueError, match=says):
        stack.masked_lstm(np.ones((5, 2, 3)), lengths, zero, zero, params)


def test_states_rates_and_generators_that_do_not_fit_are_refused() -> None:
    params, xs, zero = initialise(3, 4, np.random.default_rng(0)), np.ones((5, 2, 3)), np.zeros
    with pytest.raises(ValueError, match="one state for each of 1 layers"):
        stack.stacked_lstm(xs, zero((2, 2, 4)), zero((2, 2, 4)), [params])
    with pytest.raises(ValueError, match=r"expected \(2, B, H\)"):
        stack.bidirectional_lstm(xs, zero((1, 2, 4)), zero((1, 2, 4)), params, params)
    state = zero((1, 2, 4))
    with pytest.raises(ValueError, match="dropout needs rng"):
        stack.stack_forward(xs, None, state, state, [params], dropout=0.5)
    with pytest.raises(ValueError, match="rate is 1"):
        stack.dropout_mask((2,), 1, np.random.default_rng(0))
