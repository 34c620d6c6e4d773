"""Which files of this machine Python needs, so that a worker is shown these and no others."""

import os
import sys
import sysconfig
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

ENGINE = Path(__file__).resolve().parent.parent

#: The parts of the engine's own package that a worker needs; none holds anything of a course.
SHOWN = ("wire", "worker", "outcome.py")

#: Shared libraries and what they and plots read. The last entry is what Debian's numpy goes by.
_SYSTEM = (
    "/lib",
    "/lib64",
    "/usr/lib",
    "/usr/lib64",
    "/etc/ld.so.cache",
    "/etc/fonts",
    "/etc/localtime",
    "/usr/share/fonts",
    "/usr/share/fontconfig",
    "/usr/share/zoneinfo",
    "/usr/share/matplotlib",
    "/etc/alternatives",
)


@dataclass(frozen=True)
class Needed:
    """What a worker reads.

    Attributes:
        python: the interpreter's own path, without symbolic links.
        system: files and folders of the interpreter and of the machine.
        site: folders of third-party packages, as they stand in sys.path.
        masked: files and folders below those that must not be seen.
    """

    python: Path
    system: tuple[Path, ...]
    site: tuple[Path, ...]
    masked: tuple[Path, ...]

    def all(self) -> tuple[Path, ...]:
        """Every path once, also by its real name, and none that lies below another."""
        named = [self.python, *self.system, *self.site]
        every = sorted({*named, *(Path(os.path.realpath(path)) for path in named)})
        kept: list[Path] = []
        for path in every:
            if not any(path.is_relative_to(above) for above in kept):
                kept.append(path)
        return tuple(kept)


def needed(hidden: Iterable[str]) -> Needed:
    """Find what this interpreter and its packages need, with `hidden` packages masked."""
    python = Path(os.path.realpath(getattr(sys, "_base_executable", "") or sys.executable))
    base = Path(sys.base_prefix)
    own = [
        Path(sysconfig.get_path("stdlib")),
        Path(sysconfig.get_path("platstdlib")),
        base / "lib",
        base / "lib64",
    ]
    system = tuple(path for path in [*map(Path, _SYSTEM), *own] if path.exists())
    site = tuple(dict.fromkeys(Path(entry) for entry in sys.path if _is_site(Path(entry))))
    names = {*hidden, ENGINE.name}
    inner = [path for folder in own for path in folder.glob("*-packages") if path.is_dir()]
    folders = {name for path in [*site, *inner] for name in (path, Path(os.path.realpath(path)))}
    masked = {found for folder in folders for found in _of(names, folder)}
    return Needed(python, system, site, tuple(sorted(masked)))


def _is_site(path: Path) -> bool:
    return path.name in ("site-packages", "dist-packages") and path.is_dir()


def _of(names: Iterable[str], folder: Path) -> list[Path]:
    """Return what pip put into `folder` for the top-level packages `names`."""
    plain = {_normal(name) for name in names}
    found = []
    for entry in [*folder.iterdir(), *folder.glob("__pycache__/*")]:
        first = entry.name.split("-" if entry.name.endswith("-info") else ".")[0]
        if _normal(first) in plain:
            found.append(entry)
    return found


def _normal(name: str) -> str:
    return name.lower().replace("-", "_")


def allowed(roots: Sequence[Path], masked: Sequence[Path]) -> tuple[list[str], list[str]]:
    """Return what may be read, and what may only be listed, so that `masked` is left out.

    For rules that can allow folders with all below them, and cannot forbid.
    """
    readable: list[str] = []
    listable: list[str] = []

    def walk(path: Path) -> None:
        below = [one for one in masked if one.is_relative_to(path)]
        if not below:
            readable.append(str(path))
        elif path not in below:
            listable.append(str(path))
            for child in path.iterdir():
                walk(child)

    for root in roots:
        walk(root)
    return readable, listable


def reachable_by_all(paths: Iterable[Path]) -> bool:
    """Whether any user of this machine may reach these, through all the folders above them."""
    above = {parent for path in paths for parent in path.parents}
    return all(parent.stat().st_mode & 0o001 for parent in above)
