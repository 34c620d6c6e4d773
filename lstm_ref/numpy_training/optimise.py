"""How weights follow their gradients: clipping and Adam, over a dict of named arrays."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from lstm_ref.arrays import Array


def clip_by_global_norm(
    grads: Mapping[str, Array], max_norm: float
) -> tuple[dict[str, Array], float]:
    """Shorten the gradient to `max_norm` where it is longer; return (new grads, its norm before).

    The norm is that of all arrays as one long vector, so the direction stays.
    Raises ValueError where max_norm is not positive or a gradient is not finite.
    Source: Pascanu, Mikolov and Bengio (2013), algorithm 1.
    """
    if not max_norm > 0:
        raise ValueError(f"max_norm is {max_norm!r}; expected a positive number")
    for name, gradient in grads.items():
        if not np.isfinite(gradient).all():
            raise ValueError(
                f"the gradient of {name} holds NaN or infinity, which no scaling mends; "
                "lower the learning rate or clip from the first step on"
            )
    largest = max((float(np.abs(g).max(initial=0.0)) for g in grads.values()), default=0.0)
    unit = largest or 1.0  # squares of gradients over 1e154 would overflow
    squares = sum(float(np.sum((g / unit) ** 2, dtype=float)) for g in grads.values())
    norm = unit * squares**0.5
    scale = min(1.0, max_norm / norm) if norm else 1.0
    return {name: gradient * scale for name, gradient in grads.items()}, norm


@dataclass
class Adam:
    """Adam keeps two running means for each weight: of its gradients and of their squares.

    Call `step` once a mini-batch. Raises ValueError for a setting out of its range.
    Source: Kingma and Ba (2015), algorithm 1, with its default settings.
    """

    learning_rate: float = 1e-3
    beta1: float = 0.9
    beta2: float = 0.999
    epsilon: float = 1e-8
    steps: int = field(default=0, init=False)
    mean: dict[str, Array] = field(default_factory=dict, init=False, repr=False)
    square: dict[str, Array] = field(default_factory=dict, init=False, repr=False)

    def __post_init__(self) -> None:
        for name in ("learning_rate", "epsilon"):
            if not 0 < (value := getattr(self, name)) < np.inf:
                raise ValueError(f"{name} is {value!r}; expected a positive number")
        for name in ("beta1", "beta2"):
            if not 0 <= (value := getattr(self, name)) < 1:
                raise ValueError(f"{name} is {value!r}; expected a number from 0 to below 1")

    def step(self, params: Mapping[str, Array], grads: Mapping[str, Array]) -> dict[str, Array]:
        """Return new arrays, one step downhill; `params` and `grads` stay as they are.

        Raises ValueError where names or shapes of the two differ, or are not those of the
        step before.
        """
        if not self.steps:
            self.mean = {name: np.zeros_like(array) for name, array in params.items()}
            self.square = {name: np.zeros_like(array) for name, array in params.items()}
        _same_shapes("grads", grads, "params", params)
        _same_shapes("grads", grads, "the running means", self.mean)
        self.steps += 1
        moved: dict[str, Array] = {}
        for name, g in grads.items():
            m = self.mean[name] = self.beta1 * self.mean[name] + (1 - self.beta1) * g
            v = self.square[name] = self.beta2 * self.square[name] + (1 - self.beta2) * g**2
            m_hat = m / (1 - self.beta1**self.steps)  # both means start at 0: undo that bias
            v_hat = v / (1 - self.beta2**self.steps)
            downhill = m_hat / (np.sqrt(v_hat) + self.epsilon)
            moved[name] = params[name] - self.learning_rate * downhill
        return moved


def _same_shapes(
    what: str, given: Mapping[str, Array], other: str, expected: Mapping[str, Array]
) -> None:
    if set(given) != set(expected):
        raise ValueError(
            f"{what} holds {', '.join(sorted(given))} but {other} {', '.join(sorted(expected))}; "
            "give one array for each name"
        )
    for name, array in given.items():
        if array.shape != expected[name].shape:
            raise ValueError(
                f"{name} has shape {array.shape} in {what}; "
                f"expected {expected[name].shape}, as in {other}"
            )
