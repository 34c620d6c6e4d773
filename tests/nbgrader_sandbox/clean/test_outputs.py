"""Outputs: what is kept of each kind, what is bounded, and that nothing at all makes it raise."""

import base64
import io
import json
from typing import Any

import nbformat
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nbgrader_sandbox.clean import clean_outputs
from nbgrader_sandbox.clean.outputs import OUTPUTS
from nbgrader_sandbox.finding import MIME_TYPE, Finding
from PIL import Image

from tests.nbgrader_sandbox.clean.attacks import HTML, MARKDOWN, SVG
from tests.nbgrader_sandbox.clean.audit import audit

FINDING = Finding("gate", "bias-missing", "Where is the bias?", 4.0, 8.0).to_payload()


def _picture(kind: str = "PNG") -> str:
    made = io.BytesIO()
    Image.effect_noise((8, 8), 90).save(made, kind)
    return base64.b64encode(made.getvalue()).decode()


def _stream(text: Any, name: Any = "stdout") -> dict[str, Any]:
    return {"output_type": "stream", "name": name, "text": text}


def _display(data: Any, **more: Any) -> dict[str, Any]:
    return {"output_type": "display_data", "data": data, "metadata": {}, **more}


def _valid(outputs: list[dict[str, Any]]) -> None:
    """Hold outputs against nbformat's own schema, and against what JSON can hold."""
    cell = nbformat.v4.new_code_cell("", outputs=[nbformat.from_dict(out) for out in outputs])
    nbformat.validate(nbformat.v4.new_notebook(cells=[cell]))
    json.dumps(outputs).encode()


def test_streams_are_joined_and_all_kinds_stay() -> None:
    outputs = [
        _stream("a"),
        _stream(["b\n", "c\n"]),
        _stream("warning\n", "stderr"),
        _stream("d"),
        _display(
            {"text/plain": "<Figure>", "image/png": _picture(), "image/jpeg": _picture("JPEG")}
        ),
        {
            "output_type": "execute_result",
            "data": {"text/plain": ["3"], "text/markdown": "**3** $x_t$"},
            "metadata": {},
            "execution_count": 3,
        },
        {
            "output_type": "error",
            "ename": "E",
            "evalue": "v",
            "traceback": ["\x1b[31mE\x1b[0m", "v"],
        },
    ]
    kept, notes = clean_outputs(outputs)
    assert [(out["output_type"], out.get("name")) for out in kept] == [
        ("stream", "stdout"),
        ("stream", "stderr"),
        ("stream", "stdout"),
        ("display_data", None),
        ("execute_result", None),
        ("error", None),
    ]
    assert kept[0]["text"] == "ab\nc\n"
    assert set(kept[3]["data"]) == {"text/plain", "image/png", "image/jpeg"}
    assert kept[4]["data"] == {"text/plain": "3", "text/markdown": "**3** $x_t$"}
    assert kept[4]["execution_count"] == 3
    assert kept[5]["traceback"] == ["\x1b[31mE\x1b[0m", "v"]
    assert not notes
    _valid(kept)


@pytest.mark.parametrize(
    "kind",
    [
        "application/javascript",
        "application/json",
        "application/pdf",
        "application/vnd.jupyter.widget-view+json",
        "application/vnd.plotly.v1+json",
        "image/gif",
        "text/latex",
        "text/vnd.mermaid",
        "text/HTML",
        "text/html;charset=utf-7",
        "\x1b[2J<script>",
        MIME_TYPE,
    ],
)
def test_other_types_are_dropped_with_a_note(kind: str) -> None:
    kept, notes = clean_outputs(
        [_display({kind: "hit()", "text/plain": "x"}), _display({kind: {}})]
    )
    assert kept == [_display({"text/plain": "x"})]
    assert len(notes) == 1
    assert notes[0].isprintable()


def test_a_finding_is_kept_of_trusted_cells_only_and_only_a_real_one() -> None:
    real = _display({MIME_TYPE: FINDING, "text/plain": "Where is the bias?"})
    forged = _display({MIME_TYPE: {**FINDING, "points": 99}, "text/plain": "x"})
    kept, notes = clean_outputs([real, forged], trusted=True)
    assert kept[0]["data"][MIME_TYPE] == FINDING
    assert MIME_TYPE not in kept[1]["data"]
    assert "finding" in notes[0]
    kept, notes = clean_outputs([real])
    assert MIME_TYPE not in kept[0]["data"]
    assert notes


