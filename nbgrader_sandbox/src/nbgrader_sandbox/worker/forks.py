"""Forks of the worker in which hidden tests run, and what the worker knows of them."""

import contextlib
import fcntl
import mmap
import os
import select
import signal
import struct
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from nbgrader_sandbox.worker import pools
from nbgrader_sandbox.worker.audit import KINDS

#: Seconds that a call may overrun before its process is killed: the alarm in it comes first.
GRACE = 1.0

#: Where file descriptors are moved.
_HIGH = 200

IDLE, ASKED, REPLYING, ENDED = range(4)

_GO = struct.Struct("<QQd")
_STATE = struct.Struct("<BQddI")


def out_of_the_way(number: int) -> int:
    """Move a file descriptor to where code that closes or opens some by habit does not meet it."""
    try:
        moved = fcntl.fcntl(number, fcntl.F_DUPFD_CLOEXEC, _HIGH)
    except OSError:  # there are no such numbers here
        return number
    os.close(number)
    return moved


@dataclass(frozen=True)
class Here:
    """Stands for a fork where there is none: after the last test, nothing runs in this process."""

    request: int
    seed: int
    seconds: float

    def note(self, state: int, request: int, used: float, kinds: list[str]) -> None:
        """Nobody is there to read it."""


class Fork:
    """A copy of this process that waits for `go`, runs a test, and ends.

    `run` is called in the copy with this object. State, seconds used and evidence are in memory
    that both processes share: the copy writes, and the worker believes it only as far as it must.
    """

    def __init__(self, run: Callable[["Fork"], object]) -> None:
        self._shared = mmap.mmap(-1, mmap.PAGESIZE)
        go, self._go = map(out_of_the_way, os.pipe())
        self._alive, alive = map(out_of_the_way, os.pipe())
        self._used = False
        self.request = 0
        self.seed = 0
        self.seconds = 0.0
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of threads that a cell started: they are not copied
            self._pid = os.fork()
        if self._pid == 0:
            try:
                os.close(self._go)
                os.close(self._alive)
                with contextlib.suppress(OSError):
                    os.setpgid(0, 0)
                told = os.read(go, _GO.size)
                if len(told) == _GO.size:
                    pools.revive()
                    self.request, self.seed, self.seconds = _GO.unpack(told)
                    run(self)
                os.close(
                    alive
                )  # tells that the test is over: to take the process down takes longer
            finally:
                os._exit(0)
        with contextlib.suppress(OSError):
            os.setpgid(self._pid, self._pid)
        os.close(go)
        os.close(alive)

    # In the copy.

    def note(self, state: int, request: int, used: float, kinds: list[str]) -> None:
        """Write down where the copy is: its state since now, and the seconds its calls took."""
        bits = sum(1 << place for place, kind in enumerate(KINDS) if kind in kinds)
        self._shared[: _STATE.size] = _STATE.pack(state, request, time.monotonic(), used, bits)

    # In the worker.

    def go(self, request: int, seed: int, seconds: float) -> bool:
        """Let the copy begin; return whether it was there to hear it, for the first time."""
        if self._used:
            return False
        self._used = True
        self.request, self.seed, self.seconds = request, seed, seconds
        self.note(ASKED, request, 0.0, [])
        try:
            os.write(self._go, _GO.pack(request, seed, seconds))
        except OSError:
            return False
        finally:
            os.close(self._go)
        return True

    def wait(self) -> str:
        """Wait until the copy has ended; return "" if the test had, else why it died."""
        late = False
        _left[:] = [process for process in _left if _still_there(process)]
        while True:
            ended, _, _ = select.select([self._alive], [], [], 0.05)
            status = self._status()
            if status is not None:
                break
            state, _, since, used, _ = self._noted()
            if ended and state == ENDED:
                _left.append(self._pid)  # the kernel takes it down meanwhile
                status = 0
                break
            if ended:  # or it has only closed what tells of its end
                time.sleep(0.002)
            if state == ASKED and used + time.monotonic() - since > self.seconds + GRACE:
                late = True
                self._kill()
        self._kill()
        os.close(self._alive)
        state, self.request, *_ = self._noted()
        if late:
            return f"ran for more than {self.seconds:g} s"
        if state == ENDED:
            return ""
        if os.WIFSIGNALED(status):
            return "was killed by a signal"  # which one, the student's code can choose
        return "ended its own process"

    def was_asked(self) -> bool:
        """Whether the copy ended while the grader waited for a reply."""
        return bool(self._noted()[0] == ASKED)

    def in_reply(self) -> bool:
        """Whether the copy ended in the midst of a reply, so that the stream is out of step."""
        return bool(self._noted()[0] == REPLYING)

    def kinds(self) -> list[str]:
        """Return the kinds of evidence that the copy noted."""
        bits = self._noted()[4]
        return [kind for place, kind in enumerate(KINDS) if bits >> place & 1]

    def _noted(self) -> tuple[Any, ...]:
        return _STATE.unpack(self._shared[: _STATE.size])

    def _status(self) -> int | None:
        try:
            pid, status = os.waitpid(self._pid, os.WNOHANG)
        except ChildProcessError:  # a cell's own `os.wait` was told of it
            return 0
        return status if pid else None

    def _kill(self) -> None:
        """End the copy and what it started."""
        for kill in (os.killpg, os.kill):
            with contextlib.suppress(OSError):
                kill(self._pid, signal.SIGKILL)


#: Copies whose test is over, and which have not been waited for.
_left: list[int] = []


def _still_there(process: int) -> bool:
    with contextlib.suppress(ChildProcessError):
        return os.waitpid(process, os.WNOHANG)[0] == 0
    return False
