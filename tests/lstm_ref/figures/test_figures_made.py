"""What is made of the figures' sources is in step with them, small, and asks no other host."""

import gzip
import json
import re
from pathlib import Path

import numpy as np
import pytest

from lstm_ref import figures
from lstm_ref.figures import long_lags, training
from lstm_ref.figures.codes import codes
from lstm_ref.figures.worked import worked
from tools.figures import FIGURES, make, run

ROOT = Path(__file__).resolve().parents[3]
MADE = FIGURES / "made"
every_figure = pytest.mark.parametrize("name", figures.names())


@pytest.mark.usefixtures("node_path")
def test_the_bundles_are_in_step_with_their_sources(tmp_path: Path) -> None:
    if not (ROOT / "node_modules" / "esbuild").is_dir():
        pytest.fail("esbuild is not installed: run `python tools/assets.py` first")
    make(tmp_path)
    fresh = {path.name: path.read_text("utf-8") for path in tmp_path.iterdir()}
    kept = {path.name: path.read_text("utf-8") for path in MADE.iterdir()}
    changed = [name for name in fresh | kept if fresh.get(name) != kept.get(name)]
    assert not changed, f"{changed} are out of date: run `python -m tools.figures`"


def test_the_worked_example_is_in_step() -> None:
    kept = json.loads((FIGURES / "worked.json").read_text("utf-8"))
    # To 12 digits: another machine's exp may end differently.
    assert json.dumps(rounded(kept)) == json.dumps(rounded(worked()))


def test_the_two_codes_are_the_lines_of_their_sources() -> None:
    kept = json.loads((FIGURES / "codes.json").read_text("utf-8"))
    assert kept == codes()
    for file, key in (("in_numpy", "numpy"), ("in_torch", "torch")):
        source = (ROOT / "lstm_ref" / "two_codes" / f"{file}.py").read_text("utf-8")
        written = [line.strip() for line in source.splitlines()]
        for line in kept[1:]:  # the first has its type hints left out
            assert line[key] in written, line


def test_two_codes_that_part_are_not_shown(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for file in ("in_numpy", "in_torch"):
        source = (ROOT / "lstm_ref" / "two_codes" / f"{file}.py").read_text("utf-8")
        changed = (
            source.replace("g = tanh(z_g)", "gg = tanh(z_g)") if file == "in_torch" else source
        )
        (tmp_path / f"{file}.py").write_text(changed, encoding="utf-8")
    monkeypatch.setattr("lstm_ref.figures.codes._FOLDER", tmp_path)
    with pytest.raises(ValueError, match=r"line 9 .* makes 'g' and .* makes 'gg'"):
        codes()
    (tmp_path / "in_torch.py").write_text(source.replace("        hs = []\n", ""), encoding="utf-8")
    with pytest.raises(ValueError, match="have 14 and 13 lines"):
        codes()


def rounded(value: object) -> object:
    if isinstance(value, dict):
        return {key: rounded(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [rounded(inner) for inner in value]
    return f"{value:.12g}"


@pytest.mark.usefixtures("node_path")
def test_the_drawings_of_the_chapters_are_in_step(tmp_path: Path) -> None:
    run("tools/drawings.mjs", "book/figures", str(tmp_path))
    fresh = sorted(tmp_path.iterdir())
    assert fresh, "there is no drawing"
    for path in fresh:
        kept = ROOT / "book" / "figures" / path.name
        assert kept.read_text("utf-8") == path.read_text("utf-8"), (
            f"{path.name} is out of date: run `python -m tools.figures`"
        )


def zipped(*names: str) -> int:
    return sum(len(gzip.compress((MADE / name).read_bytes(), 9)) for name in names)


def test_kit_and_shell_are_one_small_file() -> None:
    assert zipped("kit.js", "kit.css") <= 40_000


@every_figure
def test_each_figure_is_small_and_holds_no_second_kit(name: str) -> None:
    assert zipped(f"{name}.js") <= 6_000
    assert "createElementNS" not in figures.made(f"{name}.js")


@every_figure
def test_a_figure_asks_no_other_host_and_can_stand_in_a_page(name: str) -> None:
    module = figures.module(name)
    assert not re.search(r"^\s*import\b|\bimport\(", module, re.MULTILINE)
    assert "export default" in module
    hosts = module.replace("http://www.w3.org/2000/svg", "")
    assert "http:" not in hosts
    assert "https:" not in hosts


def test_the_drawn_network_of_the_training_figure_is_in_step_and_its_norms_are_one() -> None:
    kept = json.loads((FIGURES / "hundred.json").read_text("utf-8"))
    assert kept == training.drawn()
    largest = np.linalg.svd(np.array(kept["U"]), compute_uv=False)[:, 0]
    np.testing.assert_allclose(largest, 1, atol=2e-3)  # three decimals of each weight


def test_the_lags_of_the_figure_are_those_that_were_measured() -> None:
    kept = json.loads((FIGURES / "lags.json").read_text("utf-8"))
    assert kept == long_lags.lags()
