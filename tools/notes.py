"""Notes of what is done already, so that a second run does only what is out of date."""

import contextlib
import json
from collections.abc import Iterable
from hashlib import blake2b
from pathlib import Path
from typing import Any

#: Folders whose content is nobody's work.
_NO_MATTER = {"__pycache__", ".ipynb_checkpoints"}


class Notes:
    """A small file of notes by key; a run that is killed leaves the old ones whole."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.known: dict[str, Any] = {}
        with contextlib.suppress(OSError, ValueError):  # none yet, or cut short: do it all
            self.known.update(json.loads(path.read_text(encoding="utf-8")))

    def get(self, key: str) -> Any:
        """Return what was noted, or None."""
        return self.known.get(key)

    def note(self, key: str, value: Any) -> None:
        """Remember that a step is done."""
        self.known[key] = value
        draft = self.path.with_suffix(".new")
        draft.write_text(json.dumps(self.known, indent=1), encoding="utf-8")
        draft.replace(self.path)


def hash_of(paths: Iterable[Path], more: str = "") -> str:
    """Hash the names and contents of files, and of all files in folders; and a text."""
    digest = blake2b(more.encode(), digest_size=16)
    for top in paths:
        for path in sorted(top.rglob("*")) if top.is_dir() else [top]:
            if path.is_file() and not _NO_MATTER & set(path.parts):
                content = path.read_bytes()
                digest.update(f"{path.relative_to(top)}:{len(content)}:".encode() + content)
    return digest.hexdigest()
