"""What a chapter of the book must keep to, read from its built page: `python -m tools.chapters`.

A chapter has a core, which everybody reads, and folds, which nobody has to. The core has a
length, an order and words of its own (CONTRIBUTING.md, "A chapter"). `faults` names what a page
breaks; the command prints how long each chapter is, and which statements of the lecture notes
that the course grew from have no place yet (book/statements.yml).
"""

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import yaml
from bs4 import BeautifulSoup, Tag

from lstm_ref.checks.course import COURSE

ROOT = Path(__file__).resolve().parent.parent
BOOK = ROOT / "book"
BUILT = ROOT / "_build" / "html"

#: The sections of a chapter, in order. Folds follow in the last one.
SECTIONS = (
    "A guess",
    "Move it",
    "What fails without it",
    "Where it sits",
    "The formula",
    "The numbers, step by step",
    "The code",
    "Three common mistakes",
    "Three questions",
    "The exercise",
    "What still fails",
    "To go deeper",
)
#: What a chapter on several subjects has around them: they are its sections.
BEFORE, AFTER = SECTIONS[:2], SECTIONS[-4:]
SUBJECTS = ("limits",)
#: Chapters that no notebook belongs to.
WITHOUT_NOTEBOOK = ("counting", "after")
MOST_WORDS = 1500
MOST_MINUTES = 15.0
WORDS_BEFORE_FIGURE = 150
#: A careful reader who is new to the matter and may not read in their first language.
WORDS_A_MINUTE = 150
#: Minutes for what has no words, by CSS selector: a displayed formula, a figure, a blank, …
MINUTES_EACH = {"div.math": 0.25, "figure.live-figure": 2.0, "figure.lstm-drawing": 0.25}
MINUTES_EACH |= {".blank": 0.25}

