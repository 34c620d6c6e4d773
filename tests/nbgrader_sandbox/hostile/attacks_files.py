"""Attacks by the files themselves: huge, broken, oddly named, oddly dated."""

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.nbgrader_sandbox.hostile.attack import Attack, Notebook, cell, theme

NAME = "parts.ipynb"


def text(content: str | bytes) -> Callable[[Path], None]:
    """Put `content` in the place of the notebook."""

    def write(folder: Path) -> None:
        data = content if isinstance(content, bytes) else content.encode("utf-8", "surrogatepass")
        (folder / NAME).write_bytes(data)

    return write


def change(how: Callable[[str], str | bytes]) -> Callable[[Path], None]:
    """Change the notebook's text."""

    def write(folder: Path) -> None:
        changed = how((folder / NAME).read_text(encoding="utf-8"))
        text(changed)(folder)

    return write


def data(how: Callable[[dict[str, Any]], object]) -> Callable[[Path], None]:
    """Change the notebook's data; what `how` returns takes its place, where that is anything."""

    def again(found: str) -> str:
        notebook = json.loads(found)
        changed = how(notebook)
        return json.dumps(notebook if changed is None else changed)

    return change(again)


def large(folder: Path) -> None:
    """105 MB of output that says it is fine."""
    notebook = json.loads((folder / NAME).read_text(encoding="utf-8"))
    output = {"output_type": "stream", "name": "stdout", "text": "x" * 105_000_000}
    notebook["cells"][0]["outputs"] = [output]
    (folder / NAME).write_text(json.dumps(notebook), encoding="utf-8")


def named(name: str) -> Callable[[Path], None]:
    def rename(folder: Path) -> None:
        (folder / NAME).rename(folder / name)

    return rename


def stamp(content: bytes) -> Callable[[Path], None]:
    def write(folder: Path) -> None:
        (folder / "timestamp.txt").write_bytes(content)

    return write


def many_cells(notebook: Notebook) -> None:
    notebook["cells"] += [cell("1", "markdown") for _ in range(50_000)]


def many_code_cells(notebook: Notebook) -> None:
    notebook["cells"] += [cell("k = 1") for _ in range(5_000)]


def numbers_as_source(notebook: dict[str, Any]) -> None:
    for one in notebook["cells"]:
        one["source"] = 5


def surrogates(notebook: dict[str, Any]) -> None:
    notebook["cells"].append(cell("print('\ud800')\n'\udfff'"))
    notebook["cells"].append(cell("\ud800", "markdown"))
    notebook["metadata"]["\ud800"] = "\udfff"


def control(notebook: dict[str, Any]) -> None:
    notebook["cells"].append(cell("x = '\x00\x1b[2J\u202e\x07'\nx"))
    notebook["cells"].append(cell("\x00\u202e", "markdown"))


def nothing(folder: Path) -> None:
    (folder / NAME).unlink()


def no_rights(folder: Path) -> None:
    (folder / NAME).chmod(0)
    folder.chmod(0o555)


def both(folder: Path) -> None:
    """The right name in other letters, and an instructor's files."""
    whole = (folder / NAME).read_bytes()
    (folder / "PARTS.ipynb").write_bytes(whole)
    (folder / "parts.ipynb.bak").write_bytes(whole)
    (folder / "feedback").mkdir()
    (folder / "feedback" / "parts.html").write_text("<script>hostile_script()</script>")
    (folder / "gradebook.db").write_bytes(b"SQLite format 3\x00")


def odd_names(folder: Path) -> None:
    """Files of names that are no UTF-8, have line breaks, or are as long as can be."""
    for name in (b"\xff\xfe.txt", b"a\nb\r.txt", b"x" * 255, b"-rf", b"*", b"$(id)", b"\\..\\x"):
        (folder / os.fsdecode(name)).write_text("x", encoding="utf-8")
    (folder / os.fsdecode(b"\xffolder")).mkdir()


def file_for_folder(folder: Path) -> None:
    """A file where the course has a folder, and a folder where it has a file."""
    (folder / "data").write_text("x", encoding="utf-8")
    (folder / "notes.txt").mkdir()
    (folder / "notes.txt" / "inner.txt").write_text("x", encoding="utf-8")


def long_source(notebook: Notebook) -> None:
    notebook["cells"].append(cell("# " + "x" * 12_000_000))
    notebook["cells"].append(cell("word " * 1_000_000, "markdown"))


