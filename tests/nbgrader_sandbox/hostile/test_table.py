"""The table of attacks: what it says, and that its box runs stock nbgrader."""

import shutil
from pathlib import Path

import pytest

from tests.conftest import missing
from tests.nbgrader_sandbox.hostile.everything import ATTACKS
from tools import attack_table
from tools.attack_table import Result, Row

BY_NAME = {one.name: one for one in ATTACKS}


def test_a_row_says_points_and_harm() -> None:
    assert Result(0.0, 0.0).words() == "nothing"
    assert not Result(0.0, 9.0).won
    assert Result(9.0, 0.0).won
    assert Result(9.0, 0.0, ("reached a server",)).words() == "9 points for 0; reached a server"
    rows = [
        Row("a|b", "theme", "does <b>", Result(9.0, 0.0), Result(0.0, 0.0)),
        Row("\udcff\u2028\t", "other", "odd", None, Result(0.0, 0.0, ("left a process",))),
    ]
    assert attack_table.summary(rows) == (
        "stock nbgrader: 1 of 1 attacks won (1 of them points); "
        "here: 1 of 2 attacks won (0 of them points)."
    )
    text = attack_table.as_markdown(rows)
    text.encode("utf-8")
    assert "| does &lt;b> (`a\\|b`) | 9 points for 0 | nothing |" in text
    assert "| odd (`?\\u2028\\t`) | not run | left a process |" in text


def test_a_table_is_read_as_it_was_written() -> None:
    written = Path("docs/attacks.md").read_text(encoding="utf-8")
    rows = attack_table.read_markdown(written)
    assert len(rows) >= len(ATTACKS)
    assert attack_table.as_markdown(rows) == written


def test_rows_are_put_into_a_table() -> None:
    first, second = list(BY_NAME.values())[:2]
    old = [Row(second.name, "theme", "what it was", Result(3.0, 0.0), Result(1.0, 0.0))]
    new = [
        Row(first.name, first.theme, first.what, None, Result(0.0, 0.0)),
        Row(second.name, second.theme, second.what, None, Result(0.0, 0.0)),
        Row("of no attack", "", ""),
    ]
    rows = attack_table.merged(old, new)
    assert [row.name for row in rows] == [first.name, second.name]
    assert rows[1] == Row(
        second.name, second.theme, second.what, Result(3.0, 0.0), Result(0.0, 0.0)
    )


@pytest.mark.gate
def test_an_attack_wins_under_stock_nbgrader(tmp_path: Path) -> None:
    if shutil.which("bwrap") is None:
        missing("no bubblewrap here: install it with `apt-get install bubblewrap`")
    template = attack_table.make_template(tmp_path)
    found = attack_table.under_stock(template, BY_NAME["ast-no-asserts"])
    assert found.points >= 7, found
    found = attack_table.under_stock(template, BY_NAME["kill-all"])
    assert found.won, found
