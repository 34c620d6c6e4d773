"""What tests share that start servers: free ports, an end for what was started, and waiting."""

import socket
import subprocess
import time
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any


def free_ports(count: int) -> list[int]:
    """Return so many ports of this machine that nobody listens on, no two alike."""
    with ExitStack() as stack:
        listeners = [stack.enter_context(socket.socket()) for _ in range(count)]
        for listener in listeners:
            listener.bind(("127.0.0.1", 0))
        return [int(listener.getsockname()[1]) for listener in listeners]


def end(process: "subprocess.Popen[Any]") -> None:
    """Ask a process to end, and wait; end it by force where it takes over a minute."""
    process.terminate()
    try:
        process.wait(timeout=60)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def until(what: Callable[[], Any], seconds: float = 20) -> Any:
    """Wait for something to be true; return what it is in the end."""
    give_up = time.monotonic() + seconds
    while not (found := what()) and time.monotonic() < give_up:
        time.sleep(0.1)
    return found
