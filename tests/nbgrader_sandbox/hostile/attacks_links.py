"""Attacks by links of all sorts, and by names that are bound to something else than a file."""

import os
import socket
from collections.abc import Callable
from pathlib import Path

from tests.nbgrader_sandbox.hostile.attack import Attack, theme
from tests.nbgrader_sandbox.hostile.attacks_escape import SAY
from tests.nbgrader_sandbox.hostile.attacks_files import NAME

SOLUTION = "source/01-parts/parts.ipynb"

#: Says what can be read of the files with these names, whatever is behind them.
READ = (
    SAY
    + """
import os
for folder, folders, names in os.walk(".", followlinks=False):
    for name in names:
        path = os.path.join(folder, name)
        if name.endswith(".dat"):
            try:
                say(path, open(path, "rb").read(40))
            except OSError:
                pass
"""
)


def course(folder: Path) -> Path:
    return folder.parents[2]


def instead(make: Callable[[Path, Path], object]) -> Callable[[Path], None]:
    """Put something else in the notebook's place; `make` gets its path and the course's."""

    def write(folder: Path) -> None:
        (folder / NAME).unlink()
        make(folder / NAME, course(folder))

    return write


def in_hidden_folders(folder: Path) -> None:
    """Hard links to the reference, the configuration and the solution, where nobody looks."""
    for k, name in enumerate(("lib/kit_ref/answers.py", "nbgrader_config.py", SOLUTION)):
        hidden = folder / f".{k}" / ".git"
        hidden.mkdir(parents=True)
        os.link(course(folder) / name, hidden / "found.dat")


def one_deeper(folder: Path) -> None:
    """No notebook here, and one folder deeper a link to the solution."""
    (folder / NAME).unlink()
    (folder / "inner").mkdir()
    (folder / "inner" / NAME).symlink_to(course(folder) / SOLUTION)


def under_another_name(folder: Path) -> None:
    (folder / NAME).unlink()
    os.link(course(folder) / SOLUTION, folder / "parts (1).ipynb")


def folder_linked(folder: Path) -> None:
    """The folder in which the notebook would be found is a link to the instructor's."""
    (folder / NAME).unlink()
    (folder / "inner").symlink_to(course(folder) / "source" / "01-parts")


def processes(folder: Path) -> None:
    """Links by the names that a process has for what it holds open."""
    for k, target in enumerate(
        ("/proc/self/environ", "/proc/self/fd/0", "/dev/stdin", "/proc/self/cwd/gradebook.db")
    ):
        (folder / f"{k}.dat").symlink_to(target)


def rings(folder: Path) -> None:
    """Links that lead to each other, to themselves and up again, without end."""
    (folder / "a").symlink_to("b")
    (folder / "b").symlink_to("a")
    (folder / "up").symlink_to("..")
    inner = folder
    for _ in range(30):
        inner = inner / "d"
        inner.mkdir()
        (inner / "up").symlink_to("../../..")


def stamp_linked(folder: Path) -> None:
    os.link(course(folder) / "nbgrader_config.py", folder / "timestamp.txt")


def bound(path: Path, _: Path) -> None:
    """A socket of that name, which is bound and gone."""
    here = os.getcwd()
    try:
        os.chdir(path.parent)  # the path of a socket is short
        with socket.socket(socket.AF_UNIX) as one:
            one.bind(path.name)
    finally:
        os.chdir(here)


LINKS = theme(
    "links",
    Attack(
        "link-in-hidden-folders",
        "hard links to the reference, the configuration and the solution in hidden folders",
        READ,
        files=in_hidden_folders,
        evidence=("cleaned",),
        stock=False,
    ),
    Attack(
        "link-one-deeper",
        "no notebook, and one folder deeper a link to the solution",
        files=one_deeper,
        says="link",
    ),
    Attack(
        "link-under-another-name",
        "a hard link to the solution, under the name that a browser gives a second download",
        files=under_another_name,
        says="link",
    ),
    Attack(
        "link-to-the-folder",
        "a link to the solution's folder, where a notebook one folder deeper would be found",
        files=folder_linked,
        says="no notebook",
    ),
    Attack(
        "link-to-the-process",
        "the notebook is a link to the grader's own environment",
        files=instead(lambda path, _: path.symlink_to("/proc/self/environ")),
        says="link",
    ),
    Attack(
        "link-to-descriptors",
        "links to what the process that reads them holds open",
        READ,
        files=processes,
    ),
    Attack(
        "link-without-end",
        "the notebook is a device that never ends",
        files=instead(lambda path, _: path.symlink_to("/dev/zero")),
        says="link",
    ),
    Attack("link-rings", "links in rings, and upwards from thirty folders deep", files=rings),
    Attack(
        "link-timestamp",
        "the time is a hard link to the configuration, which an error could quote",
        READ.replace(".dat", "timestamp.txt"),
        files=stamp_linked,
        evidence=("cleaned",),
    ),
    Attack(
        "link-bound-name",
        "the notebook is a socket that was bound to its name",
        files=instead(bound),
        says="link",
    ),
    Attack(
        "link-made-by-a-cell",
        "a cell links what it sees to names of its own, and writes there",
        SAY
        + """
import glob, os
for path in [*glob.glob("/public/**", recursive=True)[:50], *glob.glob("/engine/**/*.py",
             recursive=True)[:50], os.__file__, np.__file__, "/etc/passwd", "/proc/1/environ"]:
    for make in (os.link, os.symlink):
        try:
            name = f"linked-{abs(hash((path, make)))}"
            make(path, name)
            os.chmod(name, 0o777)
            with open(name, "ab") as f:
                f.write(b"# BROKEN")
                say("wrote", path)
        except OSError:
            pass
""",
    ),
)
