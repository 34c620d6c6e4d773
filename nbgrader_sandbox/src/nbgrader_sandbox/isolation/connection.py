"""One worker, as the grader sees it: its socket, its end, what it has used."""

import contextlib
import json
import os
import select
import signal
import socket
import struct
import threading
import time
from collections.abc import Iterable, Iterator, Mapping
from pathlib import PurePosixPath
from types import TracebackType
from typing import Any

from nbgrader_sandbox.isolation.groups import Group, Groups
from nbgrader_sandbox.isolation.launch import readable_within
from nbgrader_sandbox.isolation.plan import MIB, Resources, SandboxError
from nbgrader_sandbox.isolation.zygotes import Zygote

_CREDENTIALS = struct.Struct("iII")  # struct ucred
_POLL = 0.1  # seconds between looks at the processor time
_START = 30.0  # seconds for a worker to come up


def check_names(names: Iterable[str]) -> None:
    """Raise ValueError where a name leads out of the folder that it is relative to."""
    for name in names:
        path = PurePosixPath(name)
        if path.is_absolute() or ".." in path.parts or not path.parts or "\0" in name:
            raise ValueError(
                f"a worker's file is called {name!r}; a relative path without '..' is expected"
            )


class Connection:
    """A worker that is born, and is up after `begin`. At the end of a `with` block it is gone.

    Attributes:
        socket: the grader's end of the worker's socket.
        up_seconds: how long `begin` took.
    """

    def __init__(self, zygote: Zygote, resources: Resources, groups: Groups | None) -> None:
        """Have it born. Raises ConnectionError where the zygote is gone, else SandboxError."""
        self._resources = resources
        self._group: Group | None = None
        self._process = -1  # a pidfd of the worker, or of the keeper that stands beside it
        self._told: dict[str, Any] = {}
        self._text = b""
        self._why = ""
        self._cpu: float | None = None
        self._over = threading.Event()
        self._watcher: threading.Thread | None = None
        self._wake_read, self._wake = os.pipe()
        self.socket, theirs = socket.socketpair()
        self._status, status = socket.socketpair()
        self.up_seconds = 0.0
        with self._starting(), status, theirs:
            self._status.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
            zygote.ask(theirs, status)
            status.close()
            self._status.settimeout(_START)
            self._meet(groups)

    def begin(self, files: Mapping[str, bytes]) -> None:
        """Let it lay out `files` and listen. Raises as the constructor does."""
        started = time.monotonic()
        with self._starting():
            self._send(files)
            self._await_up()
        self.up_seconds = time.monotonic() - started
        self._watcher = threading.Thread(target=self._watch, daemon=True)
        self._watcher.start()

    @contextlib.contextmanager
    def _starting(self) -> Iterator[None]:
        try:
            yield
        except BaseException as error:
            self.close()
            if isinstance(error, TimeoutError):
                raise SandboxError(f"no worker came up within {_START:g} s") from None
            if isinstance(error, OSError) and not isinstance(error, ConnectionError):
                raise SandboxError(f"no worker can be started: {error}") from None
            raise

    # --- start ---------------------------------------------------------------------------

    def _meet(self, groups: Groups | None) -> None:
        """Learn its pid from the kernel; put it into a group before it does anything."""
        space = socket.CMSG_SPACE(_CREDENTIALS.size)
        text, extra, _, _ = self._status.recvmsg(5, space)
        if not text:
            raise ConnectionError("it ended before a worker was there")
        (data,) = (data for _, kind, data in extra if kind == socket.SCM_CREDENTIALS)
        process, _, _ = _CREDENTIALS.unpack(data)
        self._status.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 0)
        self._process = os.pidfd_open(process)
        if groups is not None:
            try:
                self._group = groups.new(self._resources)
                self._group.add(process)
            except OSError as error:
                raise SandboxError(f"a worker's control group cannot be made: {error}") from None
        self._status.sendall(b"g")

    def _send(self, files: Mapping[str, bytes]) -> None:
        text = json.dumps([[name, len(data)] for name, data in files.items()]).encode()
        self._status.sendall(struct.pack(">Q", len(text)) + text)
        for data in files.values():
            self._status.sendall(data)

    def _await_up(self) -> None:
        while "up" not in self._told:
            if not self._read():
                raise ConnectionError("it ended while a worker started")
            if "failed" in self._told:
                raise SandboxError(f"a worker could not be locked in: {self._told['failed']}")

    def _read(self) -> bool:
        """Take in what the keeper tells; False at its end."""
        try:
            text = self._status.recv(4096)
        except ConnectionError:
            return False
        *lines, self._text = (self._text + text).split(b"\n")
        for line in lines:
            self._told.update(json.loads(line))
        return bool(text)

    # --- while it runs -------------------------------------------------------------------

    def _watch(self) -> None:
        """Wait for the worker's end; bring it about where it has used too much."""
        poll = select.poll()
        poll.register(self._status.fileno(), select.POLLIN | select.POLLHUP)
        poll.register(self._wake_read, select.POLLIN | select.POLLHUP)
        end = time.monotonic() + self._resources.wall_seconds
        while not self._why:
            events = dict(poll.poll(_POLL * 1000))
            if self._wake_read in events:
                break
            if self._status.fileno() in events and not self._read():
                break
            self._why = self._too_much(end)
        self._end()

    def _too_much(self, end: float) -> str:
        if time.monotonic() > end:
            return f"took longer than {self._resources.wall_seconds:g} s"
        if self._group is not None:
            with contextlib.suppress(OSError):
                if self._group.cpu_seconds() > self._resources.cpu_seconds:
                    return self._cpu_words()
        return ""

    def _cpu_words(self) -> str:
        return f"used more than {self._resources.cpu_seconds:g} s of processor time"

    def _end(self) -> None:
        """End everything in the jail, wait for it, and note what it used."""
        with contextlib.suppress(OSError):
            self._status.shutdown(socket.SHUT_WR)  # the keeper ends all when nobody listens
        if self._process >= 0 and not readable_within(self._process, 5):
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(self._process, signal.SIGKILL)
            readable_within(self._process, 5)
        with contextlib.suppress(OSError):
            self._status.settimeout(1)
            while self._read():
                pass
        self._cpu = self._told.get("seconds")
        if self._group is not None:
            with contextlib.suppress(OSError):
                self._cpu = self._group.cpu_seconds()
                if self._group.memory_ran_out():
                    self._told["memory"] = True
            self._group.remove()
        self._over.set()

    def kill(self) -> None:
        """End the worker and all that it started; when this returns, nothing of it runs."""
        if not self._over.is_set() and self._watcher is not None:
            self._why = self._why or "was ended by the grader"
            with contextlib.suppress(OSError):
                os.write(self._wake, b"x")
            self._watcher.join()
        elif not self._over.is_set():
            self._end()

    def ending(self) -> str:
        """Return in words how the worker ended, "" while it is alive."""
        if not self._over.is_set():
            return ""
        status = self._told.get("ended")
        if self._why:
            return self._why
        if self._told.get("memory"):
            return f"used more memory than {self._resources.memory // MIB} MiB"
        if status is None:
            return "was killed"
        if os.WIFSIGNALED(status):
            number = os.WTERMSIG(status)
            if number == signal.SIGXCPU:
                return self._cpu_words()
            if number == signal.SIGXFSZ:
                return f"wrote a file of more than {self._resources.file_bytes // MIB} MiB"
            return f"was killed by signal {number}"
        code = os.waitstatus_to_exitcode(status)
        return "exited" if code == 0 else f"exited with status {code}"

    def cpu_seconds(self) -> float | None:
        """Return the processor time so far of all that it started; None where unknown."""
        if self._over.is_set() or self._group is None:
            return self._cpu
        with contextlib.suppress(OSError):
            return self._group.cpu_seconds()
        return self._cpu

    def memory_ran_out(self) -> bool:
        """Whether a process of it was ended for want of memory, be it the worker or another."""
        if not self._over.is_set() and self._group is not None:
            with contextlib.suppress(OSError):
                return self._group.memory_ran_out()
        return bool(self._told.get("memory"))

    # --- end -----------------------------------------------------------------------------

    def close(self) -> None:
        """Kill it, and give back all that it took."""
        if self._wake < 0:
            return
        self.kill()
        self.socket.close()
        self._status.close()
        if self._process >= 0:
            os.close(self._process)
        os.close(self._wake_read)
        os.close(self._wake)
        self._wake = self._wake_read = self._process = -1

    def __enter__(self) -> "Connection":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
