"""What cells cost, against torch: its parameters, and its own count of operations."""

from collections.abc import Callable

import pytest
import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from lstm_ref.cells import CELLS
from lstm_ref.cells.costs import costs
from lstm_ref.torch_lstm import PeepholeLSTM, PeepholeLSTMCell

I, H = 5, 7
LAYERS: dict[str, Callable[..., nn.Module]] = {
    "plain": nn.RNN,
    "gru": nn.GRU,
    "lstm": nn.LSTM,
    "peephole": PeepholeLSTM,
}
STEPS: dict[str, Callable[..., nn.Module]] = {
    "plain": nn.RNNCell,
    "gru": nn.GRUCell,
    "lstm": nn.LSTMCell,
    "peephole": PeepholeLSTMCell,
}


@pytest.mark.parametrize("name", LAYERS)
def test_the_parameters_are_as_many_as_torchs(name: str) -> None:
    theirs = sum(p.numel() for p in LAYERS[name](I, H).parameters())
    assert costs(CELLS[name], I, H).parameters == theirs


@pytest.mark.parametrize("name", STEPS)
def test_the_operations_are_those_that_torch_counts(name: str) -> None:
    cell = STEPS[name](I, H)
    with FlopCounterMode(display=False) as counted, torch.no_grad():
        cell(torch.zeros(1, I))
    assert costs(CELLS[name], I, H).operations == counted.get_total_flops()


@pytest.mark.parametrize("name", CELLS)
def test_the_formulas_of_the_chapter_hold(name: str) -> None:
    """k layers: k(HI + HH + 2H) parameters, and 3H more with peepholes."""
    cell = CELLS[name]
    k, found = len(cell.kind.LAYERS), costs(cell, I, H)
    assert found.parameters == k * (H * I + H * H + 2 * H) + 3 * H * (name == "peephole")
    assert found.operations == 2 * k * H * (I + H)
    assert found.carried == H * len(cell.states)


def test_what_a_step_saves_is_counted_without_what_was_there_before() -> None:
    saved = {name: costs(cell, I, H).saved // H for name, cell in CELLS.items()}
    # h; r z n U_n·h h; i g o c tanh(c) h; and f more, or f in the place of i.
    assert saved == {"plain": 1, "gru": 5, "lstm1997": 6, "lstm": 7, "coupled": 6, "peephole": 7}


def test_a_size_of_zero_is_refused() -> None:
    with pytest.raises(ValueError, match="hidden_size"):
        costs(CELLS["lstm"], 3, 0)
