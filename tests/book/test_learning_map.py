"""The learning map: every chapter of the contents, and every assignment with its points."""

import re
from html import escape, unescape
from pathlib import Path
from types import ModuleType

import pytest
import yaml

from lstm_ref.checks.course import COURSE, Assignment, Part
from tests.book.small_book import extension


@pytest.fixture(scope="module")
def learning_map() -> ModuleType:
    return extension("learning_map")


@pytest.fixture(scope="module")
def drawn(built_book: Path) -> str:
    page = (built_book / "index.html").read_text(encoding="utf-8")
    return page[page.index('class="learning-map') : page.index("</article>")]


def words(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", html)).split())


def test_every_chapter_is_a_link_on_the_map(root: Path, drawn: str) -> None:
    contents = (root / "book" / "_toc.yml").read_text(encoding="utf-8")
    files = re.findall(r"file: *([\w/-]+)", contents)
    assert len(files) > 4
    for file in files:  # but for those of instructors
        assert (f'href="{file}.html"' in drawn) is not file.startswith("teach"), file


def test_every_assignment_is_there_with_its_points(drawn: str) -> None:
    shown = words(drawn)
    for one in COURSE:
        assert f"Exercise {one.name[:2]} , {one.points} points" in shown, one.name
        for part in one.parts:
            assert f"{part.name} {part.points}" in shown, part.name


def test_a_chapter_in_the_making_says_so_and_is_no_link(root: Path, drawn: str) -> None:
    contents = (root / "book" / "_toc.yml").read_text(encoding="utf-8")
    files = set(re.findall(r"file: *([\w/-]+)", contents))
    coming = [one for one in COURSE if not files & set(one.chapters)]
    shown = words(drawn)
    for one in coming:
        assert f"{one.title} chapter in the making" in shown
        assert f"{escape(one.title)}</a>" not in drawn
    assert shown.count("chapter in the making") == len(coming)


def test_an_assignment_stands_at_the_last_of_its_chapters(learning_map: ModuleType) -> None:
    contents = yaml.safe_load(
        "{parts: [{caption: A, chapters: [{file: start}]},"
        " {caption: B, chapters: [{file: one, sections: [{file: two}]}, {file: three}]}]}"
    )
    course = [
        Assignment("00-a", "A", (Part("a", 1),), chapters=("unwritten",)),
        Assignment("01-b", "B", (Part("b", 1),), chapters=("two", "one")),
        Assignment("02-c", "C", (Part("c", 1),), chapters=()),
        Assignment("03-d", "D", (Part("d", 1),), chapters=("three",)),
        Assignment("04-e", "E", (Part("e", 1),), chapters=("three", "unwritten")),
    ]
    groups = learning_map.stations(contents, course)
    shape = [
        (group.caption, [(s.chapter, [one.name for one in s.assignments]) for s in group.stations])
        for group in groups
    ]
    assert shape == [
        ("A", [("start", [])]),
        (
            "B",
            [
                ("one", []),
                (None, ["00-a"]),
                ("two", ["01-b"]),
                (None, ["02-c"]),
                ("three", ["03-d", "04-e"]),
            ],
        ),
    ]
