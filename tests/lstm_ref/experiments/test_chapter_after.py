"""What the chapter on what came after says of its experiments: the tasks and the models."""

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from lstm_ref.experiments import scan_speed, without_h
from lstm_ref.experiments.results import Results


def test_parity_so_far_is_that_of_all_bits_up_to_each_step() -> None:
    xs, labels = without_h.so_far(np.random.default_rng(0), length=7, batch_size=5)
    assert xs.shape == (7, 5, 1)
    for t in range(7):
        for k in range(5):
            assert labels[t, k] == sum(xs[s, k, 0] == 1 for s in range(t + 1)) % 2


def test_the_rates_are_those_that_were_best_at_another_seed(root: Path) -> None:
    """First by when the task was solved, then by the error; of equal ones any."""
    runs = Results.read(root / "book" / "results" / "without_h_rates.json", "without_h_rates").runs
    for one in without_h.EXPERIMENT.settings:
        name, model = one["task_name"], one["model"]
        mine = [
            r for r in runs if (r["settings"]["task_name"], r["settings"]["model"]) == (name, model)
        ]
        assert len(mine) == 3

        def worth(run: dict[str, Any]) -> tuple[float, float]:
            return run["result"]["solved_after"] or math.inf, run["result"]["error"]

        best = min(map(worth, mine))
        chosen = {worth(r) for r in mine if r["settings"]["rate"] == without_h.RATES[name][model]}
        assert chosen == {best}, (name, model)


def test_loop_and_tree_are_timed_on_the_same_numbers() -> None:
    loop, scan = (scan_speed.run(0, way=way, length=20, times=1) for way in ("loop", "scan"))
    assert loop["total"] == pytest.approx(scan["total"], rel=1e-5)
    assert loop["seconds_a_step"] > 0
