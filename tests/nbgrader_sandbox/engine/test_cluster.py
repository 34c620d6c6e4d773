"""A class graded by a real Dask cluster on this machine: a scheduler and two workers."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from nbgrader_sandbox.engine import keys
from nbgrader_sandbox.engine.cluster import ClusterError, connect
from nbgrader_sandbox.engine.process import difference
from nbgrader_sandbox.isolation import Plan

from tests.nbgrader_sandbox.engine.small_class import (
    ASSIGNMENT,
    NOTEBOOK,
    SmallClass,
    class_of,
)
from tests.servers import end, free_ports

pytestmark = pytest.mark.course


@dataclass
class Dask:
    """The processes of a cluster that grades `course`; they end with the `with` block."""

    course: SmallClass
    logs: Path
    scheduler: "subprocess.Popen[bytes]" = field(init=False)
    stack: ExitStack = field(default_factory=ExitStack)

    def start(self, *words: str, **variables: str) -> "subprocess.Popen[bytes]":
        log = self.stack.enter_context((self.logs / f"{time.monotonic_ns()}.log").open("wb"))
        process = subprocess.Popen(
            [sys.executable, "-m", "dask", *words],
            cwd=self.course.root,
            env=self.course.environment(**variables),
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        self.stack.callback(end, process)
        return process

    def worker(self, address: str, *, nanny: bool = False, **variables: str) -> int:
        """Start a worker with one thread; return its process id."""
        words = ["worker", address, "--host", "127.0.0.1", "--nthreads", "1", "--no-dashboard"]
        words += ["--local-directory", str(self.logs)]
        return self.start(*words, "--nanny" if nanny else "--no-nanny", **variables).pid


@contextmanager
def dask(course: SmallClass, logs: Path) -> Iterator[tuple[Dask, str]]:
    """Start a scheduler; give what starts workers, and its address."""
    found = Dask(course, logs)
    address = f"tcp://127.0.0.1:{free_ports(1)[0]}"
    host, port = address.removeprefix("tcp://").split(":")
    with found.stack:
        found.scheduler = found.start("scheduler", "--host", host, "--port", port, "--no-dashboard")
        wait_until_listening(found.scheduler, host, int(port))
        yield found, address


def wait_until_listening(scheduler: "subprocess.Popen[bytes]", host: str, port: int) -> None:
    """On a busy machine a scheduler takes longer to start than the grader waits for one."""
    while True:
        assert scheduler.poll() is None
        with suppress(ConnectionRefusedError):
            return socket.create_connection((host, port)).close()
        time.sleep(0.05)


def wait_for(course: SmallClass, count: int, process: "subprocess.Popen[str]") -> None:
    """Wait until `count` outcomes are kept."""
    while len(course.kept()) < count:
        assert process.poll() is None, process.communicate()[0]
        time.sleep(0.01)


@pytest.fixture(scope="module")
def released(tmp_path_factory: pytest.TempPathFactory) -> SmallClass:
    made = SmallClass(tmp_path_factory.mktemp("cluster") / "course", class_of(12))
    made.make()
    return made


@pytest.fixture
def course(released: SmallClass, tmp_path: Path) -> SmallClass:
    return released.copy(tmp_path / "course")


def grade(course: SmallClass, address: str) -> str:
    done = course.run("sandbox", "grade", ASSIGNMENT, "--cluster", address)
    assert done.returncode == 0, done.stdout
    assert "Traceback" not in done.stdout
    return done.stdout


def test_the_class_is_graded_though_a_worker_is_killed(course: SmallClass, tmp_path: Path) -> None:
    course.slow("student001", "student002", "student008", "student009")
    local = course.copy(tmp_path / "local")
    local.autograde()
    shutil.copy(local.root / "secret", course.root)  # from which all seeds come
    with dask(course, tmp_path) as (cluster, address):
        killed, _ = cluster.worker(address), cluster.worker(address)
        with course.start("sandbox", "grade", ASSIGNMENT, "--cluster", address) as process:
            wait_for(course, 2, process)  # the others of the class are handed out by now
            os.kill(killed, signal.SIGKILL)
            said, _ = process.communicate(timeout=120)
        assert process.returncode == 0, said
        assert "12 notebooks graded" in said
    assert course.scores() == local.scores() == local.deserved()
    assert all(course.whole(name) for name in course.students)
    for name in course.students:
        assert _page(course, name) == _page(local, name)
    assert course.left_over() == []
    assert course.all_ended()


def _page(course: SmallClass, name: str) -> str:
    """Return a graded copy without its seconds, and the ids of cells that had none."""
    text = (course.copy_of(name) / f"{NOTEBOOK}.ipynb").read_text()
    return re.sub(r'"seconds": [0-9.]+|"id": "\w+"', "", text)


@pytest.mark.gate
def test_a_long_lived_worker_sees_what_was_changed_since(
    course: SmallClass, tmp_path: Path
) -> None:
    """A nanny's worker keeps its modules; grading must not."""
    with dask(course, tmp_path) as (cluster, address):
        cluster.worker(address, nanny=True)
        grade(course, address)
        assert course.scores() == course.deserved()
        checks = course.root / "small_checks.py"
        checks.write_text(checks.read_text().replace("return float(of)", "return float(of) / 2"))
        done = course.run("sandbox", "grade", ASSIGNMENT, "--force", "--cluster", address)
        assert done.returncode == 0, done.stdout
        halved = {name: (double / 2, total) for name, (double, total) in course.deserved().items()}
        assert course.scores() == halved
    assert course.all_ended()


