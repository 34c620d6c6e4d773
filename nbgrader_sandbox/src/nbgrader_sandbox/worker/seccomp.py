"""A seccomp filter: system calls that an exercise never needs are refused with EPERM.

It is a second wall behind the namespaces: what could reach the kernel's rarely used parts,
another process's memory, a network, or another program, is not there to be called. Sources:
seccomp(2); linux/filter.h, linux/seccomp.h; the numbers are those of asm/unistd_64.h (x86_64)
and asm-generic/unistd.h (aarch64).
"""

import ctypes
import errno
import platform
import struct

from nbgrader_sandbox.worker import kernel

#: name: (number on x86_64, number on aarch64); None where the machine does not have it.
REFUSED: dict[str, tuple[int | None, int | None]] = {
    # other processes' memory and files
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "process_madvise": (440, 440),
    "kcmp": (312, 272),
    "pidfd_getfd": (438, 438),
    "move_pages": (279, 239),
    "migrate_pages": (256, 238),
    # mounts and roots
    "mount": (165, 40),
    "umount2": (166, 39),
    "pivot_root": (155, 41),
    "chroot": (161, 51),
    "open_tree": (428, 428),
    "move_mount": (429, 429),
    "fsopen": (430, 430),
    "fsconfig": (431, 431),
    "fsmount": (432, 432),
    "fspick": (433, 433),
    "mount_setattr": (442, 442),
    "open_tree_attr": (467, 467),
    "mknod": (133, None),
    "mknodat": (259, 33),
    "name_to_handle_at": (303, 264),
    "open_by_handle_at": (304, 265),
    "quotactl": (179, 60),
    "quotactl_fd": (443, 443),
    "swapon": (167, 224),
    "swapoff": (168, 225),
    "fanotify_init": (300, 262),
    # namespaces; `clone` is looked at below
    "unshare": (272, 97),
    "setns": (308, 268),
    # networks: pairs of connected sockets stay allowed
    "socket": (41, 198),
    "connect": (42, 203),
    "bind": (49, 200),
    "listen": (50, 201),
    "accept": (43, 202),
    "accept4": (288, 242),
    # other programs
    "execve": (59, 221),
    "execveat": (322, 281),
    "uselib": (134, None),
    # memory, queues and locks that are shared by a number, not by a file
    "shmget": (29, 194),
    "shmat": (30, 196),
    "semget": (64, 190),
    "semop": (65, 193),
    "msgget": (68, 186),
    "msgsnd": (69, 189),
    "msgrcv": (70, 188),
    "mq_open": (240, 180),
    # how other processes are run
    "setpriority": (141, 140),
    "ioprio_set": (251, 30),
    "sched_setparam": (142, 118),
    "sched_setscheduler": (144, 119),
    "sched_setaffinity": (203, 122),
    "sched_setattr": (314, 274),
    # the machine
    "reboot": (169, 142),
    "sethostname": (170, 161),
    "setdomainname": (171, 162),
    "init_module": (175, 105),
    "finit_module": (313, 273),
    "delete_module": (176, 106),
    "kexec_load": (246, 104),
    "kexec_file_load": (320, 294),
    "settimeofday": (164, 170),
    "clock_settime": (227, 112),
    "clock_adjtime": (305, 266),
    "adjtimex": (159, 171),
    "syslog": (103, 116),
    "vhangup": (153, 58),
    "acct": (163, 89),
    "iopl": (172, None),
    "ioperm": (173, None),
    "modify_ldt": (154, None),
    "personality": (135, 92),
    "nfsservctl": (180, 42),
    "lookup_dcookie": (212, 18),
    "sysfs": (139, None),
    "ustat": (136, None),
    # large parts of the kernel
    "bpf": (321, 280),
    "perf_event_open": (298, 241),
    "userfaultfd": (323, 282),
    "io_uring_setup": (425, 425),
    "io_uring_enter": (426, 426),
    "io_uring_register": (427, 427),
    "add_key": (248, 217),
    "request_key": (249, 218),
    "keyctl": (250, 219),
    "vmsplice": (278, 75),
}
#: Calls that change a file named by its path, which Landlock lets pass; those by handle stay.
REFUSED_BY_PATH: dict[str, tuple[int | None, int | None]] = {
    "chown": (92, None),
    "lchown": (94, None),
    "fchownat": (260, 54),
    "setxattr": (188, 5),
    "lsetxattr": (189, 6),
    "setxattrat": (463, 463),
    "removexattr": (197, 14),
    "lremovexattr": (198, 15),
    "removexattrat": (466, 466),
    "inotify_add_watch": (254, 27),
}
#: Likewise; these do nothing and say that they did, since copying a file ends with them.
IGNORED_BY_PATH: dict[str, tuple[int | None, int | None]] = {
    "chmod": (90, None),
    "fchmodat": (268, 53),
    "fchmodat2": (452, 452),
    "utime": (132, None),
    "utimes": (235, None),
    "futimesat": (261, None),
    "utimensat": (280, 88),
}
#: Calls that name a process to send a signal to, now or later, as their first argument.
SIGNALS: dict[str, tuple[int, int]] = {
    "kill": (62, 129),
    "tkill": (200, 130),
    "tgkill": (234, 131),
    "rt_sigqueueinfo": (129, 138),
    "rt_tgsigqueueinfo": (297, 240),
    "pidfd_open": (434, 434),
}
PIDFD_SEND_SIGNAL = (424, 424)  # a folder of /proc will do for it, so it is refused altogether
CLONE = (56, 220)
CLONE3 = (435, 435)
IOCTL = (16, 29)
PRLIMIT = (302, 261)
TERMINAL_TRICKS = (0x5412, 0x541C)  # TIOCSTI, TIOCLINUX: typing into the terminal of another

