"""Writes outcomes where nbgrader looks for them: the gradebook and the autograded folder."""

import os
import shutil
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import nbformat
from nbformat.notebooknode import NotebookNode
from nbgrader.api import (
    Gradebook,
    InvalidEntry,
    MissingEntry,
    SubmittedAssignment,
    SubmittedNotebook,
)
from nbgrader.utils import compute_checksum
from sqlalchemy.exc import SAWarning

from nbgrader_sandbox.engine.earlier import ABOUT, Copy
from nbgrader_sandbox.outcome import NOT_RUN, Outcome

#: Characters of a line of code in the graded copy.
_LINE = 2000

#: Asked for the penalty of a late notebook: student, score and seconds late give points or None.
Penalty = Callable[[str, float, float], float | None]


class GradebookError(RuntimeError):
    """The gradebook takes nothing at all for the moment."""


@contextmanager
def one_transaction(gradebook: Gradebook) -> Iterator[None]:
    """Make one transaction of all that nbgrader commits within; what follows commits it.

    So a student, a submission and its grades are in the gradebook together or not at all, and
    the disk is waited for once.
    """
    gradebook.db.commit = gradebook.db.flush
    try:
        yield
    finally:
        del gradebook.db.commit  # the class has its own


def enter(
    gradebook: Gradebook, assignment: str, student: str, handed_in: datetime | None
) -> SubmittedAssignment:
    """Enter a student and a submission in the gradebook, where they are not there yet.

    `save_grades` is to follow, which commits both.
    """
    when = {} if handed_in is None else {"timestamp": handed_in}
    with one_transaction(gradebook), warnings.catch_warnings():
        # nbgrader builds a submission in a way that SQLAlchemy 2 warns of; it is complete.
        warnings.simplefilter("ignore", SAWarning)
        try:
            gradebook.update_or_create_student(student)
            return gradebook.update_or_create_submission(assignment, student, **when)
        except InvalidEntry as error:  # nbgrader makes one of any error
            if "OperationalError" in str(error):
                raise GradebookError(*error.args) from error
            raise


def save_grades(
    gradebook: Gradebook,
    submission: SubmittedAssignment,
    outcomes: Mapping[str, Outcome],
    notebooks: Mapping[str, NotebookNode],
    penalty: Penalty,
    earlier: Mapping[str, Copy],
) -> None:
    """Save the scores of a submission's notebooks, in one transaction.

    A score that a person gave stays. A cell without a score waits for a person, as in nbgrader; one
    that a person has looked at does not wait again where its answer is what it was `earlier`.
    """
    for notebook in submission.notebooks:
        if notebook.name in outcomes:
            nb, old = notebooks[notebook.name], earlier[notebook.name].cells
            _save_notebook(notebook, outcomes[notebook.name], nb, old)
    gradebook.db.flush()
    for notebook in submission.notebooks:
        if notebook.name in outcomes:
            notebook.late_submission_penalty = _penalty(submission, notebook, penalty)
    gradebook.db.commit()


def _save_notebook(
    notebook: SubmittedNotebook, outcome: Outcome, nb: NotebookNode, before: Mapping[str, str]
) -> None:
    scores = {score.name: score for score in outcome.scores}
    cells = {
        cell.metadata.nbgrader.grade_id: cell
        for cell in nb.cells
        if "grade_id" in cell.metadata.get("nbgrader", {})
    }
    for grade in notebook.grades:
        score = scores.get(grade.name)
        points: float | None = 0.0
        if score is not None:
            # A worker's word is never the last: the maximum is the gradebook's.
            points = min(max(score.points or 0.0, 0.0), float(grade.cell.max_score))
        elif outcome.level != NOT_RUN and grade.name in cells:
            points = _by_hand(cells[grade.name])
        if points != grade.auto_score or not _as_before(grade.name, cells, before):
            grade.needs_manual_grade = grade.manual_score is not None or points is None
        grade.auto_score = points
    for comment in notebook.comments:
        cell = cells.get(comment.name)
        empty = outcome.level != NOT_RUN and cell is not None and _untouched(cell)
        comment.auto_comment = "No response." if empty else None


def _as_before(name: str, cells: Mapping[str, NotebookNode], before: Mapping[str, str]) -> bool:
    """Whether an answer is what it was; for a test, all answers that it may be about."""
    if name not in cells or name not in before:
        return False
    own = cells[name].metadata.nbgrader
    about = (
        [name] if own.get("solution") or own.get("task")
        else [one for one, cell in cells.items() if cell.metadata.nbgrader.get("solution")]
    )  # fmt: skip
    return all(before.get(one) == cells[one].source for one in about)


