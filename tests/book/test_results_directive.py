"""A table of results says what the file holds, and where it comes from."""

import subprocess
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from lstm_ref.experiments.experiment import Unit
from lstm_ref.experiments.results import Results
from tests.book import small_book

ORIGIN = {"command": "python -m x", "date": "2026-01-02", "versions": {"torch": "2.0"}}


@pytest.fixture
def book(tmp_path: Path) -> Path:
    results = Results("walk")
    for seed, far in enumerate((1.0, 3.0, 2.0)):
        for cell, factor in (("rnn", 1), ("lstm", 10)):
            unit = Unit("walk", seed, {"cell": cell, "length": 50})
            results.add(unit, {"far": far * factor}, 0.5, ORIGIN)
    results.write(tmp_path / "walk.json")
    return tmp_path


def build(book: Path, *options: str, name: str = "walk") -> subprocess.CompletedProcess[str]:
    body = "\n".join(options)
    page = f"# Page\n\n```{{results}} {name}\n{body}\n```\n"
    before = f"import measured, pathlib\nmeasured.FOLDER = pathlib.Path({str(book)!r})"
    return small_book.build(book, page, "results_table", before=before)


def cells(book: Path) -> list[list[str]]:
    page = BeautifulSoup((book / "html" / "index.html").read_text("utf-8"), "html.parser")
    return [[c.get_text().strip() for c in row.find_all(["th", "td"])] for row in page("tr")]


def test_a_cell_has_the_median_and_the_ends_of_all_seeds(book: Path) -> None:
    options = (":rows: length", ":columns: cell", ":value: far", ":names: length = T, rnn = plain")
    done = build(book, *options)
    assert done.returncode == 0, done.stderr
    assert cells(book) == [
        ["T", "plain", "lstm"],
        ["50", "2.00 (1.00 … 3.00)", "20.0 (10.0 … 30.0)"],
    ]
    page = (book / "html" / "index.html").read_text(encoding="utf-8")
    assert "3 seeds. Made by" in page
    assert "on 2026-01-02, with torch 2.0." in page


def test_without_columns_each_seed_has_one(book: Path) -> None:
    assert build(book, ":rows: cell", ":value: far").returncode == 0
    assert cells(book) == [
        ["cell", "seed 0", "seed 1", "seed 2"],
        ["rnn", "1.00", "3.00", "2.00"],
        ["lstm", "10.0", "30.0", "20.0"],
    ]


@pytest.mark.parametrize(
    ("options", "name", "words"),
    [
        ([":rows: cell", ":value: far"], "run", "there is no run.json: run `python -m"),
        ([":rows: cell"], "walk", "it lacks :value:"),
        ([":rows: cells", ":value: far"], "walk", "no run has 'cells'"),
    ],
)
def test_what_is_not_there_is_a_build_error(
    book: Path, options: list[str], name: str, words: str
) -> None:
    done = build(book, *options, name=name)
    assert done.returncode != 0
    assert words in done.stderr
