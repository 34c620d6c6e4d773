"""Runs the right answer on one case with edits in it, as often as pairs of mistakes need it.

Pairs are many, and differ in few places. So where the right answer is a plain list of assignments
that ends with `return`, what a statement gives is kept, and only those statements are run again
that an edit touches, or that read what one has changed. A result that is returned as it is bound
is compared at once, and the rest is not calculated where it differs.
"""

import ast
import copy
from collections.abc import Mapping, Sequence
from types import CodeType
from typing import Any, NamedTuple

import numpy as np

from lstm_ref.arrays import Array
from lstm_ref.checks.text import names_in
from lstm_ref.checks.variants import Edit, Variants, replaced

_Groups = dict[int, tuple[Edit, ...]]

_RETURNED = "_returned_value"
#: For the scale of the result; above every tolerance, so that nothing is dropped that could fit.
_ROUNDING = 5e-3


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
        return cls(values.shape, float(values.flat[0]), _ROUNDING * float(np.abs(values).max()))

    def may_be(self, value: Any) -> bool:
        """Whether a value may be the array; what is no array is left to a closer look."""
        if type(value) is not np.ndarray:
            return True
        if value.shape != self.shape:
            return False
        return not abs(float(value.flat[0]) - self.first) > self.margin


class _Step(NamedTuple):
    """One statement: its code, the names that it reads, and those that it binds.

    `nested` says that there are functions in it, which see the names of the module alone.
    """

    code: Any
    reads: tuple[str, ...]
    binds: tuple[str, ...]
    nested: bool


class Plan:
    """The statements of a right answer; `steps` is empty where they are not plain."""

    def __init__(self, variants: Variants) -> None:
        self.variants = variants
        self.spans, self.signature = _statements(variants.text)
        self.steps: list[_Step] = []
        for start, end in self.spans:
            step = _step(variants.text[start:end])
            if step is None:
                self.steps = []
                break
            self.steps.append(step)
        self._codes: dict[tuple[int, tuple[Edit, ...]], _Step | None] = {}
        self._groups: dict[tuple[Edit, ...], _Groups | None] = {}
        self.direct = self._returned_names()

    def grouped(self, edits: tuple[Edit, ...]) -> "_Groups | None":
        """Return the edits by the statement that they are in; None where that cannot be said."""
        if edits not in self._groups:
            groups: _Groups | None = {}
            for edit in edits:
                change = self.variants.change(edit)
                inside = [k for k, span in enumerate(self.spans) if change.within(*span)]
                if groups is None or not self.steps or len(inside) != 1:
                    groups = None
                    break
                groups[inside[0]] = (*groups.get(inside[0], ()), edit)
            self._groups[edits] = groups
        return self._groups[edits]

    def apart(self, some: tuple[Edit, ...], others: tuple[Edit, ...]) -> bool:
        """Whether no two edits touch the same text, or insert at the same place."""
        mine, theirs = self.grouped(some), self.grouped(others)
        if mine is not None and theirs is not None and mine.keys().isdisjoint(theirs):
            return True
        return self.variants.apart([*some, *others])

    def edited(self, place: int, own: tuple[Edit, ...]) -> _Step | None:
        """Return a statement with the edits that are in it; None where it is not plain then."""
        key = (place, own)
        if key not in self._codes:
            start, end = self.spans[place]
            made = [self.variants.change(edit) for edit in own]
            text = replaced(self.variants.text[start:end], start, made)
            plain = not any("\n" in change.text for change in made)
            self._codes[key] = _compiled(text, self.steps[place].binds) if plain else None
        return self._codes[key]

    def _returned_names(self) -> dict[str, int]:
        """Return which output each name is that is bound once and returned as it is."""
        if not self.steps:
            return {}
        value = ast.parse(
            self.variants.text[slice(*self.spans[-1])].strip().removeprefix("return ")
        )
        shown: Any = value.body[0].value  # type: ignore[attr-defined]
        if not isinstance(shown, (ast.Tuple, ast.Name)):
            return {_RETURNED: 0}  # which is no name of an output where there are several
        parts = shown.elts if isinstance(shown, ast.Tuple) else [shown]
        bound = [name for step in self.steps for name in step.binds]
        return {
            part.id: place
            for place, part in enumerate(parts)
            if isinstance(part, ast.Name) and bound.count(part.id) == 1
        }


