"""The engine's records beside the gradebook: used where they agree with it, else passed over."""

import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from nbgrader_sandbox.course import Course
from nbgrader_sandbox.engine.store import Store
from nbgrader_sandbox.finding import MIME_TYPE, Finding
from nbgrader_sandbox.outcome import NOT_RUN, Evidence, Outcome, Score
from nbgrader_sandbox.reporting import classroom
from nbgrader_sandbox.reporting.classroom import Class, Submission
from nbgrader_sandbox.reporting.numbers import facts
from nbgrader_sandbox.reporting.records import STOCK, store_of
from nbgrader_sandbox.reporting.table import write_csv
from sqlalchemy import event
from sqlalchemy.engine import Engine

from tests.nbgrader_sandbox.synthetic import ASSIGNMENT, course_in


@pytest.fixture
def own(made_up: Course, tmp_path: Path) -> Course:
    """The made-up class, to change."""
    shutil.copytree(made_up.submitted.parent, tmp_path / "class")
    return course_in(tmp_path / "class")


def outcomes(course: Course) -> list[Outcome]:
    paths = sorted((course.submitted.parent / "sandbox" / ASSIGNMENT).rglob("*.json"))
    return [Outcome.from_json(json.loads(path.read_text())) for path in paths]


def one_of(course: Course, student: str) -> Submission:
    found: Class = classroom.read(course, ASSIGNMENT)
    return next(one for one in found.submissions if one.student == student)


def with_mistake(course: Course) -> tuple[Outcome, Finding]:
    """Return a record of a notebook in which a mistake was found, and the mistake."""
    for outcome in outcomes(course):
        for cell in outcome.outputs:
            for output in cell:
                payload = output.get("data", {}).get(MIME_TYPE)
                if payload and payload["mistake"]:
                    return outcome, Finding.from_payload(payload)
    raise AssertionError("the made-up class makes no mistakes")


def test_time_isolation_and_evidence_are_the_records(made_up: Course) -> None:
    group = classroom.read(made_up, ASSIGNMENT)
    records = outcomes(made_up)
    for one in group.submissions:
        own = [record for record in records if record.student == one.student]
        if not own:
            assert one.seconds is None
            assert one.facts == ()
            assert one.level == ("" if one.reason else STOCK)
            continue
        ran = [record for record in own if record.level != NOT_RUN]
        levels = {record.level for record in ran} | ({STOCK} if len(own) < 2 else set())
        assert one.level == ", ".join(sorted(levels))
        assert (one.seconds or 0) == pytest.approx(sum(record.seconds for record in ran))
        assert bool(one.reason) == (len(ran) < len(own))
        assert [f for _, f in one.facts] == [f for record in own for f in record.evidence]
    assert sum(one.seconds is not None for one in group.submissions) > 30


def test_records_and_graded_notebooks_tell_the_same(own: Course) -> None:
    before = [one for one in classroom.read(own, ASSIGNMENT).submissions if not one.reason]
    shutil.rmtree(own.submitted.parent / "sandbox")
    after = {one.student: one for one in classroom.read(own, ASSIGNMENT).submissions}
    assert len(before) > 30
    for one in before:
        assert after[one.student].parts == one.parts
        assert after[one.student].level == STOCK


def test_a_finding_comes_from_the_record_and_not_from_the_notebook(own: Course) -> None:
    record, finding = with_mistake(own)
    path = own.folder(own.autograded, record.student, ASSIGNMENT) / f"{record.notebook}.ipynb"
    path.write_text('{"cells": "none"}', encoding="utf-8")
    part = next(p for p in one_of(own, record.student).parts if p.name == finding.part)
    assert (part.mistake, part.wrong) == (finding.mistake, finding.title)


@pytest.mark.parametrize(
    "content",
    ["", "{", "[]", '{"version": 2}', "[" * 100_000, '{"version": 1, "evidence": [{"kind": "x"}]}'],
)
def test_a_record_that_cannot_be_read_is_passed_over(own: Course, content: str) -> None:
    record, finding = with_mistake(own)
    store = Store(own.submitted.parent / "sandbox")
    store.path(ASSIGNMENT, record.student, record.notebook).write_text(content)
    found = one_of(own, record.student)
    assert STOCK in found.level
    part = next(p for p in found.parts if p.name == finding.part)
    assert part.wrong == finding.title  # the notebook has it, too


def test_a_record_of_other_scores_than_the_gradebook_is_passed_over(own: Course) -> None:
    record, finding = with_mistake(own)
    cell = f"test_{finding.part}"
    with own.gradebook() as gradebook:
        grade = gradebook.find_grade(cell, record.notebook, ASSIGNMENT, record.student)
        grade.auto_score = grade.max_score
        gradebook.db.commit()
    found = one_of(own, record.student)
    assert STOCK in found.level
    assert next(p for p in found.parts if p.name == finding.part).mistake is None


