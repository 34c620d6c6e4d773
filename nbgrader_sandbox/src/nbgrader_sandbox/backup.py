"""A class in one file: what nobody could make again, and how it is brought back.

In it: the gradebook, the secret of the hidden inputs, what was handed in, the graded copies (which
say what an answer was when a person graded it) and the engine's records. Feedback and exports are
made from these.
"""

import os
import shutil
import sqlite3
import stat
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from nbgrader_sandbox.course import Course, CourseError
from nbgrader_sandbox.whole import whole

_SQLITE = "sqlite:///"
#: The parts of a backup, as they are called in it.
GRADEBOOK, SECRET = "gradebook.db", "secret"
SUBMITTED, AUTOGRADED, RECORDS = "submitted", "autograded", "sandbox"


@dataclass(frozen=True)
class Held:
    """What a backup holds: students and submissions in the gradebook, and files in all."""

    students: int
    submissions: int
    files: int
    left_out: tuple[str, ...] = ()

    def in_words(self) -> str:
        """Say it: '3 students, 4 submissions, 12 files'."""
        return f"{self.students} students, {self.submissions} submissions, {self.files} files"


def back_up(course: Course, path: Path) -> Held:
    """Write the class to `path`, which only its owner can read; whole or not at all.

    Raises CourseError where there is nothing to keep, or it cannot be written.
    """
    gradebook = _gradebook(course)
    if not gradebook.is_file():
        raise CourseError(f"There is no class to back up: {gradebook} is not there.")
    try:
        with whole(path, 0o600) as draft, tempfile.TemporaryDirectory() as temporary:
            copy = Path(temporary, GRADEBOOK)
            with closing(sqlite3.connect(gradebook)) as now, closing(sqlite3.connect(copy)) as then:
                now.backup(then)  # whole, also while somebody grades
            students, submissions = _counts(copy)
            with tarfile.open(draft, mode="w:gz", compresslevel=6) as archive:
                archive.dereference = True  # a file of several names is written as itself
                archive.add(copy, GRADEBOOK)
                files, left_out = _add(archive, course, gradebook)
    except sqlite3.Error as error:
        raise CourseError(f"The gradebook {gradebook} cannot be read: {error}.") from None
    except OSError as error:
        raise CourseError(
            f"The backup {path} cannot be written ({error.strerror}): name a file in a folder "
            "that exists and has room."
        ) from None
    return Held(students, submissions, files + 1, tuple(left_out))


def _add(archive: tarfile.TarFile, course: Course, gradebook: Path) -> tuple[int, list[str]]:
    """Add all but the gradebook; return how many files, and what is left out."""
    places = _places(course, gradebook)
    count, left_out = 0, []
    for name, top in places.items():
        for path in [top] if top.is_file() else _walk(top):
            mode = path.lstat().st_mode
            if stat.S_ISREG(mode):
                inner = path.relative_to(top).as_posix()
                archive.add(path, name if path == top else f"{name}/{inner}", recursive=False)
                count += 1
            else:
                left_out.append(str(path))
    return count, left_out


def _walk(top: Path) -> Iterator[Path]:
    for parent, folders, names in os.walk(top):
        if Path(parent) == top:
            folders[:] = [one for one in folders if one != ".modules"]  # made by each run
        links = [one for one in folders if Path(parent, one).is_symlink()]
        yield from (Path(parent, name) for name in sorted([*names, *links]))


def bring_back(course: Course, path: Path) -> Held:
    """Bring a class back from `path`. Raises CourseError where one is there already."""
    gradebook = _gradebook(course)
    # The gradebook last: without a secret beside it, a run would make another.
    places = {**_places(course, gradebook), GRADEBOOK: gradebook}
    there = [str(place) for place in places.values() if _holds_something(place)]
    if there:
        raise CourseError(
            f"There is a class already ({there[0]}), and a backup goes over nobody's work: move "
            f"{gradebook.parent} away first."
        )
    gradebook.parent.mkdir(parents=True, exist_ok=True)
    try:
        with tempfile.TemporaryDirectory(dir=gradebook.parent, prefix=".restore-") as temporary:
            draft = Path(temporary)
            with tarfile.open(path, "r:gz") as archive:
                _unpack(archive, draft)
            if not (draft / GRADEBOOK).is_file():
                raise CourseError(f"{path} is no backup of a class: it has no {GRADEBOOK}.")
            students, submissions = _counts(draft / GRADEBOOK)
            files = sum(one.is_file() for one in draft.rglob("*"))
            for name, place in places.items():
                if (draft / name).exists():
                    place.parent.mkdir(parents=True, exist_ok=True)
                    if place.is_dir():
                        place.rmdir()  # empty
                    shutil.move(draft / name, place)
    except (tarfile.TarError, EOFError, sqlite3.Error) as error:
        raise CourseError(f"{path} is no backup of a class, or is damaged: {error}.") from None
    except OSError as error:
        raise CourseError(
            f"The backup {path} cannot be brought back ({error.strerror or error}): "
            f"{error.filename or path}."
        ) from None
    return Held(students, submissions, files)


def _unpack(archive: tarfile.TarFile, to: Path) -> None:
    """Unpack the plain files, which are all that a backup has. Raises TarError for a name outside.

    tarfile's own filter for this came with Python 3.11.4, and Debian 12 has 3.11.2.
    """
    for member in archive:
        name = PurePosixPath(member.name)
        if name.is_absolute() or ".." in name.parts:
            raise tarfile.TarError(f"{member.name!r} would lie outside")
        held = archive.extractfile(member) if member.isfile() else None
        if held is None:
            continue
        place = to / name
        place.parent.mkdir(parents=True, exist_ok=True)
        with held, place.open("wb") as file:
            shutil.copyfileobj(held, file)
        place.chmod(member.mode & 0o777)
        os.utime(place, (member.mtime, member.mtime))


def _holds_something(place: Path) -> bool:
    return any(place.iterdir()) if place.is_dir() else place.exists()


def _places(course: Course, gradebook: Path) -> dict[str, Path]:
    """Return where all but the gradebook lies, by its name in the backup."""
    home = gradebook.parent
    return {
        SECRET: home / SECRET,
        SUBMITTED: course.submitted,
        AUTOGRADED: course.autograded,
        RECORDS: home / RECORDS,
    }


def _gradebook(course: Course) -> Path:
    if not course.db_url.startswith(_SQLITE):
        raise CourseError(
            "The gradebook is in a database on a server: back that up with the server's own "
            "program (`pg_dump`), and keep the file `secret` beside the submissions with it."
        )
    return Path(course.root, course.db_url.removeprefix(_SQLITE).partition("?")[0])


def _counts(gradebook: Path) -> tuple[int, int]:
    """Return students and submissions; raises sqlite3.Error where the file is not sound."""
    with closing(sqlite3.connect(gradebook)) as db:
        (sound,) = db.execute("PRAGMA integrity_check").fetchone()
        if sound != "ok":
            raise sqlite3.DatabaseError(sound)
        ((students,),) = db.execute("SELECT count(*) FROM student")
        ((submissions,),) = db.execute("SELECT count(*) FROM submitted_assignment")
    return students, submissions
