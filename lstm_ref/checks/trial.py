"""Runs the right answer on one case with edits in it, as often as pairs of mistakes need it."""

import ast
from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np

from lstm_ref.arrays import Array
from lstm_ref.checks.evaluate import Evaluators, Get
from lstm_ref.checks.exercise import Case
from lstm_ref.checks.trees import Edited, Trees
from lstm_ref.checks.variants import Edit, Variants

#: The scale never counts as smaller than this, so that an exact zero can be met at all.
SMALLEST_SCALE = 1e-3
#: For the scale of the result; above every tolerance, so that nothing is dropped that could fit.
_ROUNDING = 5e-3

Values = dict[ast.expr, Any]


class Differs(Exception):
    """The result is not the one that was looked for."""


class Sign(NamedTuple):
    """By what an array is known at a glance: its shape, and its first number within a margin."""

    shape: tuple[int, ...]
    first: float
    margin: float

    @classmethod
    def of(cls, values: Array) -> "Sign":
        """Return the sign of a finite array that is not empty."""
        scale = max(float(np.abs(values).max()), SMALLEST_SCALE)
        return cls(values.shape, float(values.flat[0]), _ROUNDING * scale)

    def may_be(self, value: Any) -> bool:
        """Whether a value may be the array; what is no array is left to a closer look."""
        if type(value) is float:
            value = np.array(value)
        if type(value) is not np.ndarray:
            return True
        if value.shape != self.shape:
            return False
        return not abs(float(value.flat[0]) - self.first) > self.margin


def glance(wanted: Sequence[Sign | None], values: Iterable[Any]) -> None:
    """Raise Differs where one of the first results is not what is wanted there."""
    for sign, value in zip(wanted, values, strict=False):
        if sign is not None and not sign.may_be(value):
            raise Differs


class Plan:
    """The right answer as trees, and what each mistake changes in them."""

    def __init__(self, variants: Variants) -> None:
        self.variants = variants
        self.trees = Trees(variants.text)
        self.evaluators = Evaluators(self.trees)
        self._edited: dict[int, tuple[tuple[Edit, ...], Edited | None]] = {}

    @cached_property
    def outputs(self) -> list[ast.expr]:
        """The expressions that are returned."""
        value = self.trees.statements[-1].value
        return value.elts if isinstance(value, ast.Tuple) else [value]

    @cached_property
    def order(self) -> list[int]:
        """The places of the outputs in the order in which they are calculated."""
        bound = self.trees.bound
        return sorted(
            range(len(self.outputs)), key=lambda place: bound.get(self.outputs[place], (1000, 0))
        )

    def edited(self, edits: tuple[Edit, ...]) -> Edited | None:
        """Return what the edits of one mistake change; None where trees do not tell."""
        # By the object, which is noted so that it stays: to hash its texts each time would be slow.
        known = self._edited.get(id(edits))
        if known is None:
            changes = [self.variants.change(edit) for edit in edits]
            plain = bool(self.trees.statements)
            known = edits, self.trees.edited(changes) if plain else None
            self._edited[id(edits)] = known
        return known[1]


class Trial:
    """One case: the value of each expression there, with and without edits."""

    def __init__(self, plan: Plan, case: Case) -> None:
        self._plan = plan
        self._case = case
        self._evaluator, self._unpacked = plan.evaluators.of, plan.trees.unpacked
        self._values: Values = {}
        self._alone: dict[int, Get] = {}  # by the object, as in the plan
        self._space: dict[str, Any] = dict(plan.variants.names)
        if plan.trees.statements:
            self._space.update(zip(plan.trees.arguments, case.fresh(), strict=True))

    def run(self, mistakes: Sequence[tuple[Edit, ...]], wanted: Sequence[Sign | None] = ()) -> Any:
        """Return what the answer returns with the edits of these mistakes; raise what it raises.

        Raises Differs where one of the `wanted` results, in their order, is another.
        """
        if not self._plan.trees.statements or len(mistakes) > 2:
            return self._whole(mistakes, wanted)
        plans = []
        for edits in mistakes:
            if (plan := self._plan.edited(edits)) is None:
                return self._whole(mistakes, wanted)
            plans.append(plan)
        get = self._getter(plans)
        if get is None:
            return self._whole(mistakes, wanted)
        value = self._plan.trees.statements[-1].value
        for plan in plans:
            if value in plan.replaced:
                return get(value)  # other results, or in another order
        outputs = self._plan.outputs
        found: list[Any] = [None] * len(outputs)
        for place in self._plan.order:  # what is calculated first rules out most
            found[place] = get(outputs[place])
            sign = wanted[place] if place < len(wanted) else None
            if sign is not None and not sign.may_be(found[place]):
                raise Differs
        return tuple(found) if isinstance(value, ast.Tuple) else found[0]

    def _whole(self, mistakes: Sequence[tuple[Edit, ...]], wanted: Sequence[Sign | None]) -> Any:
        edits = [edit for mistake in mistakes for edit in mistake]
        returned = self._plan.variants.built(edits)(*self._case.fresh())
        values = returned if isinstance(returned, tuple) else (returned,)
        if len(values) == len(wanted):
            glance(wanted, values)
        return returned

    def _getter(self, plans: list[Edited]) -> Get | None:
        """Return what gives the value of a node of the right tree with these edits made."""
        if not plans:
            return self._base
        if len(plans) == 1:
            return self._single(plans[0])
        one, two = plans
        if not one.replaced.keys().isdisjoint(two.replaced):
            return None
        affected, affected_too = one.affected, two.affected
        both = affected & affected_too
        if one.reads & two.statements:
            both |= affected
        if two.reads & one.statements:
            both |= affected_too
        first, second = self._single(one), self._single(two)
        values: Values = {}

        def get(node: ast.expr) -> Any:
            if node in both:
                if node not in values:
                    new = one.replaced.get(node) or two.replaced.get(node, node)
                    values[node] = self._value(new, node, get)
                return values[node]
            if node in affected:
                return first(node)
            return second(node) if node in affected_too else self._base(node)

        return get

    def _single(self, plan: Edited) -> Get:
        if found := self._alone.get(id(plan)):
            return found
        values: Values = {}

        def get(node: ast.expr) -> Any:
            if node not in plan.affected:
                return self._base(node)
            if node not in values:
                values[node] = self._value(plan.replaced.get(node, node), node, get)
            return values[node]

        self._alone[id(plan)] = get
        return get

    def _base(self, node: ast.expr) -> Any:
        if node not in self._values:
            self._values[node] = self._value(node, node, self._base)
        return self._values[node]

    def _value(self, node: ast.expr, at: ast.expr, get: Get) -> Any:
        """Calculate a node; what several names are bound to is taken apart once, as Python does."""
        value = self._evaluator(node, at)(get, self._space)
        return tuple(value) if at in self._unpacked else value
