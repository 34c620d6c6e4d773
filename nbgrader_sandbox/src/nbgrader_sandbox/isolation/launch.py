"""How a zygote is started at each level: the command, and what has to be there for it."""

import contextlib
import json
import os
import select
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from nbgrader_sandbox.isolation import bubblewrap, container
from nbgrader_sandbox.isolation.paths import (
    ENGINE,
    SHOWN,
    Needed,
    allowed,
    needed,
    reachable_by_all,
)
from nbgrader_sandbox.isolation.plan import Level, Plan, SandboxError
from nbgrader_sandbox.worker import jail, landlock, seccomp

START = 60.0  # seconds for a container
_USERS = 0x70000000  # above all users that machines give out

#: For processes of which there is one a core. One with threads cannot be forked safely, either.
ONE_THREAD = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "NUMEXPR_NUM_THREADS": "1",
}

_ENVIRONMENT = {
    "LANG": "C.UTF-8",
    "USER": "student",
    "LOGNAME": "student",
    "PATH": "/nonexistent",
    "PYTHONHASHSEED": "0",  # the same submission meets the same order of sets
    "MPLBACKEND": "Agg",
    "MALLOC_ARENA_MAX": "2",
    **ONE_THREAD,
}


def environment(box: str) -> dict[str, str]:
    """Return all the environment variables of a zygote whose workers write to `box`."""
    return _ENVIRONMENT | {
        "HOME": f"{box}/home",
        "TMPDIR": f"{box}/tmp",
        "MPLCONFIGDIR": f"{box}/home/matplotlib",
        "IPYTHONDIR": f"{box}/home/ipython",
        "XDG_CACHE_HOME": f"{box}/home/cache",
    }


@dataclass
class Launch:
    """A zygote that can be started, and what is to be taken away after its end.

    Attributes:
        words: the command line.
        environment: all its variables.
        handles: file descriptors that it inherits.
        note: what the level lacks on this machine.
        control: given the started process, returns the grader's end of the control socket.
    """

    words: list[str]
    environment: dict[str, str]
    handles: list[int]
    control: Callable[[subprocess.Popen[bytes]], socket.socket]
    note: str = ""
    stack: contextlib.ExitStack = field(default_factory=contextlib.ExitStack)

    def close(self) -> None:
        self.stack.close()


def prepare(plan: Plan, level: Level) -> Launch:
    """Return how to start a zygote at `level`. Raises SandboxError and OSError."""
    with contextlib.ExitStack() as stack:
        launch = _container(plan, stack) if level is Level.CONTAINER else _local(plan, level, stack)
        launch.stack = stack.pop_all()
    return launch


def _config(plan: Plan, **more: Any) -> dict[str, Any]:
    fields = jail.Limits.__dataclass_fields__
    return {
        "entry": plan.entry,
        "hidden": list(plan.hidden),
        "warm": list(plan.warm),
        "limits": {name: getattr(plan.resources, name) for name in fields},
        "site": [],
        **more,
    }


def _public(plan: Plan) -> dict[str, Path]:
    public = {name: Path(path).resolve() for name, path in plan.public.items()}
    for name, path in public.items():
        if not path.is_dir() or "/" in name or name in ("", ".", ".."):
            raise SandboxError(
                f"the public folder {name!r} is {path}; an existing folder under a plain name "
                "is expected"
            )
    return public


def _local(plan: Plan, level: Level, stack: contextlib.ExitStack) -> Launch:
    """With a control socket that the zygote inherits, and this machine's own Python."""
    files = needed(plan.hidden)
    public = _public(plan)
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    stack.callback(ours.close)
    stack.callback(theirs.close)
    handles = [theirs.fileno()]
    more: dict[str, Any] = {
        "control": theirs.fileno(),
        "site": [str(path) for path in files.site],
        "user": None,
    }
    words: list[str] = []
    note = ""
    if level is Level.NAMESPACES:
        passwd = stack.enter_context(_passwd())
        handles.append(passwd.fileno())
        box, package = bubblewrap.BOX, bubblewrap.PACKAGE
        if (bwrap := bubblewrap.find()) is None:
            raise SandboxError(f"bubblewrap is not there: {bubblewrap.INSTALL}")
        words = bubblewrap.command(bwrap, files, public, environment(box), passwd.fileno())
        seen = [f"{bubblewrap.PUBLIC}/{name}" for name in public]
        own_tmp = not bubblewrap.keeps_tmp(files.all())
        lock = jail.Jail("namespaces", box, own_tmp=own_tmp)
        more["user"] = _USERS + os.getpid() if os.geteuid() == 0 else None
    else:
        box, package = tempfile.mkdtemp(prefix="nbgrader-sandbox-"), str(ENGINE)
        stack.callback(shutil.rmtree, box, ignore_errors=True)
        seen = [str(path) for path in public.values()]
        lock = jail.Jail("none", box)
        if level is Level.LANDLOCK:
            lock, more["user"], note = _landlock(box, files, list(public.values()))

    def control(process: subprocess.Popen[bytes]) -> socket.socket:
        theirs.close()
        return ours

    config = _config(plan, package=package, jail=vars(lock), public=seen, **more)
    words += [str(files.python), "-s", "-P", "-S", "-B", f"{package}/worker/zygote.py"]
    return Launch([*words, json.dumps(config)], environment(box), handles, control, note)


