"""How a worker begins: from the fork of the warm process to the first request of the grader.

In namespaces it is one fork: the worker is born into them, as the first process of its own pid
namespace, and the zygote waits for its end. At the other levels a `keeper` stands between the two.
"""

import contextlib
import importlib
import json
import os
import signal
import socket
import struct
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NoReturn

from nbgrader_sandbox.worker import jail, kernel

_LENGTH = struct.Struct(">Q")


@dataclass(frozen=True)
class Place:
    """What the processes of a worker need to know from their zygote."""

    limits: jail.Limits
    jail: jail.Jail
    entry: str  # "module:function", called with the worker's socket
    size: int  # bytes of address space of the warm zygote
    alive: int  # a pipe that ends with the zygote


def bear(place: Place, worker: socket.socket, status: socket.socket) -> int:
    """Fork a worker into new namespaces; return its pid. Both sockets stay open here."""
    outside = os.geteuid(), os.getegid()
    process = kernel.fork_into(kernel.NAMESPACES & ~kernel.NEWCGROUP)
    if process:
        return process

    def live() -> None:
        leave_open(worker.fileno(), status.fileno())  # the sockets of others end where they should
        try:
            wait_for_group(status)
            box = jail.lay_out(place.jail, place.limits, outside)
        except OSError as error:
            say(status.fileno(), failed=str(error))
            raise
        work(place, box, worker, status)

    in_child(live)


def in_child(run: Callable[[], object]) -> NoReturn:
    """Run this and end, whatever happens: a fork must never return into its parent's code."""
    try:
        run()
    except SystemExit as error:
        code = error.code
        os._exit(code if isinstance(code, int) else int(code is not None))
    except BaseException:
        os._exit(1)
    os._exit(0)


def wait_for_group(status: socket.socket) -> None:
    """Say that this process is there, and wait until the grader has put it into a group.

    The kernel adds the pid to what is said. EOFError ends a worker that nobody wants.
    """
    status.sendall(b"here\n")
    if not status.recv(1):
        raise EOFError


def work(place: Place, box: str, worker: socket.socket, status: socket.socket) -> None:
    """Lock up, wait for the files of a submission, then do the work."""
    tell, handle = status.fileno(), worker.detach()
    try:
        jail.lock(place.jail, place.limits, box, place.size)
        module, _, function = place.entry.partition(":")
        entry = getattr(importlib.import_module(module), function)
        jail.write_files(box, _receive_files(status))
    except Exception as error:
        say(tell, failed=f"{type(error).__name__}: {error}")
        raise
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.write(tell, b'{"up": true}\n')  # not `say`: where nobody listens there is no work
    status.close()
    entry(socket.socket(fileno=handle))


def _receive_files(status: socket.socket) -> list[tuple[str, bytes]]:
    """Wait for the files; EOFError ends a worker that nobody wants."""
    with status.makefile("rb") as stream:

        def exactly(size: int) -> bytes:
            data = stream.read(size)
            if len(data) != size:
                raise EOFError
            return data

        listed = json.loads(exactly(*_LENGTH.unpack(exactly(_LENGTH.size))))
        return [(name, exactly(size)) for name, size in listed]


def say(handle: int, **what: Any) -> None:
    """Tell the grader; where it listens no more, nothing."""
    with contextlib.suppress(OSError):
        os.write(handle, json.dumps(what).encode() + b"\n")


def leave_open(*handles: int) -> None:
    """Leave nothing to read, nowhere to print, and these open."""
    for standard in range(3):
        nothing = os.open("/dev/null", os.O_RDWR)
        if nothing != standard:
            os.dup2(nothing, standard)
            os.close(nothing)
    start = 3
    for handle in sorted(handles):
        os.closerange(start, handle)
        start = handle + 1
    os.closerange(start, os.sysconf("SC_OPEN_MAX"))
