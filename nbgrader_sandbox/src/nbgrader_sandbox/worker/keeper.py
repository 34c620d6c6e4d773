"""Who waits for a worker's end and tells the grader of it, and ends the worker where it is to.

In namespaces that is the zygote, for all its workers (`Watch`): a pid namespace ends as a whole
with its first process. At the other levels each worker has a process beside it, the keeper
(`keep`), which gathers what the worker leaves behind.
"""

import contextlib
import os
import resource
import select
import signal
import socket
from dataclasses import dataclass

from nbgrader_sandbox.worker import jail
from nbgrader_sandbox.worker.birth import Place, in_child, leave_open, say, wait_for_group, work


@dataclass
class _Ward:
    process: int
    status: socket.socket


class Watch:
    """Waits for several workers, each the first process of a pid namespace."""

    def __init__(self) -> None:
        self._poll = select.poll()
        self._ending: dict[int, _Ward] = {}  # by the pidfd, which tells that all has ended
        self._wanted: dict[int, _Ward] = {}  # by the status socket, whose end says: no more

    def take(self, process: int, status: socket.socket) -> None:
        """Care for a worker from now on."""
        ward = _Ward(process, status)
        for handle, where, event in (
            (os.pidfd_open(process), self._ending, select.POLLIN),
            (status.fileno(), self._wanted, select.POLLRDHUP),
        ):
            where[handle] = ward
            self._poll.register(handle, event)

    def until(self, handle: int) -> None:
        """Care for all workers until there is something to be read from `handle`."""
        self._poll.register(handle, select.POLLIN)
        while True:
            found = [ready for ready, _ in self._poll.poll()]
            for ready in found:
                if ready in self._ending:
                    self._ended(ready)
                elif ready in self._wanted:
                    self._unwanted(ready)
            if handle in found:
                return

    def _unwanted(self, status: int) -> None:
        """End a worker that the grader has given up."""
        self._poll.unregister(status)
        os.kill(self._wanted.pop(status).process, signal.SIGKILL)

    def _ended(self, handle: int) -> None:
        """Tell how a worker ended, and what it used with all that it had started."""
        ward = self._ending.pop(handle)
        self._poll.unregister(handle)
        os.close(handle)
        _, ending, used = os.wait4(ward.process, 0)
        with ward.status as status:
            if self._wanted.pop(status.fileno(), None):
                self._poll.unregister(status)
            say(status.fileno(), ended=ending)
            say(status.fileno(), seconds=used.ru_utime + used.ru_stime)


def keep(place: Place, worker: socket.socket, status: socket.socket) -> None:
    """Start a worker, wait until it or the grader or the zygote is gone, and end what is left."""
    os.setsid()
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    box = ""
    try:
        wait_for_group(status)
        box = jail.lay_out(place.jail, place.limits, (os.geteuid(), os.getegid()))
        child = os.fork()
        if child == 0:
            leave_open(worker.fileno(), status.fileno())
            in_child(lambda: work(place, box, worker, status))
        worker.close()
        handle = os.pidfd_open(child)
        ready = select.poll()
        ready.register(handle, select.POLLIN)
        ready.register(place.alive, select.POLLIN)
        ready.register(status.fileno(), select.POLLRDHUP)
        if handle in dict(ready.poll()):
            say(status.fileno(), ended=os.waitpid(child, 0)[1])
        _end_all(inside=place.jail.kind == "landlock")
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        say(status.fileno(), seconds=used.ru_utime + used.ru_stime)
    except OSError as error:
        say(status.fileno(), failed=str(error))
    finally:
        if box:
            jail.leave(place.jail, box)


def _end_all(*, inside: bool) -> None:
    """End all that runs below this process, and wait for it."""
    while True:
        if inside:  # reaches this keeper's descendants alone, see `keep_signals_inside`
            with contextlib.suppress(OSError):
                os.kill(-1, signal.SIGKILL)
        for process in _children():
            with contextlib.suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
        try:
            os.waitpid(-1, 0)
        except ChildProcessError:
            return


def _children() -> list[int]:
    with contextlib.suppress(OSError), open(f"/proc/self/task/{os.getpid()}/children") as file:
        return [int(word) for word in file.read().split()]
    return []
