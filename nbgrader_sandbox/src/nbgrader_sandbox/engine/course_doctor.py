"""What is wrong with a course, before anybody is graded: `nbgrader-sandbox doctor COURSE`."""

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from nbgrader.api import Gradebook

from nbgrader_sandbox.course import Course, configured
from nbgrader_sandbox.engine.course_check import CourseFault, check, missing_packages
from nbgrader_sandbox.engine.public import PublicError, check_cells
from nbgrader_sandbox.engine.release import read_releases
from nbgrader_sandbox.settings import SandboxSettings


class Found(NamedTuple):
    """What is to be said of an assignment, and whether it keeps it from being graded."""

    assignment: str
    said: str
    fault: bool


def look_through() -> Iterator[Found]:
    """Yield what there is to say of each assignment of the course in the current folder.

    Of one that was not released yet nothing is known: it says so.
    """
    app = configured()
    course = Course.of(app.coursedir)
    settings = SandboxSettings(config=app.config)
    with course.gradebook() as gradebook:
        released = sorted(one.name for one in gradebook.assignments if one.notebooks)
        for name in released:
            try:
                said = list(_faults(gradebook, settings, course, name))
            except (CourseFault, PublicError, ValueError, OSError) as error:
                said = [str(error)]
            yield from (Found(name, one, True) for one in said)
            if not said:
                yield Found(name, "can be graded", False)
    for name in sorted(_folders(course.source) - set(released)):
        yield Found(name, f"not released yet: `nbgrader-sandbox check {name}` tries it", False)


def _folders(source: Path) -> set[str]:
    if not source.is_dir():
        return set()
    return {path.name for path in source.iterdir() if path.is_dir() and path.name[0] != "."}


def _faults(
    gradebook: Gradebook, settings: SandboxSettings, course: Course, assignment: str
) -> Iterator[str]:
    handed_out = course.folder(course.released, ".", assignment)
    releases = read_releases(gradebook, assignment, handed_out)
    every = [cell for one in releases.values() for cell in one.cells.values()]
    graded = {cell.name: (cell.source, cell.points or 0.0) for cell in every if cell.grade}
    check_cells(assignment, settings.checked_by, graded)
    settings.forbidden_names(assignment)
    with tempfile.TemporaryDirectory(prefix="nbgrader-sandbox-doctor-") as folder:
        modules = settings.modules(assignment, Path(folder), course.root)
        plan = settings.plan(
            assignment, [s for one in releases.values() for s in one.sources], modules
        )
    check(releases.values(), plan.hidden)
    beside = {path.stem for path in handed_out.glob("*")} if handed_out.is_dir() else set()
    yield from missing_packages(releases.values(), {*plan.hidden, *beside})
