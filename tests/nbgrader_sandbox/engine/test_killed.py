"""`nbgrader autograde` is killed at moments all over a run; run again, nothing is lost or left.

Half of the moments are times; the others are steps of the run itself: before some file is
opened, renamed or removed, or some statement reaches the gradebook.
"""

import ctypes
import json
import os
import random
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from tests.nbgrader_sandbox.engine.small_class import (
    ASSIGNMENT,
    NOTEBOOK,
    SmallClass,
    class_of,
)
from tests.processes import below, kill

pytestmark = pytest.mark.course

TIMES, STEPS, AGAIN = 6, 10, 4
CHANGED = "student000"
ONLY = ("--force", f"--student={CHANGED}")
RANDOM = random.Random(20260306)

#: In nbgrader_config.py: the process kills itself at step KILL_AT, or counts its steps in a file.
KILLER = """
def steps():
    import signal
    from pathlib import Path
    from sqlalchemy import event
    from sqlalchemy.engine import Engine

    kill_at, counted = int(os.environ.get("KILL_AT", "0")), 0
    events = {"os.rename", "os.remove", "os.rmdir", "os.mkdir", "os.chmod", "os.link", "commit"}

    def step(name, arguments=()):
        nonlocal counted
        writes = name == "open" and isinstance(arguments[2], int) and arguments[2] & 3
        if not writes and name not in events:
            return
        if name != "commit" and str(c.CourseDirectory.root) not in str(arguments[0]):
            return
        counted += 1
        if counted == kill_at:
            os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(step)
    for name in ("before_cursor_execute", "commit"):
        event.listen(Engine, name, lambda *_: step("commit"))
    return lambda: counted

if "KILL_AT" in os.environ:
    import atexit
    count = steps()
    atexit.register(lambda: print("steps:", count()))
"""


@pytest.fixture(autouse=True)
def orphans() -> Iterator[None]:
    """What a killed process leaves becomes a child of this one, so that it is seen, and ends."""
    prctl = ctypes.CDLL(None).prctl
    subreaper = 36  # PR_SET_CHILD_SUBREAPER
    before = _children()
    assert prctl(subreaper, 1, 0, 0, 0) == 0
    yield
    left = _started_since(before)
    kill(*left)
    assert prctl(subreaper, 0, 0, 0, 0) == 0
    assert not left


def _children() -> set[psutil.Process]:
    return set(psutil.Process().children())


def _started_since(before: set[psutil.Process]) -> set[psutil.Process]:
    """What runs under this process, but under none of the children it had `before`.

    Such a child may start others at any time: the browser of the whole test run does.
    """
    found = set()
    for child in _children() - before:
        try:
            family = [child, *child.children(recursive=True)]
        except psutil.NoSuchProcess:
            continue
        for process in family:
            try:
                if process.status() != psutil.STATUS_ZOMBIE:
                    found.add(process)
                elif process.ppid() == os.getpid():
                    os.waitpid(process.pid, os.WNOHANG)
            except (psutil.NoSuchProcess, ChildProcessError):
                continue
    return found


def all_ended(before: set[psutil.Process], seconds: float = 30) -> bool:
    """Wait until no process runs that was started since."""
    give_up = time.monotonic() + seconds
    while _started_since(before) and time.monotonic() < give_up:
        time.sleep(0.02)
    return not _started_since(before)


@pytest.fixture(scope="module")
def released(tmp_path_factory: pytest.TempPathFactory) -> SmallClass:
    """A class that has handed in; the tests work on copies of it."""
    made = SmallClass(tmp_path_factory.mktemp("killed") / "course", class_of(8))
    made.make(KILLER)
    return made


@pytest.fixture(scope="module")
def whole_run(released: SmallClass, tmp_path_factory: pytest.TempPathFactory) -> tuple[float, int]:
    """How many seconds and steps a run takes that is not killed."""
    course = released.copy(tmp_path_factory.mktemp("whole") / "course")
    began = time.monotonic()
    said = course.autograde(KILL_AT="0")
    seconds = time.monotonic() - began
    assert course.scores() == course.deserved()
    return seconds, int(said.split("steps:")[1])


def moments() -> list[Any]:
    """Return where in a run to kill it, as parts of its time or of its steps; a few are no gate."""
    times = [("time", (k + RANDOM.random()) / TIMES) for k in range(TIMES)]
    found = times + [("step", (k + RANDOM.random()) / STEPS) for k in range(STEPS)]
    return [
        one if k % 5 == 2 else pytest.param(*one, marks=pytest.mark.gate)
        for k, one in enumerate(found)
    ]


