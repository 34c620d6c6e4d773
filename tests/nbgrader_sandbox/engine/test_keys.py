"""The key of an outcome changes with all that a score depends on, and with nothing else."""

import importlib
import os
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


def test_data_in_a_package_that_a_test_imports_matter(job: Job, tmp_path: Path) -> None:
    before = keys.key(job)
    (tmp_path / "course" / "graders" / "words.csv").write_text("1,2\n")
    keys.forget()
    changed = keys.key(job)
    assert changed != before
    (tmp_path / "course" / "elsewhere.csv").write_text("1\n")
    keys.forget()
    assert keys.key(job) == changed


def test_the_modules_that_were_loaded_matter_and_no_others(job: Job, tmp_path: Path) -> None:
    graders = tmp_path / "course" / "graders"
    for path in (graders / "__init__.py", graders / "hidden.py"):
        os.utime(path, (1e9, 1e9))
    (graders / "other.py").write_text("def grade(x): return 2\n")
    importlib.import_module("graders")
    used = {name: found for name, found in keys.used().items() if name.startswith("graders")}
    assert sorted(used) == ["graders", "graders.hidden"]
    assert keys.unchanged(used)
    (graders / "other.py").write_text("def grade(x): return 3\n")
    keys.forget()
    assert keys.unchanged(used)
    (graders / "hidden.py").write_text("def grade(x): return 0\n")
    keys.forget()
    assert not keys.unchanged(used)
    (graders / "hidden.py").unlink()
    keys.forget()
    assert not keys.unchanged(used)


def test_nothing_is_vouched_for_where_a_source_changed_since_the_process_began(
    job: Job, tmp_path: Path
) -> None:
    os.utime(tmp_path / "course" / "graders" / "hidden.py", (2e10, 2e10))
    importlib.import_module("graders.hidden")
    used = keys.used()
    assert used["graders.hidden"] == ""
    assert not keys.unchanged(used)


def test_the_engine_and_installed_packages_are_not_among_the_modules() -> None:
    tops = {name.split(".")[0] for name in keys.used()}
    assert not tops & {"nbgrader_sandbox", "numpy", "pytest", "os", "__main__"}


def test_the_secret_cannot_be_read_off_a_job(job: Job) -> None:
    assert "sss" not in repr(job)


def test_packages_of_a_cell() -> None:
    source = "import os.path, numpy as np\nfrom a.b import c\nfrom . import d\ndef f():\n import e"
    assert keys.imported(source) == {"os", "numpy", "a", "e"}
    assert keys.imported("def broken(:") == set()
