"""The page: what it says, and that nothing a student wrote does anything in it."""

import base64
import hashlib
import re
from datetime import datetime
from html.parser import HTMLParser
from importlib.resources import files

import pytest
from nbgrader_sandbox.outcome import KINDS, Evidence
from nbgrader_sandbox.reporting.classroom import Class, Part, Submission
from nbgrader_sandbox.reporting.page import as_page

WHEN = datetime(2026, 3, 12, 14, 2)

TAGS = {
    *("html", "head", "meta", "title", "style", "body", "header", "main", "footer", "nav"),
    *("section", "h1", "h2", "h3", "p", "a", "ul", "li", "dl", "div", "dt", "dd", "small", "bdi"),
    *("span", "wbr", "table", "caption", "thead", "tbody", "tr", "th", "td", "details", "summary"),
    *("figure", "figcaption", "svg", "defs", "pattern", "rect", "line", "text"),
}
ATTRIBUTES = {
    *("lang", "charset", "http-equiv", "content", "name", "class", "id", "href", "scope", "role"),
    *("aria-label", "aria-labelledby", "aria-hidden", "width", "height", "x", "y"),
    *("x1", "x2", "y1", "y2", "patternunits", "patterntransform"),
}


class Read(HTMLParser):
    """Collects elements, attributes, and the text of the body by section."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.links: list[str] = []
        self.open: list[str] = []
        self.sections: dict[str, list[str]] = {"": []}
        self.section = ""
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes.update(name for name, _ in attrs)
        self.links += [value or "" for name, value in attrs if name in ("href", "src")]
        if tag == "section":
            self.section = dict(attrs)["id"] or ""
            self.sections[self.section] = []
        if tag not in ("meta", "wbr"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag
        if tag == "section":
            self.section = ""

    def handle_data(self, data: str) -> None:
        if "style" not in self.open and data.strip():
            self.sections[self.section].append(data.strip())

    def text(self, section: str = "") -> str:
        return " ".join(self.sections[section])


def test_the_page_says_what_can_be_counted_by_hand(little: Class) -> None:
    page = Read(as_page(little, WHEN))
    assert page.open == []
    scores = page.text("scores")
    for fact in ("Handed in 5", "Graded 4", "Could not be graded 1", "Handed in late 1"):
        assert fact in scores
    assert "Mean score 7.5 of 12, 62%" in scores
    assert "Median score 7 of 12, 58%" in scores
    assert "gate 5 of 8 50% 25% 25%" in page.text("questions")
    assert "gate the bias b is missing 2 50%" in page.text("mistakes")
    assert "no notebook was handed in. emre 1" in page.text("ungraded")
    assert "bwrap + namespaces 2" in page.text("grading")
    assert "Median 0.50 s Slowest 0.75 s Timed 2 of 5" in page.text("grading")
    noted = page.text("noted")
    assert "Tried to open a network connection: 1 student" in noted
    assert "chen gate, cell 3 connect to 203.0.113.7 2 times" in noted
    assert "boris 4 Late: 2 h gate 0 of 8 : the bias b is missing" in page.text("students")
    assert "ada Ada L 12" in page.text("students")
    assert "12 March 2026 at 14:02" in page.text()


def test_an_anonymous_page_names_nobody_and_repeats_nothing(little: Class) -> None:
    page = as_page(little, WHEN, anonymous=True)
    for secret in ("ada", "Ada L", "boris", "chen", "dina", "emre", "203.0.113.7", "KeyError"):
        assert not re.search(rf"\b{re.escape(secret)}\b", page)
    read = Read(page)
    assert "bias missing" in read.text("mistakes")
    assert "the bias b is missing" not in read.text("mistakes")
    assert "it stopped with an error" in read.text("mistakes")
    assert {"noted", "students"}.isdisjoint(read.sections)
    assert "1 student" in read.text("ungraded")


HOSTILE = "</td><script>alert(1)</script><img src=x onerror=alert(2)>\"'&lt; \u202egpj.exe\x1b[2J"


def test_nothing_that_a_student_wrote_becomes_markup() -> None:
    evidence = tuple((HOSTILE, Evidence(kind, HOSTILE, 1)) for kind in KINDS)
    part = Part(HOSTILE, 1, 2, False, HOSTILE, HOSTILE)
    group = Class(
        HOSTILE,
        (HOSTILE,),
        (
            Submission(HOSTILE, 1, 2, 60, (part,), "", HOSTILE, HOSTILE, 1.0, evidence),
            Submission(HOSTILE + "2", 0, 2, reason=HOSTILE, name=HOSTILE),
        ),
        (2.0,),
    )
    for anonymous in (False, True):
        page = as_page(group, WHEN, anonymous=anonymous)
        read = Read(page)
        assert read.tags <= TAGS
        assert read.attributes <= ATTRIBUTES
        assert read.open == []
        assert "\x1b" not in page
        assert "\u202e" not in page
        assert "<script>alert(1)</script>" in read.text("mistakes")  # as text


def test_the_policy_lets_in_this_one_style_sheet_and_nothing_else(little: Class) -> None:
    page = as_page(little, WHEN)
    style = re.search(r"<style>(.*?)</style>", page, re.DOTALL)
    assert style
    digest = base64.b64encode(hashlib.sha256(style.group(1).encode()).digest()).decode()
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', page)
    assert policy
    assert policy.group(1) == (
        f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    )
    read = Read(page)
    targets = {f"#{name}" for name in read.sections if name}
    assert set(read.links) == targets
    assert "url(" not in style.group(1).replace("url(#some)", "")
    assert "@import" not in style.group(1)


def test_an_empty_class_is_said_to_be_empty() -> None:
    page = Read(as_page(Class("02-gate", ("gate",), (), (8.0,)), WHEN))
    assert "Nobody has handed in anything yet." in page.text()
    assert list(page.sections) == [""]


def test_a_part_that_waits_for_a_person_counts_for_nobody_yet() -> None:
    parts = [(Part("why", 0, 4, True),), (Part("why", 4, 4, False),)]
    group = Class(
        "a", ("why",), tuple(Submission(f"s{k}", 0, 4, 0, p) for k, p in enumerate(parts)), (4.0,)
    )
    page = Read(as_page(group, WHEN))
    assert "why 1 student to grade by hand 4 of 4 100% 0% 0%" in page.text("questions")
    assert "why to grade by hand" in page.text("students")


def test_a_few_grades_are_not_taken_for_the_classs_where_most_wait() -> None:
    parts = [(Part("why", 0, 4, True),), (Part("why", 0, 4, True),), (Part("why", 0, 4, False),)]
    some = tuple(Submission(f"s{k}", 0, 4, 0, p) for k, p in enumerate(parts))
    page = Read(as_page(Class("a", ("why",), some, (4.0,)), WHEN))
    assert "why 2 students to grade by hand – of 4 – – –" in page.text("questions")


def large(size: int) -> Class:
    """A class in which everybody makes as much text as there can be."""
    names = tuple(f"a_rather_long_part_name_{k}" for k in range(12))
    facts = tuple(("notebook", Evidence("network", f"{k} " + "x" * 300, k)) for k in range(200))
    return Class(
        "05-full-cell",
        names,
        tuple(
            Submission(
                f"s{k:04d}" + "n" * 200,
                1,
                24,
                60.0,
                tuple(
                    Part(name, 0, 2, False, f"E{k}", f"{k} " + "w" * 190, True) for name in names
                ),
                reason="" if k % 10 else f"{k} " + "r" * 300,
                name="m" * 200,
                facts=facts,
            )
            for k in range(size)
        ),
        (2.0,) * 12,
    )


@pytest.mark.slow
def test_a_class_of_5000_gives_a_page_of_bounded_size() -> None:
    page = as_page(large(5000), WHEN)
    assert len(page.encode()) < 24e6
    assert page.count("<details>") < 60
    assert "s0001" in page
    assert "s4999" in page


@pytest.mark.parametrize("name", ["page.html", "page.css"])
def test_the_template_is_in_the_package(name: str) -> None:
    assert files("nbgrader_sandbox.reporting").joinpath(name).is_file()
