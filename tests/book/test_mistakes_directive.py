"""The mistakes on a page are those that the checks know."""

import re
import subprocess
from html import unescape
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from lstm_ref.checks import course, exercise
from tests.book import small_book


def build(book: Path, page: str) -> subprocess.CompletedProcess[str]:
    return small_book.build(book, page, "sphinx_design", "mistakes", "live_figure", "chapter")


def test_each_has_its_lines_beside_the_right_ones_and_says_how_it_shows(tmp_path: Path) -> None:
    done = build(tmp_path, "# Page\n\n```{mistakes} lstm_cell\n```\n")
    assert done.returncode == 0, done.stderr
    page = (tmp_path / "html" / "index.html").read_text(encoding="utf-8")
    asked = exercise("lstm_cell")
    assert page.count("<summary>") == len(asked.mistakes)
    for mistake in asked.mistakes:  # exercises have mistakes of one name: the page needs both
        assert f'id="mistake-lstm_cell-{mistake.name}"' in page, mistake.name
    whole = BeautifulSoup(page, "html.parser")
    item = whole.find(id="mistake-lstm_cell-h-without-tanh")
    right, wrong = (block.get_text().strip() for block in item.find_all("pre"))
    assert (right, wrong) == ("h = o * tanh(c)", "h = o * c")
    marks = [[m.get_text() for m in block.find_all("mark")] for block in item.find_all("pre")]
    assert marks == [["tanh(", ")"], []]  # what only one of them has
    # The worked example: o = .066 and .299, c = 1.541 and .560.
    assert "h is [0.102 0.168] in place of [0.06 0.152]" in item.get_text()


def test_a_line_that_has_moved_is_shown_among_its_neighbours(tmp_path: Path) -> None:
    done = build(tmp_path, "# Page\n\n```{mistakes} lstm\n```\n")
    assert done.returncode == 0, done.stderr
    whole = BeautifulSoup((tmp_path / "html" / "index.html").read_text("utf-8"), "html.parser")
    for item in whole.find_all("details", class_="mistake"):
        right, wrong = (block.get_text().strip("\n") for block in item.find_all("pre"))
        assert right != wrong, item["id"]
    item = whole.find(id="mistake-lstm-return-in-the-loop")
    right, wrong = (block.get_text().strip("\n") for block in item.find_all("pre"))
    assert right.split("\n")[0] == wrong.split("\n")[0] == "for x in xs:"
    assert right.split("\n")[-1] == "return np.stack(hs), h, c"
    assert wrong.split("\n")[-1] == "    return np.stack(hs), h, c"


def test_the_appendix_has_every_part_of_the_course(root: Path) -> None:
    page = (root / "book" / "mistakes.md").read_text(encoding="utf-8")
    assert re.findall(r"\{mistakes\} (\w+)", page) == list(course.parts())


def test_one_mistake_has_the_checks_title_and_the_page_s_numbers(tmp_path: Path) -> None:
    body = "Unit 1 keeps [[ 1 - f1[0] ]]."
    one = "# Page\n\n```{mistake} forget_gate share-forgotten\n" + body + "\n```\n"
    done = build(tmp_path, one)
    assert done.returncode == 0, done.stderr
    page = (tmp_path / "html" / "index.html").read_text(encoding="utf-8")
    (title,) = (m.title for m in exercise("forget_gate").mistakes if m.name == "share-forgotten")
    assert title[1:] in unescape(page)
    assert "Unit 1 keeps 0.0497." in page

    for wrong, what in (("share-forgotten", "bad-share"), ("f1[0]", "f7[0]")):
        done = build(tmp_path, one.replace(wrong, what))
        assert done.returncode != 0
        assert "index.md:3" in done.stderr
        assert what in done.stderr


@pytest.mark.parametrize("directive", ["mistakes", "live-figure", "mistake", "notebook"])
def test_an_unknown_name_stops_the_build_and_is_named(tmp_path: Path, directive: str) -> None:
    done = build(
        tmp_path,
        f"# Page\n\n```{{{directive}}} forgot_gate{' x' * (directive == 'mistake')}\n```\n",
    )
    assert done.returncode != 0
    assert "index.md:3" in done.stderr
    assert "forgot_gate" in done.stderr
