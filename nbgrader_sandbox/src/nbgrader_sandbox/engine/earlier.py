"""What an earlier run left of a submission: its graded copy, which is put in place last of all."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from nbformat.notebooknode import NotebookNode

from nbgrader_sandbox.outcome import NOT_RUN, Outcome

#: Where a graded copy says which outcome is in it; feedback leaves it out.
ABOUT = "nbgrader_sandbox"


@dataclass(frozen=True)
class Copy:
    """One notebook: the key of its outcome, its texts, and those of nbgrader's cells by name."""

    key: str = ""
    texts: tuple[str, ...] = ()
    cells: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls, path: Path) -> "Copy":
        """Read a copy; what is none, or what somebody broke, is one without anything in it."""
        try:
            nb = json.loads(path.read_text(encoding="utf-8"))
            texts = tuple("".join(cell["source"]) for cell in nb["cells"])
            names = [cell["metadata"].get("nbgrader", {}).get("grade_id") for cell in nb["cells"]]
            cells = {name: text for name, text in zip(names, texts, strict=True) if name}
            return cls(str(nb["metadata"].get(ABOUT, {}).get("key", "")), texts, cells)
        except (OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError):
            return cls()

    def holds(self, outcome: Outcome, nb: NotebookNode) -> bool:
        """Whether this outcome is saved: so are its grades, which come before the copy.

        A notebook that could not be run has no key, and its reason for a text.
        """
        if outcome.level == NOT_RUN:
            return self.texts == tuple(cell.source for cell in nb.cells)
        return self.key == outcome.key != ""


def copies(folder: Path, names: Iterable[str]) -> dict[str, Copy]:
    """Return what the folder of a graded copy has of each notebook."""
    return {name: Copy.read(folder / f"{name}.ipynb") for name in names}
