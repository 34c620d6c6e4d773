import math
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from lstm_ref.activations import sigmoid, sigmoid_slope, tanh, tanh_slope

numbers = st.floats(-1000, 1000)
CURVES = [
    (sigmoid, sigmoid_slope, torch.sigmoid),
    (tanh, tanh_slope, torch.tanh),
]


@given(numbers)
def test_sigmoid_is_torchs(x: float) -> None:
    expected = torch.sigmoid(torch.tensor(x, dtype=torch.float64)).item()
    # torch returns 0 below -709, where the true value is still a subnormal number.
    np.testing.assert_allclose(sigmoid(x), expected, rtol=1e-14, atol=1e-307)


@given(numbers)
def test_sigmoid_and_its_mirror_add_up_to_one(x: float) -> None:
    assert sigmoid(x) + sigmoid(-x) == pytest.approx(1, abs=1e-15)


@given(numbers)
def test_tanh_is_the_standard_librarys(x: float) -> None:
    np.testing.assert_allclose(tanh(x), math.tanh(x), rtol=1e-15, atol=0)


@given(numbers)
@pytest.mark.parametrize(("curve", "slope", "in_torch"), CURVES)
def test_the_slopes_are_those_that_torch_differentiates(
    curve: Any, slope: Any, in_torch: Any, x: float
) -> None:
    leaf = torch.tensor(x, dtype=torch.float64, requires_grad=True)
    in_torch(leaf).backward()
    # torch's sigmoid is 0 below -709, where the true value is still a subnormal number.
    np.testing.assert_allclose(slope(curve(x)), leaf.grad, rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize(("curve", "slope", "in_torch"), CURVES)
def test_the_slopes_are_those_of_a_short_piece_of_the_curve(
    curve: Any, slope: Any, in_torch: Any
) -> None:
    xs, step = np.linspace(-6, 6, 24).reshape(2, 3, 4), 1e-5
    by_differences = (curve(xs + step) - curve(xs - step)) / (2 * step)
    found = slope(curve(xs))
    assert found.shape == xs.shape
    np.testing.assert_allclose(found, by_differences, rtol=0, atol=1e-9)


@pytest.mark.parametrize("x", [1000, -1000, 0, 710.0, -745.2])
def test_exact_at_the_ends_and_without_any_floating_point_warning(x: float) -> None:
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        share, signed = float(sigmoid(x)), float(tanh(x))
    assert share == (0.5 if x == 0 else (1.0 if x > 0 else math.exp(x)))
    assert signed == (0 if x == 0 else math.copysign(1, x))


def test_float32_stays_float32_and_whole_numbers_become_float64() -> None:
    assert sigmoid(np.ones(2, np.float32)).dtype == np.float32
    assert tanh(np.ones(2, np.float32)).dtype == np.float32
    assert sigmoid([1, 2]).dtype == np.float64
    for slope in (sigmoid_slope, tanh_slope):
        assert slope(np.ones(2, np.float32)).dtype == np.float32
        assert slope([0, 1]).dtype == np.float64
        np.testing.assert_array_equal(slope(1), 0)


@pytest.mark.parametrize("bad", [["a"], [1j], [None]])
def test_what_is_not_a_real_number_is_refused_in_a_sentence(bad: list[object]) -> None:
    with pytest.raises(TypeError, match="expected real numbers"):
        sigmoid(bad)  # type: ignore[arg-type]
