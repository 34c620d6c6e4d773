"""Real containers, where a program that runs them works: their walls, and a class graded."""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from nbgrader_sandbox.isolation import Connection, Level, Plan, Sandbox, SandboxError, diagnose

from tests.nbgrader_sandbox.engine.small_class import ASSIGNMENT, NOTEBOOK, SmallClass, class_of
from tests.nbgrader_sandbox.isolation import image
from tests.nbgrader_sandbox.isolation.conftest import ENTRY, SMALL, ask, ending

pytestmark = pytest.mark.course


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The program that runs containers; the image is there, and nothing of it stays."""
    folder = tmp_path_factory.mktemp("images")
    with pytest.MonkeyPatch.context() as patch, image.made(folder, patch.setenv) as found:
        yield found
        words = [found, "ps", "--all", "--quiet", "--filter", "name=nbgrader-sandbox-"]
        left = subprocess.run(words, capture_output=True, text=True, check=True).stdout
        assert left == ""


@pytest.fixture(scope="module")
def sandbox(program: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    public = tmp_path_factory.mktemp("public")
    public.chmod(0o755)  # the worker is another user
    (public / "answering.py").write_text(ENTRY)
    plan = Plan(
        level=Level.CONTAINER,
        resources=SMALL,
        public={"course": public},
        image=image.NAME,
        warm=("numpy",),
        entry="answering:serve",
    )
    with Sandbox(plan) as made:
        yield made


@pytest.fixture
def worker(sandbox: Sandbox) -> Iterator[Connection]:
    with sandbox.worker({"data/a.txt": b"hello"}) as connection:
        yield connection


def test_every_wall_holds(program: str, tmp_path: Path) -> None:
    secret = tmp_path / "gradebook.db"
    secret.write_text("x")
    found = diagnose(Level.CONTAINER, (secret,), image.NAME)
    assert found.available, found
    assert found.broken == {}


def test_a_worker_has_its_files_and_packages(sandbox: Sandbox, worker: Connection) -> None:
    assert sandbox.missing == {}
    code = "import numpy; answer = open('data/a.txt').read() + str(numpy.arange(3).sum())"
    assert ask(worker, code) == "hello3"
    assert ask(worker, "import os; answer = os.getuid() != 0") is True
    assert "Read-only" in str(ask(worker, "open('/usr/new', 'w')"))


def test_a_worker_reaches_none_of_the_processes_that_it_comes_from(worker: Connection) -> None:
    code = """
        import os, signal
        kin = sorted(int(name) for name in os.listdir("/proc") if name.isdigit())[:-1]
        answer = []
        for process in kin:
            for attempt in (
                lambda: os.kill(process, signal.SIGSTOP),
                lambda: os.killpg(process, signal.SIGSTOP),
                lambda: os.pidfd_open(process),
                lambda: open(f"/proc/{process}/mem", "rb+"),
                lambda: open(f"/proc/{process}/environ", "rb").read(),
                lambda: os.listdir(f"/proc/{process}/fd"),
            ):
                try:
                    attempt()
                    answer.append(process)
                except PermissionError:
                    pass
        answer = [len(kin), answer]
    """
    assert ask(worker, code) == [2, []]  # zygote, keeper
    assert "PermissionError" in str(ask(worker, "import os; os.kill(-1, 0)"))
    child = """
        import os, signal, time
        child = os.fork()
        if child == 0:
            time.sleep(60)
            os._exit(0)
        os.kill(child, signal.SIGKILL)
        answer = os.WTERMSIG(os.waitpid(child, 0)[1])
    """
    assert ask(worker, child) == 9  # its own children are its own


def test_no_worker_meets_what_another_left(sandbox: Sandbox) -> None:
    write = "open('/tmp/left', 'w').write('x'); import os; answer = sorted(os.listdir('/tmp'))"
    for _ in range(2):
        with sandbox.worker({}) as worker:
            assert ask(worker, "import os; answer = sorted(os.listdir('/tmp'))") == []
            assert ask(worker, write) == ["left"]


def test_too_much_is_told_in_words(sandbox: Sandbox) -> None:
    with sandbox.worker({}) as worker:
        assert "MemoryError" in str(ask(worker, "answer = len(bytearray(1 << 29))"))
        with pytest.raises(EOFError):
            ask(worker, "import os; os._exit(3)")
        assert ending(worker) == "exited with status 3"


def test_an_image_that_holds_what_is_hidden_is_refused(program: str) -> None:
    plan = Plan(level=Level.CONTAINER, resources=SMALL, image=image.NAME, hidden=("numpy",))
    with pytest.raises(SandboxError, match="the image holds numpy"):
        Sandbox(plan)


def test_an_image_that_is_not_there_is_told_in_the_programs_own_words(program: str) -> None:
    with pytest.raises(SandboxError, match="no-such-image"):
        Sandbox(Plan(level=Level.CONTAINER, resources=SMALL, image="localhost/no-such-image"))


def test_a_class_is_graded_in_containers(program: str, tmp_path: Path) -> None:
    course = SmallClass(tmp_path / "course", class_of(8))
    course.make(
        f"c.SandboxSettings.level = 'container'\nc.SandboxSettings.image = {image.NAME!r}\n"
        "c.SandboxSettings.workers = 2"
    )
    said = course.autograde()
    assert course.scores() == course.deserved(), said
    assert all(course.whole(name) for name in course.students)
    kept = course.root / "sandbox" / ASSIGNMENT / "student000" / f"{NOTEBOOK}.json"
    assert "container" in json.dumps(json.loads(kept.read_text()))
    assert course.all_ended()
