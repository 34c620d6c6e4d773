"""Submitted curves and weights: what does not agree is found, and said."""

import copy
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from lstm_ref.checks import CheckFailed, check, exercise, grade, hook, public
from lstm_ref.checks import duel as weighing
from lstm_ref.checks.compare import Known, same
from lstm_ref.checks.kill_matrix import as_student
from lstm_ref.checks.observe import Attempt
from lstm_ref.datasets import duel
from lstm_ref.given import train_step


@pytest.fixture(scope="module")
def handed_in() -> Any:
    return as_student(exercise("results").source(), "results")


@pytest.fixture
def mine(handed_in: Any) -> Any:
    return copy.deepcopy(handed_in)


@pytest.mark.parametrize("kind", duel.KINDS)
def test_an_error_is_the_one_that_torch_finds(kind: str) -> None:
    layer = {"rnn": torch.nn.RNN, "lstm": torch.nn.LSTM}[kind](2, duel.HIDDEN)
    read_out = torch.nn.Linear(duel.HIDDEN, 1)
    weights = duel.start(kind, 5)
    both = torch.nn.ModuleDict({"layer": layer, "read_out": read_out})
    both.load_state_dict({name: torch.tensor(a) for name, a in weights.items()})
    xs, targets = (torch.tensor(a) for a in duel.validation(5))
    wanted = torch.nn.functional.mse_loss(read_out(layer(xs)[0][-1]), targets).item()
    assert weighing.error(kind, weights, 5) == pytest.approx(wanted, rel=1e-4)


def test_a_name_decides_the_seeds_and_is_asked_for() -> None:
    assert duel.seeds("Ada ") == duel.seeds("ada") != duel.seeds("bob")
    assert len(set(duel.seeds("ada"))) == duel.RUNS
    for name in ("", "  ", None):
        with pytest.raises(ValueError, match="expected your name"):
            duel.seeds(name)  # type: ignore[arg-type]


def test_what_is_saved_comes_back_and_is_right(mine: Any, tmp_path: Path) -> None:
    duel.save(mine, tmp_path / "duel.npz")
    assert grade("results", duel.load(tmp_path / "duel.npz"), points=5) == 5
    with pytest.raises(FileNotFoundError, match="hand the file in"):
        duel.load(tmp_path / "none.npz")


def test_another_s_weights_with_curves_of_one_s_own_do_not_agree(mine: Any, handed_in: Any) -> None:
    """The curves are as another name's runs would have been: begin and end rightly made up."""
    mine["name"] = "bob"
    assert grade("results", mine, points=5) < 5
    seeds = duel.seeds("bob")
    for kind in duel.KINDS:
        starts = [weighing.error(kind, duel.start(kind, seed), seed) for seed in seeds]
        mine[kind]["curves"] = np.c_[starts, np.array(handed_in[kind]["curves"])[:, 1:]]
    # Another's last points are those of another's sequences: to have the right ones, one has to
    # measure these weights on one's own. That cannot be told from training.
    assert grade("results", mine, points=5) == 3


@pytest.mark.parametrize(
    ("spoil", "points", "said"),
    [
        (lambda r: r.update(name=""), 0, "the first points are not the errors"),
        (lambda r: r["rnn"].pop("curves"), 0, "not all entries are there"),
        (lambda r: r["rnn"].update(curves=[1, 2]), 2, "other names or shapes"),
        (lambda r: r["lstm"]["weights"].pop(), 2, "other names or shapes"),
        (lambda r: r["lstm"]["weights"][1].popitem(), 2, "other names or shapes"),
        (lambda r: r["lstm"]["curves"].__setitem__((0, 3), np.nan), 2, "not all numbers are"),
        (
            lambda r: r["lstm"]["curves"].__setitem__((0, 0), 0.5),
            4,
            "the curves lack their first points",
        ),
        (lambda r: r["lstm"].update(weights="none"), 2, "other names or shapes"),
    ],
)
def test_what_is_spoilt_loses_its_share_and_says_why(
    mine: Any, spoil: Any, points: float, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    spoil(mine)
    assert grade("results", mine, points=5) == points
    assert said in capsys.readouterr().out
    with pytest.raises(CheckFailed, match=said):
        check("results", mine)


def test_a_name_that_is_not_the_gradebook_s_is_noted(
    mine: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    titles = []

    def finding(part: str, mistake: str | None, title: str, *points: float) -> dict[str, Any]:
        titles.append(title)
        return {}

    monkeypatch.setattr(hook, "finding", finding)
    for student in ("", "ada", "bob"):
        monkeypatch.setattr(hook, "student", lambda student=student: student)
        assert grade("results", mine, points=5) == 5
    assert ["another name" in title for title in titles] == [False, False, True]
    assert "under the name 'ada'" in capsys.readouterr().out


def test_torch_s_own_layers_are_theirs_who_have_written_them() -> None:
    assert "torch.nn.LSTM" in public.forbidden("08-torch")
    assert public.forbidden("09-lstm-against-rnn") == {}
    given = public.given_source("09-lstm-against-rnn")
    assert "import torch" in given
    assert "def train_step" in given
    assert "import torch" not in public.given_source("08-torch")


def test_trained_runs_begin_and_end_where_their_weights_do() -> None:
    """The notebook's own way to results, with few steps: they agree, and the LSTM is untrained."""
    train_one: Any = as_student(exercise("train_one").source(), "train_one")

    class Model(torch.nn.Module):
        def __init__(self, kind: str, seed: int) -> None:
            super().__init__()
            self.layer = {"rnn": torch.nn.RNN, "lstm": torch.nn.LSTM}[kind](2, duel.HIDDEN)
            self.read_out = torch.nn.Linear(duel.HIDDEN, 1)
            self.load_state_dict({n: torch.tensor(a) for n, a in duel.start(kind, seed).items()})

        def forward(self, xs: torch.Tensor) -> torch.Tensor:
            found: torch.Tensor = self.read_out(self.layer(xs)[0][-1])
            return found

    def tensors(arrays: Any) -> Any:
        return tuple(map(torch.tensor, arrays))

    results: dict[str, Any] = {"name": "eve"}
    for kind in duel.KINDS:
        curves, weights = [], []
        for seed in duel.seeds("eve"):
            curve, model = train_one(
                lambda number, kind=kind: Model(kind, number),
                lambda rng: tensors(duel.batch(rng)),
                tensors(duel.validation(seed)),
                seed, 4, 2, 0.001,
            )  # fmt: skip
            curves.append(curve)
            weights.append(model.state_dict())
        results[kind] = {"curves": curves, "weights": weights}
    assert callable(train_step)
    assert grade("results", results, points=5) == 4


@pytest.mark.slow
@pytest.mark.parametrize("seed", [3, 20001])
def test_a_mistake_that_is_weighed_has_one_fault_on_every_draw(seed: int) -> None:
    """So it is weighed on one draw for everybody, and no name depends on who came first."""
    asked = exercise("results")
    known = Known(asked, seed)
    for mistake in asked.mistakes:
        made = Attempt(asked, as_student(asked.source(mistake), asked.name))
        for k, (case, template) in enumerate(zip(known.cases, known.templates, strict=True)):
            found = made.observe(case, template)
            assert found.leaves is not None
            assert same(found, known.wrong((mistake,), k)), (mistake.name, case.name)
