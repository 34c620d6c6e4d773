"""A zygote that runs: started at some level, asked for workers, ended."""

import contextlib
import json
import os
import select
import socket
import subprocess
import tempfile
from collections.abc import Callable
from typing import Any

from nbgrader_sandbox.isolation.launch import Launch, prepare
from nbgrader_sandbox.isolation.plan import Level, Plan, SandboxError

PATIENCE = 180.0  # seconds for imports, torch's on a busy machine among them


class Zygote:
    """A running zygote. Raises SandboxError where it does not come up, and says why.

    Forks of the process that started it can ask it for workers, too; it is not theirs to end.
    `meanwhile` is called while it imports what workers need.
    """

    def __init__(
        self, plan: Plan, level: Level, meanwhile: Callable[[], object] = lambda: None
    ) -> None:
        self._started_by = os.getpid()
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115
        self._control: socket.socket | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._launch: Launch | None = None
        try:
            self._launch = launch = prepare(plan, level)
            self.note = launch.note  # what this level lacks on this machine
            self._process = subprocess.Popen(
                launch.words,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=self._errors,
                env=launch.environment,
                cwd="/",
                pass_fds=launch.handles,
                start_new_session=True,
            )
            self._control = launch.control(self._process)
            meanwhile()
            self.ready = self._wait()
            if (threads := self.ready["threads"]) > 1:
                text = f"the warm process has {threads} threads, and a fork of it may hang"
                self.note = "; ".join(filter(None, (self.note, text)))
        except BaseException as error:
            said = self.close()
            if isinstance(error, OSError | EOFError):
                raise SandboxError(f"the zygote did not come up: {said or error}") from None
            raise

    def _wait(self) -> dict[str, Any]:
        """Wait until everything is imported; return what the zygote says of itself."""
        assert self._control is not None
        self._control.settimeout(PATIENCE)
        if not (message := self._control.recv(1 << 20)):
            raise EOFError("it ended without a word")
        self._control.settimeout(30)
        ready: dict[str, Any] = json.loads(message)["ready"]
        return ready

    def ask(self, worker: socket.socket, status: socket.socket) -> None:
        """Hand over both sockets to a new worker. Raises OSError where the zygote is gone."""
        assert self._control is not None
        socket.send_fds(self._control, [b"w"], [worker.fileno(), status.fileno()])

    def alive(self) -> bool:
        """Whether it listens; not by its pid, which tells only the process that started it."""
        if self._control is None or self._control.fileno() < 0:
            return False
        poll = select.poll()
        poll.register(self._control, 0)
        return not poll.poll(0)  # POLLHUP is told unasked

    def close(self) -> str:
        """End the zygote and all its workers; return the last thing that it printed."""
        if self._control is not None:
            self._control.close()
        if os.getpid() != self._started_by:
            return ""
        if self._process is not None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(timeout=2)  # it ends by itself once nobody can ask
            self._process.kill()
            self._process.wait()
        said = self._said()
        self._errors.close()
        if self._launch is not None:
            self._launch.close()
        return said

    def _said(self) -> str:
        if self._errors.closed:
            return ""
        size = self._errors.seek(0, os.SEEK_END)
        self._errors.seek(max(0, size - 2000))
        lines = self._errors.read().decode(errors="replace").strip().splitlines()
        lines = [line for line in lines if line and "--help" not in line]  # docker ends with that
        return lines[-1] if lines else ""
