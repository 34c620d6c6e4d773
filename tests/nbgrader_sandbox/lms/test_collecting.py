"""Files as Canvas and Moodle name them get to the students that the gradebook knows."""

import zipfile
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

import pytest
from nbgrader_sandbox.exporting.roster import ExportError
from nbgrader_sandbox.exporting.scores import Person
from nbgrader_sandbox.lms.names import read_name
from nbgrader_sandbox.lms.people import Finder, Worksheet
from nbgrader_sandbox.lms.sorting import sort_out

from tests.nbgrader_sandbox.engine.small_class import ASSIGNMENT, KINDS, NOTEBOOK, SmallClass

CLASS = (
    Person("ada", "Ada", "Lovelace", "ada@example.org", "101"),
    Person("zoe", "Zoë", "O'Brien-Ünal", "zoe@example.org", "102"),
    Person("an1", "An", "Nguyen", "an1@example.org", "103"),
    Person("an2", "An", "Nguyen", "an2@example.org", "104"),
)

#: As Moodle 4 writes it, with its mark at the beginning, in the two forms of a time.
WORKSHEET = """\ufeffIdentifier,"Full name","ID number","Email address",Status,Grade,\
"Maximum grade","Grade can be changed","Last modified (submission)",\
"Last modified (grade)","Feedback comments"
"Participant 7001","Ada Lovelace",,ada@example.org,"Submitted for grading - ",,11.00,Yes,\
"Friday, 6 March 2026, 5:59 PM",-,
"Participant 7003","An Nguyen",,an1@example.org,"Submitted for grading - ",,11.00,Yes,\
"Friday, March 6, 2026, 4:00 PM",-,
"Participant 7004","An Nguyen",,an2@example.org,"No submission - ",,11.00,Yes,-,-,
"""


def sorted_out(
    names: list[str], worksheet: Worksheet | None = None
) -> tuple[dict[str, tuple[str, str]], list[str]]:
    said: list[str] = []
    finder = Finder(CLASS, worksheet)
    found = sort_out([PurePosixPath(name) for name in names], finder, ["gate"], said.append)
    return {str(file): (one.student, one.path) for file, one in found.items()}, said


@pytest.fixture
def worksheet(tmp_path: Path) -> Worksheet:
    path = tmp_path / "Grades-LSTM-Forget gate-42.csv"
    path.write_text(WORKSHEET, encoding="utf-8")
    return Worksheet(path, "Europe/Berlin")


@pytest.mark.parametrize(
    ("name", "due"),
    [
        ("submissions/lovelaceada_101_678_gate.ipynb", ("ada", "gate.ipynb")),
        ("submissions/lovelaceada_LATE_101_678_gate-2.ipynb", ("ada", "gate.ipynb")),
        ("lovelace_ada_101_678_gate_(1).ipynb", ("ada", "gate_(1).ipynb")),
        ("lovelaceada_101_678_gate (1).ipynb", ("ada", "gate.ipynb")),
        ("lovelaceada_101_678_my_data.csv", ("ada", "my_data.csv")),
        ("s/lovelaceada_101_678_work/hw/gate.ipynb", ("ada", "gate.ipynb")),  # a zip in the zip
        ("s/lovelaceada_101_678_gate.ipynb.txt", ("ada", "gate.ipynb.txt")),
        ("Ada Lovelace_7001_assignsubmission_file/gate.ipynb", ("ada", "gate.ipynb")),
        ("x/Ada Lovelace_7001_assignsubmission_file_/gate.ipynb", ("ada", "gate.ipynb")),
        ("Ada Lovelace_7001_assignsubmission_file_gate.ipynb", ("ada", "gate.ipynb")),
        ("Lovelace Ada_7001_assignsubmission_file_/sub/a.py", ("ada", "sub/a.py")),
        # A Mac's ë and Ü, and the sign that Moodle leaves out of file names
        ("Zoe\u0308 OBrien-U\u0308nal_9_assignsubmission_file_/gate.ipynb", ("zoe", "gate.ipynb")),
    ],
)
def test_each_form_of_a_name_is_known(name: str, due: tuple[str, str]) -> None:
    assert sorted_out([name]) == ({name: due}, [])


@pytest.mark.parametrize(
    "name",
    [
        "__MACOSX/._lovelaceada_101_678_gate.ipynb",
        "s/.DS_Store",
        "gate.ipynb",
        "Ada Lovelace_7001_assignsubmission_onlinetext_/onlinetext.html",
        "lovelaceada_101_678_work.zip",  # it has been unpacked
    ],
)
def test_what_is_nobody_s_work_is_left_out(name: str) -> None:
    assert read_name(PurePosixPath(name)) is None


