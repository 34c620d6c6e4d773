"""Where the files of an LMS's download go: which student's they are, and under which name."""

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import PurePosixPath

from nbgrader_sandbox.apart import shown
from nbgrader_sandbox.engine.submission import meant
from nbgrader_sandbox.lms.names import Named, read_name
from nbgrader_sandbox.lms.people import Finder


@dataclass(frozen=True)
class Collected:
    """Where a file goes: the student, the path in their folder, and when it came, if known."""

    student: str
    path: str
    handed_in: datetime | None = None


def sort_out(
    files: Iterable[PurePosixPath],
    finder: Finder,
    notebooks: Collection[str],
    say: Callable[[str], object],
) -> dict[PurePosixPath, Collected]:
    """Return where the files of a download go; what is nobody's is left out, and said.

    `notebooks` are the names of the released ones, without `.ipynb`: a notebook that has more in
    its name, as `gate-1.ipynb` for a second attempt, gets that name where it is the only one, or
    the last.
    """
    theirs: dict[str, dict[PurePosixPath, Named]] = defaultdict(dict)
    unknown: dict[tuple[str, str], Named] = {}
    for file in files:
        if (named := read_name(file)) is None:
            continue
        if found := finder.find(named):
            theirs[found.id][file] = named
        else:
            unknown[named.name, named.number] = named
    for named in unknown.values():
        say(_who_is(named))
    collected = {}
    for student, work in theirs.items():
        for file, named in _one_each(student, _renamed(work, notebooks), say).items():
            collected[file] = Collected(student, named.path, finder.handed_in(named))
    return collected


def _who_is(named: Named) -> str:
    if named.lms == "Canvas":
        return (
            f"Nobody in the gradebook is Canvas's user {named.number} ({shown(named.name)}), whose "
            "files are left out: import the class with `nbgrader db student import`, with this "
            "number in the column lms_user_id."
        )
    return (
        f"Nobody in the gradebook, or more than one, is {shown(named.name)!r} of Moodle, whose "
        "files are left out: put Moodle's grading worksheet beside the zip, and see that the "
        "student's e-mail address is in the gradebook."
    )


def _renamed(
    work: Mapping[PurePosixPath, Named], notebooks: Collection[str]
) -> dict[PurePosixPath, Named]:
    """Give the released notebooks their names, where only one file can be meant."""
    found = dict(work)
    for name in notebooks:
        due = f"{name}.ipynb"
        meant_ones = [file for file, named in found.items() if is_meant(named.path, name)]
        if not meant_ones:
            continue
        latest = max(found[file].order for file in meant_ones)
        last = [file for file in meant_ones if found[file].order == latest]
        last = [file for file in last if found[file].path == due] or last
        if len(last) == 1 and found[last[0]].path.endswith(".ipynb"):
            found[last[0]] = replace(found[last[0]], path=due)
    return found


def is_meant(path: str, notebook: str) -> bool:
    """Whether a student's file is the released notebook, by whatever name it came."""
    name = PurePosixPath(path).name
    plain = re.sub(r"-\d{1,3}(?=\.ipynb)", "", name, flags=re.IGNORECASE)
    ends = name.casefold().endswith((".ipynb", ".ipynb.txt", ".ipynb.json"))
    return ends and meant(notebook) in (meant(name), meant(plain))


def _one_each(
    student: str, work: Mapping[PurePosixPath, Named], say: Callable[[str], object]
) -> dict[PurePosixPath, Named]:
    """Return one file for each path: the last."""
    kept: dict[str, PurePosixPath] = {}
    for file in sorted(work, key=lambda file: work[file].order):
        path = work[file].path
        if path in kept:
            say(f"{shown(student)} has {path!r} twice: the later one is taken.")
        kept[path] = file
    return {file: work[file] for file in kept.values()}
