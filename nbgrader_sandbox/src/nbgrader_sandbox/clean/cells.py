"""A student's notebook around its outputs: texts, attachments and metadata, made safe."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from nbgrader_sandbox.clean.allowance import Allowance
from nbgrader_sandbox.clean.markdown import CHARACTERS, as_typed, clean_markdown
from nbgrader_sandbox.clean.markup import clean_html, is_safe
from nbgrader_sandbox.clean.pictures import clean_picture
from nbgrader_sandbox.clean.plain import add_note

#: The most cells of a notebook, characters of a code cell and of all code, and of all texts
#: together.
CELLS = 500
CODE_CHARACTERS = 100_000
ALL_CODE_CHARACTERS = 500_000
TEXT_CHARACTERS = 200_000
ATTACHMENTS = 10

#: Bytes of attached pictures that the page of one text may hold, each where it is shown.
SHOWN_BYTES = 3_000_000

#: What stands in the place of code that is left out.
CUT = "# The code is cut here."

_KERNEL = ("display_name", "language", "name")
_LANGUAGE = ("file_extension", "mimetype", "name", "pygments_lexer", "version")
_WORDS = re.compile(r"[\w .()+/-]{1,60}")
_IDENTIFIER = re.compile(r"[A-Za-z0-9_-]{1,64}")
_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}")


@dataclass
class _Left:
    """What is left of a notebook's share: characters of text and of code, and the rest."""

    text: int = TEXT_CHARACTERS
    code: int = ALL_CODE_CHARACTERS
    share: Allowance = field(default_factory=Allowance)


def clean_cell_sources(nb: Any, *, trusted: Collection[int] = ()) -> list[str]:
    """Clean a notebook (nbformat 4) in place, but for outputs; return what changed, in words.

    Markdown and raw cells keep no HTML, link or picture that a page must not show, attachments
    are verified pictures, and metadata is what Jupyter and nbgrader need. The source of a code
    cell stays as it is. `trusted` are the indices of cells whose content is the instructor's own
    (restored from the gradebook): their text stays as it is too, and they are never left out.
    Malformed parts are left out; nothing in a notebook makes this raise.
    """
    notes: list[str] = []
    nb["metadata"] = _notebook_metadata(nb.get("metadata"), notes)
    for extra in set(nb) - {"cells", "metadata", "nbformat", "nbformat_minor"}:
        del nb[extra]
    cells = nb.get("cells")
    kept: list[Any] = []
    ids: set[str] = set()
    left = _Left()
    for index, cell in enumerate(cells if isinstance(cells, list) else []):
        if index not in trusted and len(kept) >= CELLS:
            add_note(notes, f"removed cells after the first {CELLS}")
            continue
        if not _is_cell(cell):
            add_note(notes, f"removed cell {index + 1}, which is no cell")
            continue
        found: list[str] = []
        _clean_frame(cell, index, ids, found)
        if index not in trusted:
            _clean_source(cell, left, found)
        for note in found:
            add_note(notes, f"cell {index + 1}: {note}")
        kept.append(cell)
    nb["cells"] = kept
    return notes


def _is_cell(cell: object) -> bool:
    return (
        isinstance(cell, dict)
        and cell.get("cell_type") in ("code", "markdown", "raw")
        and isinstance(cell.get("source"), str)
    )


def _clean_frame(cell: dict[str, Any], index: int, ids: set[str], notes: list[str]) -> None:
    """Clean all of a cell but its text and outputs: fields, id, count, metadata."""
    fields = {"cell_type", "id", "metadata", "source", "attachments"}
    if cell["cell_type"] == "code":
        fields = fields - {"attachments"} | {"outputs", "execution_count"}
        count = cell.get("execution_count")
        cell["execution_count"] = count if type(count) is int and 0 <= count < 10**6 else None
        if not isinstance(cell.get("outputs"), list):
            cell["outputs"] = []
    for extra in set(cell) - fields:
        del cell[extra]
    if "id" in cell:
        known = isinstance(cell["id"], str) and _IDENTIFIER.fullmatch(cell["id"])
        if not known or cell["id"] in ids:
            cell["id"] = next(
                name for n in range(10**6) if (name := f"cell-{index}-{n}") not in ids
            )
        ids.add(cell["id"])
    found = cell.get("metadata")
    found = found if isinstance(found, dict) else {}
    if "nbgrader_sandbox" in found:
        add_note(notes, "removed metadata that only the grader writes")
    made = type(found)()
    for name in ("deletable", "editable"):
        if type(found.get(name)) is bool:
            made[name] = found[name]
    tags = found.get("tags")
    if isinstance(tags, list):
        made["tags"] = [tag for tag in tags[:20] if isinstance(tag, str) and _NAME.fullmatch(tag)]
    if "nbgrader" in found:
        nbgrader = _nbgrader(found["nbgrader"])
        if nbgrader is None:
            add_note(notes, "removed malformed metadata of nbgrader")
        else:
            made["nbgrader"] = type(found)(nbgrader)
    cell["metadata"] = made