def long_metadata(notebook: Notebook) -> None:
    notebook["metadata"]["note"] = "x" * 6_000_000
    for k, one in enumerate(notebook["cells"]):
        one["metadata"][f"note-{k}"] = ["x" * 100] * 5_000
    notebook["cells"].append(cell("1", tags=["x" * 3_000_000]))


UNREAD = "."
DEEP = '{"a":' * 100_000 + "1" + "}" * 100_000

FILES = theme(
    "broken and odd files",
    Attack("file-105-mb", "a notebook of 105 MB", files=large, says="105 MB"),
    Attack(
        "file-truncated", "half a notebook", files=change(lambda t: t[: len(t) // 2]), says="JSON"
    ),
    Attack("file-empty", "an empty file", files=text(""), says=UNREAD),
    Attack("file-binary", "bytes", files=text(b"\x00\xff\xfe" * 999), says=UNREAD),
    Attack("file-utf-16", "UTF-16", files=change(lambda t: t.encode("utf-16")), says=UNREAD),
    Attack("file-bom", "a byte-order mark", files=change(lambda t: "\ufeff" + t)),
    Attack("file-list", "a list", files=text("[1, 2]"), says=UNREAD),
    Attack(
        "file-nan",
        "NaN and Infinity",
        files=text('{"cells": NaN, "nbformat": Infinity}'),
        says=UNREAD,
    ),
    Attack("file-deep", "JSON 100,000 deep", files=text(DEEP), says=UNREAD),
    Attack("file-digits", "a number of 10^6 digits", files=text("9" * 10**6), says=UNREAD),
    Attack(
        "file-no-cells", "no list of cells", files=data(lambda n: n.pop("cells") and n), says=UNREAD
    ),
    Attack(
        "file-null-cells",
        "cells that are null",
        files=data(lambda n: {**n, "cells": [None]}),
        says=UNREAD,
    ),
    Attack("file-sources", "sources that are numbers", files=data(numbers_as_source), says=UNREAD),
    Attack("file-format-99", "format 99", files=data(lambda n: {**n, "nbformat": 99}), says=UNREAD),
    Attack("file-format-0", "format -1", files=data(lambda n: {**n, "nbformat": -1}), says=UNREAD),
    Attack("file-minor", "format 4.999", files=data(lambda n: {**n, "nbformat_minor": 999})),
    Attack("file-surrogates", "half characters", files=data(surrogates)),
    Attack("file-control", "control characters", files=data(control)),
    Attack("file-50000-cells", "50,000 cells of text", edit=many_cells),
    Attack("file-5000-code-cells", "5,000 cells of code", edit=many_code_cells),
    Attack("file-missing", "no notebook", files=nothing, says="no notebook"),
    Attack("file-renamed", "another name", files=named("parts (1).ipynb"), evidence=("renamed",)),
    Attack(
        "file-odd-name", "a name with a line break and a quote", files=named('pa\n"r<b>ts.ipynb')
    ),
    Attack("file-no-rights", "a file that may not be read", files=no_rights),
    Attack("file-companions", "files of the names that nbgrader uses", files=both),
    Attack("file-names", "files of odd names beside the notebook", files=odd_names),
    Attack("file-for-folder", "files and folders in each other's places", files=file_for_folder),
    Attack("file-long-source", "cells of 12 MB", edit=long_source),
    Attack("file-long-metadata", "metadata of 12 MB", edit=long_metadata),
    Attack("stamp-text", "a time that is none", files=stamp(b"yesterday; DROP TABLE grade")),
    Attack(
        "stamp-far",
        "the year 9999, and a zone that is none",
        files=stamp(b"9999-12-31 23:59:59 +99"),
    ),
    Attack("stamp-binary", "bytes for a time", files=stamp(b"\xff\x00" * 99)),
    Attack("stamp-large", "a time of 5 MB", files=stamp(b"2" * 5_000_000)),
    Attack("name-ünï", "a name with accents"),
    Attack("name with 'quotes'; <b>", "a name with blanks, quotes and signs"),
    Attack("name-%2e%2e-{x}", "a name with percent and braces"),
    Attack("name-[a-z]*?", "a name that is a pattern for files"),
    Attack("name-\udcff", "a name that is no UTF-8", left_out=True),
    Attack("=cmd|' -C calc'!A0", "a name that a spreadsheet would run"),
)
