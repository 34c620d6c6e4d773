"""Chapters keep to their form: a short core in one order, folds, and the book's own words."""

import re
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from lstm_ref.checks.course import COURSE
from tools import chapters


@pytest.fixture(scope="module", autouse=True)
def _needs_the_book(built_book: Path) -> None:
    assert built_book == chapters.BUILT


@pytest.mark.parametrize("name", chapters.chapters())
def test_a_chapter_keeps_to_its_form(name: str) -> None:
    faults = chapters.faults(name, chapters.article(name))
    assert not faults, "\n".join(faults)


def test_the_chapters_are_those_of_the_course_that_exist(root: Path) -> None:
    found = chapters.chapters()
    assert "forget-gate" in found
    assert len(found) == len(set(found))
    written = {path.stem for path in (root / "book").glob("*.md")}
    others = set(chapters.WITHOUT_NOTEBOOK)
    assert set(found) == written & ({name for one in COURSE for name in one.chapters} | others)


# What the lint sees, on a page made for it.

FIGURE = '<figure class="live-figure"><div class="live">ten words that nobody counts</div></figure>'


def page(*, before: int = 10, words: int = 100, sections: tuple[str, ...] = chapters.SECTIONS,
         more: str = "") -> BeautifulSoup:  # fmt: skip
    heads = "".join(f'<h2>{one}<a class="headerlink" href="#x">#</a></h2>' for one in sections)
    text = f"<p>{'word ' * before}</p>{FIGURE}<p>{'word ' * words}</p>{heads}{more}"
    return BeautifulSoup(f'<article class="bd-article">{text}</article>', "html.parser")


def test_a_page_of_the_right_form_has_no_fault() -> None:
    assert chapters.faults("x", page()) == []


def test_a_chapter_on_several_subjects_has_sections_of_its_own() -> None:
    subjects = (*chapters.BEFORE, "It takes time", "It forgets", *chapters.AFTER)
    (name,) = chapters.SUBJECTS
    assert chapters.faults(name, page(sections=subjects)) == []
    (fault,) = chapters.faults(name, page(sections=subjects[:-1]))
    assert "where 'Three questions' was expected" in fault
    (fault,) = chapters.faults("x", page(sections=subjects))
    assert "'It takes time' where" in fault


@pytest.mark.parametrize(
    ("made", "says"),
    [
        (page(words=chapters.MOST_WORDS), "words; at most 1500"),
        (page(before=151), "live figure comes after 151 words"),
        (page(sections=chapters.SECTIONS[1:]), "'Move it' where 'A guess' was expected"),
        (page(sections=(*chapters.SECTIONS, "More")), "'More' where None was expected"),
        (page(more='<div class="math">x</div>' * 60), "18.0 minutes; at most 15"),
        (page(more="<p>It reads the content input.</p>"), "'content input' is a word of the notes"),
        (page(more="<p>It keeps the Long-Term Memory.</p>"), "'Long-Term Memory' is a word"),
        (page(more="<p>The previous state is read.</p>"), "'previous state' is a word"),
        (page(more="<p>The color of it.</p>"), "'color' is not spelt as in Britain"),
        (page(more="<p>Initialized to 1.</p>"), "'Initialized' is not spelt"),
        (page(more="<p>We analyze it.</p>"), "'analyze' is not spelt"),
        (page(more="<details class='sd-dropdown'><summary>A</summary></details>"), "has no id"),
    ],
)
def test_each_fault_is_found_and_named(made: BeautifulSoup, says: str) -> None:
    (fault,) = chapters.faults("x", made)
    assert says in fault


@pytest.mark.parametrize(
    "more",
    [
        f'<details id="x-a"><summary>Fold</summary>{"word " * 2000}</details>',
        f"<pre>{'color ' * 2000}</pre>",
        f'<span class="math">{"x " * 2000}</span>',
        '<div class="said">the content input, and the Long-Term Memory</div>',
        "<p>The cell state is the long-term memory of the LSTM.</p>",
        "<p>A long short-term memory network reads the previous hidden state.</p>",
        "<p>The size of a prize; to recognise a colour; <code>initialize</code>.</p>",
    ],
)
def test_what_is_folded_quoted_or_code_is_left_alone(more: str) -> None:
    assert chapters.faults("x", page(more=more)) == []


