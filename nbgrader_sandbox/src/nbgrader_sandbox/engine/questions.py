"""What a hidden test asks of the notebook: its names, and calls of what they stand for."""

import builtins
import contextlib
import warnings
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from nbgrader_sandbox.context import come_back, empty_is_right
from nbgrader_sandbox.engine.comparing import (
    EMPTY,
    Given,
    ask_for_nothing,
    holds_nothing,
    numbers_in,
)
from nbgrader_sandbox.engine.line import Connection, Reply, Unbelievable, WorkerEnded
from nbgrader_sandbox.engine.messages import ending, known_name, known_text, passable
from nbgrader_sandbox.engine.proxies import (
    Handle,
    StandInError,
    StudentError,
    error_class,
    handle_class,
    is_builtin_error,
)
from nbgrader_sandbox.engine.replies import apply_change, as_list, as_text, changes, evidence
from nbgrader_sandbox.outcome import Evidence
from nbgrader_sandbox.wire.values import Reference
from nbgrader_sandbox.worker.crossing import TooLarge, incoming, outgoing

_REQUESTS = 100_000
#: The most numbers that one value holds: comparing makes several arrays of as many doubles.
_NUMBERS = 2_000_000
#: Errors of the engine and of common packages, which a notebook need not name.
_ERRORS = """
    ForbiddenName StdinNotImplementedError LinAlgError AxisError UFuncTypeError _UFuncNoLoopError
    _UFuncBinaryResolutionError _UFuncInputCastingError _UFuncOutputCastingError
    DTypePromotionError OutOfMemoryError FrozenInstanceError JSONDecodeError CancelledError
"""
_KNOWN_ERRORS = frozenset(_ERRORS.split())


