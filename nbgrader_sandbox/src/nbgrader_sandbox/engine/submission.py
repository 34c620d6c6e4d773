"""Reads what a student handed in, trusting nothing: sizes, types and links are looked at first."""

import contextlib
import json
import os
import re
import secrets
import stat
import unicodedata
import warnings
from collections.abc import Iterable, Iterator, Mapping
from fnmatch import fnmatch
from functools import cached_property
from itertools import islice
from pathlib import Path, PurePosixPath
from typing import Any

import nbformat
from nbformat.notebooknode import NotebookNode
from nbformat.validator import get_validator

#: Bytes. An honest notebook is far smaller; one that is larger is never opened.
LARGEST = 20_000_000

#: Values in a notebook's JSON, beside the outputs that it was saved with.
MOST_VALUES = 300_000

#: Values up to which faults are looked for with nbformat's own words: these take minutes and
#: gigabytes where there are many. An honest notebook has a few thousand.
FEW_VALUES = 20_000

#: Files beside the notebook: how many, how many bytes in all, and bytes of a relative path. A
#: longer path could be too long for the system where the file is copied to.
MOST_FILES = 200
MOST_BYTES = 20_000_000
LONGEST_PATH = 500
#: Entries of all kinds that are looked at, folders and links among them.
MOST_ENTRIES = 10_000


#: What a student's folder may hold that nobody means to hand in.
LEFT_BEHIND = (".ipynb_checkpoints", "__pycache__", "*.pyc", "feedback", ".DS_Store")


class Unreadable(Exception):
    """A notebook that cannot be graded; the message is one sentence for its author."""


class OwnFiles:
    """The course's own files and everybody's work, of which a submission may hold no hard link.

    `folders` is where they are, `leave_out` what anybody may have.
    """

    def __init__(self, folders: Iterable[Path] = (), leave_out: Iterable[Path] = ()) -> None:
        self._folders, self._leave_out = list(folders), {str(path) for path in leave_out}

    def has(self, found: os.stat_result, folder: Path) -> bool:
        """Whether a file in the submission `folder` has another name elsewhere in the course.

        Only files of several names are looked for at all.
        """
        if found.st_nlink < 2:
            return False
        names = self._known.get((found.st_dev, found.st_ino), ())
        return any(not name.startswith(f"{folder}/") for name in names)

    @cached_property
    def _known(self) -> dict[tuple[int, int], list[str]]:
        known: dict[tuple[int, int], list[str]] = {}
        for top in dict.fromkeys(self._folders):
            for parent, folders, names in os.walk(top):
                folders[:] = [
                    name
                    for name in folders
                    if not name.startswith(".") and f"{parent}/{name}" not in self._leave_out
                ]
                for name in names:
                    with contextlib.suppress(OSError):
                        found = os.lstat(f"{parent}/{name}")
                        if found.st_nlink > 1:
                            place = (found.st_dev, found.st_ino)
                            known.setdefault(place, []).append(f"{parent}/{name}")
        return known


def read_notebook(folder: Path, name: str, own: OwnFiles | None = None) -> NotebookNode:
    """Read the notebook `name` in a submission's folder. Raises Unreadable."""
    path = find_notebook(folder, name)
    text = _text(folder, path, own or OwnFiles())
    try:
        if "\\ud" in text.lower():  # half of a surrogate pair can be written to no file
            whole = json.dumps(json.loads(text), ensure_ascii=False)
            text = whole.encode("utf-8", "replace").decode("utf-8")
        data = json.loads(text)
        _forget_outputs(data)
        few = _count(data) <= FEW_VALUES
    except json.JSONDecodeError as error:
        what = error.msg.removesuffix(" at")  # some of json's messages end with it
        raise Unreadable(
            f"{path.name} is not valid JSON: {what} at line {error.lineno}, column "
            f"{error.colno}. A notebook is saved by Jupyter and not edited as text: open the "
            "last version that Jupyter opens, and hand that in."
        ) from None
    except (RecursionError, ValueError):  # ValueError: a number of thousands of digits
        raise Unreadable(
            f"{path.name} holds data that no notebook needs: save it in Jupyter and hand it in "
            "again."
        ) from None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of missing ids, which are added
            if data["nbformat"] == 4:
                _repair(data)
                nb = nbformat.v4.to_notebook(data)  # also joins lists of lines
            elif few:
                nb = nbformat.reads(json.dumps(data), as_version=4)
            else:
                raise ValueError("an old format")
            if few:
                nbformat.validate(nb)
            else:  # stops at the first fault
                form = get_validator(4, nb.nbformat_minor, name="fastjsonschema")
                form.validate(nb)
            if not all(isinstance(cell.get("source"), str) for cell in nb.cells):
                raise ValueError("source")  # later formats may have cells without
    except Exception as error:  # these raise whatever they stumble over
        first = str(error).strip().split("\n")[0][:100]
        raise Unreadable(
            f"{path.name} is JSON, but not a notebook ({first}): save it in Jupyter and hand "
            "it in again."
        ) from None
    return nb


