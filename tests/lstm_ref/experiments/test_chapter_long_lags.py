"""What the chapter on long lags says it measured: how the models begin, and who was tuned how."""

from statistics import mean

import numpy as np
import pytest
import torch

from lstm_ref.datasets import digits as data
from lstm_ref.datasets.embedded_reber import SYMBOLS, embedded_reber_string, successors
from lstm_ref.datasets.recall import UNASKED
from lstm_ref.experiments import copied, digits, echoed, guessed, reber, runner
from lstm_ref.experiments.chosen import CHOSEN, Choice
from lstm_ref.experiments.lag_rates import EXPERIMENT as TUNING
from lstm_ref.experiments.models import CELLS, layer, remembering
from lstm_ref.experiments.results import Results


@pytest.mark.parametrize("cell", ["lstm", "gru"])
def test_a_gate_that_is_to_remember_keeps_for_up_to_the_lag(cell: str) -> None:
    """With its weights at 0, a unit's memory after one step is what its gate's bias says."""
    torch.manual_seed(0)
    made = layer(cell, 2, 400)
    remembering(made, 100)
    with torch.no_grad():
        for name, values in made.named_parameters():
            if name.startswith("weight"):
                values.zero_()
            else:
                values[800:1200] = 0.0  # the candidate, which then is 0
        one = torch.ones(1, 1, 400)
        _, state = made(torch.zeros(1, 1, 2), (0 * one, one) if cell == "lstm" else one)
        kept = (state[1] if cell == "lstm" else state).ravel()
    lasts = 1 / (1 - kept)  # f = 1 - 1/T, as the chapter says
    assert 1.99 < lasts.min() < lasts.max() < 100
    assert lasts.median() == pytest.approx(50.5, abs=6)


def test_without_gates_the_state_itself_is_carried() -> None:
    made = layer("rnn", 2, 5)
    remembering(made, 100)
    assert torch.equal(made.weight_hh_l0, torch.eye(5))  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="lag is 2"):
        remembering(made, 2)
    with pytest.raises(ValueError, match="begin is 'late'"):
        Choice(0.01, "late").learn(echoed.task(5), "rnn", 0, 10)


def test_each_model_learns_in_the_way_that_the_search_found_best() -> None:
    runs = Results.read(runner.path(runner.root(), "lag_rates"), "lag_rates").runs
    for task, models in CHOSEN.items():
        assert set(models) == set(CELLS)
        for cell, choice in models.items():
            errors: dict[Choice, list[float]] = {}
            for run in runs:
                how = run["settings"]
                if how["task"] == task and how["cell"] == cell:
                    one = Choice(how["rate"], how["begin"])
                    errors.setdefault(one, []).append(run["result"]["mean"])
            assert {len(values) for values in errors.values()} == {TUNING.seeds}
            best = min(mean(values) for values in errors.values())
            assert mean(errors[choice]) == best, (task, cell)


def test_a_string_is_right_where_all_that_may_follow_beat_all_that_may_not() -> None:
    rng = np.random.default_rng(3)
    xs, allowed = reber.asked(rng, count=20)
    told = torch.tensor(allowed) + 0.1 * torch.rand(allowed.shape)
    assert reber.wrong(told, torch.tensor(allowed)) == 0
    told[3, 0] = 1 - told[3, 0]
    assert reber.wrong(told, torch.tensor(allowed)) == pytest.approx(1 / 20)
    string = embedded_reber_string(np.random.default_rng(3))
    first = {SYMBOLS[k] for k in np.flatnonzero(allowed[1, 0])}
    assert first == successors(string[:2])
    assert xs.shape == allowed.shape


def test_a_guessed_network_is_right_because_it_keeps_the_parity() -> None:
    """Set by hand: unit 1 is "x or s", unit 2 is "x and s", and s = h_1 - h_2 - 1 is the parity."""
    big = 20.0
    W, b = [big, big], [0.0, -2 * big]
    U = [big, -big, big, -big]
    net = np.array([[*W, *b, 1.0, -1.0, *U, -1.0]])
    xs = np.where(np.random.default_rng(0).random((30, 50, 1)) < 0.5, -1.0, 1.0)
    found = guessed.answers(net, xs)[0]
    odd = (xs[..., 0] > 0).sum(0) % 2
    assert (found == odd).all()


def test_what_is_held_out_is_the_same_for_each_seed_and_nothing_is_learnt_from_it() -> None:
    of_seeds = [digits.parts(seed) for seed in (0, 1, 100)]
    for learnt, apart, held_out in of_seeds:
        assert [len(learnt), len(apart), len(held_out)] == [1000, 297, 500]
        assert len({*learnt, *apart, *held_out}) == 1797
        assert (held_out == of_seeds[0][2]).all()
    assert (of_seeds[0][0] != of_seeds[1][0]).any()
    xs, labels = data.digits("pixels")
    drawn, told = digits.task("pixels", 1).batches(np.random.default_rng(0))
    assert drawn.shape == (64, digits.BATCH, 1)
    known = {(*xs[:, k, 0], labels[k]) for k in of_seeds[1][0]}
    assert {(*drawn[:, b, 0], told[b]) for b in range(digits.BATCH)} <= known


def test_the_nearest_image_is_the_nearest_and_least_squares_finds_a_line() -> None:
    rng = np.random.default_rng(0)
    known, asked = rng.random((40, 5)), rng.random((30, 5))
    labels = rng.integers(0, 10, 40)
    far = ((asked[:, None] - known) ** 2).sum(-1)
    assert (digits.nearest(known, labels, asked) == labels[far.argmin(1)]).all()
    # Two classes: the mean of a point is above 1 in one, and below 0 in the other.
    side = np.where(known.mean(1) > 0.5, 4, 2)
    moved = known + 0.5 * (side[:, None] - 3)
    assert (digits.least_squares(moved, side, moved) == side).all()


def test_of_ten_symbols_each_one_counts() -> None:
    labels = torch.full((6, 2), UNASKED)
    labels[2:, 0], labels[2:, 1] = torch.tensor([0, 1, 2, 3]), torch.tensor([4, 5, 6, 7])
    outputs = torch.nn.functional.one_hot(labels.clamp(0), 8).float()
    assert copied.symbols_wrong(outputs, labels) == 0
    outputs[3, 0] = outputs[2, 1] = torch.eye(8)[7]
    assert copied.symbols_wrong(outputs, labels) == pytest.approx(2 / 8)


def test_who_answers_with_the_commonest_symbol_is_wrong_that_often() -> None:
    shown = np.random.default_rng(0).integers(0, 8, (50_000, 10))
    most = (shown[..., None] == np.arange(8)).sum(1).max(1)
    assert copied.commonest_wrong() == pytest.approx(1 - most.mean() / 10, abs=0.002)
