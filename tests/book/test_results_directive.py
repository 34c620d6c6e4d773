"""Tables and pictures of results say what the file holds, and where it comes from."""

import platform
import re
import subprocess
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest
from bs4 import BeautifulSoup

from benchmarks import record
from lstm_ref.experiments.experiment import Unit
from lstm_ref.experiments.results import Results
from tests.book import small_book

ORIGIN = {"command": "python -m x", "date": "2026-01-02", "versions": {"torch": "2.0"}}


@pytest.fixture
def book(tmp_path: Path) -> Path:
    results = Results("walk")
    for seed, far in enumerate((1.0, 3.0, 2.0)):
        for cell, factor in (("rnn", 1), ("lstm", 10)):
            for length in (50, 100):
                unit = Unit("walk", seed, {"cell": cell, "length": length})
                way = [far * factor / (k + 1) for k in range(3 + seed)]
                found = {"far": far * factor * length / 50, "way": way, "at": [10 * t for t in way]}
                results.add(unit, found, 0.5, ORIGIN)
    results.write(tmp_path / "walk.json")
    return tmp_path


def build(book: Path, *options: str, name: str = "walk") -> subprocess.CompletedProcess[str]:
    body = "\n".join(options)
    return build_page(book, f"# Page\n\n```{{results}} {name}\n{body}\n```\n")


def build_page(book: Path, page: str) -> subprocess.CompletedProcess[str]:
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
        ["100", "4.00 (2.00 … 6.00)", "40.0 (20.0 … 60.0)"],
    ]
    page = (book / "html" / "index.html").read_text(encoding="utf-8")
    assert "3 seeds. Made by" in page
    assert "on 2026-01-02, with torch 2.0." in page


def test_without_columns_each_seed_has_one(book: Path) -> None:
    assert build(book, ":rows: cell", ":value: far", ":where: length = 50").returncode == 0
    assert cells(book) == [
        ["cell", "seed 0", "seed 1", "seed 2"],
        ["rnn", "1.00", "3.00", "2.00"],
        ["lstm", "10.0", "30.0", "20.0"],
    ]


def picture(book: Path) -> tuple[str, ElementTree.Element]:
    """Return the words of the page's one picture, and the picture."""
    html = (book / "html" / "index.html").read_text(encoding="utf-8")
    (found,) = re.findall(r'<svg class="results".*?</svg>', html, re.DOTALL)
    svg = ElementTree.fromstring(found)
    assert svg.get("role") == "img"
    return str(svg.get("aria-label")), svg


def lines(svg: ElementTree.Element) -> list[list[tuple[float, float]]]:
    """Return the points of each line, which is what has no fill and more than one place."""
    ways = [path.get("d", "") for path in svg.iter("path") if path.get("fill") == "none"]
    return [[tuple(map(float, p.split())) for p in way[1:].split("L")] for way in ways]  # type: ignore[misc]


def test_a_line_is_the_median_and_its_band_goes_from_end_to_end(book: Path) -> None:
    options = (
        ":plot: far",
        ":along: length",
        ":lines: cell",
        ":names: rnn = plain, length = words",
    )
    done = build(book, *options, ":up: steps walked")
    assert done.returncode == 0, done.stderr
    said, svg = picture(book)
    assert said == (
        "steps walked along words, the median (least to most). "
        "plain: 2.00 (1.00 to 3.00) at 50, 4.00 (2.00 to 6.00) at 100; "
        "lstm: 20.0 (10.0 to 30.0) at 50, 40.0 (20.0 to 60.0) at 100."
    )
    words = {text.text for text in svg.iter("text")}
    assert {"plain", "lstm", "words", "steps walked", "50", "100", "0", "20", "40", "60"} <= words
    ((x0, y0), (x1, y1)), ((_, z0), (_, z1)) = lines(svg)
    assert x0 < x1
    assert y0 > y1 > z0 > z1  # upward is less
    assert (y0 - y1) * 10 == pytest.approx(z0 - z1, abs=1)  # one scale for both
    bands = [path.get("d", "") for path in svg.iter("path") if path.get("fill-opacity")]
    ends = [[float(point.split()[1]) for point in re.split("[LZ]", b[1:]) if point] for b in bands]
    assert [len(end) for end in ends] == [4, 4]
    assert ends[0][0] < y0 < ends[0][3]
    inks = {path.get("stroke") for path in svg.iter("path") if path.get("fill") == "none"}
    assert inks == {"var(--lstm-h)", "var(--lstm-c)"}
    page = (book / "html" / "index.html").read_text(encoding="utf-8")
    assert "The median, and from the least to the most, of 3 seeds. Made by" in page


