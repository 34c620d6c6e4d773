"""Grades as Canvas imports them into its gradebook.

The file has the form of Canvas's own export: the columns Student (or LastName and FirstName), ID,
SIS User ID, SIS Login ID and Section, then one for each assignment, headed "Name (id)"; the line
"Points Possible", then one line a student. Canvas finds a student by ID, else by SIS User ID, SIS
Login ID or name, and an assignment by the id in brackets, else by its name. An empty cell takes
away a score that Canvas has; EX is an excused student.

Sources: the columns that an import needs
(https://teaching.resources.osu.edu/toolsets/carmencanvas/guides/calculating-final-grades/import-csv-file-carmen-grades),
what an export holds
(https://ts.vcu.edu/askit/teaching-and-learning/canvas/faculty/grading-faculty/gradebook-action-menu-faculty/),
and Canvas's own reader and writer
(https://github.com/instructure/canvas-lms/blob/master/lib/gradebook_importer.rb and
gradebook_exporter.rb beside it).
"""

import re
from collections import Counter
from collections.abc import Sequence

from traitlets import Unicode

from nbgrader_sandbox.exporting.base import LmsExporter, Wanted, identifier, points
from nbgrader_sandbox.exporting.roster import Directory, ExportError, Roster
from nbgrader_sandbox.exporting.scores import Exported, Person
from nbgrader_sandbox.spreadsheet import harmless

#: By which columns of a roster a student can be known, the likeliest first.
_KNOWN_BY = ("SIS Login ID", "SIS User ID", "ID", "Integration ID")
_INFORMATION = ("Student", "ID", "SIS User ID", "SIS Login ID", "Section")
_NAMES = ("Student", "LastName", "FirstName", "Section")
_POINTS = "    Points Possible"  # as Canvas writes it

_WITH_ID = re.compile(r"(.*?)\s*\((\d+)\)")
_NO_STUDENT = re.compile(r"\s*(muted|manual posting.*)?\s*", re.IGNORECASE)
_STAYS = ("EX", "N/A")  # excused; not given to this student


