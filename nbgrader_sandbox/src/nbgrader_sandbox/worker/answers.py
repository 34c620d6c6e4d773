"""Answers one hidden test, in a fork of the worker: looks names up, calls, and tells of errors."""

import builtins
import sys
import time
import warnings
from collections.abc import Callable
from typing import Any

from nbgrader_sandbox.wire.codec import WireError
from nbgrader_sandbox.wire.frames import Channel
from nbgrader_sandbox.worker.audit import Log
from nbgrader_sandbox.worker.crossing import TooLarge
from nbgrader_sandbox.worker.forks import ASKED, ENDED, IDLE, REPLYING, Fork, Here
from nbgrader_sandbox.worker.limit import CellTimeout, time_limit
from nbgrader_sandbox.worker.objects import Objects, Watch
from nbgrader_sandbox.worker.seeds import seed_all
from nbgrader_sandbox.worker.shell import CapturingShell

_WARNINGS = 3
_TEXT = 2000

Reply = tuple[str, dict[str, object]]


def answer_test(channel: Channel, shell: CapturingShell, log: Log, fork: Fork | Here) -> int:
    """Answer until the grader says `end`; return the number of that request. Runs in the fork."""
    log.sealed = True
    log.drain()
    shell.recorder.muted = True
    sys.stdout, sys.stderr = shell.stdout, shell.stderr
    seed_all(fork.seed)
    answering = _Answering(shell, fork.seconds)
    request, kind = fork.request, "ready"
    body: dict[str, object] = {}
    while True:
        fork.note(REPLYING, request, answering.used, log.kinds())
        try:
            channel.send(kind, request, body)
        except WireError:
            channel.send("raised", request, _raised("ValueError", ["ValueError"]))
        fork.note(IDLE, request, answering.used, log.kinds())
        message = channel.receive()
        request = message.request
        fork.note(ASKED, request, answering.used, log.kinds())
        if message.kind == "end":
            fork.note(ENDED, request, answering.used, log.kinds())
            return request
        kind, body = answering.answer(message.kind, message.body)


class _Answering:
    def __init__(self, shell: CapturingShell, seconds: float) -> None:
        self._shell = shell
        self._objects = Objects()
        self._seconds = seconds
        self.used = 0.0
        self._answers: dict[str, Callable[[dict[str, Any]], Reply]] = {
            "name": self._name,
            "call": self._call,
            "attribute": self._attribute,
            "item": self._item,
            "length": self._length,
            "define": self._define,
            "install": self._install,
        }

    def answer(self, kind: str, body: dict[str, Any]) -> Reply:
        """Answer one request; whatever a student's code raises comes back as `raised`."""

        def late() -> CellTimeout:
            return CellTimeout(f"the test ran for more than {self._seconds:g} s")

        began = time.monotonic()
        try:
            with time_limit(max(self._seconds - self.used, 0.05), late):
                return self._answers[kind](body)
        except BaseException as error:
            return "raised", self._told(error)
        finally:
            self.used += time.monotonic() - began

    def _name(self, body: dict[str, Any]) -> Reply:
        name = body["name"]
        shell = self._shell.shell
        names = shell.user_ns
        if name.startswith("__") or name not in names:
            return "missing", {}
        if name in shell.user_ns_hidden and shell.user_ns_hidden[name] is names[name]:
            return "missing", {}  # IPython's own: exit, In, ...
        return "value", {"value": self._objects.outgoing(names[name])}

    def _call(self, body: dict[str, Any]) -> Reply:
        function = self._objects.get(body["id"])
        arguments = [self._objects.incoming(value) for value in body["args"]]
        named = {name: self._objects.incoming(value) for name, value in body["kwargs"].items()}
        watch = Watch(arguments, named)
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            try:
                returned = function(*arguments, **named)
            except BaseException as error:
                return "raised", {**self._told(error), "changed": self._changed(watch)}
        warned = [(one.category.__name__[:100], str(one.message)[:_TEXT]) for one in caught]
        return "value", {
            "value": self._objects.outgoing(returned),
            "changed": self._changed(watch),
            "warned": [(_clean(name), _clean(text)) for name, text in warned[:_WARNINGS]],
        }

    def _changed(self, watch: Watch) -> list[object]:
        return [(path, self._objects.outgoing(value)) for path, value in watch.changes()]

    def _attribute(self, body: dict[str, Any]) -> Reply:
        name = body["name"]
        if name.startswith("_"):
            raise AttributeError(name)
        found = getattr(self._objects.get(body["id"]), name)
        return "value", {"value": self._objects.outgoing(found)}

    def _item(self, body: dict[str, Any]) -> Reply:
        key = self._objects.incoming(body["key"])
        return "value", {"value": self._objects.outgoing(self._objects.get(body["id"])[key])}

    def _length(self, body: dict[str, Any]) -> Reply:
        return "value", {"value": len(self._objects.get(body["id"]))}

    def _define(self, body: dict[str, Any]) -> Reply:
        """Run an instructor's text in a namespace of its own, and hand out one of its names."""
        space: dict[str, Any] = {"__name__": "instructor", "__builtins__": builtins}
        exec(compile(body["source"], "<instructor>", "exec"), space)
        return "value", {"value": self._objects.reference(space[body["name"]])}

    def _install(self, body: dict[str, Any]) -> Reply:
        self._shell.shell.user_ns[body["name"]] = self._objects.incoming(body["value"])
        return "value", {"value": None}

    def _told(self, error: BaseException) -> dict[str, object]:
        if isinstance(error, CellTimeout):
            return _raised("TimeoutError", ["TimeoutError"], str(error))
        if isinstance(error, TooLarge):
            return _raised("MemoryError", ["MemoryError"], str(error))
        try:
            message = str(error)
        except BaseException:
            message = ""
        kinds = type(error).__mro__
        bases = [kind.__name__ for kind in kinds if vars(builtins).get(kind.__name__) is kind]
        line, number = self._shell.shell.own_line(error)
        return _raised(_clean(type(error).__name__), bases, message, line, number)


def _raised(
    name: str, bases: list[str], message: str = "", line: str = "", number: int = 0
) -> dict[str, object]:
    return {
        "name": name[:200],
        "bases": bases,
        "message": _clean(message[:_TEXT]),
        "line": _clean(line[:1000]),
        "number": number,
        "changed": [],
    }


def _clean(text: str) -> str:
    return text if text.isascii() else text.encode("utf-8", "replace").decode()
