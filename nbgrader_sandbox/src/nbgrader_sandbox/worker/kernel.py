"""Calls to the Linux kernel that Python 3.11 has no function for, through ctypes.

All raise OSError with the call's name where the kernel refuses. Sources: the man pages
clone(2), unshare(2), mount(2), prctl(2), capset(2); Python's C API, "Process Control".
"""

import ctypes
import os
import platform
import signal

NEWNS = 0x00020000
NEWCGROUP = 0x02000000
NEWUTS = 0x04000000
NEWIPC = 0x08000000
NEWUSER = 0x10000000
NEWPID = 0x20000000
NEWNET = 0x40000000
NAMESPACES = NEWNS | NEWCGROUP | NEWUTS | NEWIPC | NEWUSER | NEWPID | NEWNET

MS_RDONLY = 1
MS_NOSUID = 2
MS_NODEV = 4
MS_NOEXEC = 8
MS_BIND = 4096
MS_REC = 16384
MS_PRIVATE = 1 << 18

PR_SET_PDEATHSIG = 1
PR_SET_DUMPABLE = 4
PR_CAPBSET_DROP = 24
PR_SET_CHILD_SUBREAPER = 36
PR_SET_NO_NEW_PRIVS = 38
PR_CAP_AMBIENT = 47
PR_CAP_AMBIENT_CLEAR_ALL = 4

_CAPABILITY_VERSION_3 = 0x20080522
_LIBC = ctypes.CDLL(None, use_errno=True)
_LIBC.syscall.restype = ctypes.c_long
_LIBC.mount.argtypes = [ctypes.c_char_p] * 3 + [ctypes.c_ulong, ctypes.c_char_p]
# A fork must not let go of the interpreter's lock between what Python does before and after it.
_HOLDING = ctypes.PyDLL(None, use_errno=True)
_HOLDING.syscall.restype = ctypes.c_long
_CLONE = {"x86_64": 56, "aarch64": 220}
_long = ctypes.c_ulong
_NOTHING = [_long(0)] * 4  # no stack of its own, and no threads


def check(result: int, what: str) -> int:
    """Return `result`; raise OSError with `what` and the errno where it is negative."""
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")
    return result


def syscall(number: int, *arguments: object, what: str) -> int:
    return check(_LIBC.syscall(ctypes.c_long(number), *arguments), what)


def prctl(option: int, value: int = 0, third: int = 0) -> None:
    words = [ctypes.c_ulong(word) for word in (value, third, 0, 0)]
    check(_LIBC.prctl(ctypes.c_int(option), *words), f"prctl({option}, {value})")


def unshare(flags: int) -> None:
    check(_LIBC.unshare(ctypes.c_int(flags)), f"unshare({flags:#x})")


def mount(source: str, target: str, kind: str = "", flags: int = 0, data: str = "") -> None:
    words = [word.encode() or None for word in (source, target, kind)]
    result = _LIBC.mount(*words, flags, data.encode() or None)
    check(result, f"mount {kind or source} on {target}")


def fork_into(flags: int) -> int:
    """Fork, as os.fork does; the child is the first process in the new namespaces `flags`.

    With unshare(2) it takes three forks to get there, and each of them copies what is warm.
    """
    number = _CLONE[platform.machine()]
    _HOLDING.PyOS_BeforeFork()
    process = int(_HOLDING.syscall(ctypes.c_long(number), _long(flags | signal.SIGCHLD), *_NOTHING))
    if process == 0:
        _HOLDING.PyOS_AfterFork_Child()
        return 0
    problem = ctypes.get_errno()
    _HOLDING.PyOS_AfterFork_Parent()
    ctypes.set_errno(problem)
    return check(process, f"clone({flags:#x})")


def be_user(inside: int, user: int, group: int) -> None:
    """In a new user namespace, be the user `inside`: outside of it, this process is `user`.

    No other user exists there, so files of others cannot be reached through their owner.
    """
    for name, text in (
        ("setgroups", "deny"),
        ("uid_map", f"{inside} {user} 1"),
        ("gid_map", f"{inside} {group} 1"),
    ):
        with open(f"/proc/self/{name}", "w", encoding="ascii") as file:
            file.write(text)


def drop_capabilities() -> None:
    """Give up every capability for good, here and in all that this process will start."""
    prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL)
    for capability in range(64):
        try:
            prctl(PR_CAPBSET_DROP, capability)
        except OSError:  # past the last one, or nothing that could be given up
            break
    header = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION_3, 0)
    nothing = (ctypes.c_uint32 * 6)()
    check(_LIBC.capset(header, nothing), "capset")


def die_with_parent() -> None:
    """Ask for SIGKILL when the parent ends, however it ends."""
    prctl(PR_SET_PDEATHSIG, int(signal.SIGKILL))