def test_what_a_page_would_act_on_goes_from_an_output() -> None:
    metadata = {
        "image/png": {"width": 300, "height": "1 onerror=hit()", "unconfined": True, "alt": "x"},
        "text/html": {"isolated": True},
        "filenames": {"image/png": "https://evil.test/a.png"},
    }
    output = _display({"image/png": _picture(), "text/html": "<b>x</b>"}, metadata=metadata)
    output |= {"svg_filename": "https://evil.test/a.svg", "transient": {"display_id": "a"}}
    kept, _ = clean_outputs([output])
    assert set(kept[0]) == {"output_type", "data", "metadata"}
    assert kept[0]["metadata"] == {"image/png": {"width": 300}}


@pytest.mark.parametrize("attack", [*HTML, *MARKDOWN])
def test_no_attack_survives_in_an_output(attack: str) -> None:
    data = {"text/html": attack, "text/plain": attack, "image/svg+xml": attack}
    kept, _ = clean_outputs([_display(data), _stream(attack), _stream(attack, "<script>")])
    for output in kept:
        found = output.get("data", {})
        assert not audit(found.get("text/html", ""))
        assert not audit(found.get("image/svg+xml", ""), svg=True)
    _valid(kept)


def test_drawings_are_cleaned() -> None:
    kept, _ = clean_outputs([_display({"image/svg+xml": attack}) for attack in SVG])
    assert kept
    assert not any(audit(output["data"]["image/svg+xml"], svg=True) for output in kept)


def test_text_is_bounded_by_bytes_and_lines_over_all_outputs() -> None:
    outputs = [_stream("x" * 150_000), _stream("y" * 150_000, "stderr"), _stream("z\n" * 500)]
    kept, notes = clean_outputs(outputs)
    assert sum(len(out["text"].encode()) for out in kept) <= 200_000 + 100
    assert "cut here" in kept[1]["text"]
    assert notes
    kept, notes = clean_outputs([_stream("z\n" * 5000), _display({"text/plain": "a\n" * 5000})])
    assert sum(len(out.get("text", "").splitlines()) for out in kept) <= 200
    again, notes = clean_outputs(kept)
    assert again == kept


def test_a_traceback_keeps_its_end() -> None:
    trace = [f"line {number}" for number in range(1000)]
    error = {"output_type": "error", "ename": "E\nF", "evalue": "v" * 9999, "traceback": trace}
    kept, notes = clean_outputs([error])
    assert kept[0]["traceback"][-1] == "line 999"
    assert len(kept[0]["traceback"]) <= 60
    assert kept[0]["ename"] == "E F"
    assert len(kept[0]["evalue"]) <= 2000
    assert notes
    _valid(kept)


def test_documents_and_pictures_that_are_too_large_are_left_out_whole() -> None:
    kept, notes = clean_outputs(
        [
            _display({"text/html": "<b>" * 20_000, "text/plain": "many"}),
            _display({"text/html": "x" * 300_000, "text/plain": "long"}),
            _display({"image/png": "A" * 5_000_000, "text/plain": "large"}),
        ]
    )
    assert [list(output["data"]) for output in kept] == [["text/plain"]] * 3
    assert len(notes) == 3


def test_outputs_are_bounded_in_number() -> None:
    kept, notes = clean_outputs([_display({"text/plain": "x"})] * 5000)
    assert len(kept) == OUTPUTS
    assert notes


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.binary(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(max_size=8) | st.integers(), inner, max_size=3)
    ),
    max_leaves=6,
)
_kinds = st.sampled_from(
    ["stream", "display_data", "execute_result", "error", "update", 3, None, []]
)
_types = st.sampled_from(
    ["text/plain", "text/html", "text/markdown", "image/png", "image/jpeg", "image/svg+xml", "a/b"]
)
_malformed = st.one_of(
    _json,
    st.fixed_dictionaries(
        {},
        optional={
            "output_type": _kinds,
            "name": st.sampled_from(["stdout", "stderr", "x", 3]) | _json,
            "text": _json,
            "data": _json | st.dictionaries(_types, _json | st.sampled_from(HTML), max_size=3),
            "metadata": _json | st.dictionaries(_types, _json, max_size=2),
            "execution_count": _json,
            "ename": _json,
            "evalue": _json,
            "traceback": _json,
        },
    ),
)


@given(st.lists(_malformed, max_size=4) | _json)
@settings(max_examples=300)
def test_whatever_a_worker_says_gives_valid_outputs(outputs: Any) -> None:
    kept, notes = clean_outputs(outputs)
    _valid(kept)
    assert all(isinstance(note, str) and note.isprintable() for note in notes)
    again, _ = clean_outputs(kept)
    assert again == kept


def test_a_structure_without_end_is_malformed() -> None:
    loop: dict[str, Any] = {"output_type": "display_data"}
    loop["data"] = loop
    kept, notes = clean_outputs([loop])
    assert kept == []
    assert notes
