"""Puts a submission's notebook back in order, by the gradebook alone.

nbgrader 0.9 overwrites the text of a locked cell, but believes the submission's own flags: a
flag turned round gives full marks or stops the grading, so does a cell tagged to be skipped,
and a deleted test cell is only found again where no locked cell stood before it.
"""

import json
import re
from typing import Any

from nbformat.notebooknode import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from nbgrader_sandbox.engine.release import Release, ReleasedCell
from nbgrader_sandbox.outcome import Evidence

#: What has a meaning in Markdown or HTML.
_MARKUP = re.compile(r"([\\`*_{}\[\]()#+!|<>&~$])")

_CODE_ONLY = ("outputs", "execution_count")


def restore(nb: NotebookNode, release: Release) -> list[Evidence]:
    """Change `nb` in place: each known cell once, with the gradebook's flags, type and text.

    Returns what had been changed. Cells that claim a name which nobody knows become plain ones.
    """
    evidence: list[Evidence] = []
    _forget_outputs(nb)
    present = _restore_known(nb, release, evidence)
    _bring_back(nb, release, present, evidence)
    _restore_language(nb, release.kernelspec)
    if nb.nbformat_minor < 5:  # cells have ids from 4.5 on
        for cell in nb.cells:
            cell.pop("id", None)
    return evidence


def _restore_language(nb: NotebookNode, kernelspec: str | None) -> None:
    """Pages choose by it what colours the code, and some of these programs take hours."""
    known = json.loads(kernelspec) if kernelspec else {}
    language = known.get("language") or "python"
    nb.metadata["language_info"] = NotebookNode(name=language)
    if language == "python":
        nb.metadata["language_info"]["pygments_lexer"] = "ipython3"
    if known:
        nb.metadata["kernelspec"] = known


def blank(release: Release, why: str) -> NotebookNode:
    """Return a notebook of all known cells, to stand for a submission that cannot be read."""
    said = _MARKUP.sub(r"\\\1", why[:500])  # it can hold names of files, and words of theirs
    cells = [new_markdown_cell(f"**This submission could not be graded:** {said}")]
    cells += [_new(cell) for cell in release.cells.values()]
    return new_notebook(cells=cells)


def _forget_outputs(nb: NotebookNode) -> None:
    for cell in nb.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None


def _restore_known(
    nb: NotebookNode, release: Release, evidence: list[Evidence]
) -> dict[str, NotebookNode]:
    """Return known cells by name. Of one that stands there several times the last one counts."""
    present: dict[str, NotebookNode] = {}
    for cell in reversed(nb.cells):
        claimed: Any = cell.metadata.pop("nbgrader", None)
        name = claimed.get("grade_id") if isinstance(claimed, dict) else None
        known = release.cells.get(name) if isinstance(name, str) else None
        if known is None:
            if isinstance(name, str) and (claimed.get("grade") or claimed.get("points")):
                evidence.append(
                    Evidence(
                        "forged-metadata", f"a cell claims to be the graded cell {name[:60]!r}"
                    )
                )
            continue
        if known.name in present:
            evidence.append(Evidence("duplicate-cell", known.name))
            continue
        present[known.name] = cell
        _compare(claimed, known, evidence)
        _restore_cell(cell, known, evidence)
    return present


def _compare(claimed: dict[str, Any], known: ReleasedCell, evidence: list[Evidence]) -> None:
    """Note flags and points that differ from the gradebook's."""
    wanted = known.metadata()
    flags = ("grade", "solution", "task", "points")
    changed = [flag for flag in flags if claimed.get(flag, wanted.get(flag)) != wanted.get(flag)]
    if changed:
        evidence.append(Evidence("forged-metadata", f"{known.name}: {', '.join(changed)}"))


def _restore_cell(cell: NotebookNode, known: ReleasedCell, evidence: list[Evidence]) -> None:
    if cell.cell_type != known.cell_type:
        evidence.append(Evidence("forged-metadata", f"{known.name}: type of cell"))
        _change_type(cell, known.cell_type)
    cell.metadata["nbgrader"] = NotebookNode(known.metadata())
    if known.solution:
        return
    cell.metadata.pop("tags", None)  # a tag could keep a test from being run
    if known.locked or known.grade:
        # As handed out, or in full, hidden tests included: as it was graded before.
        honest = [text for text in (known.handed_out, known.source) if text is not None]
        if known.handed_out and _lines(cell.source) not in map(_lines, honest):
            evidence.append(Evidence("edited-cell", known.name))
        cell.source = known.source


def _change_type(cell: NotebookNode, cell_type: str) -> None:
    cell.cell_type = cell_type
    if cell_type == "code":
        cell.outputs, cell.execution_count = [], None
        return
    for field in _CODE_ONLY:
        cell.pop(field, None)


def _bring_back(
    nb: NotebookNode,
    release: Release,
    present: dict[str, NotebookNode],
    evidence: list[Evidence],
) -> None:
    """Insert each missing graded cell before the next cell that is still there, else last.

    As late as possible, so that an answer written in a cell of the student's own comes first.
    """
    following: NotebookNode | None = None
    for known in reversed(list(release.cells.values())):
        if known.name in present:
            following = present[known.name]
        elif known.grade or known.task:
            note = new_markdown_cell(
                f"*The cell `{known.name}` was missing from this submission. "
                "It was put back as released, to be graded.*"
            )
            at = len(nb.cells) if following is None else _position(nb, following)
            nb.cells[at:at] = [note, _new(known)]
            following = note
            evidence.append(Evidence("missing-cell", known.name))


def _new(known: ReleasedCell) -> NotebookNode:
    new = new_code_cell if known.cell_type == "code" else new_markdown_cell
    return new(known.source, metadata={"nbgrader": known.metadata()})


def _position(nb: NotebookNode, wanted: NotebookNode) -> int:
    return next(index for index, cell in enumerate(nb.cells) if cell is wanted)


def _lines(source: str) -> list[str]:
    """Return the lines without trailing spaces and empty ends: editors change those."""
    return [line.rstrip() for line in source.strip().splitlines()]
