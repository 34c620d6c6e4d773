"""The command that starts the zygote in bubblewrap's namespaces, seeing Python and no more.

Source: bwrap(1). Three things to know: bwrap makes the folders above a bind with mode 0700;
what is mounted later covers what was mounted before; started by root it keeps root's rights,
which the zygote then gives up.
"""

import os
import shutil
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from nbgrader_sandbox.isolation.paths import ENGINE, SHOWN, Needed

BOX = "/sandbox"  # the only place that can be written
PACKAGE = f"/engine/{ENGINE.name}"
PUBLIC = "/public"

INSTALL = "install it with `apt-get install bubblewrap` (or your system's package manager)"


def find() -> str | None:
    return shutil.which("bwrap")


def command(
    bwrap: str,
    needed: Needed,
    public: Mapping[str, Path],
    environment: Mapping[str, str],
    passwd: int,
) -> list[str]:
    """Return bubblewrap's part of the command line; what is to be run comes after it.

    Args:
        bwrap: the program.
        needed: what Python needs of this machine.
        public: name and real path of each public folder.
        environment: all the variables that there will be.
        passwd: a file descriptor with the text of a made-up /etc/passwd.
    """
    return [
        bwrap,
        *_namespaces(),
        *("--die-with-parent", "--new-session", "--clearenv", "--hostname", "sandbox"),
        *(word for pair in environment.items() for word in ("--setenv", *pair)),
        *("--perms", "0755", "--tmpfs", BOX, "--perms", "1777", "--dir", "/tmp"),
        *("--proc", "/proc", "--dev", "/dev"),
        *_binds(needed, public),
        *("--perms", "0644", "--ro-bind-data", str(passwd), "/etc/passwd"),
        *_masks(needed.masked),
        *("--remount-ro", "/dev", "--remount-ro", "/", "--chdir", BOX, "--"),
    ]


def _namespaces() -> Sequence[str]:
    """Name the new namespaces; root needs no user namespace, and in one could not read /root."""
    if os.geteuid() == 0:
        return (
            *("--unshare-ipc", "--unshare-pid", "--unshare-net", "--unshare-uts"),
            "--unshare-cgroup-try",
        )
    return ("--unshare-all",)


def _binds(needed: Needed, public: Mapping[str, Path]) -> list[str]:
    pairs = [(path, str(path)) for path in needed.all()]
    pairs += [(ENGINE / name, f"{PACKAGE}/{name}") for name in SHOWN]
    pairs += [(path, f"{PUBLIC}/{name}") for name, path in public.items()]
    words: list[str] = []
    made = {Path(BOX), Path("/tmp"), Path("/proc"), Path("/dev")}
    for source, target in pairs:
        words += _folders(Path(target), made)
        if source.is_symlink() and str(source) == target:
            words += ["--symlink", os.readlink(source), target]
        else:
            words += ["--ro-bind", str(source), target]
    return [*words, *_folders(Path("/etc/passwd"), made)]


def _folders(target: Path, made: set[Path]) -> Iterable[str]:
    for parent in [*reversed(target.parents)][1:]:
        if parent not in made:
            made.add(parent)
            yield from ("--perms", "0755", "--dir", str(parent))


def _masks(masked: Iterable[Path]) -> list[str]:
    """Cover each with something empty."""
    words: list[str] = []
    for path in masked:
        if path.is_dir():
            words += ["--perms", "0755", "--tmpfs", str(path), "--remount-ro", str(path)]
        else:
            words += ["--ro-bind", "/dev/null", str(path)]
    return words


def keeps_tmp(paths: Iterable[Path]) -> bool:
    """Whether something that is needed lies below /tmp, so that nothing may be laid over it."""
    return any(path.is_relative_to("/tmp") for path in paths)
