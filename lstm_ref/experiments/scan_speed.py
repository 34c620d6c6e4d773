"""A scan against a loop on one core: one step of training's time, forward and back, by length.

A layer of 32 units reads 16 sequences. `loop` and `scan` are the same minLSTM, worked out in two
ways; `lstm` is torch's own; `gates` is all of the minLSTM but what goes from step to step.
"""

import time
from statistics import median

import torch
from torch import Tensor, nn

from lstm_ref.experiments.experiment import Experiment, Result, every
from lstm_ref.torch_lstm.minimal import MinLSTM, loop, scan

INPUTS, HIDDEN, BATCH, TIMES = 8, 32, 16, 5
LENGTHS = (16, 64, 256, 1024)
WAYS = ("lstm", "loop", "scan", "gates")


def _nothing(_shares: Tensor, written: Tensor) -> Tensor:
    return written


def run(seed: int, *, way: str, length: int, times: int = TIMES) -> Result:
    """Return the middle of some times, in the processor's seconds, and what the layer gave."""
    with torch.random.fork_rng([]):
        torch.manual_seed(seed)
        along = {"loop": loop, "scan": scan, "gates": _nothing}
        torchs = way == "lstm"
        layer = nn.LSTM(INPUTS, HIDDEN) if torchs else MinLSTM(INPUTS, HIDDEN, along[way])
        xs = torch.randn(length, BATCH, INPUTS)
    taken = []
    for _ in range(times + 1):  # the first one warms up
        layer.zero_grad()
        began = time.process_time()
        total = layer(xs)[0].square().mean()
        total.backward()
        taken.append(time.process_time() - began)
    return {"seconds_a_step": float(f"{median(taken[1:]):.3g}"), "total": total.item()}


EXPERIMENT = Experiment(
    "scan_speed",
    run,
    every(way=WAYS, length=LENGTHS),
    seeds=5,
    miniature={"length": 8, "times": 1},
)
