"""Runs the right answer with edits in it.

Pairs of mistakes are many, and differ in few places. So where the right answer is a plain list of
assignments that ends with `return`, what a statement gives is kept, and only those statements are
run again that an edit touches, or that read what one has changed.
"""

import ast
import copy
from collections.abc import Sequence
from functools import cached_property
from typing import Any, NamedTuple

Edit = tuple[str, str]
_Memo = dict[tuple[int, frozenset[Edit]], tuple[Any, ...]]


class Change(NamedTuple):
    """The text from start to end is replaced by another."""

    start: int
    end: int
    text: str

    def within(self, start: int, end: int) -> bool:
        return start <= self.start and self.end <= end


class Variants:
    """The text of a right answer, and where each statement of it stands."""

    def __init__(self, name: str, text: str, right: Any, imports: str) -> None:
        self.name = name
        self.text = text
        self._right, self._imports = right, imports
        self._built: dict[tuple[Edit, ...], Any] = {}
        self._codes: dict[tuple[int, tuple[Edit, ...]], _Step | None] = {}
        self._spans: list[tuple[int, int]] | None = None
        self._changes: dict[Edit, Change] = {}

    @cached_property
    def _names(self) -> dict[str, Any]:
        """The names outside of the text; asked for late, since an import may take long."""
        return _names(self._right, self._imports)

    def change(self, edit: Edit) -> Change:
        """Return where an edit really changes the text, and what comes there.

        What both of its texts begin and end with alike is only there to say the place.
        """
        if edit not in self._changes:
            right, wrong = edit
            begin, most = 0, min(len(right), len(wrong))
            while begin < most and right[begin] == wrong[begin]:
                begin += 1
            end = 0
            while end < most - begin and right[-1 - end] == wrong[-1 - end]:
                end += 1
            start = self.text.index(right)
            span = start + begin, start + len(right) - end
            self._changes[edit] = Change(*span, wrong[begin : len(wrong) - end])
        return self._changes[edit]

    def apart(self, edits: Sequence[Edit]) -> bool:
        """Whether no two edits touch the same text, or insert at the same place."""
        found = sorted(self.change(edit) for edit in edits)
        return all(
            one.end <= two.start and one[:2] != two[:2]
            for one, two in zip(found, found[1:], strict=False)
        )

    def edited(self, edits: Sequence[Edit]) -> str:
        """Return the text with the edits made."""
        return _replaced(self.text, 0, [self.change(edit) for edit in edits])

    def built(self, edits: Sequence[Edit]) -> Any:
        """Return the edited answer, ready to be called."""
        key = tuple(edits)
        if key not in self._built:
            space = dict(self._names)
            exec(compile(self.edited(edits), f"<{self.name}>", "exec"), space)
            self._built[key] = space[self.name]
        return self._built[key]

    def run(self, edits: Sequence[Edit], arguments: Sequence[Any], memo: _Memo) -> Any:
        """Call the edited answer; `memo` keeps what statements gave for these arguments.

        Raises what the answer raises.
        """
        steps = self._steps(edits)
        if steps is None:
            return self.built(edits)(*copy.deepcopy(arguments))
        space: dict[str, Any] = dict(self._names)
        code = self._signature
        space.update(zip(code, arguments, strict=True))
        versions: dict[str, frozenset[Edit]] = {}
        for place, (step, own) in enumerate(steps):
            version = frozenset(own).union(*(versions.get(n, frozenset()) for n in step.reads))
            key = (place, version)
            if key not in memo:
                exec(step.code, space)
                memo[key] = tuple(space[name] for name in step.binds)
            for name, value in zip(step.binds, memo[key], strict=True):
                space[name] = value
                versions[name] = version
        return space[_RETURNED]

    def _steps(self, edits: Sequence[Edit]) -> "list[tuple[_Step, tuple[Edit, ...]]] | None":
        """Return the statements, each with the edits in it; None where they are not plain."""
        if self._spans is None:
            self._spans, self._signature = _statements(self.text)
        if not self._spans:
            return None
        steps = []
        left = len(edits)
        for place, (start, end) in enumerate(self._spans):
            own = tuple(e for e in edits if self.change(e).within(start, end))
            left -= len(own)
            key = (place, own)
            if key not in self._codes:
                made = [self.change(edit) for edit in own]
                self._codes[key] = _step(_replaced(self.text[start:end], start, made))
            step = self._codes[key]
            if step is None:
                return None
            steps.append((step, own))
        return None if left else steps


_RETURNED = "returned value"


class _Step:
    """One statement: its code, the names that it reads, and those that it binds."""

    def __init__(self, code: Any, reads: tuple[str, ...], binds: tuple[str, ...]) -> None:
        self.code, self.reads, self.binds = code, reads, binds


def _step(source: str) -> _Step | None:
    """Compile one statement; None where it is no plain assignment and no `return`."""
    try:
        body = ast.parse(source.strip()).body
    except SyntaxError:
        return None  # an edit that needs the lines around it
    if len(body) != 1:
        return None
    statement: Any = body[0]
    if isinstance(statement, ast.Return) and statement.value is not None:
        target = ast.Name(_RETURNED, ast.Store())
        assigned = ast.copy_location(ast.Assign([target], statement.value), statement)
        statement = ast.fix_missing_locations(assigned)
    if not isinstance(statement, ast.Assign) or len(statement.targets) != 1:
        return None
    target = statement.targets[0]
    targets = target.elts if isinstance(target, ast.Tuple) else [target]
    if not all(isinstance(one, ast.Name) for one in targets):
        return None
    reads = tuple({n.id for n in ast.walk(statement.value) if isinstance(n, ast.Name)})
    code = compile(ast.Module([statement], []), "<statement>", "exec")
    return _Step(code, reads, tuple(one.id for one in targets if isinstance(one, ast.Name)))


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


def _replaced(text: str, offset: int, changes: list[Change]) -> str:
    for start, end, new in sorted(changes, reverse=True):
        text = text[: start - offset] + new + text[end - offset :]
    return text


def _names(right: Any, imports: str) -> dict[str, Any]:
    """Return the names that an answer finds outside of itself."""
    space: dict[str, Any] = {}
    exec(imports, space)
    methods = vars(right).values() if isinstance(right, type) else [right]
    method = next((value for value in methods if hasattr(value, "__globals__")), None)
    return {**space, **getattr(method, "__globals__", {})}
