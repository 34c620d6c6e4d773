"""The page of conventions shows what the code of the conventions says."""

import re
from html import unescape
from pathlib import Path

import pytest

from lstm_ref.conventions import table
from tests.book.small_book import build

#: Typed here from the libraries' documentation: their own letters, and rows or columns.
DOCUMENTED = {
    "PyTorch": ("i, f, g, o", "from top to bottom"),
    "Keras": ("i, f, c, o", "from left to right"),
    "ONNX": ("i, o, f, c", "from top to bottom"),
    "Equinox": ("i, f, g, o", "from top to bottom"),
    "Flax": ("i, f, g, o", "from left to right"),
    "CS231n": ("i, f, o, g", "from left to right"),
    "Greff et al. (2017)": ("z, i, f, o", "from top to bottom"),
}
#: Which colour stands first where the candidate is c or z.
COLOURS = {"ONNX": "i o f g", "Greff et al. (2017)": "g i f o", "Keras": "i f g o"}


def words(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", html)).split())


def squeezed(text: str) -> str:
    """Without spaces, dashes and quotes: typography may change them."""
    return re.sub(r"[\s'’“”\"–-]", "", text)


@pytest.fixture(scope="module")
def page(built_book: Path) -> str:
    return (built_book / "conventions.html").read_text(encoding="utf-8")


def test_every_cell_of_the_table_stands_on_the_page(page: str) -> None:
    shown = squeezed(words(page))
    for row in table():
        for column, text in row.items():
            assert squeezed(text) in shown, f"{row['library']}: {column}: {text}"


def test_each_library_s_blocks_are_as_it_documents_them(page: str) -> None:
    drawn = re.findall(r'<svg[^>]*aria-label="([^"]*)"[^>]*>(.*?)</svg>', page, re.DOTALL)
    packings = {unescape(label): body for label, body in drawn if 'fill="var(--lstm-' in body}
    found = {label.split(", from ")[0]: label for label in packings}
    assert set(found) == set(DOCUMENTED)
    for name, (letters, where) in DOCUMENTED.items():
        assert found[name] == f"{name}, {where}: {letters}"
        body = packings[found[name]]
        assert ", ".join(re.findall(r"<text[^>]*>(.)</text>", body)) == letters
        if name in COLOURS:
            colours = re.findall(r'fill="var\(--lstm-(\w)\)"', body)
            assert " ".join(colours) == COLOURS[name]


def test_an_unknown_view_stops_the_build_and_is_named(tmp_path: Path) -> None:
    done = build(tmp_path, "# Page\n\n```{conventions} tables\n```\n", "conventions_table")
    assert done.returncode != 0
    assert "index.md:3" in done.stderr
    assert "tables" in done.stderr


def test_a_changed_convention_changes_the_page(tmp_path: Path) -> None:
    views = "\n\n".join(f"```{{conventions}} {v}\n```" for v in ("blocks", "table", "details"))
    page = f"# Page\n\n{views}\n"
    done = build(tmp_path, page, "conventions_table")
    assert done.returncode == 0, done.stderr
    before = (tmp_path / "html" / "index.html").read_text("utf-8")
    assert "ONNX, from top to bottom: i, o, f, c" in before
    assert "recurrent_kernel (H, 4H)" in words(before)
    changed = (
        "import book_root, dataclasses, lstm_ref.conventions as cv\n"
        "cv.CONVENTIONS = tuple(dataclasses.replace(c, letters=('p', 'q', 'r', 's'),"
        " inputs='of another shape') for c in cv.CONVENTIONS)"
    )
    again = build(tmp_path, page, "conventions_table", before=changed)
    assert again.returncode == 0, again.stderr
    after = (tmp_path / "html" / "index.html").read_text("utf-8")
    assert "ONNX, from top to bottom: p, q, r, s" in after
    assert "p q r s" in words(after)
    assert "of another shape" in words(after)
    assert "i, o, f, c" not in after
