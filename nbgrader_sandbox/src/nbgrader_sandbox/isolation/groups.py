"""Control groups: what a worker and all that it starts use in sum, where they can be had.

Both kinds of hierarchy: version 1 (a tree for each controller) and version 2 (one tree, of
which a part may be delegated to the user). Sources: cgroups(7), the kernel's
admin-guide/cgroup-v1 and cgroup-v2. Each worker has a group of its own, named after the
grader's pid, so that the groups of a grader that was killed are known and removed later.
"""

import contextlib
import itertools
import os
import signal
import time
from dataclasses import dataclass
from pathlib import Path

from nbgrader_sandbox.isolation.plan import Resources

PREFIX = "nbgrader-sandbox"
_V1 = ("memory", "pids", "cpuacct")
_V2 = ("memory", "pids")
_count = itertools.count()


@dataclass(frozen=True)
class Group:
    """One worker's group: a folder, or with version 1 a folder for each controller."""

    folders: dict[str, Path]  # by controller; "" for version 2's one

    def _file(self, controller: str, name: str) -> Path:
        return self.folders.get(controller, self.folders.get("", Path("/nowhere"))) / name

    def limit(self, resources: Resources) -> None:
        # Where there is a keeper, it stands in the group too, and counts.
        self._file("pids", "pids.max").write_text(str(resources.processes + 1))
        if "" in self.folders:
            self._file("", "memory.max").write_text(str(resources.memory))
            with contextlib.suppress(OSError):
                self._file("", "memory.swap.max").write_text("0")
            return
        self._file("memory", "memory.limit_in_bytes").write_text(str(resources.memory))
        with contextlib.suppress(OSError):  # a kernel that does not count swap
            self._file("memory", "memory.memsw.limit_in_bytes").write_text(str(resources.memory))

    def add(self, process: int) -> None:
        for folder in self.folders.values():
            (folder / "cgroup.procs").write_text(str(process))

    def cpu_seconds(self) -> float:
        if "" in self.folders:
            return _number(self._file("", "cpu.stat"), "usage_usec") / 1e6
        return int(self._file("cpuacct", "cpuacct.usage").read_text()) / 1e9

    def memory_ran_out(self) -> bool:
        """Whether the kernel has ended a process here because the memory was used up."""
        if "" in self.folders:
            return _number(self._file("", "memory.events"), "oom_kill") > 0
        return _number(self._file("memory", "memory.oom_control"), "oom_kill") > 0

    def processes(self) -> list[int]:
        """Return the processes in the group; those that this process cannot see are left out."""
        folder = next(iter(self.folders.values()))
        found = map(int, (folder / "cgroup.procs").read_text().split())
        return [process for process in found if process > 0]  # a signal to 0 would be to us all

    def remove(self, patience: float = 5.0) -> bool:
        """End all processes in the group, and remove it; False where that did not work."""
        give_up = time.monotonic() + patience
        while True:
            for folder in self.folders.values():
                with contextlib.suppress(OSError):
                    folder.rmdir()
            if not any(folder.exists() for folder in self.folders.values()):
                return True
            if time.monotonic() > give_up:
                return False
            with contextlib.suppress(OSError):
                for process in self.processes():
                    os.kill(process, signal.SIGKILL)
            time.sleep(0.002)


def _number(file: Path, key: str) -> int:
    for line in file.read_text().splitlines():
        name, _, value = line.partition(" ")
        if name == key:
            return int(value)
    return 0


class Groups:
    """Where this process may make groups; raises OSError where it may not, and says why."""

    def __init__(self, process: str = "self", proc: Path = Path("/proc")) -> None:
        self._parents = _parents(proc / process)
        self._sweep()

    def new(self, resources: Resources) -> Group:
        """Make a group with these limits. Raises OSError."""
        name = f"{PREFIX}-{os.getpid()}-{next(_count)}"
        group = Group({key: parent / name for key, parent in self._parents.items()})
        try:
            for folder in group.folders.values():
                folder.mkdir()
            group.limit(resources)
        except OSError:
            group.remove(0)
            raise
        return group

    def _sweep(self) -> None:
        """Remove the empty groups of graders that were killed."""
        for parent in self._parents.values():
            for folder in parent.glob(f"{PREFIX}-*-*"):
                process = folder.name.split("-")[-2]
                if process.isdigit() and not Path("/proc", process).exists():
                    with contextlib.suppress(OSError):  # not ours, or just removed
                        folder.rmdir()


def _parents(process: Path) -> dict[str, Path]:
    """Return the folders below which groups can be made, by controller."""
    own = {}
    for line in (process / "cgroup").read_text().splitlines():
        _, controllers, path = line.split(":", 2)
        own.update(dict.fromkeys(controllers.split(","), path))
    mounts = _mounts(process / "mountinfo")
    if all(name in own and name in mounts for name in _V1):
        parents = {name: _writable_v1(*mounts[name], own[name]) for name in _V1}
        return parents
    if "" in own and "" in mounts:
        return {"": _writable_v2(*mounts[""], own[""])}
    raise OSError("the controllers for memory and pids are not mounted")


def _mounts(file: Path) -> dict[str, tuple[Path, str]]:
    """Return mount point and root within the hierarchy of each controller; "" for version 2."""
    found: dict[str, tuple[Path, str]] = {}
    for line in file.read_text().splitlines():
        words = line.split()
        kind, _, options = words[words.index("-") + 1 :][:3]
        where = Path(words[4]), words[3]
        if kind == "cgroup2":
            found[""] = where
        elif kind == "cgroup":
            found.update(dict.fromkeys(options.split(","), where))
    return found


def _folder(mount: Path, root: str, path: str) -> Path:
    """Return the folder of the group `path` where `root` of the hierarchy is mounted."""
    inner = Path(path)
    if root != "/" and inner.is_relative_to(root):
        inner = Path("/") / inner.relative_to(root)
    folder = mount / str(inner).lstrip("/")
    return folder if folder.is_dir() else mount


def _writable_v1(mount: Path, root: str, path: str) -> Path:
    folder = _folder(mount, root, path)
    if not os.access(folder, os.W_OK):
        raise OSError(f"{folder} cannot be written by this user")
    return folder


def _writable_v2(mount: Path, root: str, path: str) -> Path:
    """Return the nearest group above this process whose children may be limited by this user."""
    folder = _folder(mount, root, path)
    for above in (folder, *folder.parents):
        control = above / "cgroup.subtree_control"
        if not above.is_relative_to(mount) or not control.exists():
            break
        given = control.read_text().split()
        may = os.access(above, os.W_OK) and os.access(above / "cgroup.procs", os.W_OK)
        if may and all(name in given for name in _V2):
            return above
    raise OSError(
        f"no group at or above {folder} is delegated to this user with memory and pids: start "
        "grading with `systemd-run --user --scope -p Delegate=yes`, or as a service of the user"
    )
