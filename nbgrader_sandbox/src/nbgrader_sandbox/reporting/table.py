"""The class report as a table: one line a student, for a spreadsheet or a program."""

from pathlib import Path

from nbgrader_sandbox.outcome import KINDS
from nbgrader_sandbox.reporting.classroom import Class, Submission
from nbgrader_sandbox.reporting.numbers import Fact, facts
from nbgrader_sandbox.reporting.words import number
from nbgrader_sandbox.spreadsheet import as_csv, harmless, harmless_id, write_whole

_MOST_FACTS = 20  # of one student; the engine's own record has all


def write_csv(group: Class, path: Path, *, mark: bool = False) -> None:
    """Write score, points and mistake of each part, remarks, and what the engine noted.

    `mark` puts a byte order mark before it, by which Excel knows UTF-8.
    Raises OSError where the file cannot be written.
    """
    points = [f"{name} points" for name in group.parts]
    mistakes = [f"{name} mistake" for name in group.parts]
    about = ["student", "score", "of", "to grade by hand", "seconds late"]
    engine = ["isolation", "seconds", "evidence"]
    heading = [*about, *points, *mistakes, "not graded because", *engine]
    rows = [_row(group, one) for one in group.submissions]
    write_whole(path, as_csv([[harmless(name) for name in heading], *rows]), mark=mark)


def _row(group: Class, one: Submission) -> list[str]:
    parts = {part.name: part for part in one.parts}
    waits = " ".join(part.name for part in one.parts if part.by_hand)
    cells = [number(one.score), number(one.of), waits, f"{one.seconds_late:.0f}"]
    for name in group.parts:
        part = parts.get(name)
        cells.append("" if part is None or part.by_hand else number(part.points))
    for name in group.parts:
        cells.append(parts[name].mistake or "" if name in parts else "")
    seconds = "" if one.seconds is None else f"{one.seconds:.3f}"
    cells += [one.reason, one.level, seconds, _evidence(facts(one))]
    return [harmless_id(one.student), *map(harmless, cells)]


def _evidence(found: list[Fact]) -> str:
    said = [
        f"{where(fact)}: {KINDS[fact.kind]} ({fact.detail})" + times(fact)
        for fact in found[:_MOST_FACTS]
    ]
    if len(found) > _MOST_FACTS:
        said.append(f"and {len(found) - _MOST_FACTS} more")
    return "; ".join(said)


def where(fact: Fact) -> str:
    """Say where a fact was noted: 'gate, cell 3'."""
    return f"{fact.notebook}, cell {fact.cell}" if fact.cell else fact.notebook


def times(fact: Fact) -> str:
    """Say how often, where it was more than once: ' 3 times'."""
    return f" {fact.times} times" if fact.times > 1 else ""