def test_the_later_of_two_is_taken_whatever_it_is_called() -> None:
    first, second = "lovelaceada_101_678_gate.ipynb", "lovelaceada_101_690_gate-1.ipynb"
    found, said = sorted_out([second, first])
    assert found == {second: ("ada", "gate.ipynb")}
    assert said == ["ada has 'gate.ipynb' twice: the later one is taken."]


def test_where_two_could_be_meant_nothing_is_renamed() -> None:
    folder = "Ada Lovelace_7001_assignsubmission_file_"
    found, _ = sorted_out([f"{folder}/gate (1).ipynb", f"{folder}/gate (2).ipynb"])
    assert {path for _, path in found.values()} == {"gate (1).ipynb", "gate (2).ipynb"}


def test_who_is_not_known_is_said_once() -> None:
    found, said = sorted_out(["doe_999_1_gate.ipynb", "doe_999_2_more.py"])
    assert found == {}
    assert len(said) == 1
    assert "Canvas's user 999 (doe)" in said[0]
    assert "lms_user_id" in said[0]


def test_two_of_one_name_need_the_worksheet(worksheet: Worksheet) -> None:
    names = [f"An Nguyen_{n}_assignsubmission_file_/gate.ipynb" for n in (7003, 7004)]
    found, said = sorted_out(names)
    assert found == {}
    assert len(said) == 2
    assert "grading worksheet" in said[0]
    found, said = sorted_out(names, worksheet)
    assert [found[name][0] for name in names] == ["an1", "an2"]
    assert said == []


def test_the_worksheet_says_when_it_came(worksheet: Worksheet) -> None:
    times = {number: str(when) for number, when in worksheet.handed_in.items()}
    assert times == {"7001": "2026-03-06 16:59:00+00:00", "7003": "2026-03-06 15:00:00+00:00"}


def test_what_is_no_worksheet_is_said(tmp_path: Path) -> None:
    path = tmp_path / "grades.csv"
    path.write_text("Name,Points\nada,3\n")
    with pytest.raises(ExportError, match="no column 'Identifier'"):
        Worksheet(path)


# --- through nbgrader's own command ------------------------------------------------------


def pack(path: Path, files: Mapping[str, Path | str]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in files.items():
            archive.writestr(
                name, content if isinstance(content, str) else content.read_text("utf-8")
            )


@pytest.mark.gate
@pytest.mark.course
def test_zip_collect_fills_the_folders_of_the_class(tmp_path: Path) -> None:
    small = SmallClass(tmp_path / "course", {"ada": KINDS[0], "zoe": KINDS[2]})
    small.make('c.ZipCollectApp.collector_plugin = "nbgrader_sandbox.lms.LmsCollector"')
    work = {name: small.hand_in(name) for name in small.students}
    text = {name: path.read_text("utf-8") for name, path in work.items()}
    (small.root / "people.csv").write_text(
        "id,first_name,last_name,email,lms_user_id\n"
        "ada,Ada,Lovelace,ada@example.org,101\nzoe,Zoë,Ünal,zoe@example.org,102\n",
        encoding="utf-8",
    )
    done = small.run("db", "student", "import", "people.csv")
    assert done.returncode == 0, done.stdout
    archive = small.root / "downloaded" / ASSIGNMENT / "archive"
    pack(
        archive / "submissions.zip",
        {
            f"lovelaceada_101_678_{NOTEBOOK}-1.ipynb": text["ada"],
            "lovelaceada_101_679_helper.py": "x = 1",
            f"unalzoe_LATE_102_680_{NOTEBOOK}.ipynb": text["zoe"],
            f"doejane_999_681_{NOTEBOOK}.ipynb": text["zoe"],
        },
    )
    done = small.run("zip_collect", ASSIGNMENT, "--force")
    assert done.returncode == 0, done.stdout
    assert "Canvas's user 999" in done.stdout
    for name, path in work.items():
        assert path.read_text("utf-8") == text[name]
    assert (work["ada"].parent / "helper.py").read_text() == "x = 1"
    assert sorted(path.name for path in (small.root / "submitted").iterdir()) == ["ada", "zoe"]
    assert not (work["ada"].parent / "timestamp.txt").exists()

    (archive / "submissions.zip").unlink()
    folder = "Ada Lovelace_7001_assignsubmission_file_"
    pack(archive / "Forget gate.zip", {f"{folder}/{NOTEBOOK}.ipynb": text["ada"]})
    (archive / "worksheet.csv").write_text(WORKSHEET, encoding="utf-8")
    done = small.run("zip_collect", ASSIGNMENT, "--force")
    assert done.returncode == 0, done.stdout
    assert (work["ada"].parent / "timestamp.txt").read_text().startswith("2026-03-06 17:59:00")
    assert small.scores() == {}
    small.autograde()
    assert small.scores() == {name: student.scores for name, student in small.students.items()}
