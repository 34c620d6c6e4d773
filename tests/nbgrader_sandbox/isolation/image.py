"""Makes a container image without a registry: this Python, a few packages, and their libraries."""

import os
import re
import subprocess
import sys
import sysconfig
import tarfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.metadata import distribution
from pathlib import Path

from nbgrader_sandbox.isolation import container

from tests.conftest import missing

NAME = "course/image:test"
LIB = f"lib/python{sys.version_info.major}.{sys.version_info.minor}"
PACKAGES = ("ipython", "numpy")
#: What of Python no exercise needs.
_LEFT_OUT = {"__pycache__", "site-packages", "dist-packages", "test", "idlelib", "turtledemo"}

#: How podman may be run: as it comes, and with the runtime that knows older kinds of groups.
_RUNTIMES = ("", 'runtime = "runc"')
_STORAGES = ("overlay", "vfs")
_CONTAINERS = '[engine]\ncgroup_manager = "cgroupfs"\nevents_logger = "none"\n{runtime}\n'
_STORAGE = '[storage]\ndriver = "{driver}"\ngraphroot = "{folder}/root"\nrunroot = "{folder}/run"\n'


@contextmanager
def made(folder: Path, set_variable: Callable[[str, str], None]) -> Iterator[str]:
    """Make the image, all that podman keeps below `folder`; give the program that runs it.

    Skips where there is no such program, or none that works; `set_variable` is monkeypatch's.
    """
    try:
        program = _make(folder, set_variable)
        yield program
        subprocess.run([program, "rmi", "--force", NAME], capture_output=True)
    finally:
        _unmount(folder)
        (folder / "image.tar").unlink(missing_ok=True)  # it is large


def _make(folder: Path, set_variable: Callable[[str, str], None]) -> str:
    program = container.find()
    if program is None:
        missing("no podman here: install it with `apt-get install podman runc`", excused=True)
        raise AssertionError
    _write_tar(folder / "image.tar")
    said = ""
    for number, (driver, runtime) in enumerate((d, r) for d in _STORAGES for r in _RUNTIMES):
        own = folder / str(number)
        own.mkdir()
        (own / "containers.conf").write_text(_CONTAINERS.format(runtime=runtime))
        (own / "storage.conf").write_text(_STORAGE.format(driver=driver, folder=own))
        set_variable("CONTAINERS_CONF", str(own / "containers.conf"))
        set_variable("CONTAINERS_STORAGE_CONF", str(own / "storage.conf"))
        limits = ("--ulimit", "nofile=1024:1024", "--ulimit", "nproc=4096:4096")
        tried = [
            [program, "import", str(folder / "image.tar"), NAME],
            [program, "run", "--rm", "--network", "none", *limits, NAME, "python3", "-c", ""],
        ]
        for words in tried:
            done = subprocess.run(words, capture_output=True, text=True, timeout=300)
            if done.returncode != 0:
                said = done.stderr.strip()
                break
        else:
            return program
    missing(f"{program} runs no container here: {said}", excused=True)
    raise AssertionError


def _unmount(folder: Path) -> None:
    """Take away the mounts that podman keeps for its storage, so that the folder can go."""
    for place in folder.glob("*/root/overlay"):
        subprocess.run(["umount", str(place)], capture_output=True)


def _write_tar(path: Path) -> None:
    python = Path(os.path.realpath(getattr(sys, "_base_executable", "") or sys.executable))
    files = {"usr/local/bin/python3": python}
    for source in _below(Path(sysconfig.get_path("stdlib"))):
        inner = source.relative_to(sysconfig.get_path("stdlib"))
        files[f"usr/local/{LIB}/{inner}"] = source
    site = f"usr/local/{LIB}/site-packages"
    for name in _with_requirements(PACKAGES):
        for entry in distribution(name).files or ():
            source = Path(str(entry.locate()))
            if ".." not in entry.parts and source.is_file() and "__pycache__" not in entry.parts:
                files[f"{site}/{entry}"] = source
    compiled = [one for one in files.values() if ".so" in one.name or one == python]
    for library in _libraries(compiled) - {str(one) for one in compiled}:
        files[library.lstrip("/")] = Path(os.path.realpath(library))
    with tarfile.open(path, "w") as tar:
        for name in ("tmp", "var/tmp", "proc", "dev", "sys", "etc", "run"):
            folder = tarfile.TarInfo(name)
            folder.type = tarfile.DIRTYPE
            folder.mode = 0o1777 if name.endswith("tmp") else 0o755
            tar.addfile(folder)
        for name, source in sorted(files.items()):
            about = tar.gettarinfo(str(source.resolve()), name)
            about.uid = about.gid = 0
            about.type, about.mode = tarfile.REGTYPE, about.mode | 0o444
            about.size = source.stat().st_size
            with source.open("rb") as content:
                tar.addfile(about, content)


def _below(folder: Path) -> Iterator[Path]:
    for place, folders, names in os.walk(folder):
        folders[:] = [one for one in folders if one not in _LEFT_OUT]
        yield from (Path(place, name) for name in names)


def _with_requirements(names: tuple[str, ...]) -> set[str]:
    """Return these distributions and all that they require where they are installed here."""
    found: set[str] = set()
    due = list(names)
    while due:
        name = due.pop()
        if name in found:
            continue
        found.add(name)
        for line in distribution(name).requires or ():
            required, _, condition = line.partition(";")
            if not condition:  # an extra, or another system
                match = re.match(r"[A-Za-z0-9._-]+", required)
                due += [match[0]] if match else []
    return found


def _libraries(compiled: list[Path]) -> set[str]:
    done = subprocess.run(["ldd", *map(str, compiled)], capture_output=True, text=True)
    found = re.findall(r"(?:=> |^\t)(/\S+)", done.stdout, re.MULTILINE)
    return {one for one in found if "site-packages" not in one}