def test_records_lie_beside_the_gradebook_or_the_submissions(course: Course) -> None:
    in_file = replace(course, db_url="sqlite:////a/b/gradebook.db")
    assert store_of(in_file).folder == Path("/a/b/sandbox")
    on_server = replace(course, db_url="postgresql://somewhere/grades")
    assert store_of(on_server).folder == course.submitted.parent / "sandbox"


def test_what_the_engine_gave_up_or_stopped_is_said_in_its_words(own: Course) -> None:
    record = next(one for one in outcomes(own) if one.notebook == "cell" and one.level != NOT_RUN)
    why = "the notebook stopped in code cell 2: it used more than 20 s of processor time."
    with own.gradebook() as gradebook:
        for score in record.scores:
            grade = gradebook.find_grade(score.name, "cell", ASSIGNMENT, record.student)
            grade.auto_score, grade.needs_manual_grade = 0, False
        gradebook.db.commit()
    scores = tuple(Score(score.name, 0.0, score.of, why) for score in record.scores)
    nothing = tuple(() for _ in record.outputs)
    stopped = replace(record, scores=scores, outputs=nothing, stopped=why)
    Store(own.submitted.parent / "sandbox").keep(stopped)
    one = one_of(own, record.student)
    assert (one.reason, record.level in one.level) == ("", True)
    assert {part.wrong for part in one.parts[:4]} == {why}
    assert all(part.error for part in one.parts[:4])
    Store(own.submitted.parent / "sandbox").keep(replace(stopped, level=NOT_RUN, stopped="no JSON"))
    one = one_of(own, record.student)
    assert one.reason == "no JSON"
    assert NOT_RUN not in one.level


def test_reading_takes_as_many_queries_for_forty_as_for_none(
    made_up: Course, course: Course
) -> None:
    counts = []
    for one, name in ((made_up, ASSIGNMENT), (course, "02-gate")):
        asked: list[str] = []

        def note(_c: Any, _k: Any, statement: str, *_: Any, asked: list[str] = asked) -> None:
            asked.append(statement)

        event.listen(Engine, "before_cursor_execute", note)
        try:
            classroom.read(one, name)
        finally:
            event.remove(Engine, "before_cursor_execute", note)
        counts.append(len(asked))
    forty, none = counts
    assert forty <= none + 12  # for the second notebook


def test_two_parts_of_one_name_are_told_apart(own: Course) -> None:
    with own.gradebook() as gradebook:
        where = ("test_forget_gate", "packed", ASSIGNMENT)
        gradebook.add_grade_cell(*where, max_score=1, cell_type="code")
        gradebook.add_source_cell(*where, cell_type="code", source="…", locked=True)
    group = classroom.read(own, ASSIGNMENT)
    assert "cell: forget_gate" in group.parts
    assert "packed: forget_gate" in group.parts
    assert len(set(group.parts)) == len(group.parts) == len(group.points)


def test_the_table_has_isolation_time_and_evidence(own: Course, tmp_path: Path) -> None:
    record = outcomes(own)[0]
    evidence = tuple(Evidence("network", f"connect to {k}", 3) for k in range(30))
    changed = {**record.to_json(), "evidence": [vars(one) for one in evidence], "seconds": 1.5}
    Store(own.submitted.parent / "sandbox").keep(Outcome.from_json(changed))
    group = classroom.read(own, ASSIGNMENT)
    one = next(one for one in group.submissions if one.student == record.student)
    assert len(facts(one)) == 30
    write_csv(group, tmp_path / "class.csv")
    line = next(
        row for row in (tmp_path / "class.csv").read_text().split("\n") if record.student in row
    )
    assert one.level in line
    assert f"{record.notebook}, cell 3: tried to open a network connection (connect to 0)" in line
    assert "and 10 more" in line


@pytest.mark.parametrize(
    "notebook",
    [
        {"cells": [1, {"metadata": 3}, {"metadata": {"nbgrader": {"grade_id": "test_keep"}}}]},
        {"cells": [{"metadata": {"nbgrader": []}, "outputs": [1, {"output_type": "error"}]}]},
        {"cells": 5},
        [],
    ],
)
def test_a_damaged_graded_notebook_says_nothing(
    course: Course, notebook: Any, hand_in: Any
) -> None:
    hand_in("ada")
    copy = course.folder(course.autograded, "ada", "02-gate")
    copy.mkdir(parents=True)
    (copy / "gate.ipynb").write_text(json.dumps(notebook))
    with course.gradebook() as gradebook:
        gradebook.update_or_create_student("ada")
        with pytest.warns():
            gradebook.add_submission("02-gate", "ada")
    (ada,) = classroom.read(course, "02-gate").submissions
    assert [part.mistake for part in ada.parts] == [None, None, None]
