"""Grades as Moodle imports them: Grades → Import → CSV file.

One line a student: the column that says who it is, then for each assignment the grade and the
feedback. On Moodle's next page "Map from" is that column and "Map to" its field (Email address,
Username or ID number); each grade column maps to its grade item, each feedback column to
"Feedback for" it. "-" is no grade, as in Moodle's own export.

Moodle gives up the whole import where it does not know a student or a grade is above 100, and a
line without an identifier changes the student of the line before: such lines are left out here,
and named. Grade and feedback have to be imported together, or one is lost.

Sources: https://docs.moodle.org/405/en/Grade_import (its notes, and "CSV import"), and Moodle's
own reader
(https://github.com/moodle/moodle/blob/MOODLE_405_STABLE/grade/import/csv/classes/load_data.php).
"""

import html
import re
from collections import Counter
from collections.abc import Mapping, Sequence

from traitlets import Bool, Unicode

from nbgrader_sandbox.course import Course
from nbgrader_sandbox.exporting.base import LmsExporter, Wanted, identifier, points
from nbgrader_sandbox.exporting.roster import Directory, ExportError, Roster
from nbgrader_sandbox.exporting.scores import Person, Score
from nbgrader_sandbox.reporting import classroom
from nbgrader_sandbox.reporting.classroom import Submission
from nbgrader_sandbox.reporting.wrong import part_name
from nbgrader_sandbox.spreadsheet import harmless

#: The field of the gradebook that a Moodle field is filled from.
_FIELDS = {"Email address": "email", "Username": "id", "ID number": "lms_id"}
_NO_GRADE = "-"
_MOST_POINTS = 100  # Moodle's limit for imported grades, unless its administrator lifts it
_LONGEST = 2000  # letters of feedback

#: Moodle's own export heads a column "Assignment: Forget gate (Real)".
_KIND = re.compile(r"^(?:[^:]+:\s)?(.*?)(?:\s\((?:Real|Points)\))?$")


#: A student's identifier, who it is in the gradebook, and the line in the roster.
_Line = tuple[str, Person | None, Sequence[str]]