_MACHINES = {"x86_64": (0, 0xC000003E), "aarch64": (1, 0xC00000B7)}
_X32 = 0x40000000

_LOAD, _RETURN = 0x20, 0x06
_EQUAL, _AT_LEAST, _ANY_BIT = 0x15, 0x35, 0x45
_ALLOW, _KILL, _ERRNO = 0x7FFF0000, 0x80000000, 0x00050000
_NUMBER, _ARCHITECTURE, _FIRST, _SECOND = 0, 4, 16, 24  # offsets into struct seccomp_data

_SECCOMP_MODE_FILTER = 2
_PR_SET_SECCOMP = 22


def supported() -> bool:
    """Whether the numbers of this machine's system calls are known here."""
    return platform.machine() in _MACHINES


def program(machine: str, by_path: bool = False, first: int = 0) -> bytes:
    """Return the filter for `machine` ("x86_64" or "aarch64") as struct sock_filter[].

    `by_path` refuses REFUSED_BY_PATH too, and takes the effect from IGNORED_BY_PATH. With `first`
    signals reach the processes from this number on, and no groups of processes but one's own.
    """
    column, architecture = _MACHINES[machine]
    lines: list[tuple[int, int, int, int]] = []

    def add(code: int, value: int, then: int = 0, otherwise: int = 0) -> None:
        lines.append((code, then, otherwise, value))

    def refuse(number: int, error: int) -> None:
        add(_EQUAL, number, 0, 1)
        add(_RETURN, _ERRNO | error)

    add(_LOAD, _ARCHITECTURE)
    add(_EQUAL, architecture, 1, 0)
    add(_RETURN, _KILL)  # 32-bit calls on a 64-bit machine have other numbers
    add(_LOAD, _NUMBER)
    if machine == "x86_64":
        add(_AT_LEAST, _X32, 0, 1)
        add(_RETURN, _ERRNO | errno.EPERM)
    tables = [(REFUSED, errno.EPERM)]
    if by_path:
        tables += [(REFUSED_BY_PATH, errno.EPERM), (IGNORED_BY_PATH, 0)]
    for table, error in tables:
        for numbers in table.values():
            number = numbers[column]
            if number is not None:
                refuse(number, error)
    if first:
        refuse(PIDFD_SEND_SIGNAL[column], errno.EPERM)
        for pair in SIGNALS.values():
            add(_EQUAL, pair[column], 0, 6)
            add(_LOAD, _FIRST)
            add(_EQUAL, 0, 3, 0)  # one's own group
            add(_AT_LEAST, 1 << 31, 1, 0)  # a negative number
            add(_AT_LEAST, first, 1, 0)
            add(_RETURN, _ERRNO | errno.EPERM)
            add(_RETURN, _ALLOW)
    # Its flags stand in memory, where a filter cannot look; libc then uses `clone`.
    refuse(CLONE3[column], errno.ENOSYS)
    add(_EQUAL, CLONE[column], 0, 4)
    add(_LOAD, _FIRST)
    add(_ANY_BIT, kernel.NAMESPACES, 0, 1)
    add(_RETURN, _ERRNO | errno.EPERM)
    add(_RETURN, _ALLOW)
    add(_EQUAL, PRLIMIT[column], 0, 4)  # a process's limits are its own
    add(_LOAD, _FIRST)
    add(_EQUAL, 0, 1, 0)
    add(_RETURN, _ERRNO | errno.EPERM)
    add(_RETURN, _ALLOW)
    add(_EQUAL, IOCTL[column], 0, 5)
    add(_LOAD, _SECOND)
    add(_EQUAL, TERMINAL_TRICKS[0], 1, 0)
    add(_EQUAL, TERMINAL_TRICKS[1], 0, 1)
    add(_RETURN, _ERRNO | errno.EPERM)
    add(_RETURN, _ALLOW)
    add(_RETURN, _ALLOW)
    return b"".join(struct.pack("=HBBI", *line) for line in lines)


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_void_p))


def install(by_path: bool = False, first: int = 0) -> None:
    """Put the filter on this process and all that it starts; it cannot be taken off.

    The arguments are those of `program`. Raises OSError where the kernel has
    no seccomp, and where the machine is another one.
    """
    machine = platform.machine()
    if machine not in _MACHINES:
        raise OSError(errno.ENOSYS, f"no table of system calls for {machine}")
    text = program(machine, by_path, first)
    buffer = ctypes.create_string_buffer(text, len(text))
    struct_program = _Program(len(text) // 8, ctypes.cast(buffer, ctypes.c_void_p))
    kernel.prctl(kernel.PR_SET_NO_NEW_PRIVS, 1)
    kernel.prctl(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, ctypes.addressof(struct_program))
