"""How far a network counts, asked of networks of which one knows it."""

import numpy as np
import pytest
import torch

from lstm_ref.experiments import parts_off
from lstm_ref.experiments.counting import LANGUAGES, reach, strings
from lstm_ref.experiments.models import model
from lstm_ref.figures.counter import by_hand
from lstm_ref.training import ReadOut


def counter(b_f: float) -> ReadOut:
    """The chapter's hand-made counter, with a read-out: b while h is above 0.4, else the end."""
    made = model("lstm", 3, 1, 3, every_step=True).double()
    params = by_hand(16.0, b_f, 3.0, -3.0, 16.0)
    with torch.no_grad():
        for name, values in vars(params).items():
            own = torch.tensor(values)
            if name == "weight_ih":  # the mark adds nothing
                own = torch.cat([own, torch.zeros(4, 1)], dim=1)
            getattr(made.layer, f"{name}_l0").copy_(own)
        made.linear.weight.copy_(torch.tensor([[0.0], [1.0], [-1.0]]))
        made.linear.bias.copy_(torch.tensor([-9.0, -0.4, 0.4]))
    return made


def test_a_counter_is_right_as_far_as_its_gate_keeps() -> None:
    assert reach(counter(16.0), "ab", 40) == 40
    assert 2 < reach(counter(4.0), "ab", 40) < 10


@pytest.mark.parametrize("language", LANGUAGES)
def test_who_has_learned_nothing_does_not_count(language: str) -> None:
    torch.manual_seed(0)
    inputs, outputs = LANGUAGES[language]
    assert reach(model("gru", inputs, 4, outputs, every_step=True), language, 40) < 5


@pytest.mark.parametrize("language", LANGUAGES)
def test_strings_have_the_sizes_of_their_language(language: str) -> None:
    xs, labels = strings(np.random.default_rng(0), language=language, sizes=np.full(3, 4))
    assert xs.shape[1:] == (3, LANGUAGES[language][0])
    assert labels.shape == xs.shape[:2]
    assert labels.max() < LANGUAGES[language][1]


def test_a_variant_lacks_its_part_alone_and_its_forget_gate_begins_with_its_bias() -> None:
    rng = np.random.default_rng(0)
    task = parts_off.TASKS["adding"]
    for name, (cell, bias) in parts_off.VARIANTS.items():
        made = parts_off.build(task, name, rng)
        assert made.cell is cell
        rows = made.recurrent.bias_ih + made.recurrent.bias_hh
        first = list(made.recurrent.LAYERS).index("f") * task.units
        np.testing.assert_array_equal(rows[first : first + task.units], np.float32(bias))
        assert np.abs(np.delete(rows, np.s_[first : first + task.units])).max() == 0
