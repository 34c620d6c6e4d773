"""Landlock: a process gives up all files but a few, TCP, and signals to others.

Needs no privilege and no namespace. Source: landlock(7) and linux/landlock.h; the version of
the kernel's interface ("ABI") decides what can be given up: 4 brings TCP, 6 signals.
"""

import contextlib
import ctypes
import os
import struct
from collections.abc import Iterable

from nbgrader_sandbox.worker import kernel

NEEDED = 6  # without signals being given up, a worker could end the process that grades it

EXECUTE = 1 << 0
READ_FILE = 1 << 2
READ_DIR = 1 << 3
_RIGHTS_OF_FILES = EXECUTE | 1 << 1 | READ_FILE | 1 << 14 | 1 << 15
_TCP = 0b11
_ABSTRACT_SOCKETS_AND_SIGNALS = 0b11
_SIGNALS = 0b10

_CREATE, _ADD_RULE, _RESTRICT = 444, 445, 446
_PATH_BENEATH = 1


def version() -> int:
    """Return the version of the kernel's Landlock, 0 where it has none or it is switched off."""
    try:
        return kernel.syscall(_CREATE, None, ctypes.c_size_t(0), 1, what="landlock")
    except OSError:
        return 0


def _all_rights(abi: int) -> int:
    """Every right over files that this version knows."""
    bits = 13 + (abi >= 2) + (abi >= 3) + (abi >= 5)
    return (1 << bits) - 1


def _ruleset(files: int, network: int, scope: int) -> int:
    text = struct.pack("=QQQ", files, network, scope)
    size = ctypes.c_size_t(len(text))
    return kernel.syscall(_CREATE, ctypes.c_char_p(text), size, 0, what="landlock_create_ruleset")


def _enforce(ruleset: int) -> None:
    kernel.prctl(kernel.PR_SET_NO_NEW_PRIVS, 1)
    kernel.syscall(_RESTRICT, ruleset, 0, what="landlock_restrict_self")
    os.close(ruleset)


def keep_signals_inside() -> None:
    """From here on, signals reach this process's own descendants (and itself) alone."""
    _enforce(_ruleset(0, 0, _SIGNALS))


def restrict(readable: Iterable[str], listable: Iterable[str], writable: Iterable[str]) -> None:
    """Give up all files but these, TCP, and what stands outside.

    Args:
        readable: files, and folders with all below, that may be read.
        listable: folders whose names may be listed, and those of the folders below.
        writable: folders in which anything may be done but to make devices and programs.
    Raises:
        OSError: Landlock is missing or older than NEEDED.
    """
    rights = _all_rights(version())
    ruleset = _ruleset(rights, _TCP, _ABSTRACT_SOCKETS_AND_SIGNALS)
    devices = 1 << 6 | 1 << 11
    for paths, allowed in (
        (readable, READ_FILE | READ_DIR),
        (listable, READ_DIR),
        (writable, rights & ~(EXECUTE | devices)),
    ):
        for path in paths:
            with contextlib.suppress(FileNotFoundError):
                _allow(ruleset, path, allowed)
    _enforce(ruleset)


def _allow(ruleset: int, path: str, rights: int) -> None:
    handle = os.open(path, os.O_PATH | os.O_CLOEXEC)
    try:
        if not os.path.isdir(path):
            rights &= _RIGHTS_OF_FILES
        rule = ctypes.c_char_p(struct.pack("=Qi", rights, handle))
        kernel.syscall(_ADD_RULE, ruleset, _PATH_BENEATH, rule, 0, what=f"landlock_add_rule {path}")
    finally:
        os.close(handle)
