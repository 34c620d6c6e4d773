"""One model, one task, one budget: what most experiments run."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import torch
from torch import nn

from lstm_ref.arrays import Array
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
    errors: list[float] | None = None,
) -> tuple[nn.Module, Result]:
    """Train one model, gradients clipped to length 1; return it, and how it went.

    `prepare` may change the weights that its layer begins with; `chunk` cuts the way back. To
    `errors`, a list, is added what is asked for on the way.

    That is `error`, the smallest of those on fresh sequences, which it is asked every `look`
    mini-batches; `solved_after`, the mini-batches after which it was below `task.solved` for the
    first time, or None; and `curve`, all the errors.
    """
    fixed = task.fresh(np.random.default_rng(10_000 + seed))

    found: list[float] = [] if errors is None else errors

    def error(asked: nn.Module) -> float:
        xs, targets = (tensor(array, next(asked.parameters())) for array in fixed)
        value = float(task.error(asked(xs), targets))
        if np.isfinite(value):  # else its gradient is none either, and the run ends
            found.append(float(f"{value:.4g}"))
        return value

    def build() -> nn.Module:
        made = model(cell, task.inputs, hidden, task.outputs, every_step=task.every_step)
        prepare(made.layer)
        return made

    best, _ = fit(
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
    return best, _went(task, found, look, steps)


def answers(model: nn.Module, xs: Array) -> Array:
    """Return what a trained model gives for xs (T, B, I): its outputs, as they are."""
    with torch.no_grad():
        found: Array = model(tensor(xs, next(model.parameters()))).numpy()
    return found


def trial(task: Task, cell: str, seed: int, **how: Any) -> Result:
    """Train one model as `trained` does, and return how it went.

    Where a gradient was no longer a number the run ends, and `broke` is true.
    """
    errors: list[float] = []
    try:
        return trained(task, cell, seed, errors=errors, **how)[1]
    except ValueError as error:
        if not (errors and "the gradient's length is" in str(error)):
            raise
    return {**_went(task, errors, how["look"], how["steps"]), "broke": True}


def _went(task: Task, errors: list[float], look: int, steps: int) -> Result:
    solved = [min(look * k, steps) for k, error in enumerate(errors, 1) if error < task.solved]
    return {"error": min(errors), "solved_after": min(solved, default=None), "curve": errors}


def classes(outputs: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
    """Return the cross-entropy of the labels that are asked for: those that are not -1."""
    flat = outputs.reshape(-1, outputs.shape[-1])
    return nn.functional.cross_entropy(flat, labels.reshape(-1), ignore_index=-1)


def share_wrong(outputs: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
    """Return the share of sequences with a wrong answer at any step that is asked for."""
    wrong = (outputs.argmax(-1) != labels) & (labels != -1)
    return wrong.reshape(-1, wrong.shape[-1]).any(0).float().mean()