@dataclass
class Test:
    """One test: looks up what the notebook defined. Its `evidence` is there when it has ended."""

    __test__ = False  # pytest

    worker: Connection
    seconds: float
    evidence: list[Evidence] = field(default_factory=list)
    #: Why the test's process ended, if it did; a test cell may have caught the exception.
    over: WorkerEnded | None = None
    #: What came from the notebook last, so that it is known when it is compared.
    given: Given = field(default_factory=Given)
    _undo: list[Callable[[], object]] = field(default_factory=list)
    _asked: int = 0
    _over: bool = False

    def lookup(self, name: str) -> object:
        """Return the notebook's value of that name: itself, or a handle. Raises NameError."""
        reply = self._request("name", {"name": name}, "value", "missing")
        if reply.kind == "missing":
            raise NameError(f"name {name!r} is not defined", name=name)
        return self._value(reply.body.get("value"))

    def define(self, source: str, name: str) -> Handle:
        """Run an instructor's `source` in the worker, away from the notebook's names.

        Returns what it gave `name`: a helper that can be called, or passed to a call.
        """
        reply = self._request("define", {"source": source, "name": name}, "value", "raised")
        found = self._settled(reply)
        if not isinstance(found, Handle):
            self.worker.ended("sent what it was not asked for", forged=True)
        return found

    def install(self, name: str, value: object) -> None:
        """Let `name` stand for `value` in the notebook's namespace until this test ends."""
        reply = self._request(
            "install", {"name": name, "value": self._out(value)}, "value", "raised"
        )
        self._settled(reply)

    def end(self) -> None:
        """End the test's process, and note what it tried."""
        self._over = True
        reply = self.worker.request("end", {}, 1.0, "ended")
        for kind in as_list(reply.body.get("evidence")):
            with contextlib.suppress(Unbelievable):
                self.evidence += evidence([{"kind": kind, "detail": "when a test called it"}])
        if reply.body.get("died"):
            self.evidence.append(Evidence("limit", f"it {ending(reply.body.get('died'))}"))

    def put_back(self) -> None:
        """Give all arguments that calls changed what they had; the next student gets the same."""
        while self._undo:
            self._undo.pop()()

    # For the handles.

    def ask(self, kind: str, body: dict[str, object]) -> object:
        crossing = {name: self._out(value) for name, value in body.items()}
        return self._settled(self._request(kind, crossing, "value", "raised"))

    def call(self, number: int, args: tuple[Any, ...], kwargs: dict[str, Any]) -> object:
        body: dict[str, object] = {
            "id": number,
            "args": [self._out(value) for value in args],
            "kwargs": {name: self._out(value) for name, value in kwargs.items()},
        }
        reply = self._request("call", body, "value", "raised")
        if come_back():  # else the test's own arrays stay as they are
            with self.worker.believing():
                for path, value in changes(reply.body.get("changed")):
                    undo = apply_change(args, kwargs, path, incoming(value, self._refer))
                    self._undo.append(undo)
        self._warn(reply.body.get("warned"))
        found = self._settled(reply)
        given = (*args, *kwargs.values())
        if holds_nothing(found) and not ask_for_nothing(given) and not empty_is_right():
            raise error_class("ValueError", ("ValueError",))(EMPTY)
        return found

    def _request(self, kind: str, body: dict[str, object], *expected: str) -> Reply:
        if self._over:
            raise TypeError("the test has ended, and its handles with it")
        self._asked += 1
        try:
            if self._asked > _REQUESTS:
                self.worker.ended(f"was asked more than {_REQUESTS} times in one test")
            return self.worker.request(kind, body, self.seconds, *expected)
        except WorkerEnded as ended:
            self.over = self.over or ended
            raise

    def _settled(self, reply: Reply) -> Any:
        if reply.kind == "raised":
            raise self._error(reply.body)
        return self._value(reply.body.get("value"))

    def _value(self, value: object) -> object:
        with self.worker.believing():
            found = incoming(value, self._refer)
        if numbers_in(found) > _NUMBERS:
            raise error_class("MemoryError", ("MemoryError",))("")
        self.given.note(found)
        return found

    def _refer(self, found: Reference) -> Handle:
        known = known_name(found.type_name, self.worker.identifiers)
        name = found.type_name if known else "object"
        text = found.text if known_text(found.text, self.worker.identifiers) else name
        return handle_class(name, found.callable)(self, found.id, text)

    def _out(self, value: object) -> object:
        try:
            return outgoing(value, self._handle_only)
        except TooLarge as error:
            raise StandInError(f"this cannot be passed to the notebook: {error}") from None

    def _handle_only(self, value: object) -> Reference:
        if isinstance(value, Handle) and value._remote is self:
            return Reference(value._number, "object", callable(value), "")
        raise StandInError(
            f"{_an(type(value).__name__)} cannot be passed to the notebook: pass numbers, text, "
            "arrays, tensors, plain containers of them, or what "
            "nbgrader_sandbox.helpers.define returns"
        )

    def _error(self, body: dict[str, object]) -> StudentError:
        name, message = as_text(body.get("name")), as_text(body.get("message"))
        line, number = as_text(body.get("line")).strip(), body.get("number")
        if not (is_builtin_error(name) or name in _KNOWN_ERRORS or name in self.worker.identifiers):
            name = "Exception"
        bases = tuple(base for base in as_list(body.get("bases")) if type(base) is str)[:20]
        late = f"the test ran for more than {self.seconds:g} s"
        if message not in self.worker.messages and message != late:
            message = passable(message, self.worker.identifiers)
        return error_class(name, bases)(
            message,
            line if line in self.worker.lines else "",
            number if type(number) is int and 0 <= number < 10_000 else 0,
        )

    def _warn(self, warned: object) -> None:
        """Warn here as the call warned there, in texts that carry no inputs."""
        for one in as_list(warned)[:3]:
            if type(one) is tuple and len(one) == 2 and (text := as_text(one[1])):
                kind: Any = getattr(builtins, as_text(one[0]), None)
                if not (isinstance(kind, type) and issubclass(kind, Warning)):
                    kind = UserWarning
                if said := passable(text, self.worker.identifiers):
                    warning = kind(said)
                    warning.of_the_notebook = True
                    warnings.warn(warning, stacklevel=4)


def _an(name: str) -> str:
    return f"an {name}" if name[:1].lower() in "aeiou" else f"a {name}"
