"""What the cells of a notebook may hold and cost in sum, and what one picture or tag may cost."""

import base64
import io
import os
from typing import Any

import pytest
from nbgrader_sandbox.clean import clean_outputs
from nbgrader_sandbox.clean.allowance import Allowance
from nbgrader_sandbox.clean.cells import (
    ALL_CODE_CHARACTERS,
    CODE_CHARACTERS,
    CUT,
    clean_cell_sources,
)
from nbgrader_sandbox.clean.pictures import clean_picture
from nbgrader_sandbox.clean.svg import clean_svg
from PIL import Image


def _encoded(image: Image.Image, form: str = "PNG", **more: Any) -> str:
    made = io.BytesIO()
    image.save(made, form, **more)
    return base64.b64encode(made.getvalue()).decode()


def _noise(side: int) -> str:
    return _encoded(Image.frombytes("RGB", (side, side), os.urandom(3 * side * side)))


def _shown(kind: str, content: object) -> list[dict[str, Any]]:
    return [{"output_type": "display_data", "data": {kind: content}, "metadata": {}}]


def test_a_jpeg_has_few_scans() -> None:
    image = Image.effect_noise((64, 64), 90)
    assert clean_picture(_encoded(image, "JPEG", progressive=True), "image/jpeg", []) is not None
    whole = base64.b64decode(_encoded(image, "JPEG", progressive=True))
    last = whole.rindex(b"\xff\xda")
    notes: list[str] = []
    many = whole[:-2] + whole[last:-2] * 200 + whole[-2:]
    assert clean_picture(base64.b64encode(many).decode(), "image/jpeg", notes) is None
    assert "scans" in notes[0]


def test_pixels_are_bounded_in_sum() -> None:
    one, allowance, notes = _encoded(Image.new("1", (100, 100))), Allowance(pixels=25_000), [""]
    kept = [clean_picture(one, "image/png", notes, allowance) for _ in range(4)]
    assert [picture is not None for picture in kept] == [True, True, False, False]


@pytest.mark.parametrize(
    "markup",
    [
        "<b " + " ".join(f"a{k}" for k in range(40_000)) + ">x</b>",
        "<b" + "".join(f"/a{k}" for k in range(40_000)) + ">x</b>",
        "<b a='>'" + "\n".join(f"a{k}=''" for k in range(20_000)) + ">x</b>",
    ],
)
def test_a_tag_of_very_many_attributes_is_not_parsed(markup: str) -> None:
    found, notes = clean_outputs(_shown("text/html", markup))
    assert found == []
    assert "text/html" in notes[0]
    assert clean_svg(f"<svg>{markup}</svg>", []) is None


def test_large_tables_and_pictures_in_pages_are_kept() -> None:
    rows = "".join(f"<tr><th>{k}</th>{'<td>0.5</td>' * 20}</tr>\n" for k in range(60))
    table = f'<table border="1" class="dataframe"><tbody>{rows}</tbody></table>'
    allowance = Allowance()
    for _ in range(20):
        assert clean_outputs(_shown("text/html", table), allowance=allowance)[0] != []
        allowance.text = 500_000
    picture = f'<img src="data:image/png;base64,{_noise(400)}" alt="noise">'
    assert clean_outputs(_shown("text/html", picture), allowance=allowance)[0] != []


def test_outputs_are_bounded_in_sum() -> None:
    allowance, size = Allowance(), 0
    for _ in range(30):
        shown = _shown("image/png", _noise(300)) + _shown("text/plain", "x " * 40_000)
        size += len(str(clean_outputs(shown, allowance=allowance)[0]))
    assert 1_000_000 < size < 2_100_000


def test_the_last_words_of_a_cell_are_kept_when_nothing_is_left() -> None:
    error = {"output_type": "error", "ename": "E", "evalue": "why", "traceback": ["E: why"]}
    found, notes = clean_outputs([*_shown("text/plain", "x"), error], allowance=Allowance(text=0))
    assert [one["output_type"] for one in found] == ["error"]
    assert found[0]["evalue"] == "why"
    assert "too many" in notes[0]


def _notebook(*cells: dict[str, Any]) -> dict[str, Any]:
    return {
        "cells": [{"metadata": {}, **one} for one in cells],
        "metadata": {},
        "nbformat": 4,
        "nbformat_minor": 4,
    }


def test_code_is_bounded_in_sum_and_cut_once() -> None:
    code = {"cell_type": "code", "source": "k = 1\n" * 16_000}
    notebook = _notebook(*({**code} for _ in range(20)))
    assert "cut code" in str(clean_cell_sources(notebook))
    sizes = [len(cell["source"]) for cell in notebook["cells"]]
    assert max(sizes) <= CODE_CHARACTERS
    assert sum(sizes) <= ALL_CODE_CHARACTERS + 20 * len(CUT) + 20
    assert clean_cell_sources(notebook) == []


def test_an_attached_picture_is_not_shown_a_thousand_times() -> None:
    cell = {"cell_type": "markdown", "attachments": {"a": {"image/png": _noise(300)}}}
    few = {**cell, "source": "![x](attachment:a)" * 2}
    many = {**cell, "source": "[x]: attachment:a\n\n" + "![x]" * 1000}
    notebook = _notebook(few, many)
    clean_cell_sources(notebook)
    assert "attachments" in notebook["cells"][0]
    assert "attachments" not in notebook["cells"][1]
    assert len(str(notebook)) < 1_000_000


@pytest.mark.slow
def test_slow_texts_are_shown_as_they_were_typed() -> None:
    notebook = _notebook(*({"cell_type": "markdown", "source": "[" * 19_000} for _ in range(5)))
    notes = clean_cell_sources(notebook)
    assert "too many long ones" in str(notes)
    assert notebook["cells"][0]["source"] == "[" * 19_000
    assert notebook["cells"][4]["source"].startswith("<pre>&#91;")
