"""Text that a spreadsheet cannot take for a formula, and files that appear whole."""

import csv
import io
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nbgrader_sandbox.spreadsheet import as_csv, harmless, harmless_id, write_whole

FORMULAS = [
    "=cmd|' /C calc'!A0",
    "+1",
    "-1+1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    "  =1",
    "\uff1d1",
]


@pytest.mark.parametrize("text", FORMULAS)
def test_what_looks_like_a_formula_gets_an_apostrophe(text: str) -> None:
    # Within, one more where another sign than the comma may begin a cell.
    assert harmless(text).startswith("'")
    assert harmless(text).replace("'", "") == text.replace("'", "")


@pytest.mark.parametrize("text", ["", "ada", 'Smith, "Jr"', "O'Neill", "8.5", "a=b", "Ünal\nZoë"])
def test_other_text_stays_as_it_is(text: str) -> None:
    assert harmless(text) == harmless_id(text) == text


@pytest.mark.parametrize("text", ["+4912345", "-17", "@ada", "a@b.org", "0012"])
def test_an_id_that_can_do_no_harm_is_not_broken(text: str) -> None:
    assert harmless_id(text) == text


@pytest.mark.parametrize(
    "text", ["=1", "@SUM(A1)", "+cmd|' /C calc'!A0", "-2+HYPERLINK(A1)", "\t1"]
)
def test_an_id_that_could_is_made_harmless(text: str) -> None:
    assert harmless_id(text) == f"'{text}"


@given(st.lists(st.lists(st.text(), min_size=1, max_size=5), max_size=5))
def test_a_table_is_read_back_as_it_was_written(rows: list[list[str]]) -> None:
    rows = [[cell.encode("utf-8", "replace").decode() for cell in row] for row in rows]
    back = list(csv.reader(io.StringIO(as_csv(rows), newline="")))
    assert back == rows


@given(st.text())
def test_harmless_text_begins_with_no_trigger(text: str) -> None:
    assert not harmless(text).lstrip().startswith(("=", "+", "-", "@"))
    harmless(text).encode("utf-8")


def test_a_file_is_whole_or_as_before(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    write_whole(path, "é", mark=True)
    assert path.read_bytes() == b"\xef\xbb\xbf\xc3\xa9"
    write_whole(path, "caf\udce9")  # a file name that is no UTF-8
    assert path.read_bytes() == b"caf?"
    with pytest.raises(OSError, match="No such file"):
        write_whole(tmp_path / "none" / "t.csv", "x")
    assert [found.name for found in tmp_path.iterdir()] == ["t.csv"]


@pytest.mark.parametrize("between", [";", "\t", "|", "\n", '";', "; ", ";'"])
@pytest.mark.parametrize("sign", ["=", "+", "@", "-"])
def test_no_formula_begins_after_another_sign_between_cells(between: str, sign: str) -> None:
    """Where decimals have a comma, a spreadsheet takes `;` for what is between cells."""
    line = as_csv([["ada", harmless(f"a{between}{sign}1+1"), "3"]])
    cells = [cell.strip().strip("\"'").strip() for cell in re.split(r"[;\t|\n]", line)]
    assert not any(cell.startswith(sign) and "'" not in line for cell in cells)
    assert f"'{sign}1+1" in line
