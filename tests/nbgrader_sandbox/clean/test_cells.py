"""A notebook around its outputs: texts, attachments, metadata, numbers and sizes."""

import base64
import io
from typing import Any

import nbformat
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_raw_cell
from nbgrader_sandbox.clean import clean_cell_sources
from nbgrader_sandbox.clean.cells import CELLS, TEXT_CHARACTERS
from PIL import Image

from tests.nbgrader_sandbox.clean.attacks import HTML
from tests.nbgrader_sandbox.clean.audit import audit

GRADED = {
    "grade": True,
    "grade_id": "test_gate",
    "locked": True,
    "points": 8,
    "schema_version": 3,
    "solution": False,
    "task": False,
    "cell_type": "code",
    "checksum": "0123456789abcdef0123456789abcdef",
}


def _picture() -> str:
    made = io.BytesIO()
    Image.effect_noise((4, 4), 90).save(made, "PNG")
    return base64.b64encode(made.getvalue()).decode()


def test_an_honest_notebook_stays_as_it_is() -> None:
    cells = [
        new_markdown_cell("# Title\n\n$x_t$ `a<b` <b>x</b>"),
        new_code_cell("print('<script>')  # \u202e", execution_count=3, metadata={"tags": ["a-b"]}),
        new_code_cell("grade('gate')", metadata={"nbgrader": GRADED, "deletable": False}),
        new_markdown_cell("![a](a.png)", attachments={"a.png": {"image/png": _picture()}}),
        new_raw_cell("a < b & c"),
    ]
    metadata = {
        "kernelspec": {"name": "python3", "display_name": "Python 3 (ipykernel)", "language": "p"},
        "language_info": {"name": "python", "version": "3.11.2", "pygments_lexer": "ipython3"},
    }
    nb = new_notebook(cells=cells, metadata=metadata)
    once = nbformat.from_dict(nb)
    clean_cell_sources(once)  # a picture is encoded anew once
    again = nbformat.from_dict(once)
    assert clean_cell_sources(again) == []
    assert again == once
    once.cells[3].attachments = nb.cells[3].attachments
    assert once == nb
    nbformat.validate(again)


@pytest.mark.parametrize("attack", HTML)
def test_no_attack_survives_in_a_raw_cell_and_code_stays_untouched(attack: str) -> None:
    nb = new_notebook(cells=[new_raw_cell(attack), new_code_cell(attack)])
    clean_cell_sources(nb)
    assert not audit(nb.cells[0].source)
    assert nb.cells[1].source == attack


def test_a_trusted_cell_keeps_its_text_and_the_others_do_not() -> None:
    source = "<video src=a.mp4></video>"
    nb = new_notebook(cells=[new_markdown_cell(source), new_markdown_cell(source)])
    notes = clean_cell_sources(nb, trusted=[0])
    assert nb.cells[0].source == source
    assert nb.cells[1].source != source
    assert notes
    assert all(note.startswith("cell 2: ") for note in notes)


def test_what_a_student_claims_in_metadata_goes() -> None:
    cell = new_code_cell("x", metadata={"nbgrader_sandbox": {"score": 8}, "jupyter": {}, "x": [1]})
    nb = new_notebook(cells=[cell], metadata={"widgets": {"application/x": {}}, "title": "<b>"})
    nb.metadata["nbgrader_sandbox"] = {"seed": 1}
    nb["extra"] = 1
    cell["score"] = 8
    cell["execution_count"] = "<script>hit()</script>"
    notes = clean_cell_sources(nb)
    assert dict(nb.cells[0].metadata) == {}
    assert nb.cells[0].execution_count is None
    assert nb.metadata == {}
    assert set(nb) == {"cells", "metadata", "nbformat", "nbformat_minor"}
    assert len([note for note in notes if "metadata" in note]) == 3
    nbformat.validate(nb)


