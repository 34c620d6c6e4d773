"""An answer as trees: one expression for each statement, and what an edit changes in them.

So two edits can be made at once without compiling anything: what neither touches has its value,
what one touches has the value that it has with that one alone, and only what both touch is
calculated again.
"""

import ast
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from lstm_ref.checks.variants import Change, replace


class Hole(ast.expr):
    """In a changed tree: the place of a part that stands in the right tree as it is.

    `itself` says that it is the very node that the tree replaces, wrapped in something.
    """

    def __init__(self, node: ast.expr, itself: bool) -> None:
        super().__init__()
        self.node = node
        self.itself = itself


#: What is calculated part by part. All else is one piece, which Python calculates.
_OPEN = (
    *(Hole, ast.Name, ast.Constant, ast.BinOp, ast.UnaryOp, ast.Call, ast.Attribute),
    *(ast.Subscript, ast.Slice, ast.Tuple, ast.List, ast.Dict),
)


#: What is no expression itself and has some below it.
_BETWEEN = (ast.keyword, ast.comprehension, ast.arguments)


def is_open(node: ast.AST) -> bool:
    """Whether a node is calculated from its parts."""
    if isinstance(node, ast.Call):
        starred = any(isinstance(argument, ast.Starred) for argument in node.args)
        return not starred and all(one.arg for one in node.keywords)
    return isinstance(node, _OPEN)


class Assign(NamedTuple):
    """One statement: the names that it binds ("" for `return`), and its expression."""

    names: tuple[str, ...]
    value: ast.expr


class Edited(NamedTuple):
    """What an edit does: the nodes that it replaces, and all whose value it may change."""

    replaced: Mapping[ast.expr, ast.expr]
    affected: frozenset[ast.expr]
    statements: frozenset[int]  # whose value may change
    reads: frozenset[int]  # that its new trees read


