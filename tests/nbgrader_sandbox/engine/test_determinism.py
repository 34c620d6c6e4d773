"""The same submission, secret and seed give the same outcome, whoever grades it and when."""

import json
import shutil
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.nbgrader_sandbox.engine.small_class import (
    ASSIGNMENT,
    KINDS,
    NOTEBOOK,
    SmallClass,
    Student,
    class_of,
)

pytestmark = pytest.mark.course

#: Answers whose outputs and points are drawn by lot.
SHOWS = """import random
print(random.random(), np.random.rand(2), hash("a"), {"a", "b", "c"}, sep="\\n")
np.random.randn(3)"""
LUCK = "return x.sum() if np.random.rand() + random.random() < 1 else 0"
LOTS = replace(KINDS[0], total=LUCK, between=SHOWS)


def outcomes(course: SmallClass) -> dict[str, Mapping[str, Any]]:
    """Return what is kept of each student, without the seconds that it took."""
    found = {}
    for name in course.students:
        path = course.root / "sandbox" / ASSIGNMENT / name / f"{NOTEBOOK}.json"
        outcome = json.loads(path.read_text())
        found[name] = {key: outcome[key] for key in outcome if "seconds" not in key}
    return found


@pytest.mark.gate
def test_outcomes_are_the_same_each_time(tmp_path: Path) -> None:
    students: dict[str, Student] = {**class_of(8), **{f"lots{k}": LOTS for k in range(8)}}
    course = SmallClass(tmp_path / "course", students)
    course.make()
    (course.root / "secret").write_text("cd" * 32 + "\n")
    course.autograde("--SandboxSettings.workers=1")
    first = outcomes(course)
    points = {first[f"lots{k}"]["scores"][1]["points"] for k in range(8)}
    assert points == {0.0, 2.0}, "by lot, and another lot for each student"

    for workers in (1, 3):
        for folder in ("sandbox", "autograded"):
            shutil.rmtree(course.root / folder)
        said = course.autograde(f"--SandboxSettings.workers={workers}")
        assert "0 kept as before" in said
        assert outcomes(course) == first

    (course.root / "secret").write_text("ab" * 32 + "\n")  # another secret, other lots
    course.autograde("--force")
    assert outcomes(course) != first
