"""Attacks on a stage: times, names and notebooks over which reading, saving or a page could end."""

import json
import unicodedata
from pathlib import Path
from typing import Any

from tests.nbgrader_sandbox.hostile.attack import Attack, Notebook, cell, find, theme
from tests.nbgrader_sandbox.hostile.attacks_files import change, data, stamp

#: Just deep enough for what reads JSON, and too deep for most that goes on with it.
DEPTHS = (60, 120, 240)


def nested(depth: int) -> Any:
    found: Any = 1
    for k in range(depth):
        found = [found] if k % 2 else {"a": found}
    return found


def deep_metadata(notebook: Notebook) -> None:
    for k, (one, depth) in enumerate(zip(notebook["cells"], DEPTHS, strict=False)):
        one["metadata"][f"deep-{k}"] = nested(depth)
        notebook["metadata"][f"deep-{k}"] = nested(depth)
    find(notebook, "test_softmax")["metadata"]["nbgrader"]["note"] = nested(240)
    made = cell("x", "markdown")
    made["attachments"] = {"a.png": {"image/png": nested(300)}}
    notebook["cells"].append(made)


def delimiters(notebook: Notebook) -> None:
    """The marks between which nbgrader takes out text, opened and never closed."""
    for text in ("### BEGIN HIDDEN TESTS", "### END HIDDEN TESTS", "### BEGIN SOLUTION"):
        notebook["cells"] += [cell(text), cell(text, "markdown"), cell(text, "raw")]
        find(notebook, "softmax")["source"] += f"\n{text}"
    find(notebook, "why")["source"] = "=== BEGIN MARK SCHEME ===\n### BEGIN SOLUTION"


def line_ends(notebook: Notebook) -> None:
    """All that ends a line for somebody: forms, feeds, separators, halves of pairs."""
    for end in ("\r", "\r\n", "\x0b", "\x0c", "\x1c", "\x85", "\u2028", "\u2029", "\n\r\n"):
        notebook["cells"] += [
            cell(f"a = 1{end}raise ValueError(1){end}b = 2{end}"),
            cell(f"# a{end}b{end}", "markdown"),
        ]
    found = find(notebook, "softmax")
    found["source"] = found["source"].replace("\n", "\r")


def numbers(text: str) -> str:
    """Numbers that are infinite, or have more digits than are read, all over the metadata."""
    odd = '"metadata": {"a": 1e999, "b": -1e999, "c": NaN, "d": %s, "e": -0.0, "' % ("9" * 4000)
    return text.replace('"metadata": {"', odd)


def pages_taken(folder: Path) -> None:
    """Folders and files where the feedback's page and its pictures have to go."""
    (folder / "parts.html").mkdir()
    (folder / "parts.html" / "x").write_text("x", encoding="utf-8")
    (folder / "parts_files").write_text("x", encoding="utf-8")
    (folder / "parts_files.html").write_text("x", encoding="utf-8")


def long_names(folder: Path) -> None:
    """Names as long as can be, before the engine adds an ending of its own."""
    inner = folder
    for letter in "abc":
        inner = inner / (letter * 120)
        inner.mkdir()
    (inner / ("d" * 251 + ".txt")).write_text("x", encoding="utf-8")
    (folder / ("e" * 249 + ".ipynb")).write_text("{}", encoding="utf-8")


def zones(folder: Path) -> None:
    stamp(b"2026-01-01 00:00:00 Mars/Olympus")(folder)


def claims(notebook: dict[str, Any]) -> None:
    """All that Jupyter, Colab and other programs keep in metadata, of the wrong kinds."""
    about = notebook["metadata"]
    about |= {"kernelspec": [1], "language_info": "R", "colab": {"provenance": 7}, "widgets": []}
    about |= {"celltoolbar": {}, "toc": None, "nbgrader": "yes", "jupytext": {"formats": ["x"]}}
    for one in notebook["cells"]:
        one["metadata"] |= {"jupyter": "x", "slideshow": [], "editable": "no", "deletable": 0}
        one["metadata"] |= {"trusted": 1, "execution": 7, "name": 3, "scrolled": "x", "format": 9}


