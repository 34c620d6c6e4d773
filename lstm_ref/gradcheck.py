"""Is a gradient right? Compare it with differences of the function itself.

Central differences: ∂f/∂x ≈ (f(x+h) − f(x−h)) / 2h. Their error is h² times a third derivative
plus the rounding of f divided by h, so an h near the cube root of the machine's precision is
best (Press et al., 2007, section 5.7): about nine digits.

Complex step: ∂f/∂x ≈ Im f(x + ih) / h for a function that takes complex numbers and is
analytic. Nothing is subtracted, so h may be 1e-20 and the result is right to rounding
(Squire and Trapp, 1998).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from lstm_ref.arrays import Array, as_float

#: The cube root of float64's precision.
STEP = float(np.finfo(np.float64).eps ** (1 / 3))


def numerical_gradient(f: Callable[[Array], Any], x: ArrayLike, eps: float = STEP) -> Array:
    """∂f/∂x by central differences, in float64; x itself never changes.

    f takes an array shaped as x and returns one real number. The step at an entry is
    eps · max(1, |entry|). Raises ValueError where f returns more than a number or eps is not
    positive.
    """
    _positive(eps)
    moved = np.array(as_float(x), dtype=np.float64)
    gradient = np.empty_like(moved)
    for index in np.ndindex(moved.shape):
        here = moved[index].item()
        step = eps * max(1.0, abs(here))
        up, down = here + step, here - step
        moved[index] = up
        above = _number(f(moved))
        moved[index] = down
        below = _number(f(moved))
        moved[index] = here
        gradient[index] = (above - below) / (up - down)  # up − down is the step as it was rounded
    return gradient


def complex_step_gradient(
    f: Callable[[np.ndarray[Any, Any]], Any], x: ArrayLike, eps: float = 1e-20
) -> Array:
    """∂f/∂x by the complex step, right to rounding; x itself never changes.

    f takes a complex array shaped as x and returns one complex number; it must be analytic
    (no abs, no max, no comparison). Raises ValueError where f returns a real number, which
    means that it dropped the imaginary part, or where eps is not positive.
    """
    _positive(eps)
    moved = np.array(as_float(x), dtype=np.complex128)
    gradient = np.empty(moved.shape)
    for index in np.ndindex(moved.shape):
        here = moved[index]
        moved[index] = here + 1j * eps
        value = np.asarray(f(moved))
        moved[index] = here
        if value.size != 1 or value.dtype.kind != "c":
            raise ValueError(
                f"f returned {value.dtype} of shape {value.shape}; expected one complex number: "
                "use numerical_gradient for a function of real numbers"
            )
        gradient[index] = value.item().imag / eps
    return gradient


@dataclass(frozen=True)
class GradientCheck:
    """The result of `gradcheck`: `ok`, a sentence, and the entry that is worst.

    `array` and `index` say where, `given` and `expected` what stood there; `error` is their
    distance. `off` counts, for each array, the entries outside the tolerance.
    """

    ok: bool
    sentence: str
    array: str
    index: tuple[int, ...]
    given: float
    expected: float
    error: float
    off: dict[str, int]

    def require(self) -> None:
        """Raise AssertionError with the sentence where the gradients are wrong."""
        if not self.ok:
            raise AssertionError(self.sentence)


def gradcheck(
    f: Callable[..., Any],
    gradients: Mapping[str, ArrayLike],
    arguments: Mapping[str, ArrayLike],
    *,
    rtol: float = 1e-6,
    atol: float = 1e-8,
    eps: float = STEP,
) -> GradientCheck:
    """Compare named gradients of f(**arguments) with central differences, in float64.

    `gradients` names those arguments whose gradients are to be checked, each shaped as its
    argument. An entry is right where |given − expected| ≤ atol + rtol · |expected| + what
    rounding in f does to the difference. Raises ValueError for an unknown name or a wrong shape.
    """
    _positive(eps)
    plain = {name: np.array(as_float(value), np.float64) for name, value in arguments.items()}
    if not gradients:
        raise ValueError("gradients is empty; expected at least one name with its gradient")
    noise = 10 * np.finfo(np.float64).eps * abs(_number(f(**plain))) / eps
    worst: tuple[float, str, tuple[int, ...], float, float] = (-1.0, "", (), 0.0, 0.0)
    off: dict[str, int] = {}
    for name, value in gradients.items():
        if name not in plain:
            known = ", ".join(plain)
            raise ValueError(f"gradients names {name}, which f is not given; it is given {known}")
        given = np.asarray(as_float(value), np.float64)
        if given.shape != plain[name].shape:
            raise ValueError(
                f"the gradient of {name} has shape {given.shape}; "
                f"expected {plain[name].shape}, the shape of {name}"
            )
        expected = numerical_gradient(_of_one(f, plain, name), plain[name], eps)
        excess = np.abs(given - expected) / (atol + noise + rtol * np.abs(expected))
        excess = np.where(np.isfinite(excess), excess, np.inf)  # NaN is as wrong as can be
        if excess.size == 0:
            continue
        off[name] = int((excess > 1).sum())
        index = tuple(int(k) for k in np.unravel_index(excess.argmax(), excess.shape))
        if excess[index] > worst[0]:
            worst = (float(excess[index]), name, index, float(given[index]), float(expected[index]))
    return _judged(worst, off, {name: plain[name].size for name in gradients})


def _judged(
    worst: tuple[float, str, tuple[int, ...], float, float],
    off: dict[str, int],
    sizes: dict[str, int],
) -> GradientCheck:
    excess, array, index, given, expected = worst
    error = abs(given - expected)
    where = f"{array}{list(index)}" if index else array
    if excess <= 1:
        sentence = (
            f"all {sum(sizes.values())} entries of {', '.join(sizes)} agree with central "
            f"differences; the largest error for its tolerance is {error:.3g}, at {where}"
        )
        return GradientCheck(True, sentence, array, index, given, expected, error, off)
    counts = ", ".join(f"{n} of {sizes[name]} in {name}" for name, n in off.items() if n)
    sentence = (
        f"the gradient at {where} is {given:.6g} but central differences give {expected:.6g}, "
        f"off by {error:.3g}; entries that are off: {counts}"
    )
    return GradientCheck(False, sentence, array, index, given, expected, error, off)


def _of_one(f: Callable[..., Any], plain: Mapping[str, Array], name: str) -> Callable[[Array], Any]:
    return lambda value: f(**{**plain, name: value})


def _positive(eps: float) -> None:
    if not eps > 0:
        raise ValueError(f"eps is {eps!r}; expected a positive number")


def _number(value: Any) -> float:
    array = np.asarray(value)
    if array.size != 1 or array.dtype.kind not in "biuf":
        raise ValueError(
            f"f returned {array.dtype} of shape {array.shape}; expected one real number: "
            "sum it, perhaps with weights"
        )
    return float(array.item())
