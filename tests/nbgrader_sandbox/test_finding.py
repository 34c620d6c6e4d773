"""Findings travel through JSON unchanged; what is no finding is refused."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nbgrader_sandbox.finding import MIME_TYPE, Finding, FindingError, outputs_with_findings

names = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,79}", fullmatch=True)


@st.composite
def findings(draw: st.DrawFn) -> Finding:
    of = draw(st.floats(0, 1e6) | st.integers(0, 10**6))
    points = draw(st.floats(0, of))
    return Finding(draw(names), draw(st.none() | names), draw(st.text(max_size=300)), points, of)


GOOD: dict[str, Any] = {
    "version": 1,
    "part": "forget_gate",
    "mistake": "bias-missing",
    "title": "The bias is missing",
    "points": 0.0,
    "of": 8.0,
}


@given(findings())
def test_a_finding_survives_json(finding: Finding) -> None:
    assert Finding.from_payload(json.loads(json.dumps(finding.to_payload()))) == finding
    assert len(finding.title) <= 200
    assert finding.title.isprintable()


def test_the_payload_is_as_agreed() -> None:
    made = Finding("forget_gate", "bias-missing", "The bias is missing", 0, 8)
    assert made.to_payload() == GOOD
    assert Finding("a", None, "", 8, 8).to_payload()["mistake"] is None


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"version": 2}, "version 1"),
        ({"version": True}, "version 1"),
        ({"part": ""}, "part"),
        ({"part": "a b"}, "part"),
        ({"part": "a\n"}, "part"),
        ({"part": None}, "part"),
        ({"part": "a" * 81}, "part"),
        ({"mistake": "<script>"}, "mistake"),
        ({"mistake": ["a"]}, "mistake"),
        ({"title": None}, "title"),
        ({"title": "a" * 201}, "title"),
        ({"title": "\x1b[2J"}, "title"),
        ({"title": "a\u202eb"}, "title"),
        ({"points": True}, "points"),
        ({"points": "8"}, "points"),
        ({"points": -0.1}, "points"),
        ({"points": 8.1}, "points"),
        ({"points": float("nan")}, "points"),
        ({"points": 10**400}, "points"),
        ({"of": float("inf")}, "of"),
        ({"of": 10**400}, "of"),
        ({"more": 1}, "fields"),
    ],
)
def test_a_bad_payload_is_refused(change: dict[str, Any], complaint: str) -> None:
    with pytest.raises(FindingError, match=complaint) as caught:
        Finding.from_payload({**GOOD, **change})
    assert len(str(caught.value)) < 200


@pytest.mark.parametrize("field", GOOD)
def test_a_missing_field_is_refused(field: str) -> None:
    with pytest.raises(FindingError):
        Finding.from_payload({name: value for name, value in GOOD.items() if name != field})


json_data = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
)


@given(json_data | st.fixed_dictionaries(dict.fromkeys(GOOD, json_data)))
def test_no_payload_does_anything_but_pass_or_be_refused(payload: object) -> None:
    try:
        finding = Finding.from_payload(payload)
    except FindingError:
        return
    assert finding.to_payload() == payload


def test_findings_are_found_in_a_cell_beside_anything_else() -> None:
    carrier = {"output_type": "display_data", "data": {"text/plain": "…", MIME_TYPE: GOOD}}
    outputs = [
        {"output_type": "stream", "text": "hello"},
        {"output_type": "display_data", "data": {MIME_TYPE: {**GOOD, "points": 9}}},
        {"output_type": "display_data", "data": None},
        "no output",
        carrier,
    ]
    assert list(outputs_with_findings({"outputs": outputs})) == [
        (carrier, Finding.from_payload(GOOD))
    ]
    assert not list(outputs_with_findings({"cell_type": "markdown"}))
    assert not list(outputs_with_findings({"outputs": 3}))