def _nbgrader(found: object) -> dict[str, Any] | None:
    """Return nbgrader's own fields of the right kind: pages hold some of them unescaped."""
    if not isinstance(found, dict):
        return None
    name = found.get("grade_id")
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        return None
    made: dict[str, Any] = {"grade_id": name}
    for flag in ("grade", "solution", "locked", "task"):
        if type(found.get(flag)) is bool:
            made[flag] = found[flag]
    points, version = found.get("points"), found.get("schema_version")
    if isinstance(points, int | float) and not isinstance(points, bool) and 0 <= points <= 1e6:
        made["points"] = points
    if type(version) is int and 0 <= version < 1000:
        made["schema_version"] = version
    if found.get("cell_type") in ("code", "markdown", "raw"):
        made["cell_type"] = found["cell_type"]
    checksum = found.get("checksum")
    if isinstance(checksum, str) and re.fullmatch(r"[0-9a-f]{32,64}", checksum):
        made["checksum"] = checksum
    return made


def _clean_source(cell: dict[str, Any], left: _Left, notes: list[str]) -> None:
    """Clean a cell's text and attachments; take them from what is left."""
    source = cell["source"]
    if cell["cell_type"] == "code":
        most = min(CODE_CHARACTERS, max(0, left.code))
        if len(source) > most and source.strip() != CUT:
            add_note(notes, f"cut code of {len(source)} characters")
            cell["source"] = f"{source[: max(0, most - len(CUT) - 1)]}\n{CUT}"
        left.code -= len(source)
        return
    attachments = _attachments(cell.pop("attachments", None), notes, left.share)
    if _shown(source, attachments) > SHOWN_BYTES:
        add_note(notes, "removed attachments that a text shows very often")
        attachments = {}
    if attachments:
        cell["attachments"] = attachments
    if len(source) > left.text:
        add_note(notes, f"cut texts of more than {TEXT_CHARACTERS} characters in the notebook")
        source = source[: max(0, left.text)]
    if cell["cell_type"] == "markdown" and not left.share.renders(source[:CHARACTERS]):
        add_note(notes, "showed a text as it was typed, since there were too many long ones")
        cell["source"] = as_typed(source[:CHARACTERS])
    elif cell["cell_type"] == "markdown":
        cell["source"] = clean_markdown(source, notes, attachments)
    elif not is_safe(source):
        # A page may take a raw cell for HTML.
        add_note(notes, "removed HTML that a page must not hold from a raw cell")
        cell["source"] = clean_html(source)
    left.text -= len(source)


def _shown(source: str, attachments: Mapping[str, Mapping[str, str]]) -> int:
    """Return how many bytes a page may take for a text, which holds a picture where it is shown."""
    times = source.count("![") + len(re.findall("(?i)<img", source))
    sizes = (len(data) for kinds in attachments.values() for data in kinds.values())
    return times * max(sizes, default=0)


def _attachments(
    found: object, notes: list[str], allowance: Allowance
) -> dict[str, dict[str, str]]:
    made: dict[str, dict[str, str]] = {}
    if not isinstance(found, dict):
        return made
    for name, kinds in list(found.items())[:ATTACHMENTS]:
        if not isinstance(name, str) or not _NAME.fullmatch(name) or not isinstance(kinds, dict):
            add_note(notes, "removed an attachment without a plain name")
            continue
        for kind in ("image/png", "image/jpeg"):
            data = clean_picture(kinds[kind], kind, notes, allowance) if kind in kinds else None
            if data is not None and len(data) > allowance.pictures:
                add_note(notes, "removed pictures of which there were too many")
            elif data is not None:
                allowance.pictures -= len(data)
                made.setdefault(name, {})[kind] = data
        if name not in made:
            add_note(notes, "removed an attachment that is no picture")
    return made


def _notebook_metadata(found: object, notes: list[str]) -> Any:
    """Keep what names the kernel and the language."""
    if not isinstance(found, dict):
        return {}
    for name in ("widgets", "nbgrader_sandbox"):
        if name in found:
            add_note(notes, f"removed the notebook's metadata {name!r}")
    made = type(found)()
    for about, fields in (("kernelspec", _KERNEL), ("language_info", _LANGUAGE)):
        entry = found.get(about)
        if isinstance(entry, Mapping):
            made[about] = type(found)(
                {
                    name: entry[name]
                    for name in fields
                    if isinstance(entry.get(name), str) and _WORDS.fullmatch(entry[name])
                }
            )
    if not {"name", "display_name"} <= set(made.get("kernelspec", {"name", "display_name"})):
        del made["kernelspec"]
    if "name" not in made.get("language_info", {"name"}):
        del made["language_info"]
    return made
