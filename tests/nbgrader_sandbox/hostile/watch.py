"""Watches what a submission must not reach: a server, other files, processes that stay."""

import contextlib
import hashlib
import os
import select
import socket
import sys
import tempfile
import threading
from collections.abc import Iterable, Iterator
from pathlib import Path

import psutil

#: What some attacks start, to be found by its arguments.
SLEEPER = "987654"

#: Where attacks try to leave a file.
PLACES = (
    "/",
    "/tmp",
    "/var/tmp",
    "/dev/shm",
    "/run",
    "/etc",
    "/usr/lib",
    "/work",
    "/root",
    "/home",
)


class Listener:
    """A server on this machine, by TCP, UDP and a Unix socket. `heard` says what came."""

    def __init__(self, unix: Path) -> None:
        self.heard: list[str] = []
        self._end = threading.Event()
        self._tcp = socket.create_server(("127.0.0.1", 0))
        self.port = self._tcp.getsockname()[1]
        self._udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._udp.bind(("127.0.0.1", self.port))
        self._unix = socket.socket(socket.AF_UNIX)
        self._unix.bind(str(unix))
        os.chmod(unix, 0o777)
        self._unix.listen()
        self._abstract = socket.socket(socket.AF_UNIX)
        self._abstract.bind(f"\0hostile-{os.getpid()}-{self.port}")
        self._abstract.listen()
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()

    def _listen(self) -> None:
        names = {self._tcp: "TCP", self._udp: "UDP", self._unix: "Unix", self._abstract: "abstract"}
        while not self._end.is_set():
            ready, _, _ = select.select(list(names), [], [], 0.2)
            for one in ready:
                self.heard.append(names[one])
                with contextlib.suppress(OSError):
                    if one is self._udp:
                        one.recv(100)
                    else:
                        one.accept()[0].close()

    def close(self) -> None:
        self._end.set()
        self._thread.join()
        for one in (self._tcp, self._udp, self._unix, self._abstract):
            one.close()


@contextlib.contextmanager
def listening(course: Path) -> Iterator[Listener]:
    """Listen, with a Unix socket in the course's folder."""
    with tempfile.TemporaryDirectory() as folder:
        short = Path(folder, "l.sock")  # the path of a Unix socket is short
        listener = Listener(short)
        link = course / "listener.sock"
        link.symlink_to(short)
        try:
            yield listener
        finally:
            listener.close()
            link.unlink(missing_ok=True)


def fingerprint(top: Path, parts: Iterable[str]) -> dict[str, str]:
    """Return a hash of each plain file, and the kind of all else, below these parts of `top`."""
    found: dict[str, str] = {}
    for part in parts:
        root = top / part
        paths = [root] if not root.is_dir() else []
        for folder, folders, files in os.walk(root):
            paths += [Path(folder, name) for name in (*folders, *files)]
        for path in paths:
            if "__pycache__" in path.parts or not path.is_file() or path.is_symlink():
                continue
            if path.stat().st_size < 50_000_000 and os.access(path, os.R_OK):
                digest = hashlib.blake2b(path.read_bytes()).hexdigest()
                found[os.fsencode(path.relative_to(top)).decode("latin-1")] = digest
    return found


def litter(course: Path) -> list[str]:
    """Return the files that attacks left where they must not write."""
    import numpy

    own = (str(course), str(Path.home()), str(Path(os.__file__).parent), sys.prefix)
    places = {*PLACES, *own, str(Path(numpy.__file__).parent)}
    found: list[str] = []
    for place in places:
        with contextlib.suppress(OSError):
            found += [f"{place}/{name}" for name in os.listdir(place) if name.startswith("BROKEN-")]
    return found


def processes(course: Path) -> dict[int, str]:
    """Return the processes that a run in this course has started and not ended, by id.

    They are known by what they were told, where they stand, or what is mounted for them.
    """
    found: dict[int, str] = {}
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error, OSError):
            words = " ".join(process.cmdline())
            mounts = Path(f"/proc/{process.pid}/mountinfo").read_text(encoding="utf-8")
            traces = (words, mounts, process.cwd())
            ours = SLEEPER in words or any(str(course) in one for one in traces)
            if ours and process.status() != psutil.STATUS_ZOMBIE and process.pid != os.getpid():
                found[process.pid] = words[:200]
    return found
