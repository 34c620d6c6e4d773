"""A submission may import what the configuration names, and nothing else of the course."""

import sys
from pathlib import Path

import pytest
from nbgrader_sandbox.engine import public
from nbgrader_sandbox.engine.public import PublicError, assemble, made_for
from nbgrader_sandbox.settings import SandboxSettings


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


PUBLISH = """
def given(assignment):
    if assignment == "nosuch":
        raise ValueError("the course's table knows no assignment of that name")
    return f"asked = {assignment!r}"

def forbidden(assignment):
    return {"numpy.convolve": f"not in {assignment}", "numpy.trapezoid": "by hand"}

def number(assignment):
    return 3

def broken(assignment):
    return "def f(:"

def half(assignment):
    return "x = '\\udc80'"


def points(assignment, cells):
    return f"{min(cells)} has other points" if assignment == "02" else ""
"""


@pytest.fixture
def settings(course: Path, monkeypatch: pytest.MonkeyPatch) -> SandboxSettings:
    """A course that makes `given` for each assignment, and says what each forbids."""
    (course / "src" / "a_publish.py").write_text(PUBLISH)
    monkeypatch.delitem(sys.modules, "a_publish", raising=False)
    return SandboxSettings(
        public=PATTERNS,
        made={"a_course/given.py": "a_publish:given", "a_tool.py": "a_publish:given"},
        forbidden={"01": {"numpy.trapezoid": "by the settings"}},
        forbidden_by="a_publish:forbidden",
    )


def test_a_file_is_made_for_each_assignment(settings: SandboxSettings, course: Path) -> None:
    one, other = (settings.modules(name, course / "made", course) for name in ("01", "02"))
    assert one is not None
    assert other is not None
    assert one != other
    assert (one / "a_course" / "given.py").read_text() == "asked = '01'"
    assert (other / "a_course" / "given.py").read_text() == "asked = '02'"
    assert (one / "a_course" / "__init__.py").read_text() == "# __init__\n"
    assert settings.modules("01", course / "made", course) == one
    # Of a package that only a made file is in, too, students see nothing else.
    assert settings.plan("01", [], one).hidden == ("a_course", "a_tool")


def test_a_made_file_wins_over_all_others(settings: SandboxSettings, course: Path) -> None:
    settings.replaced = {"a_course/given.py": "src/stub.py"}
    folder = settings.modules("01", course / "made", course)
    assert folder is not None
    assert (folder / "a_course" / "given.py").read_text() == "asked = '01'"


def test_forbidden_names_of_the_course_and_of_the_settings(settings: SandboxSettings) -> None:
    assert settings.forbidden_names("01") == {
        "numpy.convolve": "not in 01",
        "numpy.trapezoid": "by the settings",
    }
    assert settings.forbidden_names("02")["numpy.trapezoid"] == "by hand"
    assert SandboxSettings().forbidden_names("01") == {}


@pytest.mark.parametrize(
    ("made", "assignment", "says"),
    [
        ({"a_course/given.py": "a_publish:given"}, "nosuch", "'nosuch'.*table knows no assignment"),
        ({"a_course/given.py": "a_publish:none"}, "01", "'module:function'"),
        ({"a_course/given.py": "no_such_module:f"}, "01", "'module:function'"),
        ({"a_course/given.py": "a_publish"}, "01", "'module:function'"),
        ({"a_course/given.py": "a_publish:number"}, "01", "gave int.*return the file's text"),
        ({"a_course/given.py": "a_publish:broken"}, "01", "no Python"),
        ({"a_course/given.py": "a_publish:half"}, "01", "no Python"),
        ({"../given.py": "a_publish:given"}, "01", "no path of a file"),
        ({"/given.py": "a_publish:given"}, "01", "no path of a file"),
    ],
)
def test_what_cannot_be_made_is_said(
    settings: SandboxSettings, made: dict[str, str], assignment: str, says: str
) -> None:
    with pytest.raises(PublicError, match=says) as caught:
        made_for(assignment, made)
    assert next(iter(made)) in str(caught.value)


def test_what_the_course_says_of_its_gradebook_ends_the_run(settings: SandboxSettings) -> None:
    cells = {"test_a": ("assert True", 2.0)}
    public.check_cells("01", "a_publish:points", cells)
    with pytest.raises(PublicError, match="02 is not graded: test_a has other points"):
        public.check_cells("02", "a_publish:points", cells)
    with pytest.raises(PublicError, match="'module:function'"):
        public.check_cells("01", "a_publish:no_such", cells)


def test_a_course_that_forbids_no_table_is_told(settings: SandboxSettings) -> None:
    settings.forbidden_by = "a_publish:number"
    with pytest.raises(PublicError, match="no table"):
        settings.forbidden_names("01")
