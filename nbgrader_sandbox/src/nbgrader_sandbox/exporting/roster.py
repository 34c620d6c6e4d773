"""A list of students that the LMS exported, and who of the gradebook each line of it is."""

import csv
import io
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from nbgrader_sandbox.exporting.scores import Person

_LARGEST = 100_000_000  # bytes


class ExportError(Exception):
    """An export cannot be made; the message says why and how to mend it."""


@dataclass(frozen=True)
class Roster:
    """The columns and lines of a CSV file; each line has as many cells as there are columns."""

    path: Path
    columns: tuple[str, ...]
    lines: tuple[tuple[str, ...], ...]

    def at(self, column: str) -> int:
        """Return a column's place. Raises ExportError where there is none of that name."""
        if column not in self.columns:
            raise ExportError(
                f"The roster {self.path} has no column {column!r}; "
                f"it has: {', '.join(filter(None, self.columns))}."
            )
        return self.columns.index(column)


def read(path: Path) -> Roster:
    """Read a roster; commas, semicolons or tabs may be between its cells.

    Raises ExportError where it cannot be read as such a table.
    """
    try:
        if path.stat().st_size > _LARGEST:
            raise ExportError(f"The roster {path} is larger than any class: export it again.")
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise ExportError(
            f"The roster {path} cannot be read ({error.strerror}): export it from the LMS, and "
            "give its path."
        ) from None
    except UnicodeDecodeError:
        raise ExportError(
            f"The roster {path} is not in UTF-8: use the file as the LMS gave it, or save it "
            "as 'CSV UTF-8'."
        ) from None
    first = text.split("\n", 1)[0]
    between = max(",;\t", key=first.count)
    try:
        table = list(csv.reader(io.StringIO(text, newline=""), delimiter=between, strict=True))
    except csv.Error as error:
        raise ExportError(f"The roster {path} is no CSV file ({error}): export it again.") from None
    table = [line for line in table if any(cell.strip() for cell in line)]
    if not table:
        raise ExportError(f"The roster {path} is empty: export it from the LMS again.")
    columns = tuple(name.strip() for name in table[0])
    wide = len(columns)
    lines = [(*line[:wide], *[""] * (wide - len(line))) for line in table[1:]]
    return Roster(path, columns, tuple(lines))


class Directory:
    """Finds the student of the gradebook that an identifier in an LMS stands for."""

    def __init__(self, people: Iterable[Person]) -> None:
        everybody = list(people)
        # Exactly written ids come before any other match.
        self._ids = {composed(one.id): one for one in everybody}
        self._others: dict[str, set[Person]] = {}
        for one in everybody:
            for key in {one.id, one.email, one.lms_id} - {""}:
                self._others.setdefault(composed(key).casefold(), set()).add(one)

    def find(self, identifier: str) -> Person | None:
        """Return who it is by id, e-mail address or the LMS's own id; None where that is unsure."""
        wanted = composed(identifier.strip())
        if found := self._ids.get(wanted):
            return found
        candidates = self._others.get(wanted.casefold(), set())
        return next(iter(candidates)) if len(candidates) == 1 else None


def composed(text: str) -> str:
    """Return a text in one of the forms that Unicode has for the same letters; Macs use another."""
    return unicodedata.normalize("NFC", text)
