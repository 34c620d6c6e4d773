"""The key of an outcome changes with all that a score depends on, and with nothing else."""

import sys
from dataclasses import replace
from pathlib import Path

import pytest
from nbgrader_sandbox.engine import keys
from nbgrader_sandbox.engine.job import Cell, Job, Kind, Times
from nbgrader_sandbox.isolation import Plan


@pytest.fixture
def job(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Job:
    """A job whose test imports a module of the course."""
    course = tmp_path / "course"
    (course / "graders").mkdir(parents=True)
    (course / "graders" / "__init__.py").write_text("from graders.hidden import grade\n")
    (course / "graders" / "hidden.py").write_text("def grade(x): return 1\n")
    monkeypatch.syspath_prepend(str(course))
    for name in ("graders", "graders.hidden"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    keys.forget()
    cells = (
        Cell(Kind.STUDENT, "def f(x): return x", 1, "f"),
        Cell(Kind.TEST, "import numpy\nfrom graders import grade\ngrade(f)", 2, "test_f", 3.0),
    )
    return Job("a", "nb", "ada", cells, Plan(), b"s" * 32, {"words.txt": b"w"})


def test_the_same_job_has_the_same_key(job: Job) -> None:
    assert keys.key(job) == keys.key(replace(job))
    keys.forget()
    assert keys.key(job) == keys.key(job)


@pytest.mark.parametrize(
    "change",
    [
        {"student": "bo"},
        {"notebook": "other"},
        {"secret": b"t" * 32},
        {"files": {"words.txt": b"v"}},
        {"files": {}},
        {"times": Times(cell=1.0)},
        {"forbidden": {"torch.lstm": "no"}},
        {"plan": Plan(warm=("json",))},
    ],
    ids=str,
)
def test_each_thing_that_matters_changes_it(job: Job, change: dict[str, object]) -> None:
    assert keys.key(replace(job, **change)) != keys.key(job)  # type: ignore[arg-type]


def test_the_source_that_a_test_imports_matters(job: Job, tmp_path: Path) -> None:
    before = keys.key(job)
    hidden = tmp_path / "course" / "graders" / "hidden.py"
    hidden.write_text("def grade(x): return 0\n")
    keys.forget()
    changed = keys.key(job)
    assert changed != before
    (tmp_path / "course" / "elsewhere.py").write_text("1\n")
    keys.forget()
    assert keys.key(job) == changed


def test_the_secret_cannot_be_read_off_a_job(job: Job) -> None:
    assert "sss" not in repr(job)


def test_packages_of_a_cell() -> None:
    source = "import os.path, numpy as np\nfrom a.b import c\nfrom . import d\ndef f():\n import e"
    assert keys.imported(source) == {"os", "numpy", "a", "e"}
    assert keys.imported("def broken(:") == set()
