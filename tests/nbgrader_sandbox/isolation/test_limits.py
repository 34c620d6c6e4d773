"""What a worker may use, and how it ends where it uses more."""

from collections.abc import Callable

import pytest
from nbgrader_sandbox.isolation import Connection, Level, Resources, Sandbox
from nbgrader_sandbox.isolation.groups import Groups

from tests.conftest import missing
from tests.nbgrader_sandbox.isolation.conftest import MIB, SMALL, ask, ending

ENDED = (EOFError, ConnectionError)


def resources(**more: float) -> Resources:
    return Resources(**{**vars(SMALL), **more})


@pytest.fixture
def grouped() -> None:
    try:
        Groups()
    except OSError as error:
        missing(f"no control groups here: {error}")


def test_a_process_that_asks_for_too_much_memory_gets_a_memory_error(worker: Connection) -> None:
    assert ask(worker, "answer = len(bytearray(64 << 20))") == 64 * MIB
    assert str(ask(worker, "bytearray(300 << 20)")).startswith("MemoryError")
    assert ask(worker, "answer = 1") == 1


@pytest.mark.usefixtures("grouped")
def test_memory_holds_for_all_processes_in_sum(worker: Connection) -> None:
    code = """
        import os, signal
        if os.fork() == 0:
            block = bytearray(b'x' * (100 << 20))
            signal.pause()
        block = bytearray(b'x' * (100 << 20))
        more = bytearray(b'x' * (20 << 20))
        for _ in range(3):
            if os.fork() == 0:
                block[::4096] = bytes(len(block[::4096]))
                signal.pause()
        status = os.wait()[1]
        answer = status
    """
    try:
        assert ask(worker, code) == 9
        assert worker.memory_ran_out()
    except ENDED:  # the kernel may choose the worker itself
        assert ending(worker) == "used more memory than 256 MiB"


def test_processor_time_of_one_process(make: Callable[..., Sandbox]) -> None:
    with make(resources=resources(cpu_seconds=1)) as sandbox, sandbox.worker({}) as worker:
        with pytest.raises(ENDED):
            ask(worker, "while True: pass")
        assert ending(worker) == "used more than 1 s of processor time"
        assert worker.cpu_seconds() > 0.9


def test_a_worker_that_ignores_the_signal_ends_too(make: Callable[..., Sandbox]) -> None:
    with make(resources=resources(cpu_seconds=1)) as sandbox, sandbox.worker({}) as worker:
        with pytest.raises(ENDED):
            ask(worker, "import signal; signal.signal(signal.SIGXCPU, signal.SIG_IGN)\nwhile 1: 1")
        assert ending(worker) in ("used more than 1 s of processor time", "was killed by signal 9")


@pytest.mark.usefixtures("grouped")
def test_processor_time_in_sum(make: Callable[..., Sandbox]) -> None:
    code = """
        import os, time
        for _ in range(6):
            if os.fork() == 0:
                while time.process_time() < 0.5: pass
                os._exit(0)
        for _ in range(6):
            os.wait()
        answer = 'done'
    """
    with make(resources=resources(cpu_seconds=1)) as sandbox, sandbox.worker({}) as worker:
        with pytest.raises(ENDED):
            ask(worker, code)
        assert ending(worker) == "used more than 1 s of processor time"


def test_wall_time(make: Callable[..., Sandbox]) -> None:
    with make(resources=resources(wall_seconds=0.5)) as sandbox, sandbox.worker({}) as worker:
        with pytest.raises(ENDED):
            ask(worker, "import time; time.sleep(60)")
        assert ending(worker) == "took longer than 0.5 s"


def test_the_number_of_processes(worker: Connection) -> None:
    code = """
        import os, signal
        children = []
        try:
            while len(children) < 200:
                child = os.fork()
                if child == 0:
                    signal.pause()
                children.append(child)
        except OSError as error:
            answer = [len(children), type(error).__name__]
        for child in children:
            os.kill(child, 9)
            os.waitpid(child, 0)
    """
    count, error = ask(worker, code)
    assert 12 <= count <= SMALL.processes
    assert error == "BlockingIOError"
    assert ask(worker, "answer = 1") == 1


def test_a_fork_bomb_ends_with_its_worker(sandbox: Sandbox) -> None:
    bomb = """
        import os, time
        while True:
            try: os.fork()
            except OSError: time.sleep(0.01)
    """
    with sandbox.worker({}) as worker, pytest.raises(TimeoutError):
        ask(worker, bomb, seconds=1)
    with sandbox.worker({}) as worker:
        assert ask(worker, "answer = 1") == 1


def test_the_size_of_a_file(make: Callable[..., Sandbox]) -> None:
    with make(resources=resources(file_bytes=MIB)) as sandbox, sandbox.worker({}) as worker:
        answer = ask(worker, "open('a', 'wb').write(bytes(2 << 20))")
        assert str(answer).startswith("OSError: [Errno 27]")


def test_open_files_and_cores(worker: Connection) -> None:
    assert "Errno 24" in str(ask(worker, "kept = [open('data/a.txt') for _ in range(400)]"))
    code = "import resource; answer = resource.getrlimit(resource.RLIMIT_CORE)"
    assert ask(worker, code) == [0, 0]


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("import os; os._exit(0)", "exited"),
        ("import os; os._exit(3)", "exited with status 3"),
        ("import ctypes; ctypes.string_at(0)", "was killed by signal 11"),
        ("import os; os.abort()", "was killed by signal 6"),
        ("import os; os.kill(os.getpid(), 9)", "was killed by signal 9"),
    ],
)
def test_an_ending_is_told_in_words(sandbox: Sandbox, level: Level, code: str, words: str) -> None:
    with sandbox.worker({}) as worker:
        assert worker.ending() == ""
        if "kill" in code and level is Level.NAMESPACES:
            # The first process of a pid namespace cannot end itself in this way.
            assert ask(worker, f"{code}; answer = 1") == 1
            return
        with pytest.raises(ENDED):
            ask(worker, code)
        if "abort" in code and level is Level.NAMESPACES:
            words = "was killed by signal 11"  # by the C library's last resort
        assert ending(worker) == words


def test_killing_is_told_too_and_can_be_done_twice(sandbox: Sandbox) -> None:
    with sandbox.worker({}) as worker:
        assert ask(worker, "answer = 1") == 1
        worker.kill()
        worker.kill()
        assert worker.ending() == "was ended by the grader"
        with pytest.raises(ENDED):
            ask(worker, "answer = 1")
        assert worker.cpu_seconds() > 0


@pytest.mark.parametrize("name", ["memory", "wall_seconds", "processes"])
def test_limits_are_more_than_nothing(name: str) -> None:
    with pytest.raises(ValueError, match=f"{name} is 0"):
        resources(**{name: 0})
