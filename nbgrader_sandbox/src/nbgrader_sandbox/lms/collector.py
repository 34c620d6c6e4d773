"""nbgrader's `zip_collect` with the files that Canvas and Moodle hand over, as they name them."""

from collections.abc import Iterable, Mapping
from pathlib import Path, PurePosixPath
from typing import Any

from nbgrader.plugins import FileNameCollectorPlugin
from traitlets import Unicode

from nbgrader_sandbox.course import Course
from nbgrader_sandbox.exporting import scores
from nbgrader_sandbox.exporting.roster import ExportError
from nbgrader_sandbox.lms.people import Finder, Worksheet, is_worksheet
from nbgrader_sandbox.lms.sorting import Collected, sort_out


class LmsCollector(FileNameCollectorPlugin):  # type: ignore[misc]
    """Knows the names of Canvas and of Moodle, and finds the student in the gradebook.

    For Moodle its grading worksheet may lie beside the zip: it says who has which number, also
    where two students have one name, and when each submission came.
    """

    zone = Unicode(
        "UTC", help="the time zone of the times in Moodle's worksheet: 'Europe/Berlin'"
    ).tag(config=True)

    _found: Mapping[PurePosixPath, Collected] | None = None

    def collect(self, submitted_file: str) -> dict[str, Any] | None:
        """Return the student, the file's path in their folder, and when it came, if known."""
        if self._found is None:
            self._found = self._sort_out()
        file = PurePosixPath(Path(submitted_file).relative_to(self._extracted).as_posix())
        if (found := self._found.get(file)) is None:
            return None
        info: dict[str, Any] = {"student_id": found.student, "file_id": found.path}
        if found.handed_in is not None:
            info["timestamp"] = found.handed_in.strftime("%Y-%m-%d %H:%M:%S UTC")
        return info

    @property
    def _extracted(self) -> Path:
        return Path(self.parent._format_collect_path(self.parent.extracted_directory))

    def _sort_out(self) -> dict[PurePosixPath, Collected]:
        course = Course.of(self.parent.coursedir)
        released = course.folder(course.released, ".", self.parent.coursedir.assignment_id)
        with course.gradebook() as gradebook:
            people = scores.people(gradebook)
        files = sorted(path for path in self._extracted.rglob("*") if path.is_file())
        finder = Finder(people, self._worksheet(files))
        return sort_out(
            [PurePosixPath(path.relative_to(self._extracted).as_posix()) for path in files],
            finder,
            [path.stem for path in released.glob("*.ipynb")],
            self.log.warning,
        )

    def _worksheet(self, files: Iterable[Path]) -> Worksheet | None:
        beside = [path for path in files if path.suffix == ".csv"]
        found = [path for path in beside if path.parent == self._extracted and is_worksheet(path)]
        if len(found) > 1:
            self.parent.fail(
                f"There are several grading worksheets in {self._extracted.name}: leave one."
            )
        try:
            return Worksheet(found[0], self.zone) if found else None
        except (ExportError, KeyError, ValueError) as error:  # also a time zone that is none
            self.parent.fail(str(error))
            return None
