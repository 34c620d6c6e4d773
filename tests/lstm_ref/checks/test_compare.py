"""When two results are the same: rounding is no mistake, and a mistake is no rounding."""

import numpy as np
import pytest

from lstm_ref.checks.compare import close
from lstm_ref.checks.trial import Sign

#: A gradient of one unit in which terms near 1 cancel, in double precision and in single.
CANCELLED = np.array([1.2368e-4]), np.array([1.2381e-4])


@pytest.mark.parametrize(("came_in", "fits"), [(np.float32, True), (np.float64, False)])
def test_what_is_left_of_terms_that_cancel_has_their_roundings(came_in: type, fits: bool) -> None:
    right, found = CANCELLED
    assert close(found, right, float(np.finfo(came_in).eps)) == fits


@pytest.mark.parametrize("came_in", [np.float32, np.float64])
def test_a_hundredth_of_the_smallest_scale_is_a_mistake(came_in: type) -> None:
    right, _ = CANCELLED
    assert not close(right + 1e-5, right, float(np.finfo(came_in).eps))


def test_the_largest_number_is_the_scale() -> None:
    right = np.array([100.0, 0.0])
    assert close(right + 5e-3, right)
    assert not close(right + 5e-2, right)
    assert close(right + 0.2, right, float(np.finfo(np.float16).eps))


def test_what_is_dropped_at_a_glance_is_not_close() -> None:
    """A student's 1e-9 is the zero that a known mistake gives, and so is it at a glance."""
    nearly, zero = np.array([1e-9, 0.0]), np.zeros(2)
    assert close(nearly, zero)
    assert Sign.of(nearly).may_be(zero)
    assert not Sign.of(nearly).may_be(zero + 1e-2)
    assert not Sign.of(nearly).may_be(np.zeros(3))
