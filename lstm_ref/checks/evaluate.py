"""Each expression of a right answer, and of what edits put in its place, as a function.

A function is made once for each node and then called for every case, every mistake and every pair:
to look at the tree each time would take longer than to calculate.
"""

import ast
import builtins
import operator
from collections.abc import Callable, Mapping
from typing import Any

from lstm_ref.checks.text import names_in
from lstm_ref.checks.trees import Hole, Trees, is_open

_BINARY: dict[type, Callable[[Any, Any], Any]] = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul,
    ast.Div: operator.truediv, ast.MatMult: operator.matmul, ast.Pow: operator.pow,
    ast.FloorDiv: operator.floordiv, ast.Mod: operator.mod,
}  # fmt: skip
_UNARY: dict[type, Callable[[Any], Any]] = {
    ast.USub: operator.neg, ast.UAdd: operator.pos, ast.Not: operator.not_,
    ast.Invert: operator.invert,
}  # fmt: skip

#: Gives the value of a node of the right tree.
Get = Callable[[ast.expr], Any]
#: Calculates a node: from the values of others, and of the names that no statement binds.
Evaluate = Callable[[Get, Mapping[str, Any]], Any]


class Evaluators:
    """The functions of one right answer's trees and of the edits in it."""

    def __init__(self, trees: Trees) -> None:
        self._trees = trees
        self._made: dict[ast.expr, Evaluate] = {}

    def of(self, node: ast.expr, at: ast.expr) -> Evaluate:
        """Return what calculates a node, which stands at the place of the right tree's node `at`.

        A changed tree stands at one place alone, so a node says which.
        """
        if node not in self._made:
            self._made[node] = self._make(node, at)
        return self._made[node]

    def _part(self, node: ast.expr, at: ast.expr) -> Evaluate:
        if isinstance(node, Hole) or node not in self._trees.place:
            return self.of(node, at)
        return lambda get, space: get(node)

    def _make(self, node: ast.expr, at: ast.expr) -> Evaluate:
        if isinstance(node, Hole):
            whole = node.node
            return self.of(whole, whole) if node.itself else lambda get, space: get(whole)
        if isinstance(node, ast.Name):
            return self._name(node, at)
        if not is_open(node):
            return self._by_code(node, at)
        make = getattr(self, f"_{type(node).__name__.lower()}")
        found: Evaluate = make(node, lambda child: self._part(child, at))
        return found

    def _name(self, node: ast.Name, at: ast.expr) -> Evaluate:
        trees, name = self._trees, node.id
        found = trees.bound.get(node) or trees.names_before(trees.place[at]).get(name)
        if found is None:
            return lambda get, space: space[name] if name in space else _builtin(name)
        number, place = found
        value = trees.statements[number].value
        if place < 0:
            return lambda get, space: get(value)
        return lambda get, space: get(value)[place]

    def _by_code(self, node: ast.expr, at: ast.expr) -> Evaluate:
        """Let Python calculate what is none of the usual: a comprehension, a lambda."""
        code = compile(ast.fix_missing_locations(ast.Expression(node)), "<expression>", "eval")
        read = names_in(code)
        bound = [
            (name, self._trees.statements[number].value, place)
            for name, (number, place) in self._trees.names_before(self._trees.place[at]).items()
            if name in read
        ]

        def run(get: Get, space: Mapping[str, Any]) -> Any:
            local = {n: get(v) if place < 0 else get(v)[place] for n, v, place in bound}
            return eval(code, {**space, **local})

        return run

    @staticmethod
    def _constant(node: ast.Constant, part: Callable[[ast.expr], Evaluate]) -> Evaluate:
        value = node.value
        return lambda get, space: value

    @staticmethod
    def _binop(node: ast.BinOp, part: Callable[[ast.expr], Evaluate]) -> Evaluate:
        run, left, right = _BINARY[type(node.op)], part(node.left), part(node.right)
        return lambda get, space: run(left(get, space), right(get, space))

    @staticmethod
    def _unaryop(node: ast.UnaryOp, part: Callable[[ast.expr], Evaluate]) -> Evaluate:
        run, operand = _UNARY[type(node.op)], part(node.operand)
        return lambda get, space: run(operand(get, space))

    @staticmethod
    def _call(node: ast.Call, part: Callable[[ast.expr], Evaluate]) -> Evaluate:
        called, given = part(node.func), [part(one) for one in node.args]
        named = {str(one.arg): part(one.value) for one in node.keywords}
        if not named:
            return lambda get, space: called(get, space)(*[one(get, space) for one in given])
        return lambda get, space: called(get, space)(
            *[one(get, space) for one in given],
            **{name: one(get, space) for name, one in named.items()},
        )

    @staticmethod
    def _attribute(node: ast.Attribute, part: Callable[[ast.expr], Evaluate]) -> Evaluate:
        value, name = part(node.value), node.attr
        return lambda get, space: getattr(value(get, space), name)

    @staticmethod
    def _subscript(node: ast.Subscript, part: Callable[[ast.expr], Evaluate]) -> Evaluate:
        value, place = part(node.value), part(node.slice)
        return lambda get, space: value(get, space)[place(get, space)]

    @staticmethod
    def _tuple(node: ast.Tuple, part: Callable[[ast.expr], Evaluate]) -> Evaluate:
        parts = [part(one) for one in node.elts]
        return lambda get, space: tuple([one(get, space) for one in parts])

    @staticmethod
    def _list(node: ast.List, part: Callable[[ast.expr], Evaluate]) -> Evaluate:
        parts = [part(one) for one in node.elts]
        return lambda get, space: [one(get, space) for one in parts]

    @staticmethod
    def _slice(node: ast.Slice, part: Callable[[ast.expr], Evaluate]) -> Evaluate:
        parts = [part(one) if one else None for one in (node.lower, node.upper, node.step)]
        return lambda get, space: slice(*[one(get, space) if one else None for one in parts])

    @staticmethod
    def _dict(node: ast.Dict, part: Callable[[ast.expr], Evaluate]) -> Evaluate:
        items = [
            (part(key) if key else None, part(value))
            for key, value in zip(node.keys, node.values, strict=True)
        ]

        def run(get: Get, space: Mapping[str, Any]) -> Any:
            made: dict[Any, Any] = {}
            for key, value in items:
                if key is None:
                    made.update(value(get, space))
                else:
                    made[key(get, space)] = value(get, space)
            return made

        return run


def _builtin(name: str) -> Any:
    if not hasattr(builtins, name):
        raise NameError(f"name {name!r} is not defined", name=name)
    return getattr(builtins, name)
