"""A table of results says what the file holds, and where it comes from."""

import subprocess
import sys
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from lstm_ref.experiments.experiment import Unit
from lstm_ref.experiments.results import Results

ORIGIN = {"command": "python -m x", "date": "2026-01-02", "versions": {"torch": "2.0"}}


@pytest.fixture
def book(root: Path, tmp_path: Path) -> Path:
    results = Results("walk")
    for seed, far in enumerate((1.0, 3.0, 2.0)):
        for cell, factor in (("rnn", 1), ("lstm", 10)):
            unit = Unit("walk", seed, {"cell": cell, "length": 50})
            results.add(unit, {"far": far * factor}, 0.5, ORIGIN)
    results.write(tmp_path / "walk.json")
    (tmp_path / "conf.py").write_text(
        f"import sys, pathlib\nsys.path.insert(0, {str(root / 'book' / '_ext')!r})\n"
        "import measured\n"
        f"measured.FOLDER = pathlib.Path({str(tmp_path)!r})\n"
        "extensions = ['myst_parser', 'results_table']\n",
        encoding="utf-8",
    )
    return tmp_path


def build(book: Path, *options: str, name: str = "walk") -> subprocess.CompletedProcess[str]:
    body = "\n".join(options)
    page = f"# Page\n\n```{{results}} {name}\n{body}\n```\n"
    (book / "index.md").write_text(page, encoding="utf-8")
    command = [sys.executable, "-m", "sphinx", "-W", "-E", "-q", str(book), str(book / "html")]
    return subprocess.run(command, capture_output=True, text=True)


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
