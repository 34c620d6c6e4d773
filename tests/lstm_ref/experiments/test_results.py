"""Results of experiments: kept run by run, known to be stale, taken up again after a kill."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from lstm_ref import experiments
from lstm_ref.experiments import NAMES, experiment, runner
from lstm_ref.experiments.experiment import Experiment, Unit, every
from lstm_ref.experiments.results import Results, miniature, stale, why_changed

Make = Callable[..., Experiment]


@pytest.fixture
def squares(monkeypatch: pytest.MonkeyPatch) -> Make:
    """An experiment of which one can say what it computes; it notes each run that is made."""

    def make(power: int = 2, bases: tuple[int, ...] = (3, 4), seeds: int = 2) -> Experiment:
        def run(seed: int, *, base: int) -> dict[str, Any]:
            made.runs.append((seed, base))
            if base == 13:
                raise ValueError("unlucky")
            return {"value": base**power + seed, "seconds_of_it": time.monotonic()}

        made = _Noting("squares", run, every(base=bases), seeds, {"base": 2})
        monkeypatch.setattr(runner, "experiment", lambda name: made)
        return made

    return make


class _Noting(Experiment):
    def __init__(self, *about: Any) -> None:
        super().__init__(*about)
        object.__setattr__(self, "runs", [])

    runs: list[tuple[int, int]]


def update(one: Experiment, folder: Path, **how: bool) -> list[str]:
    with ThreadPoolExecutor(1) as executor:
        return runner.update([one], folder, executor, **how)


def kept(folder: Path) -> Any:
    return json.loads((folder / "squares.json").read_text(encoding="utf-8"))


def test_a_run_is_made_once(squares: Make, tmp_path: Path) -> None:
    one = squares()
    assert update(one, tmp_path) == []
    found = kept(tmp_path)
    assert [(run["seed"], run["settings"]["base"]) for run in found["runs"]] == [
        *((0, 3), (0, 4)),
        *((1, 3), (1, 4)),
    ]
    assert [run["result"]["value"] for run in found["runs"]] == [9, 16, 10, 17]
    assert {"command", "date", "machine", "versions"} <= set(found["origins"][0])
    again = squares()
    assert update(again, tmp_path) == []
    assert again.runs == [(0, 2)]  # the small run alone


def test_a_new_setting_runs_alone_and_an_old_one_is_forgotten(
    squares: Make, tmp_path: Path
) -> None:
    update(squares(), tmp_path)
    wider = squares(bases=(4, 5))
    update(wider, tmp_path)
    assert wider.runs == [(0, 2), (0, 5), (1, 5)]
    assert [run["settings"]["base"] for run in kept(tmp_path)["runs"]] == [4, 5, 4, 5]


def test_other_numbers_in_the_small_run_make_all_of_it_stale(squares: Make, tmp_path: Path) -> None:
    update(squares(), tmp_path)
    cubes = squares(power=3)
    results = Results.read(tmp_path / "squares.json", "squares")
    assert len(stale(cubes, results, miniature(cubes))) == 4
    update(cubes, tmp_path)
    assert [run["result"]["value"] for run in kept(tmp_path)["runs"]] == [27, 64, 28, 65]


def test_what_goes_wrong_is_said_and_the_others_go_on(squares: Make, tmp_path: Path) -> None:
    assert update(squares(bases=(13, 4), seeds=1), tmp_path) == [
        "squares: base 13, seed 0: ValueError: unlucky"
    ]
    assert [run["settings"]["base"] for run in kept(tmp_path)["runs"]] == [4]


def test_numbers_are_the_same_within_a_share_and_times_do_not_count() -> None:
    def small(**result: Any) -> list[dict[str, Any]]:
        return [{"settings": {"base": 2}, "result": result}]

    assert why_changed(small(a=1.0, seconds=3.0), small(a=1.005, seconds=9.0)) == ""
    assert why_changed(small(a=[1.0, None]), small(a=[1.0, None])) == ""
    assert "a was 1.0 and is 1.1" in why_changed(small(a=1.0), small(a=1.1))
    assert "a was [1.0] and is [1.0, 2.0]" in why_changed(small(a=[1.0]), small(a=[1.0, 2.0]))
    assert "b was None and is 1" in why_changed(small(a=1), small(a=1, b=1))
    assert "there is no small run" in why_changed([], small(a=1))


def test_a_file_that_is_none_is_said(tmp_path: Path) -> None:
    (tmp_path / "squares.json").write_text('{"experiment": ')
    with pytest.raises(ValueError, match=r"squares.json cannot be read as results .* put it back"):
        Results.read(tmp_path / "squares.json", "squares")


def test_a_killed_run_loses_what_was_at_work_and_no_more(root: Path, tmp_path: Path) -> None:
    """The real command, ended by SIGKILL when the first runs are there, and begun again."""
    (tmp_path / "slow.py").write_text(
        "import time\n"
        "from lstm_ref import experiments\n"
        "from lstm_ref.experiments.experiment import Experiment, every\n"
        "def run(seed, *, base):\n"
        "    time.sleep(0.2 * (base > 1))\n"
        "    return {'value': base + seed}\n"
        "EXPERIMENT = Experiment('slow', run, every(base=(1, 2, 3)), 4, {'base': 0})\n"
        "import sys\n"
        "sys.modules['lstm_ref.experiments.slow'] = sys.modules[__name__]\n"
        "experiments.NAMES = ('slow',)\n"
        "if __name__ == '__main__':\n"
        "    from concurrent.futures import ThreadPoolExecutor\n"
        "    from pathlib import Path\n"
        "    from lstm_ref.experiments import runner\n"
        "    with ThreadPoolExecutor(1) as pool:\n"
        "        runner.update([EXPERIMENT], Path(sys.argv[1]), pool)\n"
    )
    command = [sys.executable, str(tmp_path / "slow.py"), str(tmp_path)]
    file = tmp_path / "slow.json"
    running = subprocess.Popen(command, cwd=root, stderr=subprocess.DEVNULL)
    give_up = time.monotonic() + 60
    while time.monotonic() < give_up and not (file.exists() and len(read(file)) >= 2):
        time.sleep(0.01)
    os.kill(running.pid, signal.SIGKILL)
    running.wait()
    before = read(file)
    assert 2 <= len(before) < 12
    subprocess.run(command, cwd=root, check=True, capture_output=True)
    after = read(file)
    assert len(after) == 12
    assert [run for run in after if run in before] == before  # seconds too: not run again
    assert sorted(run["result"]["value"] for run in after) == sorted(
        base + seed for base in (1, 2, 3) for seed in range(4)
    )
    assert not list(tmp_path.glob(".*.part"))


def read(file: Path) -> Any:
    return json.loads(file.read_text(encoding="utf-8"))["runs"]


@pytest.mark.parametrize("name", NAMES)
def test_the_results_in_the_book_are_fresh(name: str, root: Path) -> None:
    """Also each experiment in miniature: it runs, and gives today what it gave then."""
    one = experiment(name)
    results = Results.read(runner.path(root / "book" / "results", name), name)
    now = miniature(one)
    assert why_changed(results.miniature, now) == "", f"run `python -m lstm_ref.experiments {name}`"
    left = [unit.words() for unit in stale(one, results, now)]
    assert left == [], f"run `python -m lstm_ref.experiments {name}`"


@pytest.mark.parametrize("name", NAMES)
def test_no_run_took_over_five_minutes(name: str, root: Path) -> None:
    results = Results.read(runner.path(root / "book" / "results", name), name)
    assert max(run["seconds"] for run in results.runs) < 300


def test_a_name_that_is_none_is_said() -> None:
    with pytest.raises(ValueError, match="there is no experiment 'walk'; there are at_start"):
        experiments.experiment("walk")


def test_a_unit_is_told_by_its_settings_in_any_order() -> None:
    one, other = Unit("a", 1, {"x": 1, "y": 2}), Unit("a", 1, {"y": 2, "x": 1})
    assert one.key == other.key != Unit("a", 2, {"x": 1, "y": 2}).key
    assert one.words() == "a: x 1, y 2, seed 1"