def test_a_worker_with_other_packages_is_refused(course: SmallClass, tmp_path: Path) -> None:
    other = tmp_path / "other" / "site-packages" / "numpy-0.1.dist-info"
    other.mkdir(parents=True)
    (other / "METADATA").write_text("Metadata-Version: 2.1\nName: numpy\nVersion: 0.1\n")
    modules = f"{other.parent}{os.pathsep}{course.environment()['PYTHONPATH']}"
    with dask(course, tmp_path) as (cluster, address):
        cluster.worker(address, PYTHONPATH=modules)
        said = refused(course, address)
    assert re.search(r"The worker at tcp://127.0.0.1:\d+ cannot grade this course: packages", said)
    assert f"numpy is 0.1, not {keys.versions()['numpy']}." in said
    assert course.kept().keys() <= {n for n, one in course.students.items() if not one.readable}


def refused(course: SmallClass, address: str, **variables: str) -> str:
    """Assert that grading says one sentence and exits with 1; return that."""
    done = course.run("sandbox", "grade", ASSIGNMENT, "--cluster", address, **variables)
    assert done.returncode == 1, done.stdout
    assert "Traceback" not in done.stdout
    (error,) = (line for line in done.stdout.splitlines() if "ERROR" in line)
    return error


def test_an_address_where_nobody_answers(course: SmallClass) -> None:
    said = refused(course, f"tcp://127.0.0.1:{free_ports(1)[0]}")
    assert "No Dask scheduler answers at tcp://127.0.0.1:" in said
    assert "start one with `dask scheduler`" in said


@pytest.mark.parametrize("address", ["nonsense", "ftp://127.0.0.1:1", "tcp://no.such.host.:8786"])
def test_an_address_that_is_none(address: str) -> None:
    with pytest.raises(ClusterError, match=f"No Dask scheduler answers at {address}"):
        connect(address, Plan()).__enter__()


@pytest.mark.gate
def test_a_scheduler_that_is_lost_costs_nobody_anything(course: SmallClass, tmp_path: Path) -> None:
    with dask(course, tmp_path) as (cluster, address):
        course.slow(*course.students)
        cluster.worker(address)
        with course.start("sandbox", "grade", ASSIGNMENT, "--cluster", address) as process:
            wait_for(course, 3, process)
            cluster.scheduler.kill()
            said, _ = process.communicate(timeout=120)
    assert process.returncode == 1
    assert "Traceback" not in said
    assert f"The cluster at {address} is gone, or has no workers left" in said
    assert course.all_ended()
    for name, scores in course.scores().items():
        assert scores == course.students[name].scores  # nobody has a zero for that

    kept = len(course.kept())
    assert 3 <= kept < len(course.students)
    course.autograde()
    assert course.scores() == course.deserved()


def test_dask_is_not_installed(course: SmallClass, tmp_path: Path) -> None:
    shadow = tmp_path / "without"
    shadow.mkdir()
    (shadow / "distributed.py").write_text("raise ModuleNotFoundError('No module: distributed')")
    modules = f"{shadow}{os.pathsep}{course.environment()['PYTHONPATH']}"
    said = refused(course, "tcp://127.0.0.1:1", PYTHONPATH=modules)
    assert "Dask is not installed: pip install 'nbgrader-sandbox[cluster]'" in said


def test_differences_are_said_in_words() -> None:
    here = {"numpy": "2.1", "torch": "2.8", "the course's package kit": "a" * 32, "a": "1"}
    assert difference(here, dict(here)) == ""
    assert difference(here, {**here, "numpy": "1.26"}) == "numpy is 1.26, not 2.1"
    other = {**here, "the course's package kit": "b" * 32}
    assert difference(here, other) == "the course's package kit differs"
    assert difference(here, {"numpy": "2.1", "torch": "2.8", "a": "1"}).endswith("kit differs")
    assert difference({"a": "1"}, {}) == "a is missing, not 1"
    many = difference(dict.fromkeys("abcdef", "1"), {})
    assert many.endswith("c is missing, not 1, 3 more differ")
