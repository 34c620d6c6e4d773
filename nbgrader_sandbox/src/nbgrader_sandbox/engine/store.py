"""Keeps outcomes beside the gradebook, each under the key of all that it depends on.

A run that was killed, or one changed test, then costs only what is needed. Files appear whole or
not at all: FOLDER/ASSIGNMENT/STUDENT/NOTEBOOK.json.
"""

import contextlib
import json
import os
import secrets
from pathlib import Path

from nbgrader_sandbox.outcome import Outcome

#: Bytes. An outcome that is larger was not written by this module.
LARGEST = 50_000_000


class Store:
    """The outcomes in one folder, which only the instructor can read."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, assignment: str, student: str, notebook: str) -> Path:
        """Return where an outcome is kept."""
        return self.folder / assignment / student / f"{notebook}.json"

    def find(self, assignment: str, student: str, notebook: str, key: str = "") -> Outcome | None:
        """Return the outcome with this key (any key, if it is empty), or None."""
        path = self.path(assignment, student, notebook)
        with contextlib.suppress(OSError, ValueError, RecursionError):
            if path.stat().st_size <= LARGEST:
                found = Outcome.from_json(json.loads(path.read_text(encoding="utf-8")))
                if found.key == key or not key:
                    return found
        return None

    def keep(self, outcome: Outcome) -> None:
        """Write an outcome in the place of an earlier one for the same notebook."""
        path = self.path(outcome.assignment, outcome.student, outcome.notebook)
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        draft = path.with_name(f".{path.name}-{os.getpid()}-{secrets.token_hex(4)}")
        try:
            draft.write_text(json.dumps(outcome.to_json()), encoding="utf-8")
            draft.replace(path)
        finally:
            draft.unlink(missing_ok=True)

    def sweep(self, assignment: str) -> None:
        """Remove what processes that were killed had begun to write."""
        for draft in (self.folder / assignment).glob("*/.*.json-*-*"):
            process = draft.name.split("-")[-2]
            if process.isdigit() and not _runs(int(process)):
                draft.unlink(missing_ok=True)


def _runs(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except (OSError, OverflowError):
        return True  # it is another user's
    return process != os.getpid()