@pytest.mark.parametrize(
    ("claimed", "expected"),
    [
        ({**GRADED, "comment": "<script>", "score": 99}, GRADED),
        ({**GRADED, "grade_id": '"><script>hit()</script>'}, None),
        ({**GRADED, "grade_id": ["test_gate"]}, None),
        ({**GRADED, "points": "<b>"}, {k: v for k, v in GRADED.items() if k != "points"}),
        ({**GRADED, "points": float("nan")}, {k: v for k, v in GRADED.items() if k != "points"}),
        ({**GRADED, "points": True}, {k: v for k, v in GRADED.items() if k != "points"}),
        ({**GRADED, "locked": "no"}, {k: v for k, v in GRADED.items() if k != "locked"}),
        ({}, None),
        ("x", None),
    ],
)
def test_metadata_of_nbgrader_is_of_the_right_kind_or_gone(claimed: Any, expected: Any) -> None:
    nb = new_notebook(cells=[new_code_cell("x", metadata={"nbgrader": claimed})])
    clean_cell_sources(nb)
    assert nb.cells[0].metadata.get("nbgrader") == expected


def test_attachments_are_pictures_with_plain_names() -> None:
    attachments = {
        "a.png": {"image/png": _picture()},
        "b.png": {"image/png": "no", "text/html": "<script>"},
        'c".png': {"image/png": _picture()},
        "d.svg": {"image/svg+xml": "<svg onload=hit()>"},
        "e.png": [],
    }
    cell = new_markdown_cell("![a](attachment:a.png) ![b](attachment:b.png)")
    nb = new_notebook(cells=[cell])
    cell["attachments"] = attachments
    notes = clean_cell_sources(nb)
    assert list(nb.cells[0].attachments) == ["a.png"]
    assert list(nb.cells[0].attachments["a.png"]) == ["image/png"]
    assert nb.cells[0].source == "![a](attachment:a.png) [b (a picture)](#)"
    assert len(notes) >= 3


def test_numbers_and_sizes_are_bounded_but_trusted_cells_stay() -> None:
    cells = [new_markdown_cell("x " * 9_000) for _ in range(CELLS + 20)]
    cells.append(new_code_cell("graded", metadata={"nbgrader": GRADED}))
    cells.append(new_code_cell("x = 1\n" * 100_000))
    nb = new_notebook(cells=cells)
    notes = clean_cell_sources(nb, trusted=[CELLS + 20])
    assert len(nb.cells) == CELLS + 1
    assert nb.cells[-1].source == "graded"
    assert sum(len(cell.source) for cell in nb.cells) < TEXT_CHARACTERS + 20_000
    assert notes


def test_ids_are_valid_and_each_once() -> None:
    nb = new_notebook(cells=[new_code_cell(str(number)) for number in range(4)])
    for cell, name in zip(nb.cells, ["a", "a", "<b>", "cell-3-0"], strict=True):
        cell.id = name
    clean_cell_sources(nb)
    ids = [cell.id for cell in nb.cells]
    assert ids[0] == "a"
    assert len(set(ids)) == 4
    nbformat.validate(nb)


_any = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=5), inner, max_size=2)
    ),
    max_leaves=4,
)
_cells = st.fixed_dictionaries(
    {},
    optional={
        "cell_type": st.sampled_from(["code", "markdown", "raw"]) | _any,
        "source": st.sampled_from(["x", "<script>", "![a](attachment:a)"]) | _any,
        "metadata": _any | st.fixed_dictionaries({"nbgrader": _any, "tags": _any}),
        "attachments": _any | st.dictionaries(st.sampled_from(["a", "<"]), _any),
        "outputs": _any,
        "execution_count": _any,
        "id": _any,
    },
)


@given(
    st.lists(_cells | _any, max_size=4) | _any,
    _any | st.fixed_dictionaries({"kernelspec": _any, "language_info": _any, "widgets": _any}),
)
@settings(max_examples=300)
def test_whatever_a_notebook_holds_it_is_cleaned(cells: Any, metadata: Any) -> None:
    nb = {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}
    notes = clean_cell_sources(nb)
    assert all(note.isprintable() for note in notes)
    for cell in nb["cells"]:
        assert cell["cell_type"] in ("code", "markdown", "raw")
        assert isinstance(cell["source"], str)
        assert cell["cell_type"] == "code" or not audit(cell["source"])
