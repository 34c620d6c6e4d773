"""The file for Moodle, read back as CSV and by the rules of Moodle's own importer."""

from collections.abc import Callable

import pytest
from nbgrader_sandbox.course import Course
from nbgrader_sandbox.exporting import MoodleExporter

Export = Callable[..., list[list[str]]]

ADA = "gate: 8 of 8; keep: 3 of 3; why: 4 of 4; why: Well put, &lt;b&gt;Ada&lt;/b&gt;"


def test_grades_and_feedback_by_e_mail_address(
    export: Export, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = export(MoodleExporter)
    assert rows[0] == ["Email address", "02-gate", "02-gate (Feedback)"]
    found = {row[0]: row[1:] for row in rows[1:]}
    assert set(found) == {"ada@example.org", "boris@example.org", "Emile@Example.org"}
    assert found["ada@example.org"] == ["15", ADA]
    assert found["boris@example.org"][0] == "5.25"
    assert found["Emile@Example.org"][0] == "1"
    said = capsys.readouterr().err.splitlines()
    assert any(line.startswith("Left out, since the gradebook has no Email") for line in said)
    assert any(line.endswith("left as it is (1): late.") for line in said)


def test_no_line_is_without_an_identifier_since_it_would_change_the_student_before(
    export: Export, graded: Course, roster: Callable[..., str]
) -> None:
    with graded.gradebook() as gradebook:
        for student, email in (("boris", " "), ("+4917", "0"), ("late", "ada@example.org")):
            gradebook.find_student(student).email = email
        gradebook.db.commit()
    rows = export(MoodleExporter, missing="zero")
    assert [row[0] for row in rows] == ["Email address"]  # and Ada's is not hers alone
    path = roster(["Username", "Email address"], ["ada", ""], ["boris", "b@example.org"])
    rows = export(MoodleExporter, roster=path)
    assert all(row[0] not in ("", "0") for row in rows)


@pytest.mark.parametrize(
    ("identifier", "ids"),
    [
        ("Username", {"ada", "boris", "zoe", "+4917", "late"}),
        ("ID number", {"101", "102", "104", "105"}),
    ],
)
def test_other_identifiers_and_zero_for_who_handed_in_nothing(
    export: Export, identifier: str, ids: set[str]
) -> None:
    rows = export(MoodleExporter, identifier=identifier, missing="zero", feedback=False)
    assert rows[0] == [identifier, "02-gate"]
    assert {row[0] for row in rows[1:]} == ids
    assert {row[0]: row[1] for row in rows[1:]}[("late" if "late" in ids else "105")] == "0"


def test_empty_is_moodles_dash(export: Export) -> None:
    rows = export(MoodleExporter, identifier="Username", missing="empty", feedback=False)
    assert ["late", "-"] in rows


def test_a_roster_decides_who_is_in_the_file(
    export: Export, roster: Callable[..., str], capsys: pytest.CaptureFixture[str]
) -> None:
    path = roster(
        ["First name", "ID number", "Email address", "Assignment: Forget gate (Real)"],
        ["Ada", "101", "ADA@EXAMPLE.ORG", "3.00"],
        ["Zoë", "103", "zoe", "-"],
        ["Guest", "900", "guest@example.org", "7.00"],
        mark=True,
        between=";",
    )
    rows = export(MoodleExporter, roster=path, titles={"02-gate": "Forget gate"}, feedback=False)
    # As Moodle writes the address: its importer tells capitals from small letters.
    assert rows == [
        ["Email address", "Assignment: Forget gate (Real)"],
        ["ADA@EXAMPLE.ORG", "15"],
        ["zoe", "8"],
    ]
    said = capsys.readouterr().err
    assert "not in the roster, so not in the file (3)" in said
    assert "In the roster and not in the gradebook (1): guest@example.org." in said


def test_more_than_100_points_are_said(
    export: Export, graded: Course, capsys: pytest.CaptureFixture[str]
) -> None:
    with graded.gradebook() as gradebook:
        gradebook.find_grade("why", "gate", "02-gate", "ada").extra_credit = 90
        gradebook.db.commit()
    assert ["ada@example.org", "105"] in export(MoodleExporter, feedback=False)
    assert "More than 100 points in 02-gate, which Moodle refuses" in capsys.readouterr().err


def test_an_unknown_identifier_is_one_sentence(export: Export, roster: Callable[..., str]) -> None:
    with pytest.raises(SystemExit, match="without a roster it may be Email address, Username"):
        export(MoodleExporter, identifier="Matrikelnummer")
    path = roster(["Matrikelnummer"], ["ada"])
    assert export(MoodleExporter, identifier="Matrikelnummer", roster=path)[1][0] == "ada"
    with pytest.raises(SystemExit, match="no column 'Nummer'; it has: Matrikelnummer"):
        export(MoodleExporter, identifier="Nummer", roster=path)


def test_no_feedback_is_made_up_where_the_graded_notebook_is_missing(
    export: Export, graded: Course, capsys: pytest.CaptureFixture[str]
) -> None:
    (graded.folder(graded.autograded, "ada", "02-gate") / "gate.ipynb").unlink()
    rows = {row[0]: row[1:] for row in export(MoodleExporter)}
    assert rows["ada@example.org"] == ["15", ""]
    assert rows["boris@example.org"][1].startswith("gate: 2.25 of 8")
    assert "No graded notebook for 02-gate, so no feedback" in capsys.readouterr().err
