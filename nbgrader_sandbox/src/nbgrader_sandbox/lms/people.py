"""Who of the gradebook a student in a download is."""

import re
from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from nbgrader_sandbox.exporting import roster as rosters
from nbgrader_sandbox.exporting.roster import Directory
from nbgrader_sandbox.exporting.scores import Person
from nbgrader_sandbox.lms.names import Named

#: By which columns of Moodle's grading worksheet a student can be known.
_KNOWN_BY = ("Email address", "ID number", "Username")
_HANDED_IN = "Last modified (submission)"

#: How Moodle writes a time in English: the international form, and the American one.
_TIMES = ("%A, %d %B %Y, %I:%M %p", "%A, %d %B %Y, %H:%M", "%A, %B %d, %Y, %I:%M %p")


class Worksheet:
    """Moodle's grading worksheet: who has which number in this assignment, and when it came.

    Raises ExportError where the file is no such table.
    """

    def __init__(self, path: Path, zone: str = "UTC") -> None:
        table = rosters.read(path)
        number, zone_info = table.at("Identifier"), ZoneInfo(zone)
        self.path = path
        self.known: dict[str, tuple[str, ...]] = {}
        self.handed_in: dict[str, datetime] = {}
        for line in table.lines:
            if not (found := re.search(r"\d+$", line[number].strip())):
                continue
            told = [line[table.columns.index(one)] for one in _KNOWN_BY if one in table.columns]
            self.known[found[0]] = tuple(filter(None, told))
            if _HANDED_IN in table.columns:
                when = _time(line[table.columns.index(_HANDED_IN)].strip())
                if when is not None:
                    local = when.replace(tzinfo=zone_info)
                    self.handed_in[found[0]] = local.astimezone(UTC)


def is_worksheet(path: Path) -> bool:
    """Whether a file is a table with the column by which Moodle's worksheet begins."""
    try:
        return "Identifier" in rosters.read(path).columns
    except rosters.ExportError:
        return False


class Finder:
    """Finds the student of the gradebook whom an LMS names."""

    def __init__(self, people: Iterable[Person], worksheet: Worksheet | None = None) -> None:
        everybody = list(people)
        self.worksheet = worksheet
        self._directory = Directory(everybody)
        names = [(_plain(f"{one.first} {one.last}"), one) for one in everybody]
        uses = Counter(name for name, _ in names)
        self._names = {name: one for name, one in names if name and uses[name] == 1}

    def find(self, named: Named) -> Person | None:
        """Return who it is; None where that is not sure."""
        if named.lms == "Canvas":
            return self._directory.find(named.number)
        for identifier in self.worksheet.known.get(named.number, ()) if self.worksheet else ():
            if found := self._directory.find(identifier):
                return found
        return self._names.get(_plain(named.name))

    def handed_in(self, named: Named) -> datetime | None:
        """Return when that was, where the LMS has told."""
        known = self.worksheet.handed_in if self.worksheet else {}
        return known.get(named.number) if named.lms == "Moodle" else None


def _plain(name: str) -> tuple[str, ...]:
    """Return a name's words as a file's name can hold them, in whatever order."""
    kept = re.sub(r"""[\x00-\x1f&<>"`|':\\/,]""", "", rosters.composed(name).replace("_", " "))
    return tuple(sorted(kept.casefold().split()))


def _time(text: str) -> datetime | None:
    for form in _TIMES:
        try:
            return datetime.strptime(" ".join(text.split()), form)
        except ValueError:
            continue
    return None
