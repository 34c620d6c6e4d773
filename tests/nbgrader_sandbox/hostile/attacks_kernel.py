"""Attacks on parts of the kernel that are rarely used, and on what a box shares with its host."""

from tests.nbgrader_sandbox.hostile.attack import Attack, theme

CALLS = """
import ctypes, os, socket, struct, sys
libc = ctypes.CDLL(None, use_errno=True)
x86 = os.uname().machine == "x86_64"

def call(number, arm, *words):
    return libc.syscall(number if x86 else arm, *words)

def won(what):
    print("STOL" + "EN:", what)
"""


def _kernel(name: str, what: str, code: str, **more: object) -> Attack:
    given = {"stock": False, **more}
    return Attack(f"kernel-{name}", what, CALLS + code, **given)  # type: ignore[arg-type]


KERNEL = theme(
    "the kernel",
    _kernel(
        "sockets",
        "sockets of other families: netlink, packets, the kernel's ciphers, virtual machines",
        "for family in (16, 17, 38, 40, 44, 10, 2, 1, 29, 31, 21):\n    for kind in (1, 2, 3, 5):\n"
        "        try:\n            socket.socket(family, kind)\n        except OSError:\n"
        "            continue\n        won(f'a socket of family {family}')",
    ),
    _kernel(
        "rings",
        "io_uring, which makes calls that no filter sees",
        "size = ctypes.create_string_buffer(120)\nif call(425, 425, 8, size) >= 0:\n"
        "    won('a ring')",
    ),
    _kernel(
        "faults",
        "userfaultfd, bpf, perf and keys",
        "for name, number, arm, words in (('userfaultfd', 323, 282, (1,)), ('bpf', 321, 280, "
        "(0, 0, 0)), ('perf', 298, 241, (ctypes.create_string_buffer(120), 0, -1, -1, 0)), "
        "('keys', 250, 219, (0, -3, 1)), ('key', 248, 217, (b'user', b'x', b'y', 1, -3))):\n"
        "    if call(number, arm, *words) >= 0:\n        won(name)",
    ),
    _kernel(
        "namespaces",
        "new namespaces, by unshare, clone, clone3 and setns",
        "for flag in (0x10000000, 0x20000, 0x40000000, 0x20000000, 0x4000000):\n"
        "    if libc.unshare(flag) == 0:\n        won(f'unshare {flag:x}')\n"
        "    made = call(56, 220, flag | 17, 0, 0, 0, 0)\n    if made == 0:\n        os._exit(0)\n"
        "    if made > 0:\n        won(f'clone {flag:x}')\n"
        "for name in ('user', 'mnt', 'net', 'pid'):\n    try:\n"
        "        fd = os.open(f'/proc/1/ns/{name}', 0)\n    except OSError:\n        continue\n"
        "    if libc.setns(fd, 0) == 0:\n        won(f'setns {name}')",
    ),
    _kernel(
        "programs-in-memory",
        "a program written to memory and run from there",
        "data = open(sys.executable, 'rb').read() if os.access(sys.executable, 4) else b''\n"
        "fd = os.memfd_create('x')\nos.write(fd, data or b'#!/bin/sh\\n')\n"
        "if os.fork() == 0:\n    try:\n        os.execve(fd, ['x', '-c', 'pass'], {})\n"
        "    finally:\n        os._exit(3)\nif os.waitstatus_to_exitcode(os.wait()[1]) != 3:\n"
        "    won('a program in memory')",
    ),
    _kernel(
        "thirty-two-bits",
        "system calls by the numbers and the gate of 32-bit programs",
        "import mmap\nif x86:\n    code = bytes.fromhex('b8270000000f05c3')\n"
        "    # x32: 0x40000000 | socket\n"
        "    made = libc.syscall(0x40000029, 2, 1, 0)\n    won('x32') if made >= 0 else None\n"
        "    page = mmap.mmap(-1, 4096, prot=7)\n"
        "    page.write(bytes.fromhex('b866010000bb02000000b901000000ba00000000cd80c3'))\n"
        "    place = ctypes.addressof(ctypes.c_char.from_buffer(page))\n"
        "    if ctypes.CFUNCTYPE(ctypes.c_int)(place)() >= 0:\n        won('int 0x80')",
    ),
    _kernel(
        "siblings",
        "the memory and files of processes beside it, by ptrace, process_vm_readv and pidfd_getfd",
        "child = os.fork()\nif child == 0:\n    import time\n    time.sleep(3)\n    os._exit(0)\n"
        "for pid in (1, os.getppid(), child):\n    if libc.ptrace(16, pid, 0, 0) == 0:\n"
        "        won('ptrace')\n    try:\n        fd = os.pidfd_open(pid)\n"
        "        if call(438, 438, fd, 0, 0) >= 0:\n            won('pidfd_getfd')\n"
        "    except OSError:\n        pass\n"
        "here = ctypes.create_string_buffer(8)\n"
        "span = struct.pack('PN', ctypes.addressof(here), 8)\n"
        "if call(310, 270, child, span, 1, span, 1, 0) > 0:\n    won('process_vm_readv')",
    ),
    _kernel(
        "mounts",
        "what is mounted, and where from: variables and folders of the machine outside",
        "for name in ('self/mountinfo', 'self/mounts', 'self/cgroup', '1/mountinfo', "
        "'self/environ', '1/environ', '1/cmdline', 'self/maps', 'cmdline', 'keys'):\n    try:\n"
        "        text = open(f'/proc/{name}', errors='replace').read()\n"
        "    except OSError:\n        continue\n"
        "    if 'HOSTILE_CANARY' in text:\n        won(f'a variable in {name}')\n"
        "    for word in text.split():\n"
        "        if '@COURSE@' in word and os.path.exists(word):\n            won(word)",
    ),
    _kernel(
        "ways-out",
        "other roots and folders of processes, and files by handle",
        "for pid in ('1', '2', 'self', str(os.getppid())):\n"
        "    for way in ('root', 'cwd', 'exe', 'fd/3', 'fd/200'):\n        try:\n"
        "            if os.path.exists(f'/proc/{pid}/{way}@COURSE@/gradebook.db'):\n"
        "                won(f'{pid}/{way}')\n        except OSError:\n            pass\n"
        "if os.path.exists('@COURSE@'):\n    won('the course')",
    ),
    _kernel(
        "writes-memory",
        "the memory of its own process, written past all protection, to change what is read-only",
        "with open('/proc/self/mem', 'r+b', 0) as memory:\n    import numpy.testing as t\n"
        "    memory.seek(id(True) + 24)\n    memory.write(bytes(8))",
    ),
    _kernel(
        "rights",
        "what may be done: rights, limits, priorities, the machine's clock and name",
        "import resource\nif libc.setuid(0) == 0 and os.getuid() == 0:\n    won('root')\n"
        "for what, name in ((resource.RLIMIT_CPU, 'CPU'), (resource.RLIMIT_AS, 'memory')):\n"
        "    try:\n        resource.setrlimit(what, (-1, -1))\n        won(f'no limit of {name}')\n"
        "    except (OSError, ValueError):\n        pass\n"
        "for change in (lambda: os.nice(-5), lambda: os.sched_setaffinity(0, {0}),\n"
        "               lambda: socket.sethostname('x'), lambda: os.chroot('.')):\n    try:\n"
        "        change()\n        won('a right')\n    except OSError:\n        pass",
    ),
    _kernel(
        "fills-folders",
        "a million empty files, folders and names in all that can be written",
        "for place in ('.', '/tmp', '/dev/shm', os.path.expanduser('~')):\n    try:\n"
        "        for k in range(10**6):\n            os.mkdir(f'{place}/{k}')\n"
        "            os.symlink('x' * 4000, f'{place}/{k}/x')\n    except OSError:\n        pass",
    ),
)
