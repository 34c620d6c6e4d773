"""What others do while the guide "Teach a class" is followed: students, an LMS, who grades."""

import json
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

from nbgrader.api import Gradebook

from tools.sample_answers import FORGET_GATE, KEEP, WHY

ASSIGNMENT, NOTEBOOK = "02-forget-gate", "forget-gate"

#: Moodle's grading worksheet, of one student.
WORKSHEET = (
    'Identifier,"Full name","Email address",Status,Grade,"Maximum grade",'
    '"Grade can be changed","Last modified (submission)","Last modified (grade)"\n'
    '"Participant 7003","Cleo Doe",cleo@example.org,"Submitted for grading - ",,15.00,Yes,'
    '"Saturday, 7 March 2026, 5:30 PM",-\n'
)


def notebook(course: Path, gate: str, keep: str, why: str) -> str:
    """Return the released notebook with a student's answers in it."""
    path = course / "exercises" / ASSIGNMENT / f"{NOTEBOOK}.ipynb"
    found = json.loads(path.read_text(encoding="utf-8"))
    answers = {"forget_gate": FORGET_GATE[gate], "keep": KEEP[keep], "why_sigmoid": WHY[why]}
    for cell in found["cells"]:
        name = cell["metadata"].get("nbgrader", {}).get("grade_id", "")
        if name in answers:
            cell["source"] = answers[name].strip()
    return json.dumps(found)


def _archive(course: Path) -> Path:
    folder = course / "grading" / "downloaded" / ASSIGNMENT / "archive"
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.iterdir():
        old.unlink()
    return folder


def canvas(course: Path) -> None:
    """Two students hand in on Canvas, one of them twice; the instructor downloads the zip."""
    with zipfile.ZipFile(_archive(course) / "submissions.zip", "w") as zipped:
        right = notebook(course, "matrix product", "product", "share")
        zipped.writestr(f"lovelaceada_101_5001_{NOTEBOOK}.ipynb", right)
        wrong = notebook(course, "no bias", "product", "short")
        zipped.writestr(f"kissbela_102_5002_{NOTEBOOK}-1.ipynb", wrong)
        zipped.writestr(f"roeeve_LATE_109_5003_{NOTEBOOK}.ipynb", right)


def moodle(course: Path) -> None:
    """One student hands in on Moodle; the instructor downloads zip and worksheet."""
    folder = _archive(course)
    with zipfile.ZipFile(folder / "Forget gate.zip", "w") as zipped:
        name = f"Cleo Doe_7003_assignsubmission_file/{NOTEBOOK}.ipynb"
        zipped.writestr(name, notebook(course, "einsum", "squashed", "wrong"))
    (folder / "worksheet.csv").write_text(WORKSHEET, encoding="utf-8")


def by_hand(course: Path) -> None:
    """A person gives points to the answers in words, as the formgrader enters them."""
    points = {"ada": 4.0, "bela": 2.0, "cleo": 0.0}
    with Gradebook(f"sqlite:///{course / 'grading' / 'gradebook.db'}", "lstm") as gradebook:
        for student, given in points.items():
            grade = gradebook.find_grade("why_sigmoid", NOTEBOOK, ASSIGNMENT, student)
            grade.manual_score, grade.needs_manual_grade = given, False
        comment = gradebook.find_comment("why_sigmoid", NOTEBOOK, ASSIGNMENT, "bela")
        comment.manual_comment = "And what does a negative share do to the memory?"
        gradebook.db.commit()


DOING: Mapping[str, Callable[[Path], None]] = {
    "two students hand in on Canvas": canvas,
    "a student hands in on Moodle": moodle,
    "a person grades the answers in words": by_hand,
}
