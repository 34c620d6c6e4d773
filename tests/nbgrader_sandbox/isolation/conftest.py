"""Sandboxes whose workers run what a test sends them, and a look at what they leave behind."""

import json
import secrets
import textwrap
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from nbgrader_sandbox.isolation import Connection, Level, Plan, Resources, Sandbox, launch

from tests.conftest import missing
from tests.processes import running

#: Runs each line of JSON as Python code, and answers what it left in `answer`, or what it raised.
ENTRY = """
import json

def serve(sock):
    names = {}
    with sock.makefile("rwb") as stream:
        for line in stream:
            names["answer"] = None
            try:
                exec(json.loads(line), names)
                answer = names["answer"]
            except BaseException as error:
                answer = f"{type(error).__name__}: {error}"
            stream.write(json.dumps(answer).encode() + b"\\n")
            stream.flush()
"""
MIB = 1 << 20
SMALL = Resources(
    cpu_seconds=20, wall_seconds=60, memory=256 * MIB, processes=24, disk_bytes=16 * MIB
)


def ask(connection: Connection, code: str, seconds: float = 30) -> object:
    """Run `code` in the worker; return what it put into `answer`. EOFError: the worker ended."""
    connection.socket.settimeout(seconds)
    connection.socket.sendall(json.dumps(textwrap.dedent(code)).encode() + b"\n")
    line = b""
    while not line.endswith(b"\n"):
        part = connection.socket.recv(1 << 16)
        if not part:
            raise EOFError
        line += part
    return json.loads(line)


def ending(connection: Connection, seconds: float = 20) -> str:
    """Wait for the worker's end; return it in words."""
    give_up = time.monotonic() + seconds
    while not connection.ending() and time.monotonic() < give_up:
        time.sleep(0.01)
    return connection.ending()


def none_left(word: str, seconds: float = 20) -> bool:
    give_up = time.monotonic() + seconds
    while running(word) and time.monotonic() < give_up:
        time.sleep(0.02)
    return not running(word)


def need(level: Level) -> None:
    """Skip where this machine lacks the level; in CI that is a failure."""
    if why := launch.obstacle(level, Plan()):
        missing(why)


@pytest.fixture
def public(tmp_path: Path) -> Path:
    """A public folder, its name unique, with the module that workers run."""
    folder = tmp_path / f"public-{secrets.token_hex(8)}"
    folder.mkdir()
    (folder / "answering.py").write_text(ENTRY)
    return folder


@pytest.fixture
def plan(public: Path) -> Plan:
    return Plan(resources=SMALL, public={public.name: public}, entry="answering:serve")


@pytest.fixture(params=[Level.NAMESPACES, Level.LANDLOCK], ids=lambda level: level.name.lower())
def level(request: pytest.FixtureRequest) -> Level:
    need(request.param)
    return request.param


@pytest.fixture
def make(plan: Plan, level: Level) -> Callable[..., Sandbox]:
    """Return a function that makes a sandbox at this level; fields of the plan can be given."""
    return lambda **more: Sandbox(Plan(**{**vars(plan), "level": level, **more}))


@pytest.fixture
def sandbox(make: Callable[..., Sandbox]) -> Iterator[Sandbox]:
    with make() as made:
        yield made


@pytest.fixture
def worker(sandbox: Sandbox) -> Iterator[Connection]:
    with sandbox.worker({"data/a.txt": b"hello"}) as connection:
        yield connection
