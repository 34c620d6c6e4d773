"""What the chapter on what came after says of its experiments: the tasks and the models."""

import numpy as np
import pytest

from lstm_ref.experiments import scan_speed, without_h
from lstm_ref.experiments.models import layer

pytestmark = pytest.mark.usefixtures("one_thread")


def test_parity_so_far_is_that_of_all_bits_up_to_each_step() -> None:
    xs, labels = without_h.so_far(np.random.default_rng(0), length=7, batch_size=5)
    assert xs.shape == (7, 5, 1)
    for t in range(7):
        for k in range(5):
            assert labels[t, k] == sum(xs[s, k, 0] == 1 for s in range(t + 1)) % 2


def test_the_wide_minlstm_has_as_many_parameters_as_the_lstm() -> None:
    """With two inputs, as in adding."""
    wide, lstm = (
        sum(p.numel() for p in layer(cell, 2, hidden).parameters())
        for cell, hidden in (("minlstm", without_h.WIDE), ("lstm", without_h.HIDDEN))
    )
    assert wide == lstm


def test_loop_and_tree_are_timed_on_the_same_numbers() -> None:
    loop, scan = (scan_speed.run(0, way=way, length=20, times=1) for way in ("loop", "scan"))
    assert loop["total"] == pytest.approx(scan["total"], rel=1e-5)
    assert loop["seconds_a_step"] > 0