#: What does not count as words of the core.
_NOT_WORDS = (
    "details, pre, script, style, svg, div.math, span.math, .headerlink, .visually-hidden, "
    ".prev-next-area, .blank"
)
#: Where the words of the notes may stand: they are quoted there, and put right.
_QUOTED = ".said, #the-words, #notation-words, code, pre, script, style, svg, .citation"
#: American spellings, and the -ize that this book writes -ise. Code and names are not looked at.
_AMERICAN = re.compile(
    r"\b(colou?r(?<=color)\w*|behavior\w*|favor\w*|neighbor\w*|labeled|labeling|modeled|modeling|"
    r"traveled|canceled|center(ed|s)?|gray\w*|math|defense|offense|fulfill(s|ment)?|skillful|toward|"
    r"analog|catalog|dialog|fiber|meter|program(?=me)\b|artifact\w*|judgment|"
    r"\w*(?:analy|paraly|cataly)z(?:e|es|ed|ing)|"
    r"(?!size|prize|seize|resize|capsize)\w{3,}iz(?:e|es|ed|er|ers|ing|ation|ations))\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Core:
    """How long the core of a page is, and what stands where."""

    words: int
    minutes: float
    sections: tuple[str, ...]
    words_before_figure: int | None


def chapters() -> list[str]:
    """Return the names of the chapters that exist: those of the course's table, and the others."""
    return [
        name for name in (*of_the_course(), *WITHOUT_NOTEBOOK) if (BOOK / f"{name}.md").is_file()
    ]


def of_the_course() -> list[str]:
    """Return the names of the chapters that the course's table lists, in order."""
    return list(dict.fromkeys(name for one in COURSE for name in one.chapters))


def article(name: str) -> Tag:
    """Return the text of a built page, without the frame around it."""
    return read((BUILT / f"{name}.html").read_text(encoding="utf-8"))


def read(html: str) -> Tag:
    """Return the text of a page, without the frame around it. Raises ValueError without one."""
    found = BeautifulSoup(html, "html.parser").select_one("article.bd-article")
    if found is None:
        raise ValueError("the page has no <article class=bd-article>; is it a page of the book?")
    return found


def core(page: Tag) -> Core:
    """Measure the core: all that is not folded."""
    own = BeautifulSoup(str(page), "html.parser")
    for fold in own.select("details"):
        fold.decompose()
    extra = sum(each * len(own.select(kind)) for kind, each in MINUTES_EACH.items())
    figure = own.select_one("figure.live-figure")
    before = None
    if figure is not None:
        figure.insert_before("\N{OBJECT REPLACEMENT CHARACTER}")
    for inside in own.select("figure.live-figure > :not(figcaption)"):
        inside.decompose()
    sections = tuple(_text(heading) for heading in own.select("h2"))
    for part in own.select(_NOT_WORDS):
        part.decompose()
    text = own.get_text(" ")
    if figure is not None:
        before = len(_words(text.split("\N{OBJECT REPLACEMENT CHARACTER}")[0]))
    words = len(_words(text))
    return Core(words, words / WORDS_A_MINUTE + extra, sections, before)


def faults(name: str, page: Tag) -> list[str]:
    """Return what a chapter's page breaks, each as a sentence that says how to mend it."""
    return [*_length_faults(core(page)), *_order_faults(name, core(page)), *_word_faults(page)] + [
        f"the fold {_text(fold.summary)!r} has no id; give it a :name: that begins with {name}-"
        for fold in page.select("details.sd-dropdown")
        if fold.summary and not fold.get("id") and not fold.find_parent(class_="blanks")
    ]


def _length_faults(found: Core) -> Iterator[str]:
    if found.words > MOST_WORDS:
        yield f"the core has {found.words} words; at most {MOST_WORDS}: fold or cut something"
    if found.minutes > MOST_MINUTES:
        yield f"the core takes {found.minutes:.1f} minutes; at most {MOST_MINUTES:g}"
    if found.words_before_figure is None:
        yield "there is no live figure; put {live-figure} into the section 'Move it'"
    elif found.words_before_figure > WORDS_BEFORE_FIGURE:
        yield (
            f"the live figure comes after {found.words_before_figure} words; "
            f"at most {WORDS_BEFORE_FIGURE}"
        )


def _order_faults(name: str, found: Core) -> Iterator[str]:
    due = SECTIONS
    if name in SUBJECTS:
        due = (*BEFORE, *found.sections[len(BEFORE) : -len(AFTER)], *AFTER)
    if found.sections != due:
        for has, wants in zip((*found.sections, None), (*due, None), strict=False):
            if has != wants:
                yield f"a section is {has!r} where {wants!r} was expected; see CONTRIBUTING.md"
                return


def _word_faults(page: Tag) -> Iterator[str]:
    text = prose(page)
    for word in notes_words():
        for found in re.finditer(rf"(?<!long )\b{re.escape(word)}\b", text, re.IGNORECASE):
            # "the cell state, the long-term memory" explains one by the other.
            if "cell state" in _sentence(text, found.start()).lower():
                continue
            yield (
                f"{found[0]!r} is a word of the notes, in “{_sentence(text, found.start())}”; "
                "the field's term stands in the table of book/notation.md (or fold it as .said)"
            )
    for found in _AMERICAN.finditer(text):
        yield (f"{found[0]!r} is not spelt as in Britain, in “{_sentence(text, found.start())}”")


def notes_words() -> list[str]:
    """Return the words of the notes that have another term here, from book/notation.md's table."""
    rows = re.findall(r"^\| ([^|]+) \| ([^|]+) \| \$", _notation(), re.MULTILINE)
    names = [
        name.strip()
        for notes, _ in rows
        for name in re.sub(r"\(.*?\)", "", notes).split(",")
        if not name.strip()[:1].isdigit() and not name.strip().startswith("three")
    ]
    return sorted({name.removeprefix("% of ") for name in names if name}, key=len, reverse=True)


def _notation() -> str:
    text = (BOOK / "notation.md").read_text(encoding="utf-8")
    return text[text.index("| in the notes |") :].split("\n\n", 1)[0]


def prose(page: Tag) -> str:
    """Return a page's running text, folds too, without code and without quoted notes."""
    own = BeautifulSoup(str(page), "html.parser")
    for part in own.select(_QUOTED):
        part.decompose()
    return " ".join(own.get_text(" ").split())


@dataclass(frozen=True)
class Statement:
    """One statement of the notes: its number, what it says, and where the book takes it up."""

    number: int
    says: str
    places: tuple[tuple[str, str], ...]  # chapter and anchor


def statements() -> list[Statement]:
    """Return book/statements.yml. Raises ValueError where an entry is not of its form."""
    found = []
    for number, entry in yaml.safe_load((BOOK / "statements.yml").read_text("utf-8")).items():
        places = []
        for place in entry["places"]:
            chapter, mark, anchor = place.partition("#")
            if not (mark and chapter and anchor):
                raise ValueError(f"statement {number}: {place!r} is not of the form chapter#anchor")
            places.append((chapter, anchor))
        found.append(Statement(number, entry["says"], tuple(places)))
    return found


def exists(chapter: str) -> bool:
    """Is there such a page?"""
    return (BOOK / f"{chapter}.md").is_file()


def _words(text: str) -> list[str]:
    return [word for word in text.split() if any(letter.isalnum() for letter in word)]


def _text(element: Tag) -> str:
    return element.get_text().strip().removesuffix("#")


def _sentence(text: str, place: int) -> str:
    start = max(text.rfind(mark, 0, place) for mark in (". ", "? ", "! ", ": "))
    ends = [text.find(mark, place) for mark in (". ", "? ", "! ")]
    return text[start + 2 if start >= 0 else 0 : min((e for e in ends if e >= 0), default=None)]


def say_what_waits() -> None:
    """Print the statements of the notes that have no place yet."""
    waiting = [one for one in statements() if not any(exists(c) for c, _ in one.places)]
    print(f"{len(waiting)} statements of the notes wait for their chapter:")
    for one in waiting:
        chapters_of_it = ", ".join(dict.fromkeys(chapter for chapter, _ in one.places))
        print(f"  {one.number} {one.says} ({chapters_of_it})")


def main() -> int:
    """Print each chapter's length and faults, and the statements without a place."""
    broken = 0
    for name in chapters():
        page = article(name)
        found = core(page)
        print(
            f"{name}: {found.words} words, {found.minutes:.1f} minutes, "
            f"live figure after {found.words_before_figure} words"
        )
        for fault in faults(name, page):
            broken += 1
            print(f"  {fault}")
    say_what_waits()
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
