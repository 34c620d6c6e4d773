"""The formgrader's button: a real Jupyter server with nbgrader's extension, asked over HTTP."""

import json
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.nbgrader_sandbox.engine.server import started
from tests.nbgrader_sandbox.engine.small_class import (
    ASSIGNMENT,
    SmallClass,
    class_of,
)

pytestmark = pytest.mark.course

#: Grades a student three times from one thread, while others run, as in a server with threads.
IN_A_THREAD = """
import json, threading, time
from nbgrader.apps import NbGrader
from nbgrader.apps.api import NbGraderAPI

app = NbGrader()
app.initialize([])
over, results = threading.Event(), []

def busy():
    while not over.is_set():
        sum(range(1000))
        time.sleep(0.001)

def call():
    api = NbGraderAPI(app.coursedir, parent=app)
    for student in ("student000", "student000", "student006"):
        results.append(api.autograde("01-sums", student))

threads = [threading.Thread(target=busy) for _ in range(4)] + [threading.Thread(target=call)]
for thread in threads:
    thread.start()
threads[-1].join()
over.set()
print("results:" + json.dumps(results))
"""


@pytest.fixture(scope="module")
def released(tmp_path_factory: pytest.TempPathFactory) -> SmallClass:
    made = SmallClass(tmp_path_factory.mktemp("formgrader") / "course", class_of(8))
    made.make("c.Application.log_level = 'INFO'")
    return made


@pytest.fixture
def course(released: SmallClass, tmp_path: Path) -> SmallClass:
    return released.copy(tmp_path / "course")


def test_a_thread_among_others_grades_by_the_api(course: SmallClass) -> None:
    done = subprocess.run(
        [sys.executable, "-c", IN_A_THREAD],
        cwd=course.root,
        env=course.environment(),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    results = json.loads(done.stdout.split("results:")[1])
    assert [result["success"] for result in results] == [True] * 3, results
    assert "student006: sums.ipynb is not valid JSON" in results[2]["log"]
    assert done.stdout.count("1 notebooks graded") == 2
    assert done.stdout.count("0 notebooks graded in") == 1  # the same student once more
    graded = {"student000", "student006"}
    assert course.scores() == {name: course.deserved()[name] for name in graded}
    assert course.all_ended()


@pytest.fixture
def ask(course: SmallClass, tmp_path: Path) -> Iterator[Callable[..., Any]]:
    """Start a server in the course's folder; give a function that asks it and reads JSON."""
    with started(course, tmp_path) as server:
        yield server.ask


def test_the_button_of_a_real_server(course: SmallClass, ask: Callable[..., Any]) -> None:
    for name in ("student000", "student005", "student000"):
        result = ask(f"submission/{ASSIGNMENT}/{name}/autograde", "POST")
        assert result["success"], result
    assert "Skipping" not in result.get("log", "")  # the button grades again
    graded = {"student000", "student005"}
    assert course.scores() == {name: course.deserved()[name] for name in graded}
    assert all(course.whole(name) for name in graded)
    shown = {one["student"]: one for one in ask(f"submissions/{ASSIGNMENT}")}
    assert shown["student000"]["autograded"]
    assert shown["student000"]["score"] == sum(course.students["student000"].scores)
    assert not shown["student001"]["autograded"]

    # The server's own gradebook is open meanwhile; other requests come at the same time.
    answers: list[Any] = []
    threads = [
        threading.Thread(target=lambda n=name: answers.append(_autograde(ask, n)))
        for name in ("student001", "student002", "student006")
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [answer["success"] for answer in answers] == [True] * 3, answers
    assert any("student006: sums.ipynb" in answer.get("log", "") for answer in answers)
    everybody = course.run("autograde", ASSIGNMENT)  # beside the server
    assert everybody.returncode == 0, everybody.stdout
    assert course.scores() == course.deserved()
    course.check_gradebook()
    assert course.left_over() == []
    assert not [line for line in course.processes() if "engine.grader" in line]


def _autograde(ask: Callable[..., Any], name: str) -> Any:
    return ask(f"submission/{ASSIGNMENT}/{name}/autograde", "POST")
