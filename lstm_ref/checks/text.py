"""The source of an answer, by itself and with all that it needs."""

import builtins
import inspect
import textwrap
import types
from functools import cache
from typing import Any

#: Where right answers stand; what one uses of another is found by this.
PARTS = f"{__package__}.parts."


def source_of(thing: Any) -> str:
    """Return the source of a function or class, without indentation; a text is its own source."""
    if isinstance(thing, str):
        return textwrap.dedent(thing).lstrip("\n")
    return _read(thing)


@cache  # a part's own functions and classes alone are read, again and again
def _read(thing: Any) -> str:
    return textwrap.dedent(inspect.getsource(thing))


def arguments_of(thing: Any) -> tuple[str, ...]:
    """Return the names of a function's positional arguments; of a class, those of its `__init__`
    but the first."""
    if isinstance(thing, type):
        return arguments_of(thing.__init__)[1:]  # type: ignore[misc]
    code = thing.__code__
    return tuple(code.co_varnames[: code.co_argcount])


def names_in(code: types.CodeType) -> set[str]:
    """Return the global names that code reads, those of the functions inside it too."""
    inner = (constant for constant in code.co_consts if isinstance(constant, types.CodeType))
    return set(code.co_names).union(*(names_in(one) for one in inner))


def used_parts(thing: Any) -> dict[str, Any]:
    """Return the right answers of other parts that this one uses, by the name that it uses.

    A text stands by itself: it uses none.
    """
    if isinstance(thing, str):
        return {}
    if isinstance(thing, type):
        methods = [value for value in vars(thing).values() if inspect.isfunction(value)]
        found: dict[str, Any] = {}
        for method in methods:
            found |= used_parts(method)
        found.pop(thing.__name__, None)
        return found
    space = thing.__globals__
    known = {name: space[name] for name in sorted(names_in(thing.__code__)) if name in space}
    return {
        name: inspect.unwrap(value)  # a variant may have a quick one
        for name, value in known.items()
        if str(getattr(value, "__module__", "")).startswith(PARTS) and value is not thing
    }


def standalone(thing: Any, imports: str, name: str, text: str | None = None) -> str:
    """Return `text` (the thing's own source where None) with the parts and constants it uses.

    A function that is not called `name` is given that name by a last line.
    """
    pieces: dict[str, str] = {}
    _collect(thing, pieces)
    body = source_of(thing) if text is None else text
    own = getattr(thing, "__name__", name)
    last = "" if own == name else f"\n\n{name} = {own}\n"
    return "\n\n".join([imports + "\n", *pieces.values(), body]).rstrip() + "\n" + last


def _collect(thing: Any, pieces: dict[str, str]) -> None:
    for name, part in used_parts(thing).items():
        if name not in pieces and not hasattr(builtins, name):
            _collect(part, pieces)
            pieces[name] = source_of(part)