def test_a_curve_runs_along_its_own_places_or_along_another_list(book: Path) -> None:
    where = ":where: length = 50, cell = rnn"
    assert build(book, ":plot: way", where, ":every: 100", ":log: up").returncode == 0
    said, svg = picture(book)
    (line,) = lines(svg)
    assert len(line) == 5  # the longest; the shorter ones stay where they ended
    assert "2.00 (1.00 to 3.00) at 100" in said
    assert "0.500 (0.333 to 0.750) at 400, 0.400 (0.333 to 0.750) at 500." in said
    assert build(book, ":plot: way", ":along: at", where).returncode == 0
    assert "1.00 at 10, " in picture(book)[0]


def test_along_words_each_has_a_row_with_a_dot_for_each_seed(book: Path) -> None:
    options = (":plot: far", ":along: cell", ":where: length = 50", ":names: rnn = plain network")
    assert build(book, *options).returncode == 0
    said, svg = picture(book)
    assert said.endswith("2.00 (1.00 to 3.00) at plain network, 20.0 (10.0 to 30.0) at lstm.")
    assert len(list(svg.iter("circle"))) == 6
    page = (book / "html" / "index.html").read_text(encoding="utf-8")
    assert "A dot for each of 3 seeds, a stroke at the median. Made by" in page
    assert {"plain network", "lstm"} <= {text.text for text in svg.iter("text")}


def test_names_may_hold_commas() -> None:
    names = small_book.extension("results_table")._names
    assert names("a = x, b = y, z | w, c=1") == {"a": "x", "b": "y, z | w", "c": "1"}
    assert names("") == {}


def test_ticks_are_round_and_few_and_printed_plainly() -> None:
    plot = small_book.extension("results_plot")
    assert plot.ticks(0, 1) == pytest.approx([0, 0.2, 0.4, 0.6, 0.8, 1])
    assert plot.ticks(0.03, 1.2, log=True) == pytest.approx([0.05, 0.1, 0.2, 0.5, 1])
    assert plot.ticks(1e-9, 1, log=True) == pytest.approx([1e-9, 1e-7, 1e-5, 1e-3, 1e-1])
    shown = [plot.printed(v) for v in (0, 0.25, 30000, 1e6, 2e-5, -3)]
    assert shown == ["0", "0.25", "30000", "10⁶", "2 · 10⁻⁵", "−3"]


def test_a_line_keeps_its_colour_and_no_two_share_one() -> None:
    colours = small_book.extension("results_plot").colours
    assert colours(["gru", "rnn", "lstm"]) == {"gru": "o", "rnn": "h", "lstm": "c"}
    assert len(set(colours([*"abcdef", "lstm"]).values())) == 7


def test_what_has_no_place_on_an_axis_is_said(book: Path) -> None:
    plot = small_book.extension("results_plot")
    axes = plot.Axes("T", "loss", frozenset({"up"}))

    def drawn(*values: Any) -> str:
        return str(plot.picture([plot.Line("a", "c", [(1, values), (2, values)])], axes))

    assert "nan" not in drawn(1.0, 2.0)
    with pytest.raises(ValueError, match="loss has 0, which has no place on a logarithmic axis"):
        drawn(0.0, 1.0)
    for bad in (None, float("inf"), True):
        with pytest.raises(ValueError, match=f"a value is {bad}; expected finite numbers"):
            drawn(1.0, bad)


def test_several_settings_begin_a_row_and_several_values_are_columns(book: Path) -> None:
    results = Results("walk")
    for dtype, ours in (("float64", 10.0), ("float32", 30.0)):
        unit = Unit("walk", 0, {"dtype": dtype, "shape": "5, 3"})
        results.add(unit, {"ours": ours, "ratio": ours / 20}, 0.5, ORIGIN)
    results.write(book / "walk.json")
    options = (":rows: dtype, shape", ":value: ours, ratio", ":names: shape = T, B")
    done = build(book, *options)
    assert done.returncode == 0, done.stderr
    assert cells(book) == [
        ["dtype", "T, B", "ours", "ratio"],
        ["float64", "5, 3", "10.0", "0.500"],
        ["float32", "5, 3", "30.0", "1.50"],
    ]
    page = (book / "html" / "index.html").read_text(encoding="utf-8")
    assert "on 2026-01-02, with torch 2.0." in page
    assert "seeds" not in page  # of one there is nothing in the middle


