"""What the chapter on limits prints of its experiments is in their files."""

from pathlib import Path
from types import SimpleNamespace

import pytest

from lstm_ref.experiments.experiment import Unit
from lstm_ref.experiments.results import Results
from tests.book import small_book

ORIGIN = {"command": "python -m x", "date": "2026-01-02", "versions": {"torch": "2.0"}}


@pytest.fixture
def limits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    draws, less, cost = (Results(f"limits_{name}") for name in ("draws", "less", "cost"))
    for seed, right in enumerate((0.5, 1.0, 0.99)):
        draws.add(Unit("limits_draws", seed, {"start": "torch"}), {"right": right}, 1.0, ORIGIN)
        after = [None, 300, 200][seed]
        less.add(Unit("limits_less", seed, {"model": "gru"}), {"solved_after": after}, 1.0, ORIGIN)
        times = {"steps": [16, 32], "seconds": [0.001, 0.002 * (seed + 1)]}
        cost.add(Unit("limits_cost", seed, {"layer": "lstm", "units": 8}), times, 1.0, ORIGIN)
    for one in (draws, less, cost):
        one.write(tmp_path / f"{one.experiment}.json")
    asked = small_book.extension("worked_limits")
    monkeypatch.setattr("measured.FOLDER", tmp_path)
    small_book.extension("measured").read.cache_clear()
    found: SimpleNamespace = asked.measured()
    return found


def test_a_number_is_the_median_of_the_seeds_or_an_end_or_a_count(limits: SimpleNamespace) -> None:
    asked = ("draws", "right")
    assert limits.mid(*asked, start="torch") == 0.99
    assert (limits.least(*asked), limits.most(*asked)) == (0.5, 1.0)
    assert (limits.count(0.99, *asked), limits.of(*asked)) == (2, 3)
    assert limits.ms("lstm", T=32, H=8) == 4.0
    assert limits.solved("gru") == "2 of 3, 250"
    assert limits.how("draws")["LENGTH"] == 25


def test_runs_that_are_not_there_are_said(limits: SimpleNamespace) -> None:
    with pytest.raises(ValueError, match=r"limits_draws has no run with \{'start': 'hope'\}"):
        limits.mid("draws", "right", start="hope")
