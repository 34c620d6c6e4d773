"""What a feedback page says first: the points of each question, and what was wrong with it."""

import re
from collections.abc import Mapping
from typing import Any

from nbconvert.preprocessors import Preprocessor
from nbgrader.preprocessors import GetGrades
from traitlets import Bool

#: Letters of one remark.
_LONGEST = 300

_COLOUR = re.compile(r"\x1b\[[0-9;]*m")

#: Errors whose name says nothing that their text does not.
_OWN = {"AssertionError", "NotRun", "Stopped"}

STOPPED = (
    "Tests before this point were run, those after it were not. Restart the kernel, run all cells "
    "from the top, and mend the one that stops."
)


class Grades(GetGrades):  # type: ignore[misc]
    """Takes points and comments from the gradebook, and what waits for a person."""

    def _get_score(self, cell: Any, resources: Any) -> None:
        ours = cell.metadata["nbgrader"]
        place = (self.notebook_id, self.assignment_id, self.student_id)
        grade = self.gradebook.find_grade(ours["grade_id"], *place)
        ours["score"], ours["points"] = grade.score, grade.max_score
        ours["waits"] = grade.auto_score is None and grade.manual_score is None


class Summarise(Preprocessor):
    """Sums up, for the top of the page, what `Grades` found."""

    enabled = Bool(True).tag(config=True)

    def preprocess(self, nb: Any, resources: Any) -> tuple[Any, Any]:
        """Set `resources["sandbox_feedback"]`, and in each graded cell what its heading says."""
        found = resources["nbgrader"]
        cells = [cell for cell in nb.cells if "waits" in cell.metadata.get("nbgrader", {})]
        for cell in cells:
            cell.metadata.nbgrader["said"] = _said(cell.metadata.nbgrader)
        resources["sandbox_feedback"] = {
            "total": _total(found, cells),
            "notices": _notices(resources.get("stopped", ""), found["late_penalty"]),
            "questions": [_question(one) for one in cells if one.metadata.nbgrader["points"]],
            "comments": [
                ours["grade_id"]
                for ours in (cell.metadata.get("nbgrader", {}) for cell in nb.cells)
                if ours.get("comment")
            ],
        }
        return nb, resources


def _total(found: Mapping[str, Any], cells: list[Any]) -> str:
    said = f"{_number(found['score'])} of {_number(found['max_score'])} points"
    ours = [cell.metadata.nbgrader for cell in cells]
    waiting = sum(float(one["points"]) for one in ours if one["waits"])
    return f"{said}; {_number(waiting)} are still to be given by a person" if waiting else said


def _notices(stopped: str, penalty: float) -> list[str]:
    found = []
    if stopped:
        found.append(f"{stopped[:1].upper()}{stopped[1:]} {STOPPED}")
    if penalty:
        found.append(f"{_number(penalty)} points were taken off for late work.")
    return found


def _question(cell: Any) -> dict[str, Any]:
    ours = cell.metadata.nbgrader
    words = _first_line(cell) or ("see the comment" if ours.get("comment") else "")
    lost = not ours["waits"] and ours["score"] < ours["points"]
    return {
        "cell": ours["grade_id"],
        "name": ours["grade_id"].removeprefix("test_"),
        "points": "to be read" if ours["waits"] else _of(ours).partition(" point")[0],
        "words": words if lost else "",
    }


def _said(ours: Mapping[str, Any]) -> str:
    if ours["waits"]:
        return f"to be read by a person, {_of({**ours, 'score': None})}"
    return _of(ours) if ours["points"] else ""


def _of(ours: Mapping[str, Any]) -> str:
    most = f"{_number(ours['points'])} point{'' if ours['points'] == 1 else 's'}"
    return most if ours["score"] is None else f"{_number(ours['score'])} of {most}"


def _first_line(cell: Any) -> str:
    """Return what a test says first: a line of its own, or an error with all that it says."""
    for output in cell.get("outputs", []):
        if output.output_type == "error":
            name = "" if output.ename in _OWN else f"{output.ename}: "
            text = name + ", ".join(output.evalue.strip().split("\n"))
        elif output.output_type == "stream":
            text = output.text
        else:
            text = output.data.get("text/plain", "")
        line = _COLOUR.sub("", text).strip().split("\n")[0]
        if line:
            return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1]}…"
    return ""


def _number(value: float) -> str:
    return f"{round(float(value), 2):g}"
