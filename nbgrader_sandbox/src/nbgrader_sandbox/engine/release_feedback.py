"""nbgrader's release of feedback through the exchange, of a class that uses other ways, too."""

import re
from glob import escape, glob
from pathlib import Path

from nbgrader.exchange.default.release_feedback import ExchangeReleaseFeedback

from nbgrader_sandbox.apart import Apart, shown

#: What the exchange puts beside a submission, and without which nbgrader's own release stops.
_FROM_THE_EXCHANGE = ("timestamp.txt", "submission_secret.txt")


class SandboxReleaseFeedback(ExchangeReleaseFeedback):  # type: ignore[misc]
    """Releases to those who handed in through the exchange, and names the others."""

    src_path: str

    def copy_files(self) -> None:
        """Release each student's pages apart. Raises ExchangeError where some are left out."""
        apart, everybody = Apart(self.log.error), self.src_path
        released, elsewhere = 0, []
        excluded = (self.coursedir.student_id_exclude or "").split(",")
        try:
            for folder in sorted(glob(everybody)):
                student = self._student(folder)
                if student in excluded:
                    continue
                if not all(Path(folder, name).is_file() for name in _FROM_THE_EXCHANGE):
                    elsewhere.append(shown(student))
                    continue
                with apart.keep(student, "its feedback was released"):
                    self.src_path = escape(folder)
                    super().copy_files()
                    released += 1
        finally:
            self.src_path = everybody
        print(f"{self.coursedir.assignment_id}: feedback for {released} in the exchange.")
        if elsewhere:
            print(f"Not there, since not handed in there: {', '.join(elsewhere)}.")
        if apart.left_out:
            self.fail(apart.summary())

    def _student(self, folder: str) -> str:
        folders = self.coursedir
        pattern = folders.format_path(
            folders.feedback_directory, "(?P<student>.*)", folders.assignment_id, escape=True
        )
        found = re.fullmatch(pattern, folder, re.DOTALL)
        return found["student"] if found else Path(folder).parent.name
