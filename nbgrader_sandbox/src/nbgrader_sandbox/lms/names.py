"""Whose a file in a download of Canvas or Moodle is, as its name says.

Canvas: all files in one folder, `LASTFIRST_USER_FILE_their-name.ipynb`, with `LATE` before the
number of the user where it was late. Moodle: a folder each, `NAME_NUMBER_assignsubmission_file`
(with `_` at its end before Moodle 4.1), or the same before each file's name where "Download
submissions in folders" is off. The number is one for this assignment alone.

Sources: what each takes back by these names, Canvas's `infer_comment_context_from_filename`
(https://github.com/instructure/canvas-lms/blob/master/app/models/abstract_assignment.rb) and
Moodle's `is_valid_filename_for_import`
(https://github.com/moodle/moodle/blob/main/mod/assign/feedback/file/importziplib.php).
"""

import re
from dataclasses import dataclass
from pathlib import PurePosixPath

_CANVAS = re.compile(r"(?P<name>.+?)(?P<late>_LATE)?_(?P<number>\d+)_(?P<file>\d+)_(?P<rest>.+)")
_MOODLE = re.compile(r"(?P<name>[^_]+)_(?P<number>\d+)_assignsubmission_file(_(?P<rest>.*))?")

#: What has been unpacked by now, and what a Mac adds.
_NOBODYS = ("__MACOSX",)
_PACKED = (".zip", ".gz")


@dataclass(frozen=True)
class Named:
    """A file of a student: as what the LMS knows them, and its path in their work.

    `number` is Canvas's of the user, or Moodle's of the participant; `order` grows with the time
    at which the file was handed in, where that is known.
    """

    lms: str
    name: str
    number: str
    path: str
    order: int = 0


def read_name(path: PurePosixPath, *, packed: bool = False) -> Named | None:
    """Return whose a file is, from its path in a download; None for what is nobody's.

    Nobody's is a student's own zip, too, unless it was left `packed`.
    """
    if any(part in _NOBODYS or part.startswith(".") for part in path.parts):
        return None
    for k, part in enumerate(path.parts):
        if found := _MOODLE.fullmatch(part):
            inner = [found["rest"] or "", *path.parts[k + 1 :]]
            named = Named("Moodle", found["name"], found["number"], "/".join(filter(None, inner)))
        elif found := _CANVAS.fullmatch(part):
            inner = list(path.parts[k + 1 :]) or [found["rest"]]  # a zip of theirs is a folder now
            named = Named(
                "Canvas", found["name"], found["number"], "/".join(inner), int(found["file"])
            )
        else:
            continue
        unpacked = not packed and named.path.endswith(_PACKED)
        return named if named.path and not unpacked else None
    return None
