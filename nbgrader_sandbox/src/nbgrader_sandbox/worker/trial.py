"""A worker that tries to do what none may, and tells what became of it: `doctor` runs it.

Nothing here does harm where it succeeds: signals are of number 0, files are the doctor's own.
"""

import contextlib
import ctypes
import errno
import json
import os
import signal
import socket
import time
from collections.abc import Callable
from typing import Any

_ATTACH = 16  # PTRACE_ATTACH


def run(sock: socket.socket) -> None:
    """Read what is to be tried, as one line of JSON; answer with one."""
    with sock.makefile("rwb") as stream:
        task = json.loads(stream.readline())
        found = {name: _tried(attempt, task) for name, attempt in ATTEMPTS.items()}
        stream.write(json.dumps(found).encode() + b"\n")
        stream.flush()
        stream.read(1)


def _tried(attempt: Callable[[dict[str, Any]], str], task: dict[str, Any]) -> str:
    """Return "" where the attempt was refused, else what it achieved."""
    try:
        return attempt(task)
    except (OSError, MemoryError):
        return ""


def _network(_: dict[str, Any]) -> str:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as tcp:
        tcp.settimeout(1)
        tcp.bind(("127.0.0.1", 0))
    return "a socket for the network"


def _read(task: dict[str, Any]) -> str:
    return "; ".join(f"read {path}" for path in task["secret"] if _opens(path, os.O_RDONLY))


def _write(task: dict[str, Any]) -> str:
    new = [f"{folder}/left-by-a-worker" for folder in (task["folder"], "/", "/var/tmp")]
    return "; ".join(f"wrote {path}" for path in new if _opens(path, os.O_CREAT | os.O_WRONLY))


def _opens(path: str, flags: int) -> bool:
    with contextlib.suppress(OSError):
        os.close(os.open(path, flags, 0o600))
        return True
    return False


def _program(_: dict[str, Any]) -> str:
    child = os.fork()
    if child == 0:
        try:
            os.execv("/bin/true", ["true"])
        finally:
            os._exit(1)
    return "" if os.waitpid(child, 0)[1] else "another program"


def _processes(task: dict[str, Any]) -> str:
    """See, signal or take over the process that grades, or any that is not one's own."""
    done = []
    kin = _kin()
    with contextlib.suppress(OSError):
        own = {os.getpid(), os.getppid(), *kin}
        if others := [
            name for name in os.listdir("/proc") if name.isdigit() and int(name) not in own
        ]:
            done.append(f"sees {len(others)} other processes")
    for process in (task["grader"], os.getppid()):
        if process > 1:
            with contextlib.suppress(OSError):
                os.kill(process, 0)
                done.append("may signal the process that grades")
    if any(_opens(f"/proc/{process}/mem", os.O_RDWR) for process in kin):
        done.append("may write into the process that holds it")
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.ptrace(_ATTACH, task["grader"], None, None) == 0:
        done.append("may trace the process that grades")
    return ", ".join(done)


def _kin() -> list[int]:
    """Return the processes that this one comes from, as far as they can be seen."""
    found: list[int] = []
    process = os.getppid()
    with contextlib.suppress(OSError):
        while process > 0:
            found.append(process)
            with open(f"/proc/{process}/stat", encoding="utf-8", errors="replace") as file:
                process = int(file.read().rpartition(")")[2].split()[1])
    return found


def _memory(task: dict[str, Any]) -> str:
    block = bytearray(task["memory"] + (64 << 20))
    return f"{len(block) >> 20} MiB of memory"


def _disk(task: dict[str, Any]) -> str:
    size = 0
    block = bytes(1 << 20)
    try:
        for number in range(64):
            with open(f"large-{number}", "wb", buffering=0) as file:
                for _ in range(2):
                    size += file.write(block)
                    if size > task["disk"]:
                        return f"more than {task['disk'] >> 20} MiB of files"
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EFBIG, errno.EDQUOT):
            return f"an odd error: {error}"
    return ""


def _forks(task: dict[str, Any]) -> str:
    children: list[int] = []
    try:
        while len(children) <= task["processes"]:
            child = os.fork()
            if child == 0:
                time.sleep(60)
                os._exit(0)
            children.append(child)
    except OSError:
        return ""
    finally:
        for child in children:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
    return f"more than {task['processes']} processes"


#: What is tried, by the name that a report gives it.
ATTEMPTS: dict[str, Callable[[dict[str, Any]], str]] = {
    "network": _network,
    "read": _read,
    "write": _write,
    "program": _program,
    "processes": _processes,
    "memory": _memory,
    "disk": _disk,
    "forks": _forks,
}
