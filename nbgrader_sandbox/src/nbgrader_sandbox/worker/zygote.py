"""The warm process that workers are forked from, and what stands around a worker.

```
grader ─── control socket ─── zygote          imports everything once, then only forks
   ├────── status socket ────── │             in namespaces it waits for its workers, too
grader ═══ the worker's socket ═╧═ worker     runs the student's cells
```

Started as `python -s -P -S zygote.py CONFIG`, where CONFIG is JSON (see `Config`). It says
`{"ready": …}` on the control socket, then each message there is one request for a worker:
one byte with two sockets, the worker's and the status socket. On the status socket the new process
says `here` (so that the grader learns its pid and can put it into a group, and answers with a
byte), locks itself in, and reads the files of a submission; then there are lines of JSON: `up`,
`failed`, `ended`, `seconds`.
"""

import contextlib
import functools
import gc
import importlib
import importlib.abc
import importlib.machinery
import json
import os
import shutil
import signal
import site
import socket
import sys
import time
import types
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Config:
    """What the zygote is told when it starts."""

    control: int | str  # a file descriptor, or the path of a socket to connect to
    package: str  # the folder that holds the engine's `wire` and `worker`
    entry: str  # "module:function", called with the worker's socket
    jail: dict[str, Any]
    limits: dict[str, int]  # of each worker
    site: list[str]  # folders of third-party packages
    public: list[str] = field(default_factory=list)
    hidden: list[str] = field(default_factory=list)
    warm: list[str] = field(default_factory=list)  # modules, or "module:function" to be called
    user: int | None = None  # to become, where started as root


class _Hidden(importlib.abc.MetaPathFinder):
    """Finds first-party packages in the public folders alone, wherever else they may lie."""

    def __init__(self, names: Sequence[str], public: Sequence[str]) -> None:
        self._names = frozenset(names)
        self._public = list(public)

    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None,
        target: types.ModuleType | None = None,
    ) -> importlib.machinery.ModuleSpec | None:
        if path is not None or fullname not in self._names:
            return None
        if spec := importlib.machinery.PathFinder.find_spec(fullname, self._public):
            return spec
        raise ModuleNotFoundError(f"No module named {fullname!r}", name=fullname)


def _find_modules(config: Config) -> None:
    """Set where modules come from; the engine's package is these two folders of it alone."""
    top = types.ModuleType("nbgrader_sandbox", "The part of the engine that a worker needs.")
    top.__path__ = [config.package]
    sys.modules["nbgrader_sandbox"] = top
    if config.jail["kind"] == "container":
        for name in config.hidden:
            if importlib.machinery.PathFinder.find_spec(name) is not None:
                sys.exit(f"the image holds {name}, which workers must not see")
    sys.path[:] = [*config.public, *config.site, *sys.path]
    sys.meta_path.insert(0, _Hidden(config.hidden, config.public))
    site.sethelper()  # `help`, which a start without site packages leaves out


def _warm_up(names: Sequence[str]) -> dict[str, str]:
    """Import `names`; return why, for those that could not be."""
    failed = {}
    for name in names:
        module, _, function = name.partition(":")
        try:
            loaded = importlib.import_module(module)
            if function:
                getattr(loaded, function)()
        except Exception as error:
            failed[name] = f"{type(error).__name__}: {error}"
    torch = sys.modules.get("torch")
    if torch is not None:
        # A process with threads cannot be forked safely.
        torch.set_num_threads(1)
        torch.set_num_interop_threads(1)
    return failed


def main(argument: str) -> None:
    config = Config(**json.loads(argument))
    _find_modules(config)
    from nbgrader_sandbox.worker.huge import use_huge_pages

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    control = _connect(config.control)
    start = time.perf_counter()
    prepare(config)
    failed = _warm_up([*config.warm, config.entry.partition(":")[0]])
    gc.collect()
    gc.freeze()
    use_huge_pages()
    ready = {
        "missing": failed,
        "threads": len(os.listdir("/proc/self/task")),
        "seconds": round(time.perf_counter() - start, 3),
    }
    control.send(json.dumps({"ready": ready}).encode())
    serve(control, config)
    os._exit(0)  # what is warm need not be taken apart, which takes half a second


def _connect(where: int | str) -> socket.socket:
    if isinstance(where, int):
        return socket.socket(fileno=where)
    control = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    control.connect(where)
    return control


def prepare(config: Config) -> None:
    """Lay out the box, and stop being root."""
    from nbgrader_sandbox.worker import jail, kernel

    box = config.jail["box"]
    for name in jail.FOLDERS:
        os.makedirs(f"{box}/{name}", exist_ok=True)
        if config.user is not None:
            os.chown(f"{box}/{name}", config.user, config.user)
    if config.jail["kind"] == "container":
        # Workers are the same user and see it: its memory, and its keepers', are not theirs.
        kernel.prctl(kernel.PR_SET_DUMPABLE, 0)
    if config.user is None:
        return
    if config.jail["kind"] == "namespaces":
        # bubblewrap covers parts of root's /proc; over such a one, a worker may not mount its own.
        kernel.mount("proc", "/proc", "proc", kernel.MS_NOSUID | kernel.MS_NODEV | kernel.MS_NOEXEC)
    os.chown(box, config.user, config.user)
    os.setgroups([])
    os.setresgid(config.user, config.user, config.user)
    os.setresuid(config.user, config.user, config.user)
    kernel.drop_capabilities()
    kernel.prctl(kernel.PR_SET_DUMPABLE, 1)  # else its own /proc/self/uid_map would be root's


def serve(control: socket.socket, config: Config) -> None:
    """Fork a worker for each request until the grader is gone."""
    from nbgrader_sandbox.worker import birth, jail, keeper

    alive, held = os.pipe()
    limits = jail.Limits(**config.limits)
    place = birth.Place(limits, jail.Jail(**config.jail), config.entry, _size(), alive)
    alone = place.jail.kind != "namespaces"
    watch = keeper.Watch()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN if alone else signal.SIG_DFL)
    try:
        while True:
            watch.until(control.fileno())
            message, handles, _, _ = socket.recv_fds(control, 64, 2)
            if not message:
                return
            if len(handles) != 2:
                continue
            worker, status = (socket.socket(fileno=handle) for handle in handles)
            with worker:
                if not alone:
                    try:
                        watch.take(birth.bear(place, worker, status), status)
                    except OSError as error:  # for the moment there are no processes to be had
                        birth.say(status.detach(), failed=str(error))
                elif os.fork() == 0:
                    control.close()
                    os.close(held)
                    birth.in_child(functools.partial(keeper.keep, place, worker, status))
                else:
                    status.close()
    finally:
        if alone:
            os.close(held)  # so that keepers end their workers
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            with contextlib.suppress(ChildProcessError):
                while True:
                    os.wait()
            shutil.rmtree(place.jail.box, ignore_errors=True)


def _size() -> int:
    """Return this process's address space in bytes."""
    with open("/proc/self/statm", encoding="ascii") as file:
        return int(file.read().split()[0]) * os.sysconf("SC_PAGE_SIZE")


if __name__ == "__main__":
    main(sys.argv[1])
