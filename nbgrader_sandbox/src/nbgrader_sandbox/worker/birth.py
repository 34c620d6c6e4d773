"""How a worker begins: from the fork of the warm process to the first request of the grader.

In namespaces it is one fork: the worker is born into them, as the first process of its own pid
namespace, and the zygote waits for its end. At the other levels a `keeper` stands between the two.
"""

import contextlib
import importlib
import json
import os
import select
import signal
import socket
import struct
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NoReturn

from nbgrader_sandbox.worker import jail, kernel

_LENGTH = struct.Struct(">Q")

Order = tuple[jail.Limits, list[tuple[str, bytes]]]


@dataclass(frozen=True)
class Place:
    """What the processes of a worker need to know from their zygote."""

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
            limits, files = receive_order(status)
            box = jail.lay_out(place.jail, limits, files, outside)
        except OSError as error:
            say(status.fileno(), failed=str(error))
            raise
        work(place, limits, box, worker, status)

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


def receive_order(status: socket.socket, or_ended: int | None = None) -> Order:
    """Say that this process is there, and wait for limits and files.

    EOFError ends a worker that nobody wants, or whose zygote has gone (where the pipe `or_ended`
    tells of that). The kernel adds the pid to what is said; the grader has put the process into
    a group before it answers.
    """
    status.sendall(b"here\n")
    handles = [status.fileno()] if or_ended is None else [status.fileno(), or_ended]
    if or_ended in select.select(handles, [], [])[0]:
        raise EOFError
    with status.makefile("rb") as stream:

        def exactly(size: int) -> bytes:
            data = stream.read(size)
            if len(data) != size:
                raise EOFError
            return data

        order = json.loads(exactly(*_LENGTH.unpack(exactly(_LENGTH.size))))
        files = [(name, exactly(size)) for name, size in order["files"]]
    return jail.Limits(**order["limits"]), files


def work(
    place: Place, limits: jail.Limits, box: str, worker: socket.socket, status: socket.socket
) -> None:
    """Lock up, then do the work."""
    tell, handle = status.detach(), worker.detach()
    try:
        jail.lock(place.jail, limits, box, place.size)
        module, _, function = place.entry.partition(":")
        entry = getattr(importlib.import_module(module), function)
    except Exception as error:
        say(tell, failed=f"{type(error).__name__}: {error}")
        raise
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.write(tell, b'{"up": true}\n')  # not `say`: where nobody listens there is no work
    os.close(tell)
    entry(socket.socket(fileno=handle))


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