class MoodleExporter(LmsExporter):
    """Writes scores and feedback as a file for Moodle."""

    file_name = "moodle.csv"

    identifier = Unicode(
        "Email address",
        help="the column that says who it is: Email address (of the gradebook), Username (the "
        "student's id there), ID number (the LMS's id there), or any column of the roster",
    ).tag(config=True)
    feedback = Bool(
        True, help="write the points of each part, what was wrong, and graders' comments"
    ).tag(config=True)

    def table(self, wanted: Wanted) -> list[Sequence[str]]:
        """Return the heading, and one row for each student whom Moodle can know."""
        columns = [self._column(wanted, found.name) for found in wanted.assignments]
        told = [self._told(found.name) if self.feedback else {} for found in wanted.assignments]
        heading = [harmless(self.identifier)]
        for found, (title, _) in zip(wanted.assignments, columns, strict=True):
            heading.append(harmless(title))
            if self.feedback:
                heading.append(harmless(f"{self.title(found.name)} (Feedback)"))
        rows: list[Sequence[str]] = [heading]
        without: dict[str, list[str]] = {found.name: [] for found in wanted.assignments}
        for name, one, line in self._students(wanted):
            with wanted.apart.keep(one.id if one else name, "its line was written"):
                cells = []
                for found, (_, where), said in zip(wanted.assignments, columns, told, strict=True):
                    score = found.scores.get(one.id) if one else None
                    if score is None:
                        without[found.name].append(one.id if one else name)
                    has = line[where].strip() if where is not None and line else ""
                    cells.append(self._given(score, has))
                    if self.feedback:
                        about = said.get(one.id) if one and score else None
                        cells.append(_feedback(about, score))
                # A line without a new score could only take grades away.
                if self.missing != "keep" or (
                    one and any(one.id in s.scores for s in wanted.assignments)
                ):
                    rows.append([identifier(name, one.id if one else name, wanted), *cells])
        what = {"keep": "left as it is", "empty": "no grade", "zero": "0"}[self.missing]
        for found, said in zip(wanted.assignments, told, strict=True):
            wanted.name(f"Without a submission for {found.name}, {what}", without[found.name])
            odd = [
                student
                for student, score in found.scores.items()
                if student in said and _graded_elsewhere(said[student], score)
            ]
            wanted.name(
                f"No graded notebook for {found.name}, so no feedback; the score may be an "
                "earlier one",
                odd,
            )
            high = [s for s, score in found.scores.items() if score.points > _MOST_POINTS]
            wanted.name(
                f"More than {_MOST_POINTS} points in {found.name}, which Moodle refuses unless "
                "'unlimitedgrades' is set there",
                high,
            )
        return rows

    def _students(self, wanted: Wanted) -> list[_Line]:
        """Return each student's identifier, who it is, and the line in the roster."""
        if wanted.roster is not None:
            return self._in_roster(wanted, wanted.roster)
        if self.identifier not in _FIELDS:
            raise ExportError(
                f"MoodleExporter.identifier is {self.identifier!r}; without a roster it may be "
                f"{', '.join(_FIELDS)}."
            )
        field = _FIELDS[self.identifier]
        names = {one.id: str(getattr(one, field)).strip() for one in wanted.people}
        nameless = [one.id for one in wanted.people if names[one.id] in ("", "0")]
        wanted.name(
            f"Left out, since the gradebook has no {self.identifier} for them (another column: "
            "--MoodleExporter.identifier=Username)",
            nameless,
        )
        uses = Counter(names.values())
        shared = [s for s, name in names.items() if uses[name] > 1 and s not in nameless]
        wanted.name(f"Left out, since others have the same {self.identifier}", shared)
        out = {*nameless, *shared}
        return [(names[one.id], one, ()) for one in wanted.people if one.id not in out]

    def _in_roster(self, wanted: Wanted, roster: Roster) -> list[_Line]:
        at = roster.at(self.identifier)
        directory = Directory(wanted.people)
        found: list[_Line] = [
            (line[at].strip(), directory.find(line[at]), line) for line in roster.lines
        ]
        nameless = sum(name in ("", "0") for name, _, _ in found)
        if nameless:
            wanted.say(f"{nameless} lines of the roster have no {self.identifier}: left out.")
        found = [one for one in found if one[0] not in ("", "0")]
        seen = {one.id for _, one, _ in found if one}
        lost = [one.id for one in wanted.people if one.id not in seen]
        wanted.name("In the gradebook and not in the roster, so not in the file", lost)
        unknown = [name for name, one, _ in found if one is None]
        if self.student:
            return [one for one in found if one[1]]
        wanted.name("In the roster and not in the gradebook", unknown)
        return found

    def _column(self, wanted: Wanted, assignment: str) -> tuple[str, int | None]:
        """Return an assignment's heading, and its place in the roster, if it is there."""
        title = self.title(assignment)
        columns = wanted.roster.columns if wanted.roster else ()
        for k, name in enumerate(columns):
            kind = _KIND.match(name)
            if title.casefold() in (name.casefold(), kind.group(1).casefold() if kind else ""):
                return name, k
        return title, None

    def _given(self, score: Score | None, has: str) -> str:
        if score is not None:
            return points(score.points)
        if self.missing == "zero":
            return "0"
        return harmless(has) if self.missing == "keep" and has != _NO_GRADE and has else _NO_GRADE

    def _told(self, assignment: str) -> Mapping[str, Submission]:
        group = classroom.read(self._course(), assignment)
        return {one.student: one for one in group.submissions}

    def _course(self) -> Course:
        """Return the course of the `nbgrader export` that runs this."""
        return Course.of(self.parent.coursedir)


def _graded_elsewhere(about: Submission, score: Score) -> bool:
    """Whether there are points, but no graded notebook to say what they are for."""
    return bool(about.reason) and score.points > 0


def _feedback(about: Submission | None, score: Score | None) -> str:
    """Return one line about each part. Moodle shows it as HTML, so it is made to hold none."""
    if about is None or score is None or _graded_elsewhere(about, score):
        return ""
    said = [f"Not graded: {about.reason}"] if about.reason else []
    for part in about.parts if not about.reason else ():
        if part.by_hand:
            said.append(f"{part.name}: to be graded by hand")
        else:
            wrong = f", {part.wrong}" if part.wrong else ""
            said.append(f"{part.name}: {points(part.points)} of {points(part.of)}{wrong}")
    said += [f"{part_name(cell)}: {words}" for cell, words in score.comments]
    line = "; ".join(said)
    line = "".join(letter if letter.isprintable() else " " for letter in line)
    line = line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1]}…"
    return harmless(html.escape(line, quote=False))
