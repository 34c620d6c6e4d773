"""Writes the pages again when a style sheet, a template or an extension has changed.

Sphinx looks at the pages and at what they include; where none of these is newer, it copies no
style sheet either, and a change of the book's look would not be seen.
"""

from pathlib import Path
from typing import Any

from book_root import ROOT
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

_MADE_OF = ("_assets", "_ext", "_templates")


def _outdated(
    app: Sphinx, env: BuildEnvironment, _added: set[str], _changed: set[str], _removed: set[str]
) -> list[str]:
    last = Path(app.outdir) / "objects.inv"  # written at the end of each build
    if not last.is_file():
        return []
    built = last.stat().st_mtime
    files = (path for folder in _MADE_OF for path in (ROOT / "book" / folder).rglob("*"))
    changed = any(
        path.is_file() and path.suffix != ".pyc" and path.stat().st_mtime > built for path in files
    )
    return sorted(env.found_docs) if changed else []


def setup(app: Sphinx) -> dict[str, Any]:
    """Look before each build."""
    app.connect("env-get-outdated", _outdated)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
