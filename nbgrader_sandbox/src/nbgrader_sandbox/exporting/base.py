"""What the exporters have in common: options, the class, and what is said about the export."""

import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from nbgrader.api import Gradebook
from nbgrader.plugins import ExportPlugin
from traitlets import Bool, Dict, Enum, Unicode

from nbgrader_sandbox.apart import Apart
from nbgrader_sandbox.exporting import roster as rosters
from nbgrader_sandbox.exporting import scores
from nbgrader_sandbox.exporting.roster import ExportError, Roster
from nbgrader_sandbox.exporting.scores import Exported, Person
from nbgrader_sandbox.spreadsheet import as_csv, harmless_id, write_whole

_MOST_NAMES = 100  # of students in one message


@dataclass
class Wanted:
    """What is to be exported, and what there is to say about it at the end."""

    people: list[Person]
    assignments: list[Exported]
    roster: Roster | None
    remarks: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.apart = Apart(self.say)

    def say(self, sentence: str) -> None:
        """Note a sentence."""
        self.remarks.append(sentence)

    def name(self, words: str, students: Iterable[str]) -> None:
        """Note who it is about, if there is anybody."""
        who = list(students)
        if who:
            more = f" and {len(who) - _MOST_NAMES} more" if len(who) > _MOST_NAMES else ""
            self.say(f"{words} ({len(who)}): {', '.join(map(_shown, who[:_MOST_NAMES]))}{more}.")


class LmsExporter(ExportPlugin):  # type: ignore[misc]
    """Writes a CSV file that an LMS imports. `table` of a subclass makes its rows."""

    file_name = "grades.csv"

    roster = Unicode("", help="a file that the LMS exported, with its own ids of all students").tag(
        config=True
    )
    titles = Dict(
        key_trait=Unicode(),
        value_trait=Unicode(),
        help="names of assignments in the LMS: {'02-gate': 'Forget gate (1234)'}",
    ).tag(config=True)
    missing = Enum(
        ["keep", "empty", "zero"],
        default_value="keep",
        help="for students without a submission: keep what the roster says (else empty), "
        "leave their scores empty, or give zero",
    ).tag(config=True)
    bom = Bool(
        False,
        help="begin the file with a byte order mark, by which a spreadsheet knows UTF-8; "
        "the LMS needs none",
    ).tag(config=True)

    def export(self, gradebook: Gradebook) -> None:
        """Write the file, and say on stderr what is not in it."""
        path = Path(self.to or self.file_name)
        try:
            wanted = self._wanted(gradebook)
            rows = self.table(wanted)
            write_whole(path, as_csv(rows), mark=self.bom)
        except ExportError as error:
            sys.exit(str(error))
        except OSError as error:
            sys.exit(
                f"The file {path} cannot be written ({error.strerror}): name one in a folder "
                "that exists and that you may write to, with --to FILE."
            )
        for words in wanted.remarks:
            print(words, file=sys.stderr)
        if wanted.apart.left_out:
            sys.exit(wanted.apart.summary())

    def table(self, wanted: Wanted) -> list[Sequence[str]]:
        """Return heading and rows; raises ExportError."""
        raise NotImplementedError

    def _wanted(self, gradebook: Gradebook) -> Wanted:
        known = sorted(found.name for found in gradebook.assignments)
        names = [str(name) for name in self.assignment] or known
        if not names:
            raise ExportError("The gradebook has no assignments: grade one first.")
        for name in (*names, *self.titles):
            if name not in known:
                raise ExportError(
                    f"The gradebook knows no assignment {name!r} (it knows: {', '.join(known)})."
                )
        people = scores.people(gradebook)
        if only := {str(student) for student in self.student}:
            if unknown := sorted(only - {one.id for one in people}):
                raise ExportError(f"The gradebook knows no student {unknown[0]!r}.")
            people = [one for one in people if one.id in only]
        found = [scores.of_assignment(gradebook, name) for name in names]
        wanted = Wanted(people, found, rosters.read(Path(self.roster)) if self.roster else None)
        for one in found:
            waiting = [p.id for p in people if p.id in one.scores and one.scores[p.id].waits]
            wanted.name(
                f"Not graded by hand yet in {one.name}, so these scores are not final", waiting
            )
        return wanted

    def title(self, assignment: str) -> str:
        """Return what the LMS calls an assignment, as far as the options say."""
        return str(self.titles.get(assignment, assignment))


def points(value: float) -> str:
    """Return points with a decimal point, five decimals at most, and never as 1e-05."""
    return f"{value:.5f}".rstrip("0").rstrip(".")


def identifier(value: str, student: str, wanted: Wanted) -> str:
    """Return an id as the LMS has to find it; say so where that was not possible."""
    safe = harmless_id(value)
    if safe != value:
        wanted.say(
            f"The identifier {_shown(value)} of {_shown(student)} looks like a formula to a "
            "spreadsheet, so an apostrophe stands before it and the LMS may not find it."
        )
    return safe


def _shown(student: str) -> str:
    return "".join(letter if letter.isprintable() else "?" for letter in student)
