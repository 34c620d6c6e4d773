"""The file for Canvas, read back as CSV and by the rules of Canvas's own importer."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from nbgrader_sandbox.exporting import CanvasExporter

Export = Callable[..., list[list[str]]]

HEADING = ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", "Custom notes"]
COLUMNS = [*HEADING, "Forget gate (77)", "Quiz 1 (78)", "Final Score"]
ROSTER = [
    COLUMNS,
    ["", "", "", "", "", "", "Manual Posting", "", ""],
    ["    Points Possible", "", "", "", "", "", "15.00", "10.00", "(read only)"],
    ["Lovelace, Ada", "101", "sis-1", "ada", "Lab A, Monday", "", "3.00", "9", "80"],
    ["=evil()", "102", "+102", "boris", "Lab B", "", "", "", ""],
    ["Unal, Zoë", "103", "sis-3", "zoe", "Lab A", "", "EX", "", ""],
    ["Guest, A", "900", "sis-9", "guest", "Lab B", "", "7", "", ""],
    ["Handedin, Nobody", "105", "sis-5", "late", "Lab B", "", "1.5", "", ""],
]
TITLES = {"02-gate": "Forget gate"}


def canvas_reads(rows: list[list[str]]) -> tuple[list[str], dict[str, list[str]]]:
    """Read a file as Canvas does: headings first, then points possible, then students by ID."""
    heading, *lines = rows
    assert "Student" in heading[0]
    assert "ID" in heading[1]
    information = 5 if heading[2:4] == ["SIS User ID", "SIS Login ID"] else 4
    assert "Section" in heading[information - 1]
    assert "Points Possible" in lines[0][0]
    return heading[information:], {row[1]: row[information:] for row in lines[1:]}


def test_ids_of_the_roster_are_kept_and_scores_come_from_the_gradebook(
    export: Export, roster: Callable[..., str], capsys: pytest.CaptureFixture[str]
) -> None:
    rows = export(CanvasExporter, roster=roster(*ROSTER), titles=TITLES)
    assert rows == [
        ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", "Forget gate (77)"],
        ["    Points Possible", "", "", "", "", "15"],
        ["Lovelace, Ada", "101", "sis-1", "ada", "Lab A, Monday", "15"],
        ["'=evil()", "102", "+102", "boris", "Lab B", "5.25"],
        ["Unal, Zoë", "103", "sis-3", "zoe", "Lab A", "EX"],
        ["Guest, A", "900", "sis-9", "guest", "Lab B", "7"],
        ["Handedin, Nobody", "105", "sis-5", "late", "Lab B", "1.5"],
    ]
    assert canvas_reads(rows)[1]["102"] == ["5.25"]
    said = capsys.readouterr().err.splitlines()
    assert said == [
        "Not graded by hand yet in 02-gate, so these scores are not final (1): zoe.",
        "zoe is EX for 02-gate in Canvas and stays so; the gradebook has 8 points.",
        "In the gradebook and not in the roster, so not in the file (1): +4917.",
        "In the roster and not in the gradebook (1): Guest, A.",
        "Without a submission for 02-gate, score as Canvas has it (1): late.",
    ]


def test_other_points_possible_in_canvas_are_told(
    export: Export, roster: Callable[..., str], capsys: pytest.CaptureFixture[str]
) -> None:
    other = [list(line) for line in ROSTER]
    other[2][6] = "10,5"
    rows = export(CanvasExporter, roster=roster(*other), titles=TITLES)
    assert rows[1][-1] == "15"
    said = capsys.readouterr().err
    assert "Canvas has 10,5 points possible for Forget gate (77), and the gradebook 15:" in said


@pytest.mark.parametrize(("missing", "given"), [("empty", ""), ("zero", "0"), ("keep", "1.5")])
def test_students_without_a_submission_get_what_the_option_says(
    export: Export, roster: Callable[..., str], missing: str, given: str
) -> None:
    rows = export(CanvasExporter, roster=roster(*ROSTER), titles=TITLES, missing=missing)
    _, students = canvas_reads(rows)
    assert students["105"] == [given]
    assert students["101"] == ["15"]
    assert students["103"] == ["EX"]


def test_without_a_roster_everybody_is_there_under_their_own_id(
    export: Export, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = export(CanvasExporter)
    titles, _ = canvas_reads(rows)
    assert titles == ["02-gate"]
    found = {row[3]: row for row in rows[2:]}
    assert set(found) == {"ada", "boris", "zoe", "+4917", "late"}
    assert found["ada"] == ["Lovelace, Countess, Ada", "101", "", "ada", "", "15"]
    assert found["boris"][0] == "'=cmd|' /C calc'!A0, Boris \"Bo\""
    assert found["zoe"][0] == "Ünal, Zoë\nMarie"
    assert found["+4917"][0] == "'\tTab, @Émile"
    assert found["+4917"][5] == "1"  # 3 points, 2 less for lateness
    assert found["late"][5] == ""
    assert "Without a roster Canvas has to find each student by SIS Login ID" in (
        capsys.readouterr().err
    )


@pytest.mark.parametrize(
    ("column", "titles"),
    [
        ("02-gate (5)", {}),
        ("02-GATE", {}),
        ("Gate (one) (5)", {"02-gate": "Gate (one)"}),
        ("Gate (one) (5)", {"02-gate": "5"}),
        ("Gate (one) (5)", {"02-gate": "Gate (one) (5)"}),
    ],
)
def test_an_assignment_is_found_by_name_or_number(
    export: Export, roster: Callable[..., str], column: str, titles: dict[str, str]
) -> None:
    path = roster([*HEADING[:5], "Other (4)", column], ["L, A", "101", "", "ada", "", "2", ""])
    rows = export(CanvasExporter, roster=path, titles=titles)
    assert rows[0][5:] == [column]
    assert rows[2] == ["L, A", "101", "", "ada", "", "15"]


def test_an_assignment_that_canvas_does_not_have_is_said(
    export: Export, roster: Callable[..., str], capsys: pytest.CaptureFixture[str]
) -> None:
    path = roster(HEADING[:5], ["L, A", "101", "", "ada", ""])
    assert export(CanvasExporter, roster=path)[0][5:] == ["02-gate"]
    assert "The roster has no column for '02-gate': Canvas will ask" in capsys.readouterr().err


@pytest.mark.parametrize("mark", [False, True])
@pytest.mark.parametrize("between", [",", ";"])
def test_last_and_first_name_columns_and_other_separators_are_read(
    export: Export, roster: Callable[..., str], mark: bool, between: str
) -> None:
    heading = ["LastName", "FirstName", "ID", "SIS Login ID", "Section", "02-gate (5)"]
    line = ["Lovelace", "Ada", "101", "ADA@example.org", "A", ""]
    path = roster(heading, line, mark=mark, between=between)
    rows = export(CanvasExporter, roster=path)
    assert rows[0] == heading
    assert rows[2] == [*line[:5], "15"]


def test_the_column_that_fits_most_students_is_the_identifier(
    export: Export, roster: Callable[..., str]
) -> None:
    # One login happens to be another student's id; the SIS ids fit everybody.
    path = roster(
        [*HEADING[:5], "02-gate (5)"],
        ["L, A", "1", "ada", "boris", "", ""],
        ["B, B", "2", "boris", "someone", "", ""],
    )
    rows = export(CanvasExporter, roster=path)
    assert [row[-1] for row in rows[2:]] == ["15", "5.25"]
    rows = export(CanvasExporter, roster=path, identifier="SIS Login ID")
    assert [row[-1] for row in rows[2:]] == ["5.25", ""]


def test_only_the_students_who_were_asked_for(export: Export, roster: Callable[..., str]) -> None:
    path = roster(*ROSTER)
    rows = export(CanvasExporter, roster=path, titles=TITLES, student=["boris"])
    assert [row[1] for row in rows[2:]] == ["102"]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"assignment": ["03"]}, r"knows no assignment '03' \(it knows: 02-gate\)"),
        ({"titles": {"3": "x"}}, "knows no assignment '3'"),
        ({"student": ["eve"]}, "knows no student 'eve'"),
        ({"identifier": "Name"}, "without a roster it may be ID, SIS User ID, SIS Login ID"),
        ({"to": "none/out.csv"}, "cannot be written"),
        ({"roster": "none.csv"}, "cannot be read"),
    ],
)
def test_wrong_options_are_one_sentence(
    export: Export, options: dict[str, Any], message: str
) -> None:
    with pytest.raises(SystemExit) as stopped:
        export(CanvasExporter, **options)
    assert re.search(message, str(stopped.value))
    assert "\n" not in str(stopped.value)


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([], "is empty"),
        ([["Name", "Grade"]], "no gradebook of Canvas"),
        ([["Student", "ID", "SIS Login ID"]], "no column 'Section'"),
        ([[*HEADING[:5], "02-gate (1)", "02-gate (2)"]], "several columns"),
    ],
)
def test_a_roster_of_another_kind_is_refused(
    export: Export, roster: Callable[..., str], rows: list[list[str]], message: str
) -> None:
    with pytest.raises(SystemExit, match=message):
        export(CanvasExporter, roster=roster(*rows))


def test_a_roster_that_is_no_text_is_refused(export: Export, roster: Callable[..., str]) -> None:
    path = roster(*ROSTER)
    with open(path, "wb") as file:
        file.write(b"Student,ID,Section\nZo\xeb,1,A\n")
    with pytest.raises(SystemExit, match="not in UTF-8"):
        export(CanvasExporter, roster=path)


def test_a_byte_order_mark_only_where_it_is_wanted(export: Export) -> None:
    assert export(CanvasExporter)[0][0] == "Student"
    assert export(CanvasExporter, bom=True)[0][0] == "\ufeffStudent"
