"""What is kept is found again under its key, and damage costs no more than a new run."""

from pathlib import Path

import pytest
from nbgrader_sandbox.engine.store import Store
from nbgrader_sandbox.outcome import Evidence, Outcome, Score

OUTCOME = Outcome(
    assignment="02-gate",
    notebook="gate",
    student="ada, the first",
    key="k1",
    level="bwrap + namespaces",
    scores=(Score("test_gate", 3.0, 8.0), Score("why", None, 4.0)),
    outputs=(({"output_type": "stream", "name": "stdout", "text": "é\n"},), ()),
    evidence=(Evidence("network", "10.0.0.1:80", 3),),
    seconds=0.25,
)


def test_there_and_back(tmp_path: Path) -> None:
    store = Store(tmp_path)
    where = (OUTCOME.assignment, OUTCOME.student, OUTCOME.notebook)
    assert store.find(*where, "k1") is None
    store.keep(OUTCOME)
    assert store.find(*where, "k1") == OUTCOME
    assert store.find(*where) == OUTCOME
    assert store.find(*where, "k2") is None
    assert [path.name for path in store.path(*where).parent.iterdir()] == ["gate.json"]


@pytest.mark.parametrize("damage", ["", "{", "[]", '{"version": 2}', '{"version": 1}', "[" * 9999])
def test_a_damaged_file_is_as_none(tmp_path: Path, damage: str) -> None:
    store = Store(tmp_path)
    where = (OUTCOME.assignment, OUTCOME.student, OUTCOME.notebook)
    store.keep(OUTCOME)
    store.path(*where).write_text(damage)
    assert store.find(*where, "k1") is None
    store.keep(OUTCOME)
    assert store.find(*where, "k1") == OUTCOME


def test_evidence_is_one_printable_line_of_a_known_kind() -> None:
    assert Evidence("network", "a\nb\x1b[31m" + "x" * 300).detail == "a b [31m" + "x" * 191 + "…"
    with pytest.raises(ValueError, match="no kind of evidence 'rumour'"):
        Evidence("rumour", "he said so")