@pytest.mark.parametrize(("kind", "part"), moments(), ids=lambda word: f"{word:.3}")
def test_a_run_that_was_killed_goes_on(
    kind: str, part: float, released: SmallClass, whole_run: tuple[float, int], tmp_path: Path
) -> None:
    course, before = released.copy(tmp_path / "course"), _children()
    seconds, steps = whole_run
    if kind == "step":
        at = 1 + int(part * steps)
        assert course.run("autograde", ASSIGNMENT, KILL_AT=str(at)).returncode == -signal.SIGKILL
    else:
        with course.start("autograde", ASSIGNMENT) as process:
            time.sleep(part * seconds)
            process.kill()
            process.communicate()
    assert all_ended(before)
    kept = course.kept()
    done = {name for name in course.students if course.whole(name)}
    entered = course.scores()
    for name in done:
        assert entered[name] == course.students[name].scores

    said = course.autograde()
    readable = {name for name, student in course.students.items() if student.readable}
    again = set(kept) & readable | done
    assert f"{len(course.students) - len(again)} notebooks graded" in said
    assert f"{len(again)} kept as before" in said
    _check(course)
    for name in set(kept) & readable:
        assert course.kept()[name] == kept[name], "it was run again"
    assert all_ended(before)


def _check(course: SmallClass) -> None:
    assert course.scores() == course.deserved()
    assert all(course.whole(name) for name in course.students)
    assert course.left_over() == []
    course.check_gradebook()


@pytest.mark.parametrize("which", [0, -1], ids=["their parent", "one of them"])
@pytest.mark.parametrize("kept", [1, 3], ids=["as it starts", "as it grades"])
def test_a_grader_process_that_is_killed_costs_nobody_anything(
    kept: int, which: int, released: SmallClass, tmp_path: Path
) -> None:
    course, before = released.copy(tmp_path / "course"), _children()
    course.slow(*course.students)
    with course.start("autograde", ASSIGNMENT) as process:
        # What cannot be read is kept at once.
        while len(course.kept()) < kept or not (graders := below("engine.grader", process.pid)):
            assert process.poll() is None, process.communicate()[0]
            time.sleep(0.01)
        kill(graders[which])
        said, _ = process.communicate(timeout=120)
    assert process.returncode == 0, said
    _check(course)
    assert all_ended(before)


@pytest.fixture(scope="module")
def handed_in_again(
    released: SmallClass, tmp_path_factory: pytest.TempPathFactory
) -> tuple[SmallClass, int]:
    """A graded class, one of which has another answer, and the steps that grading it takes."""
    course = released.copy(tmp_path_factory.mktemp("again") / "course")
    course.autograde()
    path = course.hand_in(CHANGED)
    path.write_text(path.read_text().replace("return 2 * x", "return 3 * x"))
    counted = course.copy(tmp_path_factory.mktemp("counted") / "course")
    return course, int(counted.autograde(*ONLY, KILL_AT="0").split("steps:")[1])


@pytest.mark.parametrize(
    "part",
    [
        pytest.param((k + RANDOM.random()) / AGAIN, marks=[pytest.mark.gate] * (k % 2))
        for k in range(AGAIN)
    ],
    ids="{:.3}".format,
)
def test_a_second_grading_that_was_killed_ends_as_the_new_one(
    part: float, handed_in_again: tuple[SmallClass, int], tmp_path: Path
) -> None:
    """A copy takes the place of another; neither is lost nor half there, and the old never stays.

    Not even where the new outcome was kept, and its grades were not saved yet.
    """
    course, steps = handed_in_again[0].copy(tmp_path / "course"), handed_in_again[1]
    killed = course.run("autograde", ASSIGNMENT, *ONLY, KILL_AT=str(1 + int(part * steps)))
    assert killed.returncode == -signal.SIGKILL

    course.autograde()  # without --force
    assert course.left_over() == []
    assert course.whole(CHANGED)
    assert "3 * x" in _answer(course, CHANGED)
    assert course.scores()[CHANGED] == (0, 2)
    course.check_gradebook()


def _answer(course: SmallClass, name: str) -> str:
    cells = json.loads((course.copy_of(name) / f"{NOTEBOOK}.ipynb").read_text())["cells"]
    (found,) = (
        "".join(cell["source"])
        for cell in cells
        if cell["metadata"].get("nbgrader", {}).get("grade_id") == "double"
    )
    return found
