"""Writes what the course's table says into a solution notebook: the cells of each part, and points.

python -m tools.cells                    # all notebooks
python -m tools.cells 02-forget-gate     # one
python -m tools.cells --check            # compare only

For each part, below the cell in which it is written (its nbgrader id is the part's name): the
visible check, the hint, and the hidden test. Points in headings and in the first cell follow the
table, too. Nothing else of a notebook is touched.
"""

import argparse
import re
import sys
from pathlib import Path
from typing import Any

import nbformat
from nbformat.notebooknode import NotebookNode

from lstm_ref.checks import course, exercise
from lstm_ref.checks.course import COURSE, Assignment, Part, assignment

ROOT = Path(__file__).resolve().parent.parent
SOLUTIONS = ROOT / "solutions"

STUCK = "# Stuck? Take the # away, and run this cell once or more.\n"


class CellsError(ValueError):
    """A notebook that cannot hold what the table says; the message says why."""


def path_of(asked: Assignment, folder: Path = SOLUTIONS) -> Path:
    """Return where an assignment's solution notebook is."""
    return folder / asked.name / f"{asked.notebook}.ipynb"


def written(nb: NotebookNode, asked: Assignment) -> NotebookNode:
    """Return the notebook with what the table says in it. Raises CellsError."""
    nb = nbformat.from_dict(nb)
    made = {cell.id: cell for part in asked.parts for cell in _cells(part, asked.parts[0])}
    kept = [cell for cell in nb.cells if not _is_made(cell)]
    cells: list[NotebookNode] = []
    for cell in kept:
        cells.append(cell)
        name = _grade_id(cell)
        if any(part.name == name for part in asked.parts):
            slug = name.replace("_", "-")
            cells += [made[f"{kind}-{slug}"] for kind in ("check", "hint", "test")]
    present = {_grade_id(cell) for cell in cells}
    for part in asked.parts:
        if part.name not in present:
            raise CellsError(
                f"{asked.name}: no cell has the nbgrader id {part.name!r}, in which the part is "
                "written; add one with `def` and a solution region"
            )
    nb.cells = cells
    _points(nb, asked)
    return nb


def _cells(part: Part, first: Part) -> list[NotebookNode]:
    name, slug = part.name, part.name.replace("_", "-")
    stuck = STUCK if part == first else ""
    plural = "s" * (part.points != 1)
    last = "" if course.LAST_HINT else ", last_hint=False"
    value = exercise(name).kind == "value"
    how = "each entry counts" if value else "on inputs that nobody has seen before"
    test = (
        f"# Graded: {part.points} point{plural} for {name}, {how}.\n"
        "from lstm_ref.checks import grade\n\n"
        "### BEGIN HIDDEN TESTS\n"
        f'grade("{name}", {name}, points={part.points}{last})\n'
        "### END HIDDEN TESTS"
    )
    check = f'from lstm_ref.checks import check\n\ncheck("{name}", {name}{last})'
    return [
        _code(f"check-{slug}", check, _graded(f"check_{name}", 0)),
        _code(f"hint-{slug}", f'{stuck}# hint("{name}")', None),
        _code(f"test-{slug}", test, _graded(f"test_{name}", part.points)),
    ]


def _code(cell_id: str, source: str, graded: dict[str, Any] | None) -> NotebookNode:
    cell: NotebookNode = nbformat.v4.new_code_cell(source)
    cell.id = cell_id
    if graded:
        cell.metadata["nbgrader"] = graded
    return cell


def _graded(grade_id: str, points: int) -> dict[str, Any]:
    return {
        "grade": True,
        "grade_id": grade_id,
        "locked": True,
        "points": points,
        "schema_version": 3,
        "solution": False,
        "task": False,
    }


def _grade_id(cell: NotebookNode) -> str:
    return str(cell.metadata.get("nbgrader", {}).get("grade_id", ""))


def _is_made(cell: NotebookNode) -> bool:
    """Whether a cell is one of those that are written here, whatever part it was for."""
    return bool(
        cell.cell_type == "code"
        and re.match(r"(check|hint|test)-", cell.id)
        and ("lstm_ref.checks import" in cell.source or re.search(r"^# hint\(", cell.source, re.M))
    )


def _points(nb: NotebookNode, asked: Assignment) -> None:
    """Put the points into headings, into the line **Points:**, and into the question's cell.

    The question says, too, in which language it is to be answered.
    """
    language = f", in {course.ANSWER_LANGUAGE}" if course.ANSWER_LANGUAGE else ""
    points = {part.name: part.points for part in asked.parts}
    heading: NotebookNode | None = None
    for cell in nb.cells:
        name = _grade_id(cell)
        if cell.cell_type == "markdown" and re.match(r"##? (Exercise|Question)", cell.source):
            heading = cell
        if heading is not None and name in points:
            _head(heading, points[name])
        if asked.question and name == asked.question.name:
            cell.metadata.nbgrader.points = asked.question.counted
            if heading is not None:
                _head(heading, asked.question.counted)
        if cell.cell_type == "markdown" and cell.source.startswith("## Question"):
            asks = r"^(Answer in [\w ]+ sentences)(, in [^.]+)?\."
            cell.source = re.sub(asks, rf"\1{language}.", cell.source, flags=re.MULTILINE)
        if "**Points:**" in cell.source and cell.cell_type == "markdown":
            cell.source = re.sub(r"\*\*Points:\*\* .*", f"**Points:** {_sum(asked)}.", cell.source)


def _head(cell: NotebookNode, points: int) -> None:
    """Write the points at the end of a heading: "(8 points)", "(3 points, read by a person)"."""
    line, _, rest = cell.source.partition("\n")
    said = f"{points} point{'s' * (points != 1)}" if points else "no points"
    reader = ", read by a person" if line.startswith("## Question") else ""
    line = re.sub(r" \([^()]*(points?|person)\)$", "", line)
    cell.source = f"{line} ({said}{reader})\n{rest}".rstrip("\n")


def _sum(asked: Assignment) -> str:
    parts = [f"{part.points} for `{part.name}`" for part in asked.parts]
    if asked.question and asked.question.counted:
        parts.append(f"{asked.question.counted} for an answer in words")
    return f"{asked.points} ({', '.join(parts)})"


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=str(__doc__).split("\n")[0])
    parser.add_argument("assignment", nargs="*", help="names such as 02-forget-gate")
    parser.add_argument("--check", action="store_true", help="compare only")
    asked = parser.parse_args(arguments)
    chosen = [assignment(name) for name in asked.assignment] or [
        one for one in COURSE if path_of(one).is_file()
    ]
    different = 0
    for one in chosen:
        path = path_of(one)
        before = path.read_text(encoding="utf-8")
        try:
            made = nbformat.writes(written(nbformat.reads(before, as_version=4), one)) + "\n"
        except CellsError as error:
            print(error, file=sys.stderr)
            return 1
        if made != before:
            different += 1
            print(
                f"{path.relative_to(ROOT)} {'differs from the table' if asked.check else 'written'}"
            )
            if not asked.check:
                path.write_text(made, encoding="utf-8")
    if not different:
        print("The notebooks hold what the table says.")
    return int(bool(different and asked.check))


if __name__ == "__main__":
    sys.exit(main())