def doubled(folder: Path) -> None:
    """The same notebook in two forms of its name, one folder deeper, twice."""
    text = (folder / "parts.ipynb").read_text(encoding="utf-8")
    (folder / "parts.ipynb").unlink()
    for name in ("a", "b"):
        (folder / name).mkdir()
        (folder / name / "parts.ipynb").write_text(text, encoding="utf-8")


def hundred_tests(notebook: Notebook) -> None:
    """Each test a hundred times, each with another part's id in capitals and with blanks."""
    for one in list(notebook["cells"]):
        name = one["metadata"].get("nbgrader", {}).get("grade_id", "")
        if name.startswith("test_"):
            for k in range(100):
                copy = json.loads(json.dumps(one))
                copy["metadata"]["nbgrader"]["grade_id"] = [name.upper(), f" {name}", f"{name}\n"][
                    k % 3
                ]
                notebook["cells"].append(copy)


def _named(name: str, what: str, **more: Any) -> Attack:
    return Attack(name, what, stock=False, **more)


#: Texts with which a cell of a table begins a formula, whatever sign is between cells.
FORMULAS = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20")
ACCENT = "name-Zoë"

STAGES = theme(
    "stages",
    Attack(
        "stage-deep-metadata",
        "metadata just deep enough to be read, and too deep to be copied",
        edit=deep_metadata,
    ),
    Attack("stage-delimiters", "nbgrader's marks, opened and never closed", edit=delimiters),
    Attack("stage-line-ends", "all that ends a line for somebody", edit=line_ends),
    Attack("stage-numbers", "numbers that no other program reads again", files=change(numbers)),
    Attack(
        "stage-pages-taken", "folders where the page and its pictures have to go", files=pages_taken
    ),
    Attack("stage-long-names", "files with names as long as can be", files=long_names),
    Attack("stage-claims", "other programs' metadata, of wrong kinds", files=data(claims)),
    Attack("stage-doubled", "two notebooks, either of which can be meant", files=doubled, says="."),
    Attack(
        "stage-hundred-tests", "each test a hundred times, by nearly its id", edit=hundred_tests
    ),
    Attack("stamp-zone", "a time in a zone that there is not", files=zones),
    Attack(
        "stamp-digits",
        "a time in the digits of other scripts",
        files=stamp("٢٠٢٦-٠١-٠١ १२:००:०० UTC".encode()),
    ),
    Attack(
        "stamp-lines",
        "three times in one file, with signs for the terminal",
        files=stamp(b"2026-01-01 00:00:00 UTC\n\x1b[2J2000-01-01\r\n0001-01-01\x00"),
    ),
    Attack("stamp-folder", "the time is a folder", files=lambda f: (f / "timestamp.txt").mkdir()),
    _named("name-%(student)s %n {0.__class__}", "a name that messages would fill in"),
    _named("name-\u202egpj.\u2066exe", "a name that is written from the right"),
    _named("name-" + "l" * 240, "a name as long as a folder's can be"),
    _named("name-a\tb", "a name with a tab", left_out=True),
    _named("name-\x1b[2J", "a name that clears the terminal", left_out=True),
    _named("name-a\u2028b", "a name with a line's end of another kind", left_out=True),
    _named(unicodedata.normalize("NFC", ACCENT), "a name with an accent in one letter"),
    _named(unicodedata.normalize("NFD", ACCENT), "the same name with the accent in a letter more"),
    _named("name-a;=1+1", "a formula behind a semicolon"),
    _named("name-a|'@SUM(1)", "a formula behind a bar and a quote"),
    _named("name-a; \u3000\uff1d1+1", "a formula in wide letters behind wide blanks"),
    _named('name-a",=1+1,"', "a formula behind a quote and a comma"),
    _named("name-a\u200b;-1+1", "a formula behind a letter of no width"),
    _named("name-$(id)`id`&;#!", "a name that a shell would run"),
)