class CanvasExporter(LmsExporter):
    """Writes scores as a file for Canvas: Grades → Import."""

    file_name = "canvas.csv"

    identifier = Unicode(
        "",
        help="the column by which students are known: of the roster (default: the one in which "
        "most are found), or of the file, without a roster (default: SIS Login ID)",
    ).tag(config=True)

    def table(self, wanted: Wanted) -> list[Sequence[str]]:
        """Return heading, points possible and students, as in Canvas's own export."""
        if wanted.roster is None:
            return self._without_roster(wanted)
        return self._with_roster(wanted, wanted.roster)

    def _without_roster(self, wanted: Wanted) -> list[Sequence[str]]:
        column = self.identifier or "SIS Login ID"
        if column not in _INFORMATION[1:4]:
            raise ExportError(
                f"CanvasExporter.identifier is {column!r}; without a roster it may be "
                f"{', '.join(_INFORMATION[1:4])}."
            )
        wanted.say(
            "Without a roster Canvas has to find each student by "
            f"{column}; give its own export with --CanvasExporter.roster=FILE to be sure."
        )
        rows: list[Sequence[str]] = []
        for one in wanted.people:
            with wanted.apart.keep(one.id, "its line was written"):
                cells = dict.fromkeys(_INFORMATION, "")
                cells["Student"] = harmless(
                    ", ".join(filter(None, (one.last, one.first))) or one.id
                )
                if one.lms_id.isdecimal():
                    cells["ID"] = one.lms_id
                cells[column] = identifier(one.id, one.id, wanted)
                given = [self._given(wanted, found, one, "") for found in wanted.assignments]
                rows.append([*cells.values(), *given])
        self._remark_missing(wanted, wanted.people)
        titles = [self.title(found.name) for found in wanted.assignments]
        return [*_heading(_INFORMATION, titles, wanted.assignments), *rows]

    def _with_roster(self, wanted: Wanted, roster: Roster) -> list[Sequence[str]]:
        information = _information(roster)
        columns = [self._column(wanted, roster, found.name) for found in wanted.assignments]
        self._compare_points(wanted, roster, columns)
        directory = Directory(wanted.people)
        lines = [line for line in roster.lines if not _is_no_student(line)]
        at = self._known_by(roster, lines, directory)
        rows: list[Sequence[str]] = []
        found_people: list[Person] = []
        unknown: list[str] = []
        for line in lines:
            with wanted.apart.keep(_called(roster, line), "its line was written"):
                one = directory.find(line[at])
                if one is None and self.student:
                    continue  # only some students were asked for
                if one is None:
                    unknown.append(_called(roster, line))
                else:
                    found_people.append(one)
                cells = [
                    harmless(cell)
                    if name in _NAMES
                    else identifier(cell, _called(roster, line), wanted)
                    for name, cell in zip(roster.columns[:information], line, strict=False)
                ]
                for found, (_, where) in zip(wanted.assignments, columns, strict=True):
                    has = "" if where is None else line[where].strip()
                    cells.append(self._given(wanted, found, one, has))
                rows.append(cells)
        self._remark_people(wanted, found_people, unknown)
        titles = [title for title, _ in columns]
        heading = _heading(roster.columns[:information], titles, wanted.assignments)
        return [*heading, *rows]

    def _known_by(
        self, roster: Roster, lines: Sequence[Sequence[str]], directory: Directory
    ) -> int:
        """Return the place of the column in which most students of the gradebook are found."""
        if self.identifier:
            return roster.at(self.identifier)
        places = [roster.columns.index(name) for name in _KNOWN_BY if name in roster.columns]
        return max(places, key=lambda at: sum(bool(directory.find(line[at])) for line in lines))

    def _column(self, wanted: Wanted, roster: Roster, assignment: str) -> tuple[str, int | None]:
        """Return an assignment's heading, and its place in the roster, if it is there."""
        title = self.title(assignment)
        matching = [k for k, name in enumerate(roster.columns) if _same_title(name, title)]
        if len(matching) > 1:
            names = ", ".join(repr(roster.columns[k]) for k in matching)
            raise ExportError(
                f"The roster has several columns for {assignment!r}: {names}. Say which one with "
                f"--CanvasExporter.titles='{assignment}=NUMBER', the number in its brackets."
            )
        if matching:
            return roster.columns[matching[0]], matching[0]
        wanted.say(
            f"The roster has no column for {title!r}: Canvas will ask whether it is a new "
            f"assignment. If not, --CanvasExporter.titles='{assignment}=NAME' gives its name there."
        )
        return title, None

    def _compare_points(
        self, wanted: Wanted, roster: Roster, columns: Sequence[tuple[str, int | None]]
    ) -> None:
        """Say where Canvas has other points possible: its totals would be wrong without a word."""
        line = next((line for line in roster.lines if "Points Possible" in line[0]), ())
        for found, (title, where) in zip(wanted.assignments, columns, strict=True):
            has = line[where].strip() if line and where is not None else ""
            # "(read only)" stands in the line of what Canvas works out itself.
            if re.fullmatch(r"\d+([.,]\d+)?", has) and float(has.replace(",", ".")) != found.of:
                wanted.say(
                    f"Canvas has {has} points possible for {title}, and the gradebook "
                    f"{points(found.of)}: change it in Canvas before you import."
                )

    def _given(self, wanted: Wanted, found: Exported, one: Person | None, has: str) -> str:
        """Return the cell of a student, for whom the roster `has` this."""
        score = found.scores.get(one.id) if one else None
        if has.upper() in _STAYS:
            if score is not None and one is not None:
                wanted.say(
                    f"{one.id} is {has} for {found.name} in Canvas and stays so; the gradebook has "
                    f"{points(score.points)} points."
                )
            return has
        if score is not None:
            return points(score.points)
        if self.missing == "zero":
            return "0"
        return harmless(has) if self.missing == "keep" else ""

    def _remark_people(
        self, wanted: Wanted, found_people: Sequence[Person], unknown: Sequence[str]
    ) -> None:
        times = Counter(one.id for one in found_people)
        wanted.name("Twice in the roster, and so in the file", (s for s in times if times[s] > 1))
        lost = [one.id for one in wanted.people if one.id not in times]
        wanted.name("In the gradebook and not in the roster, so not in the file", lost)
        wanted.name("In the roster and not in the gradebook", unknown)
        self._remark_missing(wanted, found_people)

    def _remark_missing(self, wanted: Wanted, people: Sequence[Person]) -> None:
        what = {"keep": "as Canvas has it", "empty": "empty", "zero": "0"}[self.missing]
        for found in wanted.assignments:
            without = [one.id for one in people if one.id not in found.scores]
            wanted.name(f"Without a submission for {found.name}, score {what}", without)


def _information(roster: Roster) -> int:
    """Return how many columns are about the student: all up to the section."""
    if roster.columns[0] not in ("Student", "LastName") or "ID" not in roster.columns:
        raise ExportError(
            f"The roster {roster.path} is no gradebook of Canvas: it should begin with the columns "
            "Student (or LastName and FirstName) and ID. Export it in Canvas: Grades → Export."
        )
    return roster.at("Section") + 1


def _called(roster: Roster, line: Sequence[str]) -> str:
    return f"{line[1]} {line[0]}" if roster.columns[0] == "LastName" else line[0]


def _is_no_student(line: Sequence[str]) -> bool:
    return "Points Possible" in line[0] or all(_NO_STUDENT.fullmatch(cell) for cell in line)


def _same_title(column: str, title: str) -> bool:
    """Whether a column is of the assignment `title`, which may be its name or its number."""
    found = _WITH_ID.fullmatch(column)
    names = {column, *(found.groups() if found else ())}
    return title.strip().casefold() in {name.strip().casefold() for name in names}


def _heading(
    information: Sequence[str], titles: Sequence[str], assignments: Sequence[Exported]
) -> list[Sequence[str]]:
    possible = [points(found.of) for found in assignments]
    return [
        [*information, *map(harmless, titles)],
        [_POINTS, *[""] * (len(information) - 1), *possible],
    ]
