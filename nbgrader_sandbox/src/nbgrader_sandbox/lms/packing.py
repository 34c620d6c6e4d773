"""Feedback pages as a zip that an LMS takes back: under the names of its own download."""

import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from nbgrader_sandbox.course import Course, CourseError
from nbgrader_sandbox.exporting import scores
from nbgrader_sandbox.exporting.roster import ExportError
from nbgrader_sandbox.lms.names import Named, read_name
from nbgrader_sandbox.lms.people import Finder, Worksheet, is_worksheet
from nbgrader_sandbox.lms.sorting import is_meant
from nbgrader_sandbox.whole import whole


@dataclass
class Packed:
    """Who is in the zip, and who of the download has no page or is not known."""

    students: set[str] = field(default_factory=set)
    without: set[str] = field(default_factory=set)


def pack(course: Course, assignment: str, path: Path, like: Path | None = None) -> Packed:
    """Write the pages of an assignment to the zip `path`; raises CourseError.

    They are named as in `like`, the zip of submissions that the LMS handed over, with `.html` in
    the place of `.ipynb`; without it each student has a folder.
    """
    with course.gradebook() as gradebook:
        notebooks = course.notebooks(gradebook, assignment)
        people = scores.people(gradebook)
    found = Packed()
    if like is None:
        named = [(one.id, f"{one.id}/{name}.html", name) for one in people for name in notebooks]
    else:
        finder = Finder(people, _worksheet(like.parent))
        named = list(_as_in(like, finder, notebooks, found))
    try:
        with whole(path) as draft, zipfile.ZipFile(draft, "w", zipfile.ZIP_DEFLATED) as made:
            for student, name, notebook in named:
                folder = course.folder(course.feedback, student, assignment)
                page = folder / f"{notebook}.html"
                if page.is_file():
                    made.write(page, name)
                    found.students.add(student)
                elif like is not None:
                    found.without.add(student)
            if not found.students:
                raise CourseError(
                    f"There are no feedback pages for {assignment!r}: run `nbgrader "
                    f"generate_feedback {assignment}` first, in the course's folder."
                )
    except OSError as error:
        raise CourseError(
            f"The zip {path} cannot be written ({error.strerror}): name a file in a folder that "
            "exists and that you may write to."
        ) from None
    return found


def _as_in(
    like: Path, finder: Finder, notebooks: list[str], found: Packed
) -> Iterator[tuple[str, str, str]]:
    """Yield student, name in the zip and notebook, for each notebook in a download."""
    try:
        with zipfile.ZipFile(like) as archive:
            names = archive.namelist()
    except (OSError, zipfile.BadZipFile) as error:
        raise CourseError(
            f"{like} is no zip that can be read ({error}): give the one that the LMS handed over."
        ) from None
    last: dict[tuple[str, str], tuple[int, str]] = {}
    for name in names:
        if (named := read_name(PurePosixPath(name), packed=True)) is None:
            continue
        person = finder.find(named)
        if person is None:
            found.without.add(named.name)
            continue
        for notebook in _about(named, notebooks):
            page = _page(name, notebook)
            known = last.get((person.id, notebook))
            if known is None or known[0] <= named.order:
                last[person.id, notebook] = (named.order, page)
    for (student, notebook), (_, page) in last.items():
        yield student, page, notebook


def _about(named: Named, notebooks: list[str]) -> list[str]:
    """Return the notebooks that a file is, or may hold where it is a zip."""
    if named.path.endswith(".zip"):
        return notebooks
    return [one for one in notebooks if is_meant(named.path, one)]


def _page(name: str, notebook: str) -> str:
    """Return the name of the page that goes back for a file."""
    path = PurePosixPath(name)
    if path.suffix == ".zip":
        return str(path.with_name(f"{path.stem}_{notebook}.html"))
    stem = path.name[: path.name.casefold().rindex(".ipynb")]
    return str(path.with_name(f"{stem}.html"))


def _worksheet(folder: Path) -> Worksheet | None:
    found = [path for path in sorted(folder.glob("*.csv")) if is_worksheet(path)]
    try:
        return Worksheet(found[0]) if len(found) == 1 else None
    except ExportError as error:
        raise CourseError(str(error)) from None
