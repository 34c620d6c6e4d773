"""The processes of one worker: keeper, init, worker. Run in a fork of the zygote.

The keeper stands outside of the worker's pid namespace, where nothing in there can see it.
"""

import contextlib
import importlib
import json
import os
import resource
import select
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
    """What a keeper needs to know from its zygote."""

    jail: jail.Jail
    entry: str  # "module:function", called with the worker's socket
    size: int  # bytes of address space of the warm zygote
    alive: int  # a pipe that ends with the zygote


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


def keep(place: Place, worker: socket.socket, status: socket.socket) -> None:
    """Make the jail, start the worker in it, and tell the grader how it ended."""
    os.setsid()
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    status.sendall(b"here\n")  # the kernel adds the pid; the grader answers once it has acted
    box = ""
    try:
        limits, files = _read_order(status)
        box = jail.enter(place.jail, limits, files)
        told, tell = os.pipe()
        child = os.fork()
        if child == 0:
            status.close()
            os.close(told)
            in_child(lambda: _start(place, limits, box, worker, tell))
        worker.close()
        os.close(tell)
        if place.jail.kind == "namespaces":
            kernel.drop_capabilities()
            kernel.die_with_parent()
        _relay(place, status, told, child)
    except OSError as error:
        _say(status.fileno(), failed=str(error))
    finally:
        if box:
            jail.leave(place.jail, box)


def _read_order(status: socket.socket) -> tuple[jail.Limits, list[tuple[str, bytes]]]:
    """Read the limits and the files of this worker; EOFError ends a worker nobody wants."""
    with status.makefile("rb") as stream:

        def exactly(size: int) -> bytes:
            data = stream.read(size)
            if len(data) != size:
                raise EOFError
            return data

        order = json.loads(exactly(*_LENGTH.unpack(exactly(_LENGTH.size))))
        files = [(name, exactly(size)) for name, size in order["files"]]
    return jail.Limits(**order["limits"]), files


def _say(handle: int, **what: Any) -> None:
    with contextlib.suppress(OSError):  # nobody listens any more
        os.write(handle, json.dumps(what).encode() + b"\n")


def _relay(place: Place, status: socket.socket, told: int, child: int) -> None:
    """Pass on what the worker's side tells, until it or the grader or the zygote is gone."""
    ready = select.poll()
    for handle in (status.fileno(), told, place.alive):
        ready.register(handle, select.POLLIN | select.POLLHUP)
    ended = False
    while not ended:
        for handle, _ in ready.poll():
            if handle != told:  # the grader never writes here again, so this is its end
                ended = True
            elif text := os.read(told, 4096):
                status.sendall(text)
            else:
                ended = True
    _end(place, child)
    _say(status.fileno(), seconds=_seconds())


def _end(place: Place, child: int) -> None:
    """End all that runs in the jail, and wait for it."""
    inside = place.jail.kind == "landlock"
    while True:
        if inside:  # reaches this keeper's descendants alone, see `keep_signals_inside`
            with contextlib.suppress(OSError):
                os.kill(-1, signal.SIGKILL)
        for process in _children() or [child]:
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


def _seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


# --- below the keeper --------------------------------------------------------------------


def _start(place: Place, limits: jail.Limits, box: str, worker: socket.socket, tell: int) -> None:
    """Be init, where the worker has a pid namespace, and else an ordinary parent."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    try:
        if place.jail.kind == "namespaces":
            jail.close_off()
        child = os.fork()
    except OSError as error:
        _say(tell, failed=str(error))
        raise
    if child == 0:
        in_child(lambda: _work(place, limits, box, worker, tell))
    worker.close()
    _close_all_but(tell)
    while True:
        process, ending = os.wait()
        if process == child:
            _say(tell, ended=ending)
            return


def _work(place: Place, limits: jail.Limits, box: str, worker: socket.socket, tell: int) -> None:
    """Lock up, then do the work."""
    try:
        handle = _quiet(worker.detach(), tell)
        jail.lock(place.jail, limits, box, place.size)
        module, _, function = place.entry.partition(":")
        entry = getattr(importlib.import_module(module), function)
    except Exception as error:
        _say(tell, failed=f"{type(error).__name__}: {error}")
        raise
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.write(tell, b'{"up": true}\n')  # not _say: without a keeper there is no work
    os.close(tell)
    entry(socket.socket(fileno=handle))


def _quiet(worker: int, tell: int) -> int:
    """Leave open: nothing to read, nowhere to print, the worker's socket, and `tell`."""
    for standard in range(3):
        nothing = os.open("/dev/null", os.O_RDWR)
        if nothing != standard:
            os.dup2(nothing, standard)
            os.close(nothing)
    _close_all_but(worker, tell)
    return worker


def _close_all_but(*handles: int) -> None:
    start = 3
    for handle in sorted(handles):
        os.closerange(start, handle)
        start = handle + 1
    os.closerange(start, os.sysconf("SC_OPEN_MAX"))