def test_a_page_without_a_live_figure_is_told_so() -> None:
    bare = page()
    figure = bare.select_one("figure")
    assert figure is not None
    figure.decompose()
    (fault,) = chapters.faults("x", bare)
    assert "there is no live figure" in fault


def test_the_words_of_the_notes_come_from_the_table_of_words() -> None:
    words = chapters.notes_words()
    assert {"content input", "Long-Term Memory", "Potential Short-Term Memory"} <= set(words)
    assert not any("layers" in word for word in words)


# Every statement of the notes has its place.

STATEMENTS = chapters.statements()


def test_all_statements_are_there_and_each_has_a_place() -> None:
    assert [one.number for one in STATEMENTS] == list(range(1, 40))
    for one in STATEMENTS:
        assert one.places, one.number


@pytest.mark.parametrize(
    ("number", "chapter", "anchor"),
    [
        (one.number, chapter, anchor)
        for one in STATEMENTS
        for chapter, anchor in one.places
        if chapters.exists(chapter)
    ],
)
def test_a_statement_s_place_exists(number: int, chapter: str, anchor: str) -> None:
    found = chapters.article(chapter).select_one(f'[id="{anchor}"]')
    assert found is not None, (
        f"statement {number}: {chapter}.md has no #{anchor}; write it as [text]{{#{anchor}}}"
    )
    assert found.get_text().strip()


def test_the_forget_gate_s_statements_have_their_place() -> None:
    here = {one.number for one in STATEMENTS if any(c == "forget-gate" for c, _ in one.places)}
    assert here == {12, 13, 14, 15, 16, 34, 35, 36}


def test_those_still_without_a_place_are_reported(capsys: pytest.CaptureFixture[str]) -> None:
    chapters.say_what_waits()
    said = capsys.readouterr().out
    for one in STATEMENTS:
        waits = not any(chapters.exists(chapter) for chapter, _ in one.places)
        assert bool(re.search(rf"^  {one.number} ", said, re.MULTILINE)) == waits, one.number


# What a chapter ends with.


def test_next_leads_to_the_next_chapter_or_nowhere(root: Path) -> None:
    """What the chapter's own last line says and what the page's footer says agree."""
    for name in chapters.chapters():
        source = (root / "book" / f"{name}.md").read_text(encoding="utf-8")
        found = re.search(r"\{next-chapter\} (\S+)", source)
        assert found, f"{name}.md has no {{next-chapter}}"
        html = (chapters.BUILT / f"{name}.html").read_text(encoding="utf-8")
        footer = BeautifulSoup(html, "html.parser").select_one("a.right-next")
        if chapters.exists(found[1]):
            assert footer is not None
            assert footer["href"] == f"{found[1]}.html"
        else:
            assert footer is None


def test_the_notebook_can_be_had_from_the_page(root: Path) -> None:
    for name in set(chapters.chapters()) & set(chapters.of_the_course()):
        source = (root / "book" / f"{name}.md").read_text(encoding="utf-8")
        found = re.search(r"\{notebook\} (\S+)", source)
        assert found, f"{name}.md has no {{notebook}}"
        (asked,) = (one for one in COURSE if one.name == found[1])
        assert name in asked.chapters
        link = chapters.article(name).select_one(".notebook a.download")
        assert link is not None
        released = root / "exercises" / asked.name / f"{asked.notebook}.ipynb"
        assert (chapters.BUILT / str(link["href"])).read_bytes() == released.read_bytes()
        said = chapters.article(name).select_one(".notebook")
        assert said is not None
        assert f"{asked.points} points" in said.get_text()