class Trees:
    """The statements of a right answer; `statements` is empty where they are not plain."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.arguments, self.statements, self.spans = _statements(text)
        self.parent: dict[ast.expr, ast.expr] = {}
        self.place: dict[ast.expr, int] = {}
        self.bound: dict[
            ast.expr, tuple[int, int]
        ] = {}  # a name: by which statement, at which place
        self._readers: dict[int, list[ast.expr]] = {}
        self._names: list[dict[str, tuple[int, int]]] = [{}]
        self._dumps: dict[ast.AST, str] = {}
        self._parts: dict[ast.expr, dict[str, ast.expr]] = {}
        for number, statement in enumerate(self.statements):
            self._note(statement.value, number)
            several = len(statement.names) > 1
            bound = {
                name: (number, place if several else -1)
                for place, name in enumerate(statement.names)
            }
            self._names.append({**self._names[-1], **bound})
        self.unpacked = {one.value for one in self.statements if len(one.names) > 1}

    def names_before(self, number: int) -> dict[str, tuple[int, int]]:
        """Return which statement binds each name that a statement can read, and at which place."""
        return self._names[number]

    def edited(self, changes: Sequence[Change]) -> Edited | None:
        """Return what changes of the text do; None where that cannot be said of expressions."""
        replaced: dict[ast.expr, ast.expr] = {}
        for number, own in self._by_statement(changes).items():
            if number < 0:
                return None
            start, end = self.spans[number]
            found = _statement(replace(self.text[start:end], start, own))
            before = self.statements[number]
            if found is None or found.names != before.names:
                return None
            self._compare(before.value, found.value, replaced, {})
        reads = set()
        for node, new in replaced.items():
            before_it = self.names_before(self.place[node])
            for one in _walk(new):
                if isinstance(one, ast.Name) and one.id in before_it:
                    reads.add(before_it[one.id][0])
        affected, changed = self._affected(replaced)
        return Edited(replaced, affected, changed, frozenset(reads))

    def _by_statement(self, changes: Sequence[Change]) -> dict[int, list[Change]]:
        """Return the changes by the statement that they are in; −1 where one is in none."""
        found: dict[int, list[Change]] = {}
        for change in changes:
            inside = [k for k, span in enumerate(self.spans) if change.within(*span)]
            found.setdefault(inside[0] if len(inside) == 1 else -1, []).append(change)
        return found

    def _note(self, node: ast.expr, number: int) -> None:
        names = self.names_before(number)
        _dump(node, self._dumps)
        for one in _walk(node):
            self.place[one] = number
            for child in _children(one):
                self.parent[child] = one
            if isinstance(one, ast.Name) and one.id in names:
                self.bound[one] = names[one.id]
                self._readers.setdefault(names[one.id][0], []).append(one)

    def _compare(
        self,
        old: ast.expr,
        new: ast.expr,
        replaced: dict[ast.expr, ast.expr],
        dumps: dict[ast.AST, str],
    ) -> None:
        """Note the smallest nodes that are replaced to make the old tree the new one."""
        before, after = self._dumps[old], _dump(new, dumps)
        if before == after:
            return
        mine, theirs = list(_children(old)), list(_children(new))
        if (
            type(old) is type(new)
            and is_open(old)
            and is_open(new)
            and _own(old) == _own(new)
            and len(mine) == len(theirs)
            and before not in after
            and after not in before
        ):
            for one, other in zip(mine, theirs, strict=True):
                self._compare(one, other, replaced, dumps)
            return
        if old not in self._parts:
            self._parts[old] = {self._dumps[one]: one for one in _open_parts(old)}
        replaced[old] = _holed(new, self._parts[old], old, dumps)

    def _affected(
        self, replaced: Mapping[ast.expr, ast.expr]
    ) -> tuple[frozenset[ast.expr], frozenset[int]]:
        found: set[ast.expr] = set()
        changed: set[int] = set()
        left = list(replaced)
        while left:
            node: ast.expr | None = left.pop()
            while node is not None and node not in found:
                found.add(node)
                if node not in self.parent:
                    number = self.place[node]
                    changed.add(number)
                    left += self._readers.get(number, [])
                node = self.parent.get(node)
        return frozenset(found), frozenset(changed)


Span = tuple[int, int]


def _statements(text: str) -> tuple[tuple[str, ...], list[Assign], list[Span]]:
    """Return arguments, statements and their places; no statements where they are not plain."""
    try:
        function = ast.parse(text).body[0]
    except SyntaxError:
        return (), [], []
    if not isinstance(function, ast.FunctionDef):
        return (), [], []
    starts = [0]
    for line in text.encode().splitlines(keepends=True):
        starts.append(starts[-1] + len(line.decode()))
    found: list[Assign] = []
    spans: list[Span] = []
    for node in function.body:
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            continue  # the docstring
        statement = _assign(node)
        if statement is None or (found and not found[-1].names):
            return (), [], []
        found.append(statement)
        spans.append((starts[node.lineno - 1], starts[node.end_lineno or node.lineno]))
    if not found or found[-1].names:
        return (), [], []
    return tuple(argument.arg for argument in function.args.args), found, spans


def _statement(text: str) -> Assign | None:
    """Read one statement; None where it is another kind, or there are several."""
    try:
        body = ast.parse(text.strip()).body
    except SyntaxError:
        return None
    return _assign(body[0]) if len(body) == 1 else None


def _assign(node: ast.stmt) -> Assign | None:
    if isinstance(node, ast.Return) and node.value is not None:
        return Assign((), node.value)
    if isinstance(node, ast.Assign) and (names := _targets(node)):
        return Assign(names, node.value)
    return None


def _targets(node: ast.Assign) -> tuple[str, ...]:
    target = node.targets[0]
    parts = target.elts if isinstance(target, ast.Tuple) else [target]
    names = tuple(part.id for part in parts if isinstance(part, ast.Name))
    return names if len(names) == len(parts) and len(node.targets) == 1 else ()


def _children(node: ast.AST) -> Iterator[ast.expr]:
    """Yield the expressions below a node, those of keywords and slices too."""
    for name in node._fields:
        value = getattr(node, name, None)
        if isinstance(value, ast.expr):
            yield value
        elif isinstance(value, list):
            for child in value:
                if isinstance(child, ast.expr):
                    yield child
                elif isinstance(child, _BETWEEN):
                    yield from _children(child)
        elif isinstance(value, _BETWEEN):
            yield from _children(value)


def _walk(node: ast.expr) -> Iterator[ast.expr]:
    yield node
    for child in _children(node):
        yield from _walk(child)


def _open_parts(node: ast.expr) -> Iterator[ast.expr]:
    """Yield a node and the parts that it is calculated from."""
    yield node
    if is_open(node):
        for child in _children(node):
            yield from _open_parts(child)


def _own(node: ast.expr) -> tuple[object, ...]:
    """Return what a node says itself, without the expressions below it."""
    found: list[object] = []
    for _, value in ast.iter_fields(node):
        if isinstance(value, (ast.operator, ast.unaryop)):
            found.append(type(value))
        elif isinstance(value, list):
            found += [
                type(one) if isinstance(one, ast.cmpop) else getattr(one, "arg", None)
                for one in value
            ]
        elif not isinstance(value, (ast.AST, ast.expr_context)):
            found.append(value)
    return tuple(found)


def _dump(node: ast.AST, known: dict[ast.AST, str]) -> str:
    """Return a tree as text; each part is written once, and then `known`."""
    if node not in known:
        # Whether a name is read or bound follows from its place.
        fields = [_text(getattr(node, name, None), known) for name in node._fields if name != "ctx"]
        known[node] = f"{type(node).__name__}({', '.join(fields)})"
    return known[node]


def _text(value: object, known: dict[ast.AST, str]) -> str:
    if isinstance(value, ast.AST):
        return _dump(value, known)
    if isinstance(value, list):
        return f"[{', '.join(_text(one, known) for one in value)}]"
    return repr(value)


def _holed(
    new: ast.expr, known: Mapping[str, ast.expr], old: ast.expr, dumps: dict[ast.AST, str]
) -> ast.expr:
    """Return the tree with holes where parts of it stand in the right tree, the largest first."""
    made: ast.expr = _Holes(known, old, dumps).visit(new)  # type: ignore[assignment]
    return made


class _Holes(ast.NodeTransformer):
    def __init__(
        self, known: Mapping[str, ast.expr], old: ast.expr, dumps: dict[ast.AST, str]
    ) -> None:
        self._known, self._old, self._dumps = known, old, dumps

    def visit(self, node: ast.AST) -> ast.AST:
        if isinstance(node, ast.expr) and not isinstance(node, ast.Constant):
            found = self._known.get(_dump(node, self._dumps))
            if found is not None:
                return Hole(found, found is self._old)
        return self.generic_visit(node) if _leads_in(node) else node


def _leads_in(node: ast.AST) -> bool:
    return not isinstance(node, ast.expr) or is_open(node)
