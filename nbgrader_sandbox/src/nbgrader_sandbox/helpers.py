"""What a test cell can ask for beside calling a student's functions.

    from nbgrader_sandbox.helpers import define, install

    square = define("def square(x): return x * x", "square")    # a function, over there
    numerical_gradient(square, 3.0)                              # the student's gets it to call
    install("gate", define(REFERENCE, "gate"))                   # stands for the student's, here

Under the engine both act where the student's code runs, and end with the test. Under stock
nbgrader they act in the notebook's own kernel, and what was installed stays.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Protocol

__all__ = ["define", "elsewhere", "install"]


class _Test(Protocol):
    def define(self, source: str, name: str) -> Any: ...

    def install(self, name: str, value: object) -> None: ...


_current: ContextVar[_Test | None] = ContextVar("current_test", default=None)


def define(source: str, name: str) -> Any:
    """Run `source`, away from the student's names, and return what it calls `name`.

    What is sent there can be read there: no reference, and no hidden value.
    Raises NameError where the source defines no such name.
    """
    test = _current.get()
    if test is not None:
        return test.define(source, name)
    namespace: dict[str, Any] = {}
    exec(source, namespace)
    if name not in namespace:
        raise NameError(f"the source does not define {name!r}")
    return namespace[name]


def install(name: str, value: object) -> None:
    """Let `name` stand for `value` among the student's names, so that one mistake costs once.

    Raises RuntimeError outside of a notebook.
    """
    test = _current.get()
    if test is not None:
        test.install(name, value)
        return
    import sys

    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython else None
    if shell is None:
        raise RuntimeError(f"install({name!r}, …) needs a notebook, whose names it can set")
    shell.user_ns[name] = value


def elsewhere() -> bool:
    """Whether a test is running whose notebook is in another process."""
    return _current.get() is not None


@contextmanager
def acting_on(test: _Test) -> Iterator[None]:
    """Make `test` the one that `define` and `install` act on; for the engine."""
    before = _current.set(test)
    try:
        yield
    finally:
        _current.reset(before)
