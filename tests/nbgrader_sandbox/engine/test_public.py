"""A submission may import what the configuration names, and nothing else of the course."""

import sys
from pathlib import Path

import pytest
from nbgrader_sandbox.engine.public import PublicError, assemble


@pytest.fixture(autouse=True)
def course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    home = tmp_path / "src" / "a_course"
    (home / "datasets").mkdir(parents=True)
    for name in ("__init__", "given", "reference", "checks", "datasets/__init__", "datasets/one"):
        (home / f"{name}.py").write_text(f"# {name}\n")
    (tmp_path / "src" / "stub.py").write_text("# stub\n")
    monkeypatch.syspath_prepend(str(tmp_path / "src"))
    monkeypatch.delitem(sys.modules, "a_course", raising=False)
    return tmp_path


PATTERNS = {"a_course": ["__init__.py", "given.py", "datasets/**/*.py"]}


def test_the_chosen_files_and_no_others(course: Path) -> None:
    into = course / "made"
    folder = assemble(into, PATTERNS, {"a_course/checks.py": "src/stub.py"}, course)
    found = {p.relative_to(folder).as_posix(): p.read_text() for p in folder.rglob("*.py")}
    assert found == {
        "a_course/__init__.py": "# __init__\n",
        "a_course/given.py": "# given\n",
        "a_course/checks.py": "# stub\n",
        "a_course/datasets/__init__.py": "# datasets/__init__\n",
        "a_course/datasets/one.py": "# datasets/one\n",
    }
    assert assemble(into, PATTERNS, {"a_course/checks.py": "src/stub.py"}, course) == folder
    assert folder.stat().st_mode & 0o777 == 0o755


def test_a_changed_file_makes_another_folder(course: Path) -> None:
    into = course / "made"
    before = assemble(into, PATTERNS, {}, course)
    (course / "src" / "a_course" / "given.py").write_text("# changed\n")
    after = assemble(into, PATTERNS, {}, course)
    assert after != before
    assert (after / "a_course" / "given.py").read_text() == "# changed\n"


@pytest.mark.parametrize(
    ("packages", "replaced", "says"),
    [
        ({"no_course": ["*.py"]}, {}, "no package"),
        ({"a_course": ["nothing/*.py"]}, {}, "no file"),
        ({}, {"a_course/checks.py": "src/none.py"}, "no file"),
    ],
)
def test_a_setting_that_fits_nothing_is_named(
    course: Path, packages: dict[str, list[str]], replaced: dict[str, str], says: str
) -> None:
    with pytest.raises(PublicError, match=says):
        assemble(course / "made", packages, replaced, course)