def find_notebook(folder: Path, name: str) -> Path:
    """Return where the notebook `name` lies, under whatever name a browser or an LMS gave it.

    Found are `gate (1).ipynb`, `gate.ipynb.txt`, other Unicode forms of the same letters, and one
    folder deeper, where only one file can be meant. Else it is where it should be.
    """
    path = folder / f"{name}.ipynb"
    if os.path.lexists(path) or linked(folder):
        return path
    found = [other for other in _candidates(folder) if meant(other.name) == meant(path.name)]
    nearest = [other for other in found if other.parent == folder] or found
    return nearest[0] if len(nearest) == 1 else path


def _candidates(folder: Path) -> list[Path]:
    """Return the files that can be notebooks, here and one folder deeper."""
    ends = (".ipynb", ".ipynb.txt", ".ipynb.json")
    found = [*islice(folder.glob("*"), MOST_ENTRIES)]
    inner = [one for one in found if one.is_dir() and not one.is_symlink()]
    inner = [one for one in inner if not one.name.startswith(".")]
    for one in inner[:50]:
        found += islice(one.glob("*"), MOST_ENTRIES)
    return sorted(one for one in found if one.name.casefold().endswith(ends) and one.is_file())


def meant(name: str) -> str:
    """Return a file's name without what browsers, systems and LMS add to it."""
    plain = unicodedata.normalize("NFC", name).casefold()
    plain = plain.removesuffix(".txt").removesuffix(".json").removesuffix(".ipynb")
    return re.sub(r"(\s*\(\d{1,3}\)|-copy\d{0,3})+$", "", plain).strip()


def _forget_outputs(data: object) -> None:
    """Drop what cells had shown, in place: all are run again, and a fault there is of no matter."""
    sheets = [data]
    if isinstance(data, dict) and isinstance(data.get("worksheets"), list):  # format 3
        sheets += data["worksheets"]
    for sheet in sheets:
        cells = sheet.get("cells") if isinstance(sheet, dict) else None
        for cell in cells if isinstance(cells, list) else []:
            if isinstance(cell, dict) and "outputs" in cell:
                cell["outputs"] = []


def _repair(data: Any) -> None:
    """Mend, in place, what Jupyter opens and a schema refuses, as Jupyter does.

    All that a schema minds about a cell but its kind, text and attachments is made anew.
    """
    metadata = data.get("metadata")
    data["metadata"] = metadata if isinstance(metadata, dict) else {}
    for known in ("kernelspec", "language_info"):  # the release's own are put there
        data["metadata"].pop(known, None)
    for extra in ("orig_nbformat", "signature", "title", "authors"):
        data["metadata"].pop(extra, None)
    minor = data.get("nbformat_minor")
    data["nbformat_minor"] = minor = minor if type(minor) is int and 0 <= minor <= 5 else 5
    seen: set[str] = set()
    for cell in data["cells"]:
        code = cell.get("cell_type") == "code"
        about = cell.get("metadata")
        cell["metadata"] = about if isinstance(about, dict) else {}
        for odd in ("collapsed", "scrolled", "name", "format", "jupyter", "execution"):
            cell["metadata"].pop(odd, None)
        tags = cell["metadata"].get("tags")
        if tags is not None:
            plain = [tag for tag in tags if isinstance(tag, str)] if isinstance(tags, list) else []
            cell["metadata"]["tags"] = list(dict.fromkeys(tag for tag in plain if "," not in tag))
        for field in {"outputs", "execution_count"}:
            cell.pop(field, None)
        if code:
            cell |= {"outputs": [], "execution_count": None}
            cell.pop("attachments", None)
        elif not isinstance(cell.get("attachments", {}), dict):
            del cell["attachments"]
        name = cell.get("id")
        if minor < 5 or not isinstance(name, str) or not _ID.fullmatch(name) or name in seen:
            cell.pop("id", None)
            if minor >= 5:
                cell["id"] = secrets.token_hex(8)
        seen.add(str(cell.get("id")))
        for extra in set(cell) - _FIELDS:
            del cell[extra]


_ID = re.compile(r"[a-zA-Z0-9_-]{1,64}")
_FIELDS = {"cell_type", "metadata", "source", "attachments", "outputs", "execution_count", "id"}


def _count(data: object) -> int:
    """Return the number of values. Raises ValueError for more than a notebook needs."""
    left = [data]
    count = 0
    while left:
        found = left.pop()
        parts: list[object] = []
        if isinstance(found, dict):
            parts = list(found.values())
        elif isinstance(found, list):
            parts = found
        count += len(parts)
        left += [part for part in parts if isinstance(part, dict | list)]
        if count > MOST_VALUES:
            raise ValueError(f"more than {MOST_VALUES} values")
    return count


def why_not_graded(folder: Path, notebooks: Iterable[str]) -> str:
    """Say, for the report, why there is no graded copy of the submission in `folder`."""
    for name in notebooks:
        try:
            read_notebook(folder, name)
        except Unreadable as why:
            return str(why)
    return "it has not been graded yet: run `nbgrader autograde`."


