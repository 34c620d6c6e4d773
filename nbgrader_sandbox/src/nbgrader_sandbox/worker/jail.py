"""What one worker is locked into, step by step. Run by `birth` in a fresh fork.

Four kinds, and which process takes which step:

- "namespaces": the worker is born into new namespaces; it lays out its files there, gives up its
  rights, and adds limits and the seccomp filter.
- "landlock": the keeper confines signals; the worker adds Landlock, limits and seccomp.
- "container": limits and seccomp; the rest is the container's work.
- "none": limits alone.
"""

import contextlib
import os
import resource
import shutil
import sys
from dataclasses import dataclass, field
from pathlib import Path

from nbgrader_sandbox.worker import kernel, landlock, seccomp

USER = 1000  # who a worker is in its own namespaces
Ids = tuple[int, int]  # of a user and a group
FOLDERS = ("work", "home", "tmp", "shm")


@dataclass(frozen=True)
class Limits:
    """What one worker may use; the fields of `isolation.Resources`, as plain numbers."""

    cpu_seconds: int
    memory: int  # bytes of address space above the warm zygote's
    processes: int
    file_bytes: int
    disk_bytes: int
    open_files: int


@dataclass(frozen=True)
class Jail:
    """How this zygote's workers are locked in. `box` is the one folder that they may write."""

    kind: str
    box: str
    own_tmp: bool = False  # /tmp holds nothing that is needed, so the box's can lie over it
    readable: list[str] = field(default_factory=list)
    listable: list[str] = field(default_factory=list)


# --- the place ---------------------------------------------------------------------------


def lay_out(jail: Jail, limits: Limits, outside: Ids) -> str:
    """Make the box of one worker; return where it is.

    Done by the worker itself in namespaces, where it is `outside` to others, else by its keeper.
    """
    if jail.kind == "namespaces":
        kernel.unshare(kernel.NEWCGROUP)  # by now it stands in its group, which looks like the top
        kernel.be_user(USER, *outside)
        kernel.mount("none", "/", flags=kernel.MS_REC | kernel.MS_PRIVATE)
        _mount_box(jail, limits)
        box = jail.box
    else:
        # Without a pid namespace, what loses its parent comes to the keeper, which ends it.
        kernel.prctl(kernel.PR_SET_CHILD_SUBREAPER, 1)
        if jail.kind == "landlock":
            landlock.keep_signals_inside()
        box = f"{jail.box}/worker-{os.getpid()}"
        os.mkdir(box, 0o700)
        _make_folders(box)
    return box


def leave(jail: Jail, box: str) -> None:
    """Remove what `lay_out` made and the kernel does not."""
    if jail.kind != "namespaces":
        shutil.rmtree(box, ignore_errors=True)


def _make_folders(box: str) -> None:
    for name in FOLDERS:
        os.mkdir(f"{box}/{name}", 0o700)


def _mount_box(jail: Jail, limits: Limits) -> None:
    flags = kernel.MS_NOSUID | kernel.MS_NODEV
    entries = limits.disk_bytes // 4096 + 64  # an empty file takes no bytes but some memory
    options = f"size={limits.disk_bytes},nr_inodes={entries},mode=0700"
    kernel.mount("tmpfs", jail.box, "tmpfs", flags, options)
    _make_folders(jail.box)
    kernel.mount(f"{jail.box}/shm", "/dev/shm", flags=kernel.MS_BIND)
    if jail.own_tmp:
        kernel.mount(f"{jail.box}/tmp", "/tmp", flags=kernel.MS_BIND)


# --- the worker --------------------------------------------------------------------------


def lock(jail: Jail, limits: Limits, box: str, size_now: int) -> None:
    """Do the worker's own part; after this it can only do what an exercise may.

    `size_now` is the address space of the warm zygote, in bytes.
    """
    os.setsid()
    os.umask(0o077)
    _settle(box)
    kernel.die_with_parent()
    if jail.kind == "container":
        kernel.prctl(
            kernel.PR_SET_DUMPABLE, 1
        )  # the zygote is not, and its own /proc/self is meant
    # To be chosen first where memory runs out.
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("500", encoding="ascii")
    if jail.kind == "namespaces":
        _mount_proc()
    if jail.kind != "none":
        kernel.drop_capabilities()
    _limit(jail, limits, size_now)
    if jail.kind == "landlock":
        landlock.restrict(jail.readable, jail.listable, [box, "/dev/null"])
    if jail.kind != "none":
        # In a container's pid namespace all with lower numbers are those that it comes from.
        first = os.getpid() if jail.kind == "container" else 0
        seccomp.install(by_path=jail.kind == "landlock", first=first)


def _mount_proc() -> None:
    """Show this pid namespace's processes alone."""
    hidden = kernel.MS_NOSUID | kernel.MS_NODEV | kernel.MS_NOEXEC
    try:
        kernel.mount("proc", "/proc", "proc", hidden)
    except OSError:  # not where parts of the outer /proc are covered, as inside containers
        kernel.mount("tmpfs", "/proc", "tmpfs", hidden | kernel.MS_RDONLY, "size=0,mode=0555")


def _settle(box: str) -> None:
    """Make the box the place where the worker stands, writes and puts its own files."""
    os.chdir(f"{box}/work")
    os.environ.update(
        HOME=f"{box}/home",
        TMPDIR=f"{box}/tmp",
        MPLCONFIGDIR=f"{box}/home/matplotlib",
        IPYTHONDIR=f"{box}/home/ipython",
        XDG_CACHE_HOME=f"{box}/home/cache",
    )
    if tempfile := sys.modules.get("tempfile"):
        vars(tempfile)["tempdir"] = None  # the zygote's


def _limit(jail: Jail, limits: Limits, size_now: int) -> None:
    cpu = limits.cpu_seconds
    threads = limits.processes
    if jail.kind != "namespaces":  # the limit counts all that this user runs, this process too
        threads = limits.processes - 1 + _threads_of(os.getuid())
    for what, soft, hard in (
        (resource.RLIMIT_CPU, cpu, cpu + 1),  # a signal that names the reason, then the end
        (resource.RLIMIT_AS, size_now + limits.memory, size_now + limits.memory),
        (resource.RLIMIT_NPROC, threads, threads),
        (resource.RLIMIT_FSIZE, limits.file_bytes, limits.file_bytes),
        (resource.RLIMIT_NOFILE, limits.open_files, limits.open_files),
        (resource.RLIMIT_CORE, 0, 0),
        (resource.RLIMIT_MEMLOCK, 0, 0),
        (resource.RLIMIT_MSGQUEUE, 0, 0),
    ):
        ceiling = resource.getrlimit(what)[1]
        if ceiling != resource.RLIM_INFINITY:
            soft, hard = min(soft, ceiling), min(hard, ceiling)
        resource.setrlimit(what, (soft, hard))


def _threads_of(user: int) -> int:
    """Count the threads of `user` on this machine, as RLIMIT_NPROC does."""
    count = 0
    for entry in os.scandir("/proc"):
        if entry.name.isdigit():
            with contextlib.suppress(OSError):  # it has just ended
                if entry.stat().st_uid == user:
                    count += len(os.listdir(f"/proc/{entry.name}/task"))
    return count


def write_files(box: str, files: list[tuple[str, bytes]]) -> None:
    """Put the files of a submission where the worker stands."""
    for name, content in files:
        path = Path(box, "work", name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