def _landlock(box: str, files: Needed, public: list[Path]) -> tuple[jail.Jail, int | None, str]:
    """Return the jail, the user that workers become, and what is lacking."""
    roots = [*files.all(), *public, *(ENGINE / name for name in SHOWN)]
    readable, listable = allowed(roots, files.masked)
    devices = [f"/dev/{name}" for name in ("zero", "random", "urandom")]
    lock = jail.Jail("landlock", box, readable=[*readable, *devices], listable=listable)
    if os.geteuid() != 0:
        return lock, None, ""
    if reachable_by_all(roots):
        return lock, _USERS + os.getpid(), ""
    note = f"workers stay root without root's rights, since other users cannot reach {files.python}"
    return lock, None, note


def _container(plan: Plan, stack: contextlib.ExitStack) -> Launch:
    """With a control socket that the zygote finds in a folder, and the image's Python."""
    program = container.find()
    if program is None or not plan.image:
        raise SandboxError(obstacle(Level.CONTAINER, plan))
    public = _public(plan)
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="nbgrader-sandbox-")))
    inner = folder / "control"  # only the container reaches it, for others the outer one is shut
    inner.mkdir()
    inner.chmod(0o755)
    listener = stack.enter_context(socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET))
    listener.bind(str(inner / container.SOCKET))
    (inner / container.SOCKET).chmod(0o666)
    listener.listen(1)
    name = folder.name

    def control(process: subprocess.Popen[bytes]) -> socket.socket:
        end = time.monotonic() + START
        while time.monotonic() < end and process.poll() is None:
            if readable_within(listener.fileno(), 0.1):
                return listener.accept()[0]
        raise EOFError("the container did not start")

    stack.callback(
        subprocess.run,
        [program, "rm", "--force", name],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    variables = environment(container.BOX)
    del variables["PATH"]  # the image's own finds its Python
    words = container.command(program, plan.image, name, inner, public, variables, plan.resources)
    config = _config(
        plan,
        control=f"{container.CONTROL}/{container.SOCKET}",
        package=container.PACKAGE,
        jail=vars(jail.Jail("container", container.BOX)),
        public=[f"{container.PUBLIC}/{label}" for label in public],
    )
    words += ["-s", "-P", "-B", f"{container.PACKAGE}/worker/zygote.py", json.dumps(config)]
    note = "processor time is limited for each process, not in sum"
    return Launch(words, dict(os.environ), [], control, note)


def obstacle(level: Level, plan: Plan) -> str:
    """Return what stands against `level` before anything is tried; "" for nothing known."""
    if sys.platform != "linux":
        return "it needs Linux"
    if level is Level.NAMESPACES and bubblewrap.find() is None:
        return f"bubblewrap is not there: {bubblewrap.INSTALL}"
    if level is Level.LANDLOCK and landlock.version() < landlock.NEEDED:
        return (
            f"the kernel's Landlock has version {landlock.version()} and {landlock.NEEDED} is "
            "needed (Linux 6.12, and `landlock` among the kernel's `lsm`)"
        )
    if level in (Level.NAMESPACES, Level.LANDLOCK) and not seccomp.supported():
        return "the system calls of this kind of machine are not known; x86_64 and aarch64 are"
    if level is Level.CONTAINER and container.find() is None:
        return "neither docker nor podman is there"
    if level is Level.CONTAINER and not plan.image:
        return "no image was named (SandboxSettings.image)"
    if level is Level.NONE and not plan.allow_unsafe:
        return "it protects nothing and has to be allowed by name (allow_unsafe)"
    return ""


def _passwd() -> IO[bytes]:
    """Return an open file with the one user that a worker finds in /etc/passwd."""
    handle = os.memfd_create("passwd")
    home = f"{bubblewrap.BOX}/home"
    os.write(handle, f"student:x:{jail.USER}:{jail.USER}::{home}:/nonexistent\n".encode())
    os.lseek(handle, 0, os.SEEK_SET)
    return os.fdopen(handle, "rb")


def readable_within(handle: int, seconds: float) -> bool:
    poll = select.poll()
    poll.register(handle, select.POLLIN | select.POLLHUP)
    return bool(poll.poll(seconds * 1000))