@pytest.mark.parametrize("other", [{}, {"numpy": "1.0.0"}, {"python": "3.1.4"}])
def test_times_say_their_machine_and_whether_they_are_old(
    book: Path, other: dict[str, str]
) -> None:
    now = {"python": platform.python_version(), "numpy": np.__version__}
    then = {**now, **other}
    results = Results("walk")
    made = {**ORIGIN, "machine": "A box", "versions": then}
    results.add(Unit("walk", 0, {"cell": "rnn"}), {"far": 1.0}, 0.5, made)
    results.write(book / "walk.json")
    done = build(book, ":rows: cell", ":value: far", ":timed:")
    assert done.returncode == 0, done.stderr
    page = BeautifulSoup((book / "html" / "index.html").read_text("utf-8"), "html.parser")
    said = " ".join(page.get_text().split())
    assert f"A box, with Python {then['python']}, NumPy {then['numpy']}." in said
    old = {"numpy": f"NumPy {now['numpy']} now.", "python": f"Python {now['python']} now."}
    assert [name for name, words in old.items() if words in said] == list(other)
    assert ("older than the book" in said) == bool(other)


@pytest.mark.parametrize("script", ["numpy", "torch"])
def test_the_book_s_times_are_whole_and_ratios_their_own(script: str, root: Path) -> None:
    file = root / "book" / "results" / f"speed_{script}.json"
    found = Results.read(file, f"speed_{script}")
    assert found.origins[0]["command"].startswith(f"python -m benchmarks.{script}_layer")
    assert {"python", "numpy", "torch"} <= set(found.origins[0]["versions"])
    assert {run["settings"]["dtype"] for run in found.runs} == {"float64", "float32"}
    for run in found.runs:
        result = run["result"]
        for unit, ratio in (("ms", "ratio"), ("mib", "ratio_mib")):
            if ratio in result:
                theirs = result[f"ours_{unit}"] / result[f"theirs_{unit}"]
                assert result[ratio] == pytest.approx(theirs, rel=2e-3)
    assert [run for run in found.runs if "ratio_mib" in run["result"]] or script == "torch"


def test_what_a_benchmark_measures_becomes_results(tmp_path: Path) -> None:
    settings = {"layer": "NumPy", "dtype": "float64", "threads": 1}
    groups = [
        (settings, [record.row((5, 3, 2, 4), 12.0, 24.0, "ms")]),
        (settings, [record.row((5, 3, 2, 4), 3.0, 4.0, "mib")]),  # times and memory are one run
    ]
    record.write(tmp_path, "speed_numpy", ORIGIN, groups)
    (run,) = Results.read(tmp_path / "speed_numpy.json", "speed_numpy").runs
    assert run["settings"] == {**settings, "shape": "5, 3, 2, 4"}
    assert run["result"] == {
        **{"ours_ms": 12.0, "theirs_ms": 24.0, "ratio": 0.5},
        **{"ours_mib": 3.0, "theirs_mib": 4.0, "ratio_mib": 0.75},
    }


#: What is asked for, and what the build says to it.
NOT_THERE = (
    ("run", [":rows: cell", ":value: far"], "there is no run in run.json: run `python -m"),
    ("walk", [":rows: cell"], "it lacks :value:"),
    ("walk", [":rows: cells", ":value: far"], "no run has 'cells'"),
    ("walk", [":rows: cell", ":columns: length", ":value: far, way"], "it has :columns:, so that"),
    ("walk", [":plot: near", ":along: length"], "no run has 'near'"),
    ("walk", [":plot: far", ":along: width"], "no run has 'width'"),
    ("walk", [":plot: far"], "far is one number; it lacks :along:"),
    ("walk", [":plot: far", ":along: length", ":where: cell = gru"], "no run fits what is asked"),
    ("walk", [":plot: far", ":along: length", ":where: sell = gru"], "no run has 'sell'"),
    ("walk", [":plot: far", ":along: length", ":log: right"], ":log: is right; expected along, up"),
)


def test_what_is_not_there_is_a_build_error(book: Path) -> None:
    page, places = "# Page\n", {}
    for name, options, words in NOT_THERE:
        places[page.count("\n") + 2] = words
        page += "\n".join(["", f"```{{results}} {name}", *options, "```", ""])
    done = build_page(book, page)
    assert done.returncode != 0
    for line, words in places.items():
        said = [one for one in done.stderr.splitlines() if f"index.md:{line}:" in one]
        assert any(words in one for one in said), (line, words, done.stderr)
