"""The page of times says what results/speed.json holds: who wins, and with which versions."""

import json
import re
import subprocess
import sys
from html import unescape
from importlib.metadata import version
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from tests.book import small_book

SHAPES = [[50, 32, 64, 128], [200, 16, 32, 64], [28, 128, 28, 128]]


def part(**ratios: list[float]) -> dict[str, Any]:
    """Timings with these ratios for each dtype; theirs always took 100 ms and 100 MiB."""
    groups = [
        {
            "ours": "NumPy",
            "dtype": dtype,
            "threads": 1,
            "rows": [
                {
                    "shape": shape,
                    **{f"{who}_{u}": t for u in ("ms", "mib") for who, t in times(ratio)},
                    "ratio": ratio,
                }
                for shape, ratio in zip(SHAPES, each, strict=True)
            ],
        }
        for dtype, each in ratios.items()
    ]
    return {
        "command": "python -m benchmarks.numpy_layer",
        "date": "2026-01-02",
        "machine": "A Processor, 2 cores, Linux",
        "versions": {"python": sys.version.split()[0], "numpy": version("numpy")},
        "times": groups,
        "memory": groups,
    }


def times(ratio: float) -> list[tuple[str, float]]:
    return [("ours", 100 * ratio), ("theirs", 100.0)]


def build(
    book: Path, content: str, views: tuple[str, ...] = ("summary",)
) -> subprocess.CompletedProcess[str]:
    (book / "results").mkdir(exist_ok=True)
    (book / "results" / "speed.json").write_text(content, encoding="utf-8")
    lines = "\n\n".join(f"```{{speed}} numpy_layer {view}\n```" for view in views)
    return small_book.build(book, f"# Page\n\n{lines}\n", "speed_table")


def words(book: Path) -> str:
    text = (book / "html" / "index.html").read_text(encoding="utf-8")
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", text)).split())


def test_the_page_says_where_torch_wins_too(tmp_path: Path) -> None:
    found = part(float64=[0.5, 0.8, 1.02], float32=[1.5, 3.0, 0.98])
    content = json.dumps({"numpy_layer": found})
    done = build(tmp_path, content, ("summary", "picture", "numbers", "memory"))
    assert done.returncode == 0, done.stderr
    said = words(tmp_path)
    assert "float64 1 0.80 0.50 to 1.02 NumPy 2, level 1" in said
    assert "float32 1 1.50 0.98 to 3.00 level 1, torch 2" in said
    assert "2026-01-02" in said
    assert "A Processor, 2 cores, Linux" in said
    assert "200, 16, 32, 64 80.0 100 0.80" in said  # times, and memory in the same numbers
    assert "Older than the book" not in said
    html = unescape((tmp_path / "html" / "index.html").read_text("utf-8"))
    assert "float32: 1.50 at [50, 32, 64, 128]; " not in html
    assert "float32: 1.50 at [50, 32, 64, 128], 3.00 at [200, 16, 32, 64]" in html


def test_in_the_picture_right_of_the_line_is_slower(tmp_path: Path) -> None:
    content = json.dumps({"numpy_layer": part(float64=[0.5, 1.0, 2.0])})
    assert build(tmp_path, content, ("picture",)).returncode == 0
    html = (tmp_path / "html" / "index.html").read_text("utf-8")
    line = float(re.search(r'd="M([\d.]+) [\d.]+V', html)[1])  # type: ignore[index]
    marks = [float(x) for x in re.findall(r'<circle cx="([\d.]+)"', html)]
    half, level, double = marks[:3]  # the last is the legend's
    assert half < line < double
    assert level == pytest.approx(line)
    assert line - half == pytest.approx(double - line, abs=0.2)


@pytest.mark.parametrize(("package", "then"), [("numpy", "1.0.0"), ("python", "3.1.4")])
def test_other_versions_are_said_and_stop_nothing(tmp_path: Path, package: str, then: str) -> None:
    found = part(float64=[0.5, 0.8, 1.02])
    found["versions"][package] = then
    done = build(tmp_path, json.dumps({"numpy_layer": found}))
    assert done.returncode == 0, done.stderr
    assert "Older than the book" in words(tmp_path)
    assert f"taken with {'NumPy' if package == 'numpy' else 'Python'} {then};" in words(tmp_path)


@pytest.mark.parametrize(
    ("content", "what"),
    [
        ("{}", "there is no numpy_layer in it; run `python -m benchmarks.numpy_layer"),
        ('{"numpy_layer": {"date": "2026-01-02"}}', "it lacks 'versions'"),
        ('{"numpy_layer":', "speed.json"),
    ],
)
def test_a_file_that_lacks_something_stops_the_build(
    tmp_path: Path, content: str, what: str
) -> None:
    done = build(tmp_path, content)
    assert done.returncode != 0
    assert "index.md:3" in done.stderr
    assert what in done.stderr


def test_an_unknown_view_stops_the_build_and_is_named(tmp_path: Path) -> None:
    done = build(tmp_path, json.dumps({"numpy_layer": part(float64=[1, 1, 1])}), ("sum",))
    assert done.returncode != 0
    assert "there is no view sum" in done.stderr


def test_the_book_s_own_file_is_whole(root: Path) -> None:
    """Each script's part has what it was measured with, and ratios that are its times' own."""
    parts = json.loads((root / "book" / "results" / "speed.json").read_text(encoding="utf-8"))
    assert set(parts) == {"numpy_layer", "torch_layer"}
    for name, found in parts.items():
        assert found["command"].startswith(f"python -m benchmarks.{name}")
        assert re.fullmatch(r"\d{4}-\d\d-\d\d", found["date"])
        assert {"python", "numpy", "torch"} <= set(found["versions"])
        kinds = [("ms", found["times"]), ("mib", found.get("memory", []))]
        for unit, groups in kinds:
            assert {group["dtype"] for group in groups} <= {"float64", "float32"}
            for group in groups:
                for row in group["rows"]:
                    assert len(row["shape"]) == 4
                    ratio = row[f"ours_{unit}"] / row[f"theirs_{unit}"]
                    assert row["ratio"] == pytest.approx(ratio, rel=2e-3)
        assert {group["dtype"] for group in found["times"]} == {"float64", "float32"}


@pytest.fixture(scope="module")
def record(root: Path) -> ModuleType:
    return small_book.module(root / "benchmarks" / "record.py")


def test_each_script_writes_its_own_part(record: ModuleType, tmp_path: Path) -> None:
    path = tmp_path / "speed.json"
    record.write(path, "torch_layer", {"times": [1]})
    record.write(path, "numpy_layer", {"times": [2]})
    record.write(path, "torch_layer", {"times": [3]})
    assert json.loads(path.read_text("utf-8")) == {
        "numpy_layer": {"times": [2]},
        "torch_layer": {"times": [3]},
    }
    assert list(tmp_path.iterdir()) == [path]


def test_a_row_has_the_ratio_of_its_times(record: ModuleType) -> None:
    row = record.row((1, 2, 3, 4), 20.0, 16.0, "ms")
    assert row == {"shape": [1, 2, 3, 4], "ours_ms": 20.0, "theirs_ms": 16.0, "ratio": 1.25}
