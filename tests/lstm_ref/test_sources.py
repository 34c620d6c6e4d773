"""Every author and year in a docstring of lstm_ref stands in the book's references."""

import ast
import re
from pathlib import Path

import pytest
from pybtex.database import parse_file

NAME = r"[A-Z][\w'’-]+"
#: "Gers, Schmidhuber and Cummins (2000)", "Press et al., 2007", "(Werbos, 1990)".
CITED = re.compile(
    rf"(?P<names>{NAME}(?:, {NAME})*)(?P<last> and {NAME}| et al\.)?,? \(?(?P<year>(?:19|20)\d\d)\b"
)


def citations(text: str) -> list[tuple[list[str], bool, str]]:
    """Return (names, whether "et al." follows, year) of each citation in a docstring."""
    found = []
    for match in CITED.finditer(" ".join(text.split())):
        if "(" not in match[0] and "," not in match[0]:
            continue  # "IJCNN 2000" cites nothing
        last = match["last"] or ""
        names = match["names"].split(", ")
        names += [last.removeprefix(" and ")] if last.startswith(" and ") else []
        found.append((names, "et al." in last, match["year"]))
    return found


@pytest.fixture(scope="module")
def references(root: Path) -> list[tuple[list[str], str]]:
    """(family names, year) of each entry that has authors who are people."""
    entries = parse_file(str(root / "book" / "references.bib")).entries.values()
    people = []
    for entry in entries:
        names = [
            " ".join(str(part) for part in person.rich_last_names)
            for person in entry.persons.get("author", [])
        ]
        people.append((names, entry.fields["year"]))
    return people


def docstrings(root: Path) -> list[tuple[str, str]]:
    found = []
    for path in sorted((root / "lstm_ref").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef):
                text = ast.get_docstring(node)
                if text:
                    where = path.relative_to(root).as_posix()
                    found += [(f"{where}, {getattr(node, 'name', 'module')}", text)]
    return found


def listed(names: list[str], more: bool, year: str, known: list[tuple[list[str], str]]) -> bool:
    """All the authors, in their order; with "et al." the first ones, and at least three in all."""
    for authors, when in known:
        if when == year and authors[: len(names)] == names:
            if more and len(authors) >= 3:
                return True
            if not more and len(authors) == len(names):
                return True
    return False


def test_every_cited_paper_is_in_the_references(
    root: Path, references: list[tuple[list[str], str]]
) -> None:
    count, missing = 0, []
    for where, text in docstrings(root):
        for names, more, year in citations(text):
            count += 1
            if not listed(names, more, year, references):
                missing.append(f"{where}: {', '.join(names)}{' et al.' * more} {year}")
    assert not missing, "\n".join(missing)
    assert count > 20  # a pattern that finds nothing would find nothing missing


@pytest.mark.parametrize(
    ("text", "names", "more", "year"),
    [
        ("as in Gers, Schmidhuber and\nCummins (2000)", "Gers Schmidhuber Cummins", False, "2000"),
        ("(Press et al., 2007, section 5.7)", "Press", True, "2007"),
        ("add up over time (Werbos, 1990).", "Werbos", False, "1990"),
        ("Appleyard, Kočiský and Blunsom (2016)", "Appleyard Kočiský Blunsom", False, "2016"),
    ],
)
def test_citations_are_found(text: str, names: str, more: bool, year: str) -> None:
    assert citations(text) == [(names.split(), more, year)]


def test_a_year_alone_is_no_citation() -> None:
    assert citations("The LSTM of 1997, in 2000 steps; IJCNN 2000.") == []


def test_a_paper_that_is_not_there_would_be_seen(references: list[tuple[list[str], str]]) -> None:
    assert listed(["Gers", "Schmidhuber"], False, "2000", references)
    assert not listed(["Gers", "Schmidhuber"], False, "2002", references)
    assert not listed(["Gers"], False, "2000", references)
    assert not listed(["Gers", "Cummins"], False, "2000", references)
    assert listed(["Appleyard", "Kočiský", "Blunsom"], False, "2016", references)


def test_every_entry_has_what_a_reader_needs_to_find_it(root: Path) -> None:
    for key, entry in parse_file(str(root / "book" / "references.bib")).entries.items():
        assert {"title", "year"} <= set(entry.fields), key
        assert entry.persons.get("author"), key
        places = {"doi", "url", "publisher", "booktitle", "journal", "howpublished"}
        assert places & set(entry.fields), key
