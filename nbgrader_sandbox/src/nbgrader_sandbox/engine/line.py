"""One request at a time to a worker that nobody trusts, and what is raised when it fails."""

import contextlib
import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NoReturn

from nbgrader_sandbox.engine.messages import ending
from nbgrader_sandbox.wire.codec import WireError
from nbgrader_sandbox.wire.frames import Channel

#: Seconds by which a reply may be later than the limit that the worker itself keeps.
GRACE = 5.0


class WorkerEnded(RuntimeError):
    """The worker is of no more use. `reason` completes "it …"; `forged`: it broke the protocol."""

    def __init__(self, reason: str, *, forged: bool = False) -> None:
        super().__init__(f"the notebook's process {reason}")
        self.reason = reason
        self.forged = forged


class TestEnded(WorkerEnded):
    """The process of one test ended before the test did; the worker itself lives on."""

    __test__ = False  # pytest


class Unbelievable(Exception):
    """A reply that has not the form that it must have."""


@dataclass(frozen=True)
class Reply:
    """One reply, whose request has been checked, and its kind."""

    kind: str
    body: dict[str, object]


class Connection:
    """The trusted end of the socket to one worker."""

    def __init__(
        self,
        sock: socket.socket,
        *,
        identifiers: frozenset[str],
        lines: frozenset[str],
        deadline: float,
    ) -> None:
        self._channel = Channel(sock)
        self._requests = 0
        self.identifiers = identifiers
        self.lines = lines
        self.deadline = deadline
        self.alive = True
        #: What was raised last; a checker that catches everything may have caught it.
        self.trouble: WorkerEnded | None = None
        #: What the rules say to whom they stop: these texts pass.
        self.messages: frozenset[str] = frozenset()

    def request(self, kind: str, body: dict[str, object], seconds: float, *expected: str) -> Reply:
        """Send a request and return its reply. Raises TestEnded, or WorkerEnded."""
        if not self.alive:
            raise WorkerEnded("had ended before")
        self._requests += 1
        until = min(self.deadline, time.monotonic() + seconds + GRACE)
        try:
            try:
                self._channel.send(kind, self._requests, body, until)
            except WireError as error:  # nothing was sent
                raise TypeError(f"this cannot be passed to the notebook: {error}") from None
            reply = self._channel.receive(until)
        except TimeoutError:
            self.ended("did not answer in time")
        except (EOFError, OSError):
            self.ended("closed the connection")
        except WireError:
            self.ended("sent what is no message", forged=True)
        if reply.request != self._requests:
            self.ended("answered what it was not asked", forged=True)
        if reply.kind == "died" and "died" not in expected:
            self.trouble = TestEnded(ending(reply.body.get("reason")))
            raise self.trouble
        if reply.kind not in expected:
            self.ended("sent what it was not asked for", forged=True)
        return Reply(reply.kind, reply.body)

    def ended(self, reason: str, *, forged: bool = False) -> NoReturn:
        """Give the worker up."""
        self.alive = False
        self._channel.close()
        self.trouble = WorkerEnded(reason, forged=forged)
        raise self.trouble

    @contextlib.contextmanager
    def believing(self) -> Iterator[None]:
        """Give the worker up where a reply has not the form that it must have."""
        try:
            yield
        except WorkerEnded:
            raise
        except Exception:  # NumPy and torch raise whatever they stumble over
            self.ended("sent a reply that has not the form of one", forged=True)

    def stop(self) -> None:
        """Tell the worker that it can go; never raises."""
        if self.alive:
            self.alive = False
            with contextlib.suppress(EOFError, TimeoutError, WireError, OSError):
                self._channel.send("stop", self._requests + 1, {}, time.monotonic() + 1.0)
        self._channel.close()
