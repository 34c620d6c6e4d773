"""The class report as one HTML page that needs nothing else: no script, no font, no request.

What students wrote is shown as text only. The page says so to the browser too: its policy lets
nothing run, and nothing load, but the one style sheet inside.
"""

import base64
import hashlib
from datetime import datetime
from importlib.resources import files
from pathlib import Path
from string import Template

from nbgrader_sandbox import __version__
from nbgrader_sandbox.reporting.charts import PATTERNS
from nbgrader_sandbox.reporting.classroom import Class
from nbgrader_sandbox.reporting.elements import section, text
from nbgrader_sandbox.reporting.sections import (
    could_not_be_graded,
    how_graded,
    questions,
    scores,
    what_went_wrong,
)
from nbgrader_sandbox.reporting.students import everybody, noted
from nbgrader_sandbox.reporting.words import students
from nbgrader_sandbox.spreadsheet import write_whole


def write_page(group: Class, path: Path, when: datetime, *, anonymous: bool = False) -> None:
    """Write the page to a file. Raises OSError where that cannot be written."""
    write_whole(path, as_page(group, when, anonymous=anonymous))


def as_page(group: Class, when: datetime, *, anonymous: bool = False) -> str:
    """Return the page, made at the time `when`.

    An `anonymous` page names no student and nothing that was noted about one, and shows no text
    that a student's code can have written: it can be shown to the class.
    """
    # Heading, its id, and what stands under it; empty where there is nothing to say.
    parts = [
        ("Scores", "scores", scores(group)),
        ("Questions", "questions", questions(group)),
        ("What went wrong", "mistakes", what_went_wrong(group, anonymous=anonymous)),
        ("Could not be graded", "ungraded", could_not_be_graded(group, anonymous=anonymous)),
        ("How it was graded", "grading", how_graded(group, anonymous=anonymous)),
    ]
    if not anonymous:
        parts.append(("Noted while grading", "noted", noted(group)))
        parts.append(("Students", "students", everybody(group)))
    shown = [part for part in parts if part[2]]
    links = "".join(f'<li><a href="#{name}">{text(title)}</a></li>' for title, name, _ in shown)
    style = _file("page.css")
    return Template(_file("page.html")).substitute(
        hash=_hash(style),
        style=style,
        title=text(f"{group.assignment}: class report"),
        assignment=text(group.assignment),
        lead=text(_lead(group, anonymous=anonymous)),
        patterns=PATTERNS,
        contents=f'<nav aria-label="On this page"><ul>{links}</ul></nav>' if shown else "",
        sections="\n".join(section(*part) for part in shown),
        made=text(f"Made by nbgrader-sandbox {__version__} on {when:%-d %B %Y at %H:%M}."),
    )


def _lead(group: Class, *, anonymous: bool) -> str:
    if not group.submissions:
        return "Nobody has handed in anything yet."
    if anonymous:
        return f"{students(len(group.submissions))} handed in. This page names nobody."
    return f"{students(len(group.submissions))} handed in. For the people who teach the course."


def _file(name: str) -> str:
    return files(__package__).joinpath(name).read_text(encoding="utf-8")


def _hash(style: str) -> str:
    """Return the style sheet's hash, by which the page's policy lets it in and no other."""
    return f"sha256-{base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()}"