def _untouched(cell: NotebookNode) -> bool:
    known = cell.metadata.nbgrader
    return not known.get("task") and known.get("checksum") == compute_checksum(cell)


def _by_hand(cell: NotebookNode) -> float | None:
    """Return None where a person has to look, and 0 for an answer that was left as released.

    A test without a score has 0, too: nbgrader would give it full marks for not having run.
    """
    known = cell.metadata.nbgrader
    if known.get("grade") and (not known.get("solution") or _untouched(cell)):
        return 0.0
    return None


def _penalty(
    submission: SubmittedAssignment, notebook: SubmittedNotebook, penalty: Penalty
) -> float | None:
    late = submission.total_seconds_late
    if late <= 0:
        return None
    found = penalty(submission.student.id, notebook.score, late)
    return None if found is None else min(max(float(found), 0.0), float(notebook.score))


def lateness_stands(
    gradebook: Gradebook,
    assignment: str,
    student: str,
    handed_in: datetime | None,
    penalty: Penalty,
) -> bool:
    """Whether a graded submission's time and penalty are those that are due now.

    They are not where a date, an extension, the policy or a score by hand has changed since.
    """
    try:
        submission = gradebook.find_submission(assignment, student)
    except MissingEntry:
        return False
    if handed_in is not None and submission.timestamp != handed_in:
        return False
    return all(
        one.late_submission_penalty == _penalty(submission, one, penalty)
        for one in submission.notebooks
    )


def draft_copy(
    folder: Path,
    notebooks: Mapping[str, NotebookNode],
    files: Mapping[str, bytes],
    *,
    keep_others: bool,
) -> None:
    """Write the autograded copy of a submission beside `folder`, where it is to be.

    `keep_others` keeps the notebooks of an earlier copy that are not among these.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    recover(folder)
    draft, _ = _beside(folder)
    if keep_others and folder.is_dir():
        shutil.copytree(folder, draft)
    draft.mkdir(exist_ok=True)
    for name, content in files.items():
        path = draft / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.unlink(missing_ok=True)
        path.write_bytes(content)
    for name, nb in notebooks.items():
        path = draft / f"{name}.ipynb"
        path.unlink(missing_ok=True)
        path.write_text(nbformat.v4.writes(nb), encoding="utf-8")


def put_in_place(folder: Path) -> None:
    """Put the draft of a copy in the place of an earlier one; the gradebook has its grades."""
    draft, old = _beside(folder)
    if folder.exists():
        folder.rename(old)
    draft.rename(folder)
    _remove(old)


def recover(folder: Path) -> bool:
    """Tidy up after a run that was killed at the copy `folder`.

    Returns whether the submission has to be saved again: the gradebook may be ahead of the copy.
    """
    draft, old = _beside(folder)
    if old.is_dir() and draft.is_dir() and not folder.exists():
        draft.rename(folder)  # it was whole, and the grades were in the gradebook
    interrupted = draft.is_dir()
    for left_over in (draft, old):
        _remove(left_over)
    return interrupted


def _beside(folder: Path) -> tuple[Path, Path]:
    """Return where a copy is written, and where an earlier one stays meanwhile."""
    draft, old = (folder.with_name(f".{folder.name}.{end}") for end in ("new", "old"))
    return draft, old


def _remove(folder: Path) -> None:
    if folder.is_dir():
        shutil.rmtree(folder, onerror=_writable)


def _writable(function: Callable[..., Any], path: str, _: object) -> None:
    """nbgrader's copies are read-only; removing them needs a folder that may be written."""
    os.chmod(os.path.dirname(path), 0o700)
    os.chmod(path, 0o700)
    function(path)


def _shortened(source: str) -> str:
    """Cut very long lines, now that the cell has run: to colour one takes quadratic time."""
    if len(source) <= _LINE:
        return source
    return "\n".join(
        line if len(line) <= _LINE else f"{line[:_LINE]}  # … the line is cut here"
        for line in source.split("\n")
    )


def fill_in(nb: NotebookNode, outcome: Outcome, shown: Sequence[int]) -> None:
    """Put an outcome's outputs into the notebook, which has those of its cells that are `shown`."""
    number = 0
    for cell, place in zip(nb.cells, shown, strict=True):
        outputs = outcome.outputs[place]
        if cell.cell_type == "code":
            number += 1
            cell.outputs = [nbformat.from_dict(output) for output in outputs]
            cell.execution_count = number if outputs else None
            if not cell.metadata.get("nbgrader", {}).get("locked"):
                cell.source = _shortened(cell.source)
    nb.metadata[ABOUT] = {
        "key": outcome.key,
        "level": outcome.level,
        "seconds": outcome.seconds,
        "stopped": outcome.stopped,
    }
