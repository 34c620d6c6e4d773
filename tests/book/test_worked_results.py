"""What {worked} text asks of experiments."""

import pytest

from lstm_ref.experiments.experiment import Unit
from lstm_ref.experiments.results import Results
from tests.book.small_book import extension

measured, worked_results = extension("measured"), extension("worked_results")


@pytest.fixture(autouse=True)
def _walk(monkeypatch: pytest.MonkeyPatch) -> None:
    results = Results("walk")
    for seed, far in enumerate((1, 3, 2)):
        for cell in ("rnn", "lstm"):
            unit = Unit("walk", seed, {"cell": cell, "length": 50})
            results.add(unit, {"far": far * (10 if cell == "lstm" else 1)}, 60.0, {})
    monkeypatch.setattr(measured, "read", {"walk": results}.__getitem__)


def test_the_runs_with_these_settings_are_asked() -> None:
    found = worked_results.result("walk", "far", cell="lstm")
    assert found.pop("span") == "20 (10 … 30)"
    assert found == {"all": [10, 30, 20], "median": 20, "least": 10, "most": 30}
    assert worked_results.minutes("walk") == 6


def test_settings_that_no_run_has_are_told() -> None:
    with pytest.raises(ValueError, match=r"walk has no run with .'cell': 'gru'."):
        worked_results.result("walk", "far", cell="gru")
