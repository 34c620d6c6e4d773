"""What the chapter on training says it measured: the experiments themselves."""

import numpy as np
import torch

from lstm_ref.experiments import blamed
from lstm_ref.experiments.verdicts import build


def test_a_network_that_learned_puts_the_verdict_down_to_the_not() -> None:
    """The measure itself: leave the *not* out of the input, and the verdict turns."""
    found = blamed.run(0, steps=300)
    assert found["verdict after of 5"] < -0.5
    assert found["verdict after of 10"] > 0.5
    assert int(np.argmin(found["parts after of 5"])) == 3  # The film was *not* good
    assert abs(found["verdict before of 5"]) < 0.5


def test_the_forget_bias_is_set_once_and_in_the_forget_gate() -> None:
    torch.manual_seed(0)
    model = build(3.0, units=4)
    biases = model.layer.bias_ih_l0 + model.layer.bias_hh_l0  # type: ignore[operator]
    assert torch.equal(biases, torch.tensor([0.0] * 4 + [3.0] * 4 + [0.0] * 8))
    xs = torch.zeros(1, 1, 2)
    _, (_, c) = model.layer(xs, (torch.zeros(1, 1, 4), torch.ones(1, 1, 4)))
    torch.testing.assert_close(c, torch.sigmoid(torch.tensor(3.0)).expand(1, 1, 4))
