"""The worked example tells the story that the course tells: every number, to three decimals.

The numbers were first worked out apart from this code; they stand in the course's plan.
"""

import numpy as np
import pytest
import torch

from lstm_ref.arrays import Array
from lstm_ref.bptt import forward_saving, lstm_cell_backward
from lstm_ref.datasets import worked_example
from lstm_ref.layer import lstm_trace
from lstm_ref.parameters import GATES, LSTMParameters
from tests import in_torch

#: Unit 1 and unit 2 at t = 1, 2, 3.
TABLE = {
    "i": [(0.921, 0.913), (0.044, 0.853), (0.111, 0.876)],
    "f": [(0.950, 0.102), (0.372, 0.554), (0.088, 0.508)],
    "g": [(0.848, 0.782), (-0.795, 0.062), (0.386, -0.972)],
    "o": [(0.066, 0.299), (0.925, 0.141), (0.825, 0.895)],
    "c": [(1.541, 0.560), (0.539, 0.363), (0.090, -0.667)],
    "h": [(0.060, 0.152), (0.455, 0.049), (0.074, -0.522)],
}


@pytest.fixture(scope="module")
def packed() -> LSTMParameters:
    return LSTMParameters.from_gates(worked_example.params)


def near(found: Array, expected: object) -> None:
    np.testing.assert_allclose(found, expected, rtol=0, atol=5e-4)


@pytest.mark.parametrize("name", TABLE)
def test_the_table_to_three_decimals(packed: LSTMParameters, name: str) -> None:
    trace = lstm_trace(worked_example.xs, worked_example.h0, worked_example.c0, packed)
    near(getattr(trace, name), TABLE[name])


def test_what_is_written_and_how_tanh_bites(packed: LSTMParameters) -> None:
    trace = lstm_trace(worked_example.xs, worked_example.h0, worked_example.c0, packed)
    near((trace.i * trace.g)[:, 0], [0.781, -0.035, 0.043])
    near(trace.tanh_c[0, 0], 0.912)
    near((trace.f[2] * trace.c[1])[0], 0.047)


def test_the_way_back(packed: LSTMParameters) -> None:
    """For the loss "sum of the entries of h_3", by hand and by torch's autograd."""
    w = worked_example
    *_, saved = forward_saving(w.xs, w.h0, w.c0, packed)
    dh, dc = np.ones(2), np.zeros(2)
    total, dz = {}, {}
    for t in (3, 2, 1):
        step = saved[t - 1]
        total[t] = dc + dh * step.o * (1 - step.tanh_c**2)
        _, dh, dc, grads = lstm_cell_backward(dh, dc, step, packed)
        dz[t] = dict(zip(GATES, np.split(grads.bias_ih, 4), strict=True))
    near(total[3], [0.819, 0.591])
    near(total[1], [0.021, 0.228])
    near(dz[2]["g"][0], 0.001)  # the input gate is shut
    near(dz[2]["i"][1], 0.002)  # the candidate is near zero

    cell = in_torch.cell(w.params)
    h, c = torch.tensor(w.h0)[None], torch.tensor(w.c0)[None]
    memories = []
    for x in w.xs:
        h, c = cell(torch.tensor(x)[None], (h, c))
        c.retain_grad()
        memories.append(c)
    h.sum().backward()
    for t, memory in enumerate(memories, start=1):
        np.testing.assert_allclose(total[t], memory.grad[0], rtol=1e-12)
