"""What all cells share: the loop forward, the loop back, and what each layer goes through.

A cell says what happens in one step, and in one step back. All else is here, once.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Generic, NamedTuple, Protocol, Self, SupportsIndex, TypeVar

import numpy as np
from numpy.typing import ArrayLike, DTypeLike

from lstm_ref.activations import sigmoid, sigmoid_slope, tanh, tanh_slope
from lstm_ref.arrays import Array
from lstm_ref.parameters import Packed, draw
from lstm_ref.shapes import SEQUENCE, fit, like, same_as_before

States = tuple[Array, ...]


class Activation(NamedTuple):
    """What a layer goes through, and its slope where it gave y."""

    of: Callable[[Array], Array]
    slope: Callable[[Array], Array]


SIGMOID = Activation(sigmoid, sigmoid_slope)
TANH = Activation(tanh, tanh_slope)
#: No squashing, and a gate that is always open: with these in its place a part is taken away.
LINEAR = Activation(np.copy, np.ones_like)
OPEN = Activation(np.ones_like, np.zeros_like)


class Saved(Protocol):
    """What every cell saves of a step, beside its own gates; c too, where it has one."""

    @property
    def x(self) -> Array: ...
    @property
    def h_prev(self) -> Array: ...
    @property
    def h(self) -> Array: ...


P = TypeVar("P", bound=Packed)
S = TypeVar("S", bound=Saved)


@dataclass(frozen=True)
class Cell(ABC, Generic[P, S]):
    """One kind of recurrent cell.

    `kind` is that of its parameters, `states` names what goes from step to step, h first.
    `squash` says what each layer goes through, by its letter, c being the memory before it is
    shown: data, so that a cell without one of its parts is the same cell with another entry.
    """

    name: str
    kind: type[P]
    states: tuple[str, ...]
    squash: Mapping[str, Activation]

    def having(self, name: str = "", **squash: Activation) -> Self:
        """Return the same cell with other activations, as `CELLS["lstm"].having(i=OPEN)`.

        The weights of a gate that is always open stay, and their gradients are 0.
        Raises ValueError for a letter that the cell does not have.
        """
        for letter in squash:
            if letter not in self.squash:
                raise ValueError(
                    f"{self.name} has no activation {letter!r}; "
                    f"expected one of {', '.join(self.squash) or 'none at all'}"
                )
        return replace(self, name=name or self.name, squash={**self.squash, **squash})

    @abstractmethod
    def step(self, x: Array, states: States, params: P) -> S:
        """Take one step and return all that happened in it."""

    @abstractmethod
    def step_back(self, d_states: States, step: S, params: P) -> tuple[Array, States]:
        """Take one step back and return (dz, the gradients of the states before).

        dz (…, kH) is the gradient of the weighted sums, in the order of the layers.
        """

    def weight_gradients(self, dz: Array, saved: Sequence[S]) -> dict[str, Array]:
        """Sum the gradients of the parameters over batch and time, dz being (T, …, kH)."""
        return packed_gradients(dz, dz, saved)

    def input_gradients(self, dz: Array, params: P) -> Array:
        """Return dxs (T, …, I) from dz (T, …, kH)."""
        return dz @ params.weight_ih

    def initialise(
        self,
        input_size: SupportsIndex,
        hidden_size: SupportsIndex,
        rng: "np.random.Generator",
        *,
        forget_bias: float = 1.0,
        dtype: DTypeLike = np.float64,
    ) -> P:
        """Draw weights from U(-1/√H, 1/√H), biases zero but the forget gate's where there is one.

        Errors as `lstm_ref.parameters.initialise`.
        """
        return draw(self.kind, input_size, hidden_size, rng, dtype, forget_bias)

    def forward(
        self, xs: ArrayLike, initial: Sequence[ArrayLike | None] | None, params: P
    ) -> tuple[Array, States, list[S]]:
        """Run the cell along a sequence and return (hs, final states, saved).

        `initial` holds the states before the first step, (h0,) or (h0, c0); None is zeros.
        Shapes: xs (T, B, I) with states (B, H) gives hs (T, B, H); one example, xs (T, I) with
        states (H,), gives hs (T, H). Raises ValueError for shapes that do not fit, and TypeError
        for dtypes that do not and for the parameters of another cell.
        """
        params = self.kind.required(params)
        first = self._named("initial", [None] * len(self.states) if initial is None else initial)
        x_all, *now = fit(params, SEQUENCE, keep=True, xs=xs, **first)
        saved: list[S] = []
        for x in x_all:
            step = self.step(x, tuple(now), params)
            now = [getattr(step, state) for state in self.states]
            saved.append(step)
        return np.stack([step.h for step in saved]), tuple(s.copy() for s in now), saved

    def backward(
        self, dhs: ArrayLike, d_final: Sequence[ArrayLike], saved: Sequence[S], params: P
    ) -> tuple[Array, States, P]:
        """Backpropagate through time and return (dxs, gradients of the initial states, grads).

        dhs has the shape of hs; d_final holds the gradients of the final states, which add to
        the last step. grads is of the kind of the parameters, summed over batch and time.
        Errors as in `forward`.
        """
        params = self.kind.required(params)
        if not saved:
            raise ValueError(
                "saved is empty; expected one entry for each step, as forward returns it"
            )
        same_as_before(params, saved[0].x.shape[-1], saved[0].h.shape[-1])
        dh_all = like("dhs", dhs, "hs", np.stack([step.h for step in saved]))
        last = self._named("d_final", d_final)
        d_states = tuple(like(name, d, name[1:], saved[0].h) for name, d in last.items())
        dzs: list[Array] = []
        for dh, step in zip(dh_all[::-1], saved[::-1], strict=True):
            # h is read by the steps after, and by the loss at this one.
            dz, d_states = self.step_back((d_states[0] + dh, *d_states[1:]), step, params)
            dzs.append(dz)
        dz_all = np.stack(dzs[::-1])  # T times (…, kH) -> (T, …, kH)
        grads = self.kind(**self.weight_gradients(dz_all, saved))
        return self.input_gradients(dz_all, params), d_states, grads

    def _named(self, what: str, given: Sequence[Any]) -> dict[str, Any]:
        names = [f"{state}0" if what == "initial" else f"d{state}_n" for state in self.states]
        if len(given) != len(names):
            raise ValueError(
                f"{what} holds {len(given)} arrays; expected {len(names)}: ({', '.join(names)},)"
            )
        return dict(zip(names, given, strict=True))


def weighted_sums(x: Array, h_prev: Array, params: Packed) -> list[Array]:
    """z = W x + U h_prev + b of each layer, k arrays of (…, H)."""
    z = x @ params.weight_ih.T + params.bias_ih + h_prev @ params.weight_hh.T + params.bias_hh
    return np.split(z, len(params.LAYERS), axis=-1)  # (…, kH) -> k times (…, H)


def packed_gradients(dz_input: Array, dz_hidden: Array, saved: Sequence[Saved]) -> dict[str, Array]:
    """The gradients of the four packed arrays, one product each for all examples and steps.

    dz_input (T, …, kH) is the gradient of W x + b_ih, dz_hidden that of U h_prev + b_hh.
    """
    xs = np.stack([step.x for step in saved])
    hs_prev = np.stack([step.h_prev for step in saved])
    dz_input, dz_hidden, xs, hs_prev = (
        array.reshape(-1, array.shape[-1])  # (T, B, n) or (T, n) -> (T·B, n)
        for array in (dz_input, dz_hidden, xs, hs_prev)
    )
    return {
        "weight_ih": dz_input.T @ xs,
        "weight_hh": dz_hidden.T @ hs_prev,
        "bias_ih": dz_input.sum(0),
        "bias_hh": dz_hidden.sum(0),
    }
