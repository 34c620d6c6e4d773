"""When work was handed in, where its folder says so."""

import stat
import warnings
from datetime import datetime
from pathlib import Path

from nbgrader.utils import parse_utc


def read_timestamp(folder: Path) -> tuple[datetime | None, str]:
    """Return when the work was handed in, where the folder says so, and what is wrong with it."""
    path = folder / "timestamp.txt"
    try:
        found = path.lstat()
    except OSError:
        return None, ""
    trouble = (
        "timestamp.txt is not a date, so the work counts as handed in without one: write one "
        "like 2025-03-07 17:00:00 UTC there."
    )
    if not stat.S_ISREG(found.st_mode) or found.st_size > 1000:
        return None, trouble
    try:
        with warnings.catch_warnings(record=True) as warned:
            warnings.simplefilter("always")
            when = parse_utc(path.read_text(encoding="utf-8").strip() or None)
    except Exception:  # what reads dates raises whatever it stumbles over
        return None, trouble
    if when is not None and when.tzinfo is not None:
        return None, trouble
    return when, "timestamp.txt names a time zone that is not known; UTC was taken." * bool(warned)
