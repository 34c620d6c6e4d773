"""nbgrader's GenerateFeedback converter, which makes each student's pages apart."""

import os
import re

from nbgrader.converters import GenerateFeedback, NbGraderException

from nbgrader_sandbox.apart import Apart, CannotGoOn


class SandboxFeedback(GenerateFeedback):  # type: ignore[misc]
    """Makes feedback; what goes wrong with one student's is said, and the others go on."""

    assignments: dict[str, list[str]]

    def convert_notebooks(self) -> None:
        """Make the pages of each submission. Raises NbGraderException where some are left out."""
        apart = Apart(self.log.error)
        everybody: dict[str, list[str]] = self.assignments
        try:
            for path in sorted(everybody):
                with apart.keep(self._student(path), "feedback was made"):
                    self.assignments = {path: everybody[path]}
                    super().convert_notebooks()
        except CannotGoOn as error:
            self.log.error(str(error))
            raise NbGraderException(str(error)) from None
        finally:
            self.assignments = everybody
        if apart.left_out:
            self.log.error(apart.summary())
            raise NbGraderException(apart.summary())

    def _student(self, path: str) -> str:
        pattern = self._format_source("(?P<assignment>.*)", "(?P<student>.*)", escape=True)
        found = re.fullmatch(pattern, path, re.DOTALL)
        return found["student"] if found else os.path.relpath(path)
