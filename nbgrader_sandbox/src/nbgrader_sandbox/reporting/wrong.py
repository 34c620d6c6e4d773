"""What was wrong with one part: what the checker found, or what the outputs say.

Nothing is believed that contradicts the gradebook: outputs of a graded notebook can come from the
student's own code.
"""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nbgrader_sandbox.engine.submission import LARGEST
from nbgrader_sandbox.finding import Finding, outputs_with_findings
from nbgrader_sandbox.reporting.grades import Grade

_CELL_FILE = re.compile(
    r"\((?:[^()]*\.py|<ipython-input[^()]*>), line (\d+)\)"
)  # made up by IPython for a cell
_COLOURS = re.compile(r"\x1b\[[0-9;]*m")

Cell = Mapping[str, Any]


@dataclass(frozen=True)
class Wrong:
    """A mistake's name and what to say of it; `error` where Python said it and no checker."""

    mistake: str | None = None
    words: str = ""
    error: bool = False


NOTHING = Wrong()


def part_name(cell: str) -> str:
    """Return what the cell `test_forget_gate` tests: `forget_gate`."""
    return cell.removeprefix("test_")


def read_cells(path: Path) -> list[Cell]:
    """Return the cells of a graded notebook; none where it cannot be read.

    The file is not validated, which takes far longer than reading it: readers of a cell take
    nothing for granted.
    """
    try:
        if path.stat().st_size > LARGEST:
            return []
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        return [cell for cell in cells if isinstance(cell, dict)]
    except (OSError, ValueError, RecursionError, TypeError, KeyError):
        return []


def believed(found: Iterable[Finding], cell: str, grade: Grade) -> Wrong | None:
    """Return the last finding about this cell's part and with its score; None without one."""
    agreeing = [
        finding
        for finding in found
        if finding.part == part_name(cell)
        and grade.auto is not None
        and abs(finding.points - grade.auto) < 1e-6
    ]
    if not agreeing:
        return None
    last = agreeing[-1]
    return Wrong(last.mistake, last.title) if last.mistake else NOTHING


def in_notebook(cells: list[Cell], name: str, grade: Grade) -> Wrong:
    """Say what was wrong in the cell `name` of a graded notebook."""
    at = next((k for k, cell in enumerate(cells) if _grade_id(cell) == name), None)
    if at is None:
        return NOTHING
    found = believed((finding for _, finding in outputs_with_findings(cells[at])), name, grade)
    if found is not None:
        return found
    if cells[at].get("cell_type") != "code":
        return Wrong(None, "no answer") if grade.auto == 0 else NOTHING
    if (error := _error(cells[at])) is None:
        return NOTHING
    kind, text = error
    if kind == "NameError" and (cause := _first_error(cells[:at])):
        return Wrong(cause[0], f"its cell stopped with {cause[0]}: {cause[1]}", error=True)
    return Wrong(kind, f"{kind}: {text}", error=True)


def _first_error(cells: list[Cell]) -> tuple[str, str] | None:
    """Return the first error of the released cells between the last test and the end."""
    first = None
    for cell in reversed(cells):
        if _grade_id(cell).startswith("test_"):
            break
        if _grade_id(cell):
            first = _error(cell) or first
    return first


def _grade_id(cell: Cell) -> str:
    metadata = cell.get("metadata")
    ours = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    return str(ours.get("grade_id", "")) if isinstance(ours, dict) else ""


def _error(cell: Cell) -> tuple[str, str] | None:
    """Return the name and first line of the error that a cell ended with, if it did."""
    outputs = cell.get("outputs")
    for output in outputs if isinstance(outputs, list) else []:
        if isinstance(output, dict) and output.get("output_type") == "error":
            said = _COLOURS.sub("", str(output.get("evalue", ""))).strip().split("\n")[0]
            said = _CELL_FILE.sub(r"(line \1)", said)
            name, text = (
                "".join(letter for letter in words if letter.isprintable())
                for words in (str(output.get("ename", "")), said)
            )
            return name[:60], text[:120]
    return None
