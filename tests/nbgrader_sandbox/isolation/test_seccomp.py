"""The filter's table against the system's own headers, and its program against an interpreter."""

import errno
import re
import struct
from pathlib import Path

import pytest
from nbgrader_sandbox.worker import seccomp

from tests.conftest import missing

HEADERS = {
    "x86_64": (
        *Path("/usr/include").glob("*/asm/unistd_64.h"),
        Path("/usr/include/asm/unistd_64.h"),
    ),
    "aarch64": (Path("/usr/include/asm-generic/unistd.h"),),
}
ARCHITECTURE = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
ALLOW, EPERM = 0x7FFF0000, 0x00050000 | errno.EPERM
EVERY = (
    seccomp.REFUSED
    | seccomp.REFUSED_BY_PATH
    | seccomp.IGNORED_BY_PATH
    | {"clone": seccomp.CLONE, "clone3": seccomp.CLONE3}
    | {"ioctl": seccomp.IOCTL, "prlimit64": seccomp.PRLIMIT}
    | seccomp.SIGNALS
    | {"pidfd_send_signal": seccomp.PIDFD_SEND_SIGNAL}
)
machines = pytest.mark.parametrize(("machine", "column"), [("x86_64", 0), ("aarch64", 1)])


def run(program: bytes, architecture: int, number: int, *arguments: int) -> int:
    """Run a filter as the kernel does; return its verdict. Written from the kernel's manual."""
    words = [*arguments, *[0] * (6 - len(arguments))]
    data = struct.pack("=iIQ6Q", number - (number >> 31 << 32), architecture, 0, *words)
    lines = list(struct.iter_unpack("=HBBI", program))
    at = accumulator = 0
    while True:
        code, then, otherwise, value = lines[at]
        at += 1
        if code == 0x20:  # BPF_LD | BPF_W | BPF_ABS
            (accumulator,) = struct.unpack_from("=I", data, value)
        elif code == 0x06:  # BPF_RET | BPF_K
            return value
        elif code == 0x15:  # BPF_JMP | BPF_JEQ | BPF_K
            at += then if accumulator == value else otherwise
        elif code == 0x35:  # BPF_JMP | BPF_JGE | BPF_K
            at += then if accumulator >= value else otherwise
        elif code == 0x45:  # BPF_JMP | BPF_JSET | BPF_K
            at += then if accumulator & value else otherwise
        else:
            raise AssertionError(code)


@machines
def test_numbers_are_those_of_the_systems_headers(machine: str, column: int) -> None:
    found = [path for path in HEADERS[machine] if path.is_file()]
    if not found:
        missing(
            "the kernel's headers are not here: install them with `apt-get install linux-libc-dev`"
        )
    lines = re.findall(r"#define __NR(?:3264)?_(\w+)\s+(\d+)", found[0].read_text())
    known = {name: int(number) for name, number in lines}
    compared = [name for name in EVERY if name in known and EVERY[name][column] is not None]
    assert {name: EVERY[name][column] for name in compared} == {n: known[n] for n in compared}
    assert len(compared) > 60


@machines
@pytest.mark.parametrize("by_path", [False, True])
def test_each_call_gets_its_verdict(machine: str, column: int, by_path: bool) -> None:
    program = seccomp.program(machine, by_path)
    own = ARCHITECTURE[machine]

    def verdict(number: int, *arguments: int) -> int:
        return run(program, own, number, *arguments)

    numbers = {name: pair[column] for name, pair in EVERY.items() if pair[column] is not None}
    looked_at = {"clone", "clone3", "ioctl", "prlimit64", "pidfd_send_signal", *seccomp.SIGNALS}
    for name, number in numbers.items():
        if name in looked_at:
            continue
        expected = EPERM
        if name in seccomp.REFUSED_BY_PATH and not by_path:
            expected = ALLOW
        if name in seccomp.IGNORED_BY_PATH:
            expected = 0x00050000 if by_path else ALLOW
        assert verdict(number) == expected, name
    for number in set(range(470)) - set(numbers.values()):
        assert verdict(number) == ALLOW, number

    clone, clone3 = numbers["clone"], numbers["clone3"]
    assert verdict(clone, 0x003D0F00) == ALLOW  # a thread
    assert verdict(clone, 0x01200011) == ALLOW  # a fork
    for flag in (0x10000000, 0x00020000, 0x20000000, 0x40000000, 0x02000000, 0x08000000):
        assert verdict(clone, flag | 17) == EPERM
    assert verdict(clone3) == 0x00050000 | errno.ENOSYS
    assert verdict(numbers["prlimit64"], 0) == ALLOW
    assert verdict(numbers["prlimit64"], 1234) == EPERM
    assert verdict(numbers["ioctl"], 0, 0x5401) == ALLOW
    assert verdict(numbers["ioctl"], 0, 0x5412) == EPERM
    assert verdict(numbers["ioctl"], 0, 0x541C) == EPERM


@machines
def test_signals_reach_later_processes_alone_where_that_is_asked(machine: str, column: int) -> None:
    own, sender = ARCHITECTURE[machine], seccomp.PIDFD_SEND_SIGNAL[column]
    free, bound = seccomp.program(machine), seccomp.program(machine, first=8)
    for pair in seccomp.SIGNALS.values():
        for process in (0, 1, 7, 8, 4_000_000, 0xFFFFFFFF, 0xFFFFFFF9):
            verdict = ALLOW if process in (0, 8, 4_000_000) else EPERM
            assert run(bound, own, pair[column], process) == verdict, (pair, process)
            assert run(free, own, pair[column], process) == ALLOW
    assert (run(bound, own, sender, 9), run(free, own, sender, 9)) == (EPERM, ALLOW)


@machines
def test_calls_of_another_machine_end_the_process(machine: str, column: int) -> None:
    assert run(seccomp.program(machine), 0x40000003, 20) == 0x80000000


def test_the_second_set_of_numbers_of_x86_64_is_refused() -> None:
    assert run(seccomp.program("x86_64"), ARCHITECTURE["x86_64"], 0x40000000 | 39) == EPERM
