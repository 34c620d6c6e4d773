"""Differences against known derivatives, and the backward pass against differences."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lstm_ref.arrays import Array
from lstm_ref.bptt import forward_saving, lstm_backward, truncated_backward
from lstm_ref.gradcheck import complex_step_gradient, gradcheck, numerical_gradient
from lstm_ref.parameters import LSTMParameters, initialise

NAMES = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")


@given(st.lists(st.floats(-3, 3), min_size=1, max_size=6))
def test_both_know_the_slope_of_the_sine(values: list[float]) -> None:
    x = np.array(values)
    before = x.tobytes()
    expected = np.cos(x) * np.arange(1, len(x) + 1)

    def f(a: np.ndarray) -> complex:
        return (np.sin(a) * np.arange(1, len(a) + 1)).sum()

    np.testing.assert_allclose(numerical_gradient(f, x), expected, atol=1e-9)
    np.testing.assert_allclose(complex_step_gradient(f, x), expected, rtol=1e-14, atol=1e-14)
    assert x.tobytes() == before


def test_the_gradient_has_the_shape_of_x_and_is_float64() -> None:
    for x in (2, [1.0, 2.0], np.ones((2, 1, 3), np.float32), np.zeros((0, 3))):
        gradient = numerical_gradient(lambda a: float((a**3).sum()), x)
        assert gradient.shape == np.shape(x)
        assert gradient.dtype == np.float64
        np.testing.assert_allclose(gradient, 3.0 * np.asarray(x) ** 2, rtol=1e-9)
    large = numerical_gradient(lambda a: float((a**2).sum()), [1e9])
    np.testing.assert_allclose(large, 2e9, rtol=1e-9)


def test_a_function_of_the_wrong_kind_is_refused_in_words() -> None:
    with pytest.raises(ValueError, match=r"f returned float64 of shape \(3,\); expected one real"):
        numerical_gradient(lambda a: a, np.ones(3))
    with pytest.raises(ValueError, match="f returned complex128"):
        numerical_gradient(lambda a: a.sum() * 1j, np.ones(3))
    with pytest.raises(ValueError, match="expected one complex number: use numerical_gradient"):
        complex_step_gradient(lambda a: np.abs(a).sum(), np.ones(3))
    with pytest.raises(ValueError, match=r"eps is 0\.0; expected a positive number"):
        numerical_gradient(lambda a: a.sum(), np.ones(3), 0.0)
    with pytest.raises(ValueError, match="eps is -1; expected a positive number"):
        complex_step_gradient(lambda a: a.sum(), np.ones(3), -1)


class Case:
    """A loss with weights on hs, h_n and c_n, so that no gradient is zero by chance."""

    def __init__(self, T: int, batch: tuple[int, ...], I: int, H: int, seed: int) -> None:
        rng = np.random.default_rng(seed)
        p = initialise(I, H, rng)
        states = {"h0": rng.normal(size=(*batch, H)), "c0": rng.normal(size=(*batch, H))}
        weights = {name: getattr(p, name) + 0.3 * rng.normal() for name in NAMES}
        self.arguments = {"xs": rng.normal(size=(T, *batch, I)), **states, **weights}
        shapes = ((T, *batch, H), (*batch, H), (*batch, H))
        self.outer = [rng.normal(size=shape) for shape in shapes]

    def loss(self, xs: Array, h0: Array, c0: Array, **weights: Array) -> float:
        outputs = forward_saving(xs, h0, c0, LSTMParameters(**weights))[:3]
        return sum(float((a * b).sum()) for a, b in zip(outputs, self.outer, strict=True))

    def gradients(self) -> dict[str, Array]:
        p = LSTMParameters(**{name: self.arguments[name] for name in NAMES})
        xs, h0, c0 = (self.arguments[name] for name in ("xs", "h0", "c0"))
        dxs, dh0, dc0, grads = lstm_backward(*self.outer, forward_saving(xs, h0, c0, p)[3], p)
        return {"xs": dxs, "h0": dh0, "c0": dc0, **vars(grads)}


@pytest.mark.parametrize(
    "sizes", [(4, (3,), 2, 5), (3, (), 2, 3), (1, (1,), 1, 1), (6, (1,), 3, 1), (1, (), 1, 1)]
)
@pytest.mark.parametrize("seed", range(3))
def test_the_backward_pass_agrees_with_differences(
    sizes: tuple[int, tuple[int, ...], int, int], seed: int
) -> None:
    case = Case(*sizes, seed)
    result = gradcheck(case.loss, case.gradients(), case.arguments)
    assert result.ok, result.sentence
    result.require()
    assert set(result.off.values()) == {0}
    assert "entries of xs, h0, c0, weight_ih" in result.sentence


@settings(deadline=None, max_examples=20)
@given(st.integers(0, 2**32 - 1), st.integers(1, 4), st.integers(1, 4))
def test_the_backward_pass_agrees_with_the_complex_step(seed: int, T: int, H: int) -> None:
    """A second oracle, right to rounding: six equations over complex numbers."""
    case = Case(T, (2,), 3, H, seed)

    def loss(name: str, value: np.ndarray) -> complex:
        a = {**case.arguments, name: value}
        h, c, total = a["h0"], a["c0"], 0j
        for x, d in zip(a["xs"], case.outer[0], strict=True):
            z = x @ a["weight_ih"].T + h @ a["weight_hh"].T + a["bias_ih"] + a["bias_hh"]
            i, f, o = (1 / (1 + np.exp(-z[:, k * H : (k + 1) * H])) for k in (0, 1, 3))
            c = f * c + i * np.tanh(z[:, 2 * H : 3 * H])
            h = o * np.tanh(c)
            total = total + (h * d).sum()
        return complex(total + (h * case.outer[1]).sum() + (c * case.outer[2]).sum())

    for name, ours in case.gradients().items():
        expected = complex_step_gradient(lambda v, n=name: loss(n, v), case.arguments[name])
        np.testing.assert_allclose(ours, expected, rtol=1e-11, atol=1e-13)


def test_it_says_which_entry_is_off_and_by_how_much() -> None:
    case = Case(4, (3,), 2, 5, 0)
    good = case.gradients()
    for name, value in good.items():
        bad = value.copy()
        index = tuple(int(n) - 1 for n in bad.shape)
        bad[index] += 0.25
        result = gradcheck(case.loss, {**good, name: bad}, case.arguments)
        assert not result.ok
        assert (result.array, result.index) == (name, index)
        assert result.error == pytest.approx(0.25, rel=1e-6)
        assert result.off == {key: int(key == name) for key in good}
        assert f"the gradient at {name}{list(index)} is" in result.sentence
        assert f"off by 0.25; entries that are off: 1 of {bad.size} in {name}" in result.sentence
        with pytest.raises(AssertionError, match=r"off by 0\.25"):
            result.require()


@pytest.mark.parametrize("factor", [0.0, -1.0, 0.5, 1.0001, np.nan, np.inf])
def test_a_wrong_factor_is_caught_in_every_array(factor: float) -> None:
    case = Case(3, (2,), 2, 3, 1)
    for name, value in case.gradients().items():
        assert not gradcheck(case.loss, {name: factor * value}, case.arguments).ok


def test_a_truncated_gradient_is_not_the_whole_one() -> None:
    case = Case(4, (2,), 2, 3, 2)
    p = LSTMParameters(**{name: case.arguments[name] for name in NAMES})
    xs, h0, c0 = (case.arguments[name] for name in ("xs", "h0", "c0"))
    case.outer[1][:] = case.outer[2][:] = 0
    saved = forward_saving(xs, h0, c0, p)[3]
    for steps, right in ((1, False), (3, False), (4, True)):
        grads = vars(truncated_backward(case.outer[0], saved, p, steps))
        assert gradcheck(case.loss, grads, case.arguments).ok is right


def test_large_and_small_losses_are_judged_by_their_own_scale() -> None:
    x = np.array([0.3, -1.2, 2.0])
    for scale in (1e-3, 1.0, 1e8):
        arguments, gradients = {"x": x}, {"x": scale * np.exp(x)}
        assert gradcheck(lambda x, s=scale: s * np.exp(x).sum(), gradients, arguments).ok
        wrong = {"x": gradients["x"] * 1.001}
        assert not gradcheck(lambda x, s=scale: s * np.exp(x).sum(), wrong, arguments).ok


def test_gradcheck_refuses_names_and_shapes_that_do_not_fit() -> None:
    arguments = {"x": np.ones(3)}
    with pytest.raises(ValueError, match="gradients names y, which f is not given; it is given x"):
        gradcheck(lambda x: x.sum(), {"y": np.ones(3)}, arguments)
    with pytest.raises(ValueError, match=r"gradient of x has shape \(1, 3\); expected \(3,\)"):
        gradcheck(lambda x: x.sum(), {"x": np.ones((1, 3))}, arguments)
    with pytest.raises(ValueError, match="gradients is empty"):
        gradcheck(lambda x: x.sum(), {}, arguments)
