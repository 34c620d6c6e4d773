"""Notes what a notebook's code tried that no exercise needs: for the instructor, not as a wall.

The sandbox stops these things; here it is only written down what was tried.
"""

import os
import socket
import sys
import tempfile
from collections.abc import Callable
from functools import cache
from typing import Any

#: The most entries that one cell can leave.
_ENTRIES = 20
_FORKS = 16
_DETAIL = 120

#: What can be noted here.
KINDS = ("forbidden-name", "forbidden-path", "network", "process", "unknown-name")

#: All that is kept of what a test set off: the rest could carry the test's inputs.
_SEALED = "when a test called it"

_OPENED = "opened a socket of the network"

#: Where Python, its packages and the course's public files are, and what they look into.
_ALLOWED = """
    /tmp /public /engine /dev /proc /sys /usr /lib /lib64 /bin /sbin /opt
    /etc/mime.types /etc/os-release /etc/localtime /etc/timezone /etc/resolv.conf /etc/hosts
    /etc/nsswitch.conf /etc/ssl /etc/fonts /etc/matplotlibrc /etc/ld.so.cache /etc/apache2
    /etc/httpd /etc/lsb-release /etc/debian_version /etc/redhat-release
    ~/.config ~/.cache ~/.matplotlib ~/.ipython ~/.jupyter ~/.local ~/.keras ~/.numba
    ~/.pdbrc
"""

#: Modules that start a program to learn about the machine.
_CURIOUS = {"platform", "ctypes", "uuid", "matplotlib", "torch", "numpy", "sysconfig", "distutils"}


class Log:
    """The evidence of one cell, each thing once; `sealed` keeps details that a test could leak."""

    def __init__(self) -> None:
        self.sealed = False
        self._entries: dict[tuple[str, str], None] = {}

    def add(self, kind: str, detail: str, instead_of: str = "") -> None:
        self._entries.pop((kind, instead_of), None)
        if self.sealed:
            detail = _SEALED
        line = "".join(letter if letter.isprintable() else " " for letter in detail[:_DETAIL])
        if len(self._entries) < _ENTRIES:
            self._entries[kind, line] = None

    def drain(self) -> list[dict[str, str]]:
        """Return what was noted since the last time."""
        entries, self._entries = self._entries, {}
        return [{"kind": kind, "detail": detail} for kind, detail in entries]

    def kinds(self) -> list[str]:
        return sorted({kind for kind, _ in self._entries})


def watch(log: Log, working_directory: str) -> None:
    """Note from now on, for as long as this process lives, what Python's audit events tell."""
    allowed = _allowed(working_directory)
    home = os.path.expanduser("~")
    forks = 0
    busy = False

    def network(address: object) -> None:
        if isinstance(address, tuple) and address:
            where = " ".join(map(str, address[:2]))
            log.add("network", f"connected to {where}", instead_of=_OPENED)

    def made(family: object) -> None:
        if family in (socket.AF_INET, socket.AF_INET6) and not _importing():
            log.add("network", _OPENED)  # where that is refused, nothing else will be heard of it

    def host(name: object) -> None:
        text = _text(name or "")
        if text != "localhost" and any(map(str.isalpha, text)):  # no number
            log.add("network", f"looked up {text}")

    def path(found: object) -> None:
        if not isinstance(found, (str, bytes, os.PathLike)):
            return
        text = os.path.normpath(os.path.join(os.getcwd(), os.fsdecode(found)))
        if not text.startswith(allowed) and f"{text}/" not in allowed:
            shown = f"~{text[len(home) :]}" if text.startswith(f"{home}/") else text
            log.add("forbidden-path", f"opened {shown}")

    def program(command: object) -> None:
        if not _of_a_library():
            log.add("process", f"ran {_text(command)}")

    def fork() -> None:
        nonlocal forks
        forks += not _of_the_engine()
        if forks == _FORKS:
            log.add("process", f"forked {forks} times")

    events: dict[str, Callable[[Any], None]] = {
        "socket.__new__": lambda args: made(args[1]),
        "socket.connect": lambda args: network(args[1]),
        "socket.sendto": lambda args: network(args[1]),
        "socket.getaddrinfo": lambda args: host(args[0]),
        "socket.gethostbyname": lambda args: host(args[0]),
        "open": lambda args: path(args[0]),
        "os.listdir": lambda args: path(args[0]),
        "os.scandir": lambda args: path(args[0]),
        "os.system": lambda args: program(args[0]),
        "os.exec": lambda args: program(args[1] or args[0]),
        "os.posix_spawn": lambda args: program(args[1] or args[0]),
        "os.spawn": lambda args: program(args[2]),
        "pty.spawn": lambda args: program(args[0]),
        "subprocess.Popen": lambda args: program(args[1] or args[0]),
        "os.fork": lambda _: fork(),
        "os.forkpty": lambda _: fork(),
    }

    def hook(event: str, args: tuple[Any, ...]) -> None:
        nonlocal busy
        if event not in events or busy:
            return
        busy = True
        try:
            events[event](args)
        except Exception:  # what is noted must never change what the code does
            pass
        finally:
            busy = False

    sys.addaudithook(hook)


def _allowed(working_directory: str) -> tuple[str, ...]:
    folders = [*_ALLOWED.split(), working_directory, tempfile.gettempdir(), *sys.path]
    folders += [sys.prefix, sys.base_prefix, sys.exec_prefix, os.path.dirname(__file__)]
    absolute = {os.path.abspath(os.path.expanduser(folder)) for folder in folders if folder}
    absolute |= {_real(folder) for folder in absolute}
    return tuple(sorted(f"{folder.rstrip('/')}/" for folder in absolute if folder != "/"))


def prepare() -> None:
    """Look once, before workers are forked, where the folders are that each may read."""
    _allowed("/")


@cache
def _real(folder: str) -> str:
    return os.path.realpath(folder)


def _of_the_engine() -> bool:
    """Whether the worker itself did it, to keep a moment for a test."""
    frame = sys._getframe(2)
    while frame is not None and frame.f_globals.get("__name__") == __name__:
        frame = frame.f_back  # type: ignore[assignment]
    return frame is not None and frame.f_globals.get("__name__") == f"{__package__}.forks"


def _of_a_library() -> bool:
    frame = sys._getframe(2)
    while frame is not None and (name := frame.f_globals.get("__name__")) != "__main__":
        if str(name).split(".")[0] in _CURIOUS:
            return True
        frame = frame.f_back  # type: ignore[assignment]
    return False


def _importing() -> bool:
    """Whether a module is being loaded: some try on loading what this machine's network can."""
    frame = sys._getframe(2)
    while frame is not None and frame.f_globals.get("__name__") != "importlib._bootstrap":
        frame = frame.f_back  # type: ignore[assignment]
    return frame is not None


def _text(command: object) -> str:
    if isinstance(command, (list, tuple)):
        return " ".join(_text(part) for part in command[:20])
    return os.fsdecode(command) if isinstance(command, (bytes, os.PathLike)) else str(command)