def _text(folder: Path, path: Path, own: OwnFiles) -> str:
    if linked(folder):
        raise Unreadable("the submission's folder is a link: hand in the folder itself.")
    try:
        found = path.lstat()
    except OSError:
        others = [other.relative_to(folder).as_posix() for other in _candidates(folder)]
        if not others:
            raise Unreadable(f"no notebook was handed in: hand in {path.name!r}.") from None
        names = ", ".join(map(repr, others[:3]))
        raise Unreadable(
            f"there is no {path.name!r} (found {names}): rename it and hand it in again."
        ) from None
    if not stat.S_ISREG(found.st_mode) or own.has(found, folder):
        raise Unreadable(f"{path.name} is a link or no file at all: hand in the notebook itself.")
    if found.st_size > LARGEST:
        raise Unreadable(
            f"{path.name} has {found.st_size / 1e6:.0f} MB, more than the {LARGEST / 1e6:.0f} MB "
            "that are opened: clear the outputs of all cells and hand it in again."
        )
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise Unreadable(
            f"{path.name} is not a text in UTF-8: save it in Jupyter and hand it in again."
        ) from None
    except OSError as error:
        raise Unreadable(
            f"{path.name} cannot be read ({error.strerror}): check its permissions."
        ) from None


def linked(folder: Path) -> bool:
    """Whether a submission's folder, or that of its student, only leads to another's."""
    return folder.is_symlink() or folder.parent.is_symlink()


def read_files(
    folder: Path, ignore: Iterable[str], own: OwnFiles | None = None
) -> tuple[dict[str, bytes], list[str]]:
    """Return the files beside the notebooks, by relative path, and what was left out.

    Links, devices and pipes are left out, and what is too much.
    """
    files: dict[str, bytes] = {}
    left_out: list[str] = []
    total = 0
    for path in _walk(folder, list(ignore), left_out):
        relative = path.relative_to(folder).as_posix()
        about = path.lstat()
        size = about.st_size
        if own is not None and own.has(about, folder):
            left_out.append(f"{relative}: a link to a file of the course or of others")
            continue
        if len(files) >= MOST_FILES or total + size > MOST_BYTES:
            left_out.append(f"{relative}: more than {MOST_FILES} files or {MOST_BYTES} bytes")
            break
        try:
            files[relative] = path.read_bytes()
        except OSError as error:
            left_out.append(f"{relative}: {error.strerror}")
            continue
        total += size
    return files, left_out


def beside(
    files: Mapping[str, bytes], given: Mapping[str, bytes], notebooks: Iterable[str]
) -> dict[str, bytes]:
    """Return a student's `files` with the course's own in the place of those of the same name.

    A file that stands where a folder is needed, or below what has to be a file, is left out.
    """
    names = list(notebooks)
    pages = {f"{name}{end}" for name in names for end in (".html", "_files")}  # of the feedback
    files = {path: content for path, content in files.items() if path.split("/")[0] not in pages}
    taken = {*given, *(f"{name}.ipynb" for name in names)}
    folders = {str(above) for path in taken for above in PurePosixPath(path).parents}
    kept = {
        path: content
        for path, content in files.items()
        if path not in folders and not taken & {str(one) for one in PurePosixPath(path).parents}
    }
    return {**kept, **given}


def _walk(folder: Path, ignore: list[str], left_out: list[str]) -> Iterator[Path]:
    seen = 0

    def short(parent: str, name: str) -> bool:
        relative = os.path.relpath(f"{parent}/{name}", folder)
        if len(os.fsencode(relative)) <= LONGEST_PATH:
            return True
        left_out.append(f"{relative[:60]}…: a path of more than {LONGEST_PATH} bytes")
        return False

    def closed(error: OSError) -> None:
        if error.filename != str(folder):
            name = os.path.relpath(error.filename, folder)
            left_out.append(f"{name[:60]}: {error.strerror}")
            return
        raise error  # nothing of it can be read

    for parent, folders, names in os.walk(folder, onerror=closed):
        seen += len(folders) + len(names)
        if seen > MOST_ENTRIES:
            left_out.append(f"all files: more than {MOST_ENTRIES} entries in the folder")
            return
        # A path that is longer could be too long for the system where the file is copied to.
        folders[:] = sorted(one for one in folders if not _ignored(one, ignore))
        folders[:] = [one for one in folders if short(parent, one)]
        for name in sorted(folders + names):
            path = Path(parent, name)
            if _ignored(name, ignore) or not short(parent, name):
                continue
            mode = path.lstat().st_mode
            if stat.S_ISDIR(mode) and not path.is_symlink():
                continue
            if stat.S_ISREG(mode):
                if path.suffix != ".ipynb":
                    yield path
            else:
                left_out.append(f"{path.relative_to(folder).as_posix()}: a link or no plain file")


def _ignored(name: str, patterns: list[str]) -> bool:
    return any(fnmatch(name, pattern) for pattern in patterns)
