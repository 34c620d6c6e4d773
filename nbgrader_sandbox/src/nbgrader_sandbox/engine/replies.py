"""Reads replies that may be forged: each is rebuilt from what it must consist of, or refused."""

import functools
import json
from collections.abc import Callable, Iterator
from typing import Any

from nbgrader_sandbox.engine.line import Unbelievable
from nbgrader_sandbox.outcome import Evidence

_OUTPUTS = 10_000
_EVIDENCE = 20
#: What a worker can know of; the other kinds are found on this side.
_KINDS = frozenset({"network", "forbidden-path", "process", "forbidden-name", "unknown-name"})

CellReply = tuple[list[dict[str, Any]], tuple[str, str, str] | None, list[Evidence], float]


def cell_reply(body: dict[str, object]) -> CellReply:
    """Read what a cell did. Raises Unbelievable."""
    outputs = _expect(body.get("outputs"), list)
    error = body.get("error")
    told = None
    if error is not None:
        found = _expect(error, dict)
        told = (
            as_text(found.get("name")),
            as_text(found.get("message")),
            as_text(found.get("line")),
        )
    seconds = _expect(body.get("seconds"), float)
    if len(outputs) > _OUTPUTS or not 0 <= seconds < 1e6:
        raise Unbelievable
    return [_output(one) for one in outputs], told, evidence(body.get("evidence")), seconds


def _output(found: object) -> dict[str, Any]:
    """Return an output with the fields that nbformat gives one of its type, and no others."""
    given = _expect(found, dict)
    kind = given.get("output_type")
    if kind == "stream":
        if given.get("name") not in ("stdout", "stderr"):
            raise Unbelievable
        text = _expect(given.get("text"), str)
        return {"output_type": kind, "name": given["name"], "text": text}
    if kind == "error":
        lines = [_expect(line, str) for line in _expect(given.get("traceback"), list)]
        texts = {name: _expect(given.get(name), str) for name in ("ename", "evalue")}
        return {"output_type": kind, **texts, "traceback": lines}
    if kind not in ("display_data", "execute_result"):
        raise Unbelievable
    shown: dict[str, Any] = {"output_type": kind}
    if kind == "execute_result":
        count = given.get("execution_count")
        shown["execution_count"] = count if type(count) is int and 0 <= count < 2**31 else None
    for name in ("data", "metadata"):
        content = _expect(given.get(name), dict)
        if not all(type(key) is str for key in content):
            raise Unbelievable
        shown[name] = _json(content)
    return shown


def _json(value: object) -> Any:
    """Return the same as JSON gives it back, so that it holds nothing that JSON has not."""
    try:
        return json.loads(json.dumps(value, allow_nan=False))
    except (TypeError, ValueError, RecursionError):
        raise Unbelievable from None


def evidence(found: object) -> list[Evidence]:
    """Read what a worker noted. Raises Unbelievable."""
    notes = []
    for one in _expect(found, list)[:_EVIDENCE]:
        note = _expect(one, dict)
        kind, detail = note.get("kind"), note.get("detail")
        if kind not in _KINDS or type(detail) is not str:
            raise Unbelievable
        notes.append(Evidence(kind, detail))
    return notes


def changes(found: object) -> Iterator[tuple[tuple[Any, ...], object]]:
    """Read which arguments a call changed: paths to them, and what they are now."""
    for one in _expect(found, list):
        if type(one) is not tuple or len(one) != 2 or type(one[0]) is not tuple or not one[0]:
            raise Unbelievable
        yield one


def apply_change(
    args: tuple[Any, ...], kwargs: dict[str, Any], path: tuple[Any, ...], value: Any
) -> Callable[[], object]:
    """Write `value` into the argument that `path` leads to, as the call did in the worker.

    Returns what undoes it: an argument may be the course's own array, which others are tested with.
    Raises Unbelievable where there is none, or of another type. The path leads through the
    test's own lists, tuples and dicts alone.
    """
    target: Any = kwargs if type(path[0]) is str else args
    for key in path:
        # An array can be indexed by arrays, which makes one of any size.
        if type(key) not in (int, str) or type(target) not in (list, tuple, dict):
            raise Unbelievable
        try:
            target = target[key]
        except (LookupError, TypeError):
            raise Unbelievable from None
    if isinstance(target, list) and type(value) is list:
        items = target[:]
        undo: Callable[[], object] = functools.partial(target.__setitem__, slice(None), items)
        target[:] = value
    elif isinstance(target, dict) and type(value) is dict:
        undo = functools.partial(_refill, target, dict(target))
        _refill(target, value)
    elif _module(target) == "numpy" and _module(value) == "numpy":
        undo = _write_array(target, value)
    elif _module(target) == "torch" and _module(value) == "torch":
        undo = _write_tensor(target, value)
    else:
        raise Unbelievable
    return undo


def _refill(target: dict[Any, Any], content: dict[Any, Any]) -> None:
    target.clear()
    target.update(content)


def _write_array(target: Any, value: Any) -> Callable[[], object]:
    if not hasattr(target, "ndim") or not target.flags.writeable or target.dtype.hasobject:
        raise Unbelievable
    shape, before = target.shape, target.copy()

    def undo() -> None:
        target.shape = shape
        target[...] = before

    if target.shape == value.shape and target.dtype == value.dtype:
        target[...] = value
    elif target.size == value.size and target.dtype == value.dtype:
        target.shape = value.shape
        target[...] = value
    else:  # another size or type: no array becomes that; but it must not look unchanged
        target[...] = ~target if target.dtype.kind in "bui" else target + 1
    return undo


def _write_tensor(target: Any, value: Any) -> Callable[[], object]:
    import torch

    before = target.detach().clone()

    def undo() -> None:
        with torch.no_grad():
            target.copy_(before)

    with torch.no_grad():
        if target.shape == value.shape and target.dtype == value.dtype:
            target.copy_(value)
        else:
            target.add_(1)
    return undo


def _module(value: object) -> str:
    return type(value).__module__.split(".")[0]


def _expect(value: object, kind: type) -> Any:
    if type(value) is not kind:
        raise Unbelievable
    return value


def as_list(value: object) -> list[Any]:
    """Return a list: `value`, if it is one."""
    return value if type(value) is list else []


def as_text(value: object) -> str:
    """Return a text of at most 2000 letters: `value`, if it is one."""
    return value[:2000] if type(value) is str else ""
