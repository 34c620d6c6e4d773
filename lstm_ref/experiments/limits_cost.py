"""What a layer costs: time forward and back, beside its parameters and what it keeps.

Five layers in the middle of a net: each step brings as many numbers as there are units. Eight
sequences at once, torch, one thread of a processor. torch hands its LSTM to a library, oneDNN; its
other recurrent layers it runs itself, and so it does the LSTM *by steps*. A time is the least of
those measured: what else the machine does only adds to it. Each seed is one round through all.
"""

import time
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import torch
from torch import nn

from lstm_ref.experiments.experiment import Experiment, Result, every
from lstm_ref.figures.limits import BY_STEPS, LAYERS, STEPS, UNITS, WIDTH

BATCH = 8
#: Seconds for which each size is measured, three times at least.
LONG = 0.1


class Attention(nn.Module):
    """One head: each step looks at all steps, weighs them, and mixes what they hold."""

    def __init__(self, units: int) -> None:
        super().__init__()
        self.ask = nn.Linear(units, 3 * units)
        self.out = nn.Linear(units, units)

    def forward(self, xs: torch.Tensor) -> torch.Tensor:
        """xs (T, B, H) gives (T, B, H)."""
        query, key, value = self.ask(xs.transpose(0, 1)).chunk(3, dim=-1)  # (B, T, H) each
        weights = torch.softmax(query @ key.transpose(1, 2) / xs.shape[-1] ** 0.5, dim=-1)
        mixed: torch.Tensor = self.out(weights @ value)
        return mixed.transpose(0, 1)


class Convolution(nn.Module):
    """Each step looks at itself and its neighbours; then a ReLU."""

    def __init__(self, units: int) -> None:
        super().__init__()
        self.conv = nn.Conv1d(units, units, WIDTH, padding=WIDTH // 2)

    def forward(self, xs: torch.Tensor) -> torch.Tensor:
        """xs (T, B, H) gives (T, B, H)."""
        return torch.relu(self.conv(xs.permute(1, 2, 0))).permute(2, 0, 1)


def build(layer: str, units: int) -> nn.Module:
    """Return a new layer of the kind. Raises ValueError for an unknown one."""
    if layer not in (*LAYERS, BY_STEPS):
        raise ValueError(f"layer is {layer!r}; expected one of {', '.join((*LAYERS, BY_STEPS))}")
    if layer == "conv":
        return Convolution(units)
    if layer == "attention":
        return Attention(units)
    made: nn.Module = {"rnn": nn.RNN, "gru": nn.GRU, "lstm": nn.LSTM, BY_STEPS: nn.LSTM}[layer](
        units, units
    )
    return made


@contextmanager
def onednn(on: bool) -> Iterator[None]:
    """Let torch use oneDNN inside, or not; it warns of what it says about other machines."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with torch.backends.mkldnn.flags(enabled=on):
            yield


def run(
    seed: int, *, layer: str, units: int, steps: Sequence[int] = STEPS, long: float = LONG
) -> Result:
    """Measure one layer at each number of steps."""
    with torch.random.fork_rng([]), onednn(layer != BY_STEPS):
        torch.manual_seed(seed)
        model = build(layer, units)
        return {
            "parameters": sum(values.numel() for values in model.parameters()),
            "steps": list(steps),
            "seconds": [float(f"{least(model, units, T, long):.3g}") for T in steps],
        }


def least(model: nn.Module, units: int, steps: int, long: float) -> float:
    """Return the least time of forward and back for a batch, after one that is not counted."""
    xs = torch.randn(steps, BATCH, units, requires_grad=True)
    found: list[float] = []
    began = time.perf_counter()
    while len(found) < 4 or time.perf_counter() - began < long:
        start = time.perf_counter()
        shown = model(xs)
        (shown[0] if isinstance(shown, tuple) else shown).sum().backward()
        found.append(time.perf_counter() - start)
    return min(found[1:])


EXPERIMENT = Experiment(
    "limits_cost",
    run,
    every(layer=(*LAYERS, BY_STEPS), units=UNITS),
    seeds=5,
    miniature={"units": 4, "steps": [2, 3], "long": 0.0},
)
