"""One model, one task, one budget: what most experiments run."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import torch
from torch import nn

from lstm_ref.experiments.experiment import Result
from lstm_ref.experiments.models import model
from lstm_ref.history import Batches
from lstm_ref.training import fit, tensor

#: What is asked for: (outputs, targets) to one number, to be made small.
Loss = Callable[[torch.Tensor, torch.Tensor], torch.Tensor]


@dataclass(frozen=True)
class Task:
    """What is to be learnt, and when it counts as learnt.

    `batches(rng)` gives what is trained on and `fresh(rng)` what is asked for: both (xs, targets).
    `error(outputs, targets)` is a share or a mean, 0 where all is right; below `solved` the task
    counts as solved, and below `goal` training ends.
    """

    inputs: int
    outputs: int
    batches: Batches
    fresh: Batches
    loss: Loss
    error: Loss
    solved: float
    goal: float = 0.0
    every_step: bool = False


def trained(
    task: Task,
    cell: str,
    seed: int,
    *,
    hidden: int,
    steps: int,
    rate: float,
    look: int = 100,
    prepare: Callable[[nn.Module], object] = lambda _: None,
    optimiser: Callable[..., torch.optim.Optimizer] = torch.optim.Adam,
    chunk: int | None = None,
) -> tuple[nn.Module, Result]:
    """Train one model, gradients clipped to length 1; return it, and how it went.

    `prepare` may change the weights that its layer begins with; `chunk` cuts the way back.

    That is `error`, the smallest of those on fresh sequences, which it is asked every `look`
    mini-batches; `solved_after`, the mini-batches after which it was below `task.solved` for the
    first time, or None; and `curve`, all the errors.
    """
    fixed = task.fresh(np.random.default_rng(10_000 + seed))

    def error(asked: nn.Module) -> float:
        xs, targets = (tensor(array, next(asked.parameters())) for array in fixed)
        return float(task.error(asked(xs), targets))

    def build() -> nn.Module:
        made = model(cell, task.inputs, hidden, task.outputs, every_step=task.every_step)
        prepare(made.layer)
        return made

    best, history = fit(
        build,
        task.batches,
        task.loss,
        steps=steps,
        seed=seed,
        optimiser=partial(optimiser, lr=rate),
        chunk=chunk,
        validate=error,
        validate_every=look,
        goal=task.goal,
        progress=False,
    )
    curve = [(step, float(f"{value:.4g}")) for step, value in history.validations]
    return best, {
        "error": min(value for _, value in curve),
        "solved_after": next((step for step, value in curve if value < task.solved), None),
        "curve": [value for _, value in curve],
    }


def trial(task: Task, cell: str, seed: int, **how: Any) -> Result:
    """Train one model as `trained` does, and return how it went."""
    return trained(task, cell, seed, **how)[1]


def classes(outputs: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
    """Return the cross-entropy of the labels that are asked for: those that are not -1."""
    flat = outputs.reshape(-1, outputs.shape[-1])
    return nn.functional.cross_entropy(flat, labels.reshape(-1), ignore_index=-1)


def share_wrong(outputs: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
    """Return the share of sequences with a wrong answer at any step that is asked for."""
    wrong = (outputs.argmax(-1) != labels) & (labels != -1)
    return wrong.reshape(-1, wrong.shape[-1]).any(0).float().mean()