class Trial:
    """One case: what each statement gives there, with and without edits."""

    def __init__(self, plan: Plan, arguments: Sequence[Any]) -> None:
        self._plan = plan
        self._arguments = arguments
        self._memo: dict[tuple[int, frozenset[Edit]], tuple[Any, ...]] = {}
        self._space: dict[str, Any] = {}
        if plan.steps:
            self._space = dict(plan.variants.names)
            given = copy.deepcopy(arguments)
            self._space.update(zip(plan.signature, given, strict=True))
            for step in plan.steps:
                exec(step.code, self._space)

    def run(
        self, mistakes: Sequence[tuple[Edit, ...]], wanted: Mapping[str, Sign] | None = None
    ) -> Any:
        """Return what the answer returns with the edits of these mistakes; raise what it raises.

        Raises Differs where one of the `wanted` results, by the name it is bound to, is another.
        """
        groups = self._merged(mistakes)
        if groups is None:
            return self._whole(mistakes)
        local: dict[str, Any] = {}
        versions: dict[str, frozenset[Edit]] = {}
        steps = self._plan.steps
        if len(steps) - 1 in groups:
            wanted = None  # the names may be returned in other places
        for place in range(min(groups, default=len(steps)), len(steps)):
            own = groups.get(place)
            step = steps[place]
            if own:
                edited = self._plan.edited(place, own)
                if edited is None:
                    return self._whole(mistakes)
                step = edited
            read = [versions[name] for name in step.reads if name in versions]
            if not own and not read:
                continue
            version = frozenset(own or ()).union(*read)
            key = (place, version)
            if key not in self._memo:
                if step.nested:
                    space = {**self._space, **local}
                    exec(step.code, space)
                    self._memo[key] = tuple(space[name] for name in step.binds)
                else:
                    exec(step.code, self._space, local)
                    self._memo[key] = tuple(local[name] for name in step.binds)
            for name, value in zip(step.binds, self._memo[key], strict=True):
                local[name] = value
                versions[name] = version
                if wanted and name in wanted and not wanted[name].may_be(value):
                    raise Differs
        return local[_RETURNED] if _RETURNED in local else self._space[_RETURNED]

    def _whole(self, mistakes: Sequence[tuple[Edit, ...]]) -> Any:
        edits = [edit for mistake in mistakes for edit in mistake]
        return self._plan.variants.built(edits)(*copy.deepcopy(self._arguments))

    def _merged(self, mistakes: Sequence[tuple[Edit, ...]]) -> "_Groups | None":
        """Return the edits of all mistakes by statement; None where that cannot be said."""
        if not self._plan.steps:
            return None
        merged: _Groups = {}
        for mistake in mistakes:
            groups = self._plan.grouped(mistake)
            if groups is None:
                return None
            for place, edits in groups.items():
                merged[place] = (*merged[place], *edits) if place in merged else edits
        return merged


def _step(source: str) -> _Step | None:
    """Compile one statement; None where it is no plain assignment and no `return`."""
    try:
        body = ast.parse(source.strip()).body
    except SyntaxError:
        return None
    statement: Any = body[0] if len(body) == 1 else None
    if isinstance(statement, ast.Return) and statement.value is not None:
        return _compiled(source, (_RETURNED,))
    if not isinstance(statement, ast.Assign) or len(statement.targets) != 1:
        return None
    target = statement.targets[0]
    targets = target.elts if isinstance(target, ast.Tuple) else [target]
    names = tuple(one.id for one in targets if isinstance(one, ast.Name))
    return _compiled(source, names) if len(names) == len(targets) else None


def _compiled(source: str, binds: tuple[str, ...]) -> _Step | None:
    text = source.strip()
    if text.startswith("return "):
        text = f"{_RETURNED} = {text.removeprefix('return ')}"
    try:
        code = compile(text, "<statement>", "exec")
    except SyntaxError:
        return None  # an edit that needs the lines around it
    nested = any(isinstance(constant, CodeType) for constant in code.co_consts)
    reads = {*code.co_names}.union(
        *(names_in(c) for c in code.co_consts if isinstance(c, CodeType))
    )
    return _Step(code, tuple(reads), binds, nested)


def _statements(text: str) -> tuple[list[tuple[int, int]], tuple[str, ...]]:
    """Return where the statements of a function stand, none where they are not plain."""
    try:
        function = ast.parse(text).body[0]
    except SyntaxError:
        return [], ()
    if not isinstance(function, ast.FunctionDef):
        return [], ()
    lines = [0]
    for line in text.splitlines(keepends=True):
        lines.append(lines[-1] + len(line))
    signature = tuple(argument.arg for argument in function.args.args)
    spans = []
    for node in function.body:
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            continue  # the docstring
        start = lines[node.lineno - 1]
        end = lines[node.end_lineno or node.lineno]
        if _step(text[start:end]) is None:
            return [], ()
        spans.append((start, end))
    return spans, signature
