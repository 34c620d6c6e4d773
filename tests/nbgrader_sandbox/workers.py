"""Workers for tests: real processes behind a real socket, in no sandbox, forked from a warm one."""

import contextlib
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from nbgrader_sandbox.engine.remote import Worker

_WARM = """
import os, signal, socket, sys
from nbgrader_sandbox.worker import serve
serve.prepare(sys.argv[2:])
control = socket.socket(fileno=int(sys.argv[1]))
control.send(b"!")
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
while True:
    asked, handles, _, _ = socket.recv_fds(control, 1, 1)
    if not asked:
        break
    if os.fork() == 0:
        control.close()
        try:
            serve.serve(socket.socket(fileno=handles[0]))
        finally:
            os._exit(0)
    os.close(handles[0])
"""


@contextlib.contextmanager
def _zygote(*modules: str) -> Iterator[Callable[[], socket.socket]]:
    control, theirs = socket.socketpair()
    process = subprocess.Popen(
        [sys.executable, "-c", _WARM, str(theirs.fileno()), *modules], pass_fds=[theirs.fileno()]
    )
    theirs.close()
    assert control.recv(1) == b"!"

    def fork() -> socket.socket:
        ours, worker = socket.socketpair()
        socket.send_fds(control, [b"w"], [worker.fileno()])
        worker.close()
        return ours

    yield fork
    control.close()
    process.wait(timeout=60)


@pytest.fixture(scope="session")
def zygote() -> Iterator[Callable[[], socket.socket]]:
    """Return a function that forks a worker and returns the socket to it."""
    with _zygote("numpy", "torch", "matplotlib.pyplot") as fork:
        yield fork


@pytest.fixture(scope="session")
def cold_zygote() -> Iterator[Callable[[], socket.socket]]:
    """The same with NumPy alone: torch is loaded by whoever imports it."""
    with _zygote("numpy") as fork:
        yield fork


def words(source: str) -> frozenset[str]:
    letters = "".join(one if one.isalnum() or one == "_" else " " for one in source)
    return frozenset(letters.split())


Begin = Callable[..., Worker]


@contextlib.contextmanager
def _beginning(zygote: Callable[[], socket.socket], folder: Path) -> Iterator[Begin]:
    with contextlib.ExitStack() as open_workers:

        def start(*cells: str, seconds: float = 60.0, **settings: Any) -> Worker:
            source = "\n".join(cells)
            worker = Worker(
                zygote(),
                identifiers=words(source),
                lines=frozenset(line.strip() for line in source.splitlines()),
                deadline=time.monotonic() + seconds,
            )
            open_workers.callback(worker.stop)
            settings = {"seed": 1, "cwd": str(folder), "test_seconds": 5.0} | settings
            worker.start(**settings)
            for number, cell in enumerate(cells, start=1):
                done = worker.run_cell(cell, number)
                assert done.error is None, done.error
            return worker

        yield start


@pytest.fixture
def begin(zygote: Callable[[], socket.socket], tmp_path: Path) -> Iterator[Begin]:
    """Return a function that starts a worker, lets it run cells, and returns it."""
    with _beginning(zygote, tmp_path) as start:
        yield start


@pytest.fixture
def begin_cold(cold_zygote: Callable[[], socket.socket], tmp_path: Path) -> Iterator[Begin]:
    """The same where torch is not loaded yet."""
    with _beginning(cold_zygote, tmp_path) as start:
        yield start
