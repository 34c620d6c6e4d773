"""What the backward pass is tried on: steps that were really taken, and gradients to bring back."""

from typing import Any

import numpy as np

from lstm_ref import bptt
from lstm_ref.arrays import Array
from lstm_ref.checks.exercise import Case
from lstm_ref.checks.inputs import GATES, Generator, Sizes, sequence, signed
from lstm_ref.datasets import worked_example
from lstm_ref.parameters import LSTMParameters

Params = dict[str, Array]
Step = dict[str, Array]

#: The arguments of `truncated_backward` and of `lstm_backward`.
_NAMES = {
    4: ("dhs", "saved", "params", "steps"),
    5: ("dhs", "dh_n", "dc_n", "saved", "params"),
}


def forward(xs: Array, h0: Array, c0: Array, params: Params) -> list[Step]:
    """Run the layer and return what each step's backward pass needs, x h_prev … tanh_c."""
    *_, saved = bptt.forward_saving(xs, h0, c0, LSTMParameters.from_gates(params))
    return [step._asdict() for step in saved]


def worked() -> tuple[list[Step], Params]:
    """Return the steps of the worked example, and its parameters."""
    example = worked_example
    return forward(example.xs, example.h0, example.c0, example.params), example.params


def drawn(rng: Generator, sizes: Sizes, T: int, scale: float = 1.0) -> tuple[list[Step], Params]:
    """Draw a run of T steps."""
    xs, h0, c0, params = sequence(rng, sizes, T, scale)
    return forward(xs, h0, c0, params), params


def backs(rng: Generator, sizes: Sizes, *before: int, size: float = 1.0) -> Array:
    """Draw gradients of hidden states; of a sequence where its length stands in `before`."""
    return signed(rng, (*before, *sizes.batch, sizes.H), 0.4, 1.6) * size


def last_steps(case: Case, n: int) -> Case:
    """Return the case of the last n steps: what lies along time first, and what was saved, cut."""
    kept = [
        value[-n:] if name in ("dhs", "saved") else value
        for name, value in zip(_NAMES[len(case.arguments)], case.arguments, strict=True)
    ]
    return Case(f"{case.name}, its last {n} steps", tuple(kept), case.single)


def as_saved(step: Step) -> bptt.Saved:
    """Return a step as the reference keeps it."""
    return bptt.Saved(**step)


def by_gate(grads: LSTMParameters) -> Params:
    """Return the reference's packed gradients under the names of `params`."""
    found: Params = {}
    for gate, *arrays in zip(
        GATES,
        *(np.split(a, 4) for a in (grads.weight_ih, grads.weight_hh, grads.bias_ih)),
        strict=True,
    ):
        found |= {f"{kind}_{gate}": a for kind, a in zip("WUb", arrays, strict=True)}
    return found


def packed(params: Params) -> Any:
    """Return `params` as the reference takes them."""
    return LSTMParameters.from_gates(params)
