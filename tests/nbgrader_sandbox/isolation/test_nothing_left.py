"""After a worker, a sandbox or a grader: no process, folder, group or handle is left."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from nbgrader_sandbox.isolation import Level, Resources, Sandbox, SandboxError
from nbgrader_sandbox.isolation.groups import PREFIX, Groups

from tests.nbgrader_sandbox.isolation.conftest import ask, none_left
from tests.processes import kill, running

#: Processes of the double-fork kind, which nobody waits for and which ignore what they can.
DAEMONS = """
import os, signal, time
for _ in range(50):
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            for number in (1, 2, 15):
                signal.signal(number, signal.SIG_IGN)
            time.sleep(600)
        os._exit(0)
    os.wait()
"""
GRADER = """
import signal, sys
from pathlib import Path
from nbgrader_sandbox.isolation import Level, Plan, Sandbox
public = Path(sys.argv[1])
plan = Plan(Level[sys.argv[2]], public={public.name: public}, entry="answering:serve")
with Sandbox(plan) as sandbox, sandbox.worker({}) as one, sandbox.worker({}) as two:
    import json
    one.socket.sendall(json.dumps(sys.argv[3]).encode() + b"\\n")
    one.socket.recv(100)
    two.socket.sendall(json.dumps("while True: pass").encode() + b"\\n")
    print("up", flush=True)
    signal.pause()
"""


def groups_of(process: int) -> list[Path]:
    return list(Path("/sys/fs/cgroup").rglob(f"{PREFIX}-{process}-*"))


def handles() -> int:
    return len(os.listdir("/proc/self/fd"))


def boxes() -> set[str]:
    return {name for name in os.listdir(tempfile.gettempdir()) if name.startswith(PREFIX)}


def standing(sandbox: Sandbox, public: Path) -> tuple[int, ...]:
    """Count handles, processes, boxes and groups, when the next worker is ready and waits."""
    assert sandbox._spare is not None
    sandbox._spare.result()
    counts: list[tuple[int, ...]] = []
    while len(counts) < 20 or len(set(counts[-10:])) > 1:  # it starts on its own
        time.sleep(0.01)
        counts.append(
            (handles(), len(running(public.name)), len(boxes()), len(groups_of(os.getpid())))
        )
    return counts[-1]


def test_all_that_a_worker_started_ends_with_it(make: Callable[..., Sandbox], public: Path) -> None:
    with make(resources=Resources(processes=80)) as sandbox:
        with sandbox.worker({}):
            pass
        before = standing(sandbox, public)
        with sandbox.worker({}) as worker:
            ask(worker, DAEMONS)
            assert len(running(public.name)) >= before[1] + 50
        assert standing(sandbox, public) == before
        with sandbox.worker({}) as worker:
            assert ask(worker, "answer = 1") == 1


def test_many_workers_leave_nothing(make: Callable[..., Sandbox], public: Path) -> None:
    had_boxes = boxes()
    with make() as sandbox:
        with sandbox.worker({}) as worker:
            assert ask(worker, "answer = 1") == 1
        before = standing(sandbox, public)
        for number in range(200):
            with sandbox.worker({"a": b"x"}) as worker:
                if number % 20 == 0:
                    assert ask(worker, "answer = 1") == 1
        assert standing(sandbox, public) == before
        assert len({group.name for group in groups_of(os.getpid())}) <= 1  # the next one's
        if box := sandbox._zygote and sandbox._zygote._launch and boxes() - had_boxes:
            left = [name for one in box for name in os.listdir(f"{tempfile.gettempdir()}/{one}")]
            assert len([name for name in left if name.startswith("worker-")]) == 1  # the next one's
    assert none_left(public.name)
    assert boxes() == had_boxes
    assert groups_of(os.getpid()) == []


def test_a_closed_sandbox_leaves_nothing_and_gives_nothing(
    make: Callable[..., Sandbox], public: Path
) -> None:
    before, had_boxes = handles(), boxes()
    with make() as sandbox, sandbox.worker({}):
        assert running(public.name)
    assert none_left(public.name)
    assert handles() == before
    assert boxes() == had_boxes
    with pytest.raises(SandboxError, match="closed"), sandbox.worker({}):
        pass


def test_a_sandbox_closed_under_its_workers_ends_them(
    make: Callable[..., Sandbox], public: Path
) -> None:
    had_boxes = boxes()
    with make() as sandbox, sandbox.worker({}) as worker:
        ask(worker, DAEMONS.replace("50", "5"))
        sandbox.close()
        assert none_left(public.name)
    assert boxes() == had_boxes


@pytest.mark.parametrize(
    "busy", [DAEMONS.replace("50", "10"), "answer = 1"], ids=["daemons", "idle"]
)
def test_a_grader_that_is_killed_leaves_no_process_and_no_folder(
    level: Level, public: Path, busy: str
) -> None:
    had_boxes = boxes()
    words = [sys.executable, "-c", GRADER, str(public), level.name, busy]
    # The marker of the processes is in the grader's own command line, too.
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as grader:
        assert grader.stdout is not None
        assert grader.stdout.readline() == "up\n"
        assert len(running(public.name)) >= 5
        grader.send_signal(signal.SIGKILL)
        grader.wait()
    assert none_left(public.name)
    give_up = time.monotonic() + 10
    while boxes() != had_boxes and time.monotonic() < give_up:
        time.sleep(0.02)
    assert boxes() == had_boxes
    while groups_of(grader.pid) and time.monotonic() < give_up:
        Groups()  # the next grader removes them, once what stood in them is wholly gone
        time.sleep(0.05)
    assert groups_of(grader.pid) == []


def test_a_zygote_that_is_killed_is_started_again(sandbox: Sandbox, public: Path) -> None:
    for wait in (0.0, 0.3):
        kill(*running(public.name))
        time.sleep(wait)
        with sandbox.worker({}) as worker:
            assert ask(worker, "answer = 1") == 1


def test_a_zygote_that_is_killed_takes_its_workers_along(sandbox: Sandbox, public: Path) -> None:
    zygote = running(public.name)[0]
    with sandbox.worker({}) as worker:
        ask(worker, DAEMONS.replace("50", "5"))
        kill(zygote)
        with pytest.raises((EOFError, ConnectionError)):
            ask(worker, "import time; time.sleep(60)")
        worker.kill()
        assert worker.ending()
    assert none_left(public.name)


def test_a_body_that_raises_ends_its_worker(sandbox: Sandbox, public: Path) -> None:
    before = standing(sandbox, public)
    with pytest.raises(ZeroDivisionError), sandbox.worker({}):
        1 / 0  # noqa: B018
    assert standing(sandbox, public) == before
