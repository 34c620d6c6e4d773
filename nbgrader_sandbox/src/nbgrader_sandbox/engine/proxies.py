"""What stands in the grader for a student's things, and for the errors that they raise."""

import builtins
from collections.abc import Callable
from functools import lru_cache
from typing import Any, NoReturn, Protocol


class Remote(Protocol):
    """What a handle asks of the test that it belongs to."""

    def ask(self, kind: str, body: dict[str, object]) -> object: ...
    def call(self, number: int, args: tuple[Any, ...], kwargs: dict[str, Any]) -> object: ...


class StudentError(Exception):
    """Raised where a student's code raised.

    The class is made for each error: it has the error's name, and is also of the built-in class
    that the error was of. `student_line` is the line of the notebook that raised it, `cell` the
    number of its cell. The text is "" where it could hold hidden inputs.
    """

    student_line: str
    cell: int

    def __init__(self, message: str = "", student_line: str = "", cell: int = 0) -> None:
        self.args = (message,)
        self.student_line = student_line
        self.cell = cell

    def __str__(self) -> str:
        return str(self.args[0])


class StandInError(TypeError):
    """Something was asked of a student's object that only works on what crosses."""


class TestMistakeError(StandInError):
    """A test asks for what no student could give; the text is for the instructor."""


#: Those whose raising means something to Python itself are never inherited from.
_NOT_INHERITED = (StopIteration, StopAsyncIteration, ExceptionGroup)


@lru_cache(maxsize=512)
def error_class(name: str, bases: tuple[str, ...]) -> type[StudentError]:
    """Return the class for an error of that name; `bases` are the built-in ones that it was of."""
    found: list[type] = [StudentError]
    for base in bases:
        kind = getattr(builtins, base, None)
        if not isinstance(kind, type) or not issubclass(kind, Exception) or kind is Exception:
            continue
        if not issubclass(kind, _NOT_INHERITED):
            found.append(kind)
            break
    return type(name, tuple(found), {"__module__": "notebook"})


def is_builtin_error(name: str) -> bool:
    kind = getattr(builtins, name, None)
    return isinstance(kind, type) and issubclass(kind, BaseException)


class Handle:
    """A student's object that stays in the worker.

    What it is asked for is asked there: attributes (those without an underscore), items, length.
    It has no truth value and equals nothing, so that no object can claim to be the right answer.
    """

    __slots__ = ("_number", "_remote", "_text")

    def __init__(self, remote: Remote, number: int, text: str) -> None:
        self._remote = remote
        self._number = number
        self._text = text

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(f"a name with an underscore is not looked up in {self!r}")
        return self._remote.ask("attribute", {"id": self._number, "name": name})

    def __setattr__(self, name: str, value: object) -> None:
        if name not in Handle.__slots__:
            self._refuse("have attributes set")
        object.__setattr__(self, name, value)

    def __getitem__(self, key: object) -> Any:
        return self._remote.ask("item", {"id": self._number, "key": key})

    def __len__(self) -> int:
        length = self._remote.ask("length", {"id": self._number})
        if type(length) is not int or not 0 <= length < 2**31:
            raise StandInError(f"the length of {self!r} is no number from 0")
        return length

    def __repr__(self) -> str:
        return f"<{self._text} of the notebook>"

    def __copy__(self) -> "Handle":
        return self

    def __deepcopy__(self, _: object) -> "Handle":
        return self

    def __hash__(self) -> int:
        return object.__hash__(self)

    def _refuse(self, what: str) -> NoReturn:
        raise StandInError(
            f"{self!r} cannot {what}: it is the student's and stays in the sandbox; "
            "call it, or a function made by nbgrader_sandbox.helpers.define, and compare the "
            "numbers that come back"
        )


def _refusing(what: str) -> Callable[..., NoReturn]:
    def refuse(self: Handle, *_: object) -> NoReturn:
        self._refuse(what)

    return refuse


_CANNOT = {
    "be true or false": "__bool__",
    "be compared": "__eq__ __ne__ __lt__ __le__ __gt__ __ge__",
    "be iterated over": "__iter__ __next__ __reversed__ __contains__",
    "be changed": "__setitem__ __delitem__ __delattr__",
    "be calculated with": "__add__ __radd__ __sub__ __rsub__ __mul__ __rmul__ __truediv__ "
    "__rtruediv__ __matmul__ __rmatmul__ __pow__ __rpow__ __neg__ __pos__ __abs__ __mod__ "
    "__floordiv__ __iadd__ __isub__ __imul__ __imatmul__ __and__ __or__ __xor__ __invert__",
    "be made a number": "__float__ __int__ __complex__ __index__ __round__ __array__",
    "be entered": "__enter__ __exit__ __await__ __aiter__",
    "be pickled": "__reduce__ __reduce_ex__ __getstate__",
}
for _what, _names in _CANNOT.items():
    for _name in _names.split():
        setattr(Handle, _name, _refusing(_what))


class CallableHandle(Handle):
    """A function, a class, a module: what can be called."""

    __slots__ = ()

    def __instancecheck__(self, _: object) -> NoReturn:
        raise TestMistakeError(
            "it asks isinstance or issubclass with a class of the student's, which stays in the "
            "sandbox: ask for what the object does instead"
        )

    __subclasscheck__ = __instancecheck__

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self._remote.call(self._number, args, kwargs)


@lru_cache(maxsize=512)
def handle_class(name: str, can_be_called: bool) -> type[Handle]:
    """Return the class of handles for a student's objects of the type of that name."""
    base = CallableHandle if can_be_called else Handle
    return type(name, (base,), {"__slots__": (), "__module__": "notebook"})
