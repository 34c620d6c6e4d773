"""The loop in torch: forward, loss, backward, clip, step; again. See `fit`."""

import os
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import contextmanager
from functools import partial
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn
from tqdm.auto import tqdm

from lstm_ref import __version__
from lstm_ref.history import Batches, History, command_line, provenance
from lstm_ref.training.checkpoint import Run, load, save

Loss = Callable[[torch.Tensor, torch.Tensor], torch.Tensor]
Optimiser = Callable[[Iterable[nn.Parameter]], torch.optim.Optimizer]
#: A number that says how good a model is, lower is better. Called with no gradients, in eval mode.
Validate = Callable[[nn.Module], float]

_adam = partial(torch.optim.Adam, lr=1e-2)


def fit(
    build: Callable[[], nn.Module],
    batches: Batches,
    loss_fn: Loss,
    *,
    steps: int,
    seed: int = 0,
    optimiser: Optimiser = _adam,
    max_norm: float | None = 1.0,
    chunk: int | None = None,
    validate: Validate | None = None,
    validate_every: int = 100,
    patience: int | None = None,
    device: str = "cpu",
    checkpoint: str | os.PathLike[str] | None = None,
    checkpoint_every: int = 100,
    progress: bool = True,
    about: Mapping[str, Any] | None = None,
) -> tuple[nn.Module, History]:
    """Build a model, train it on `steps` mini-batches, and return (the model, its history).

    `seed` decides all that is drawn: the weights in `build()`, the batches, dropout. The caller's
    own random streams are left as they were. `max_norm` clips the gradient's length; None does
    not. With `chunk`, the way back is cut: each sequence is taken `chunk` steps at a time, a step
    of training for each, and the state is handed on from chunk to chunk, but no gradient; the
    model then needs a method `carry(xs, state) -> (outputs, state)`, and targets have a time axis.

    Every `validate_every` mini-batches `validate` is asked. The model that comes back is the one
    it found best, and after `patience` times without a better one training stops.

    With `checkpoint`, a file, the run is kept there every `checkpoint_every` mini-batches, and the
    same call goes on from it: to the same numbers as if it had never been stopped. `about` is what
    the caller wants remembered (JSON): it stands in the history, and another run's file is refused.
    `device` may be "auto": a GPU where there is one.

    Raises ValueError where a setting is out of its range, a checkpoint is of another run, or a
    gradient is no longer finite.
    """
    for name, value in (
        ("steps", steps),
        ("chunk", chunk),
        ("patience", patience),
        ("validate_every", validate_every),
        ("checkpoint_every", checkpoint_every),
    ):
        _whole_number(name, value)
    if max_norm is not None and not max_norm > 0:
        raise ValueError(f"max_norm is {max_norm!r}; expected a positive number, or None")
    if patience is not None and validate is None:
        raise ValueError("patience is given but validate is not; give what is to get better")
    place = find_device(device)
    began = time.monotonic()
    with _own_randomness(seed):
        model = build().to(place)
        if chunk is not None and not hasattr(model, "carry"):
            raise ValueError(
                f"chunk is {chunk} but {type(model).__name__} has no method carry(xs, state); "
                "see lstm_ref.training.ReadOut"
            )
        run = Run(model, optimiser(model.parameters()), np.random.default_rng(seed), History())
        configuration = {
            "seed": seed,
            "max_norm": max_norm,
            "chunk": chunk,
            "validate_every": validate_every if validate else None,
            "patience": patience,
            "optimiser": _describe(run.optimiser),
            "parameters": {name: list(p.shape) for name, p in model.named_parameters()},
            "about": dict(about or {}),
        }
        if checkpoint is None or not load(checkpoint, run, configuration):
            run.history.origin = {
                **provenance(command_line(), ["numpy", "torch"]),
                "lstm_ref": __version__,
                "device": str(place),
                "configuration": {"steps": steps, **configuration},
            }
        before = run.history.seconds
        with tqdm(total=steps, initial=run.step, disable=not progress) as bar:
            while run.step < steps and not run.stopped:
                loss, norm = _mini_batch(run, batches, loss_fn, max_norm, chunk, place)
                run.history.losses.append(loss)
                run.history.norms.append(norm)
                if validate and (run.step % validate_every == 0 or run.step == steps):
                    _validate(run, validate, patience)
                run.history.seconds = before + time.monotonic() - began
                if checkpoint and (
                    run.step % checkpoint_every == 0 or run.step == steps or run.stopped
                ):
                    save(checkpoint, run, configuration)
                bar.update()
                bar.set_postfix(loss=f"{loss:.3g}", refresh=False)
        if run.best:
            model.load_state_dict(run.best["weights"])
    return model, run.history


def update(
    model: nn.Module, loss: torch.Tensor, optimiser: torch.optim.Optimizer, max_norm: float | None
) -> float:
    """Go back from a loss, clip, take one step; return the gradient's length before clipping."""
    optimiser.zero_grad()
    loss.backward()  # type: ignore[no-untyped-call]
    limit = float("inf") if max_norm is None else max_norm
    norm = float(nn.utils.clip_grad_norm_(model.parameters(), limit))
    if not np.isfinite(norm):
        raise ValueError(
            f"the gradient's length is {norm}, which no scaling mends; "
            "lower the learning rate, or clip from the first step on"
        )
    optimiser.step()
    return norm


def _mini_batch(
    run: Run,
    batches: Batches,
    loss_fn: Loss,
    max_norm: float | None,
    chunk: int | None,
    place: torch.device,
) -> tuple[float, float]:
    """Draw one mini-batch and learn from it; the mean loss, and the longest gradient."""
    run.model.train()
    like = next(run.model.parameters())
    xs, targets = (tensor(array, like) for array in batches(run.rng))
    if chunk is None:
        loss = loss_fn(run.model(xs), targets)
        return loss.item(), update(run.model, loss, run.optimiser, max_norm)
    state, total, longest = None, 0.0, 0.0
    for start in range(0, len(xs), chunk):
        part = xs[start : start + chunk]
        outputs, state = run.model.carry(part, _cut(state))  # type: ignore[operator]
        loss = loss_fn(outputs, targets[start : start + chunk])
        total += loss.item() * len(part) / len(xs)
        longest = max(longest, update(run.model, loss, run.optimiser, max_norm))
    return total, longest


def _validate(run: Run, validate: Validate, patience: int | None) -> None:
    run.model.eval()
    with torch.no_grad(), torch.random.fork_rng(_gpus()):
        value = float(validate(run.model))
    run.history.validations.append((run.step, value))
    if not run.best or value < run.best["value"]:
        weights = {name: t.detach().clone() for name, t in run.model.state_dict().items()}
        run.best = {"value": value, "weights": weights, "since": 0}
    else:
        run.best["since"] += 1
    run.stopped = patience is not None and run.best["since"] >= patience


def tensor(array: NDArray[Any], like: torch.Tensor) -> torch.Tensor:
    """Return the array where `like` is; numbers with a point get its dtype, labels stay whole."""
    found = torch.as_tensor(array, device=like.device)
    return found.to(like.dtype) if found.is_floating_point() else found


def find_device(name: str) -> torch.device:
    """Return the device of that name; for "auto" a GPU where there is one, else the CPU."""
    if name == "auto":
        return torch.device("cuda" if torch.cuda.is_available() else "cpu")
    try:
        found = torch.device(name)
        torch.empty(0, device=found)
    except (RuntimeError, AssertionError) as error:
        raise ValueError(f"there is no device {name!r} here ({error}); try device='cpu'") from None
    return found


@contextmanager
def _own_randomness(seed: int) -> Any:
    """Draw from `seed` inside, and leave torch's streams outside as they were."""
    with torch.random.fork_rng(_gpus()):
        torch.manual_seed(seed)
        yield


def _gpus() -> list[int]:
    return list(range(torch.cuda.device_count()))


def _cut(state: Any) -> Any:
    """The state with the same numbers and no way back: gradients end here."""
    if isinstance(state, torch.Tensor):
        return state.detach()
    return None if state is None else tuple(_cut(part) for part in state)


def _describe(optimiser: torch.optim.Optimizer) -> dict[str, Any]:
    plain = {k: v for k, v in optimiser.defaults.items() if isinstance(v, int | float | bool)}
    return {"name": type(optimiser).__name__, **plain}


def _whole_number(name: str, value: int | None) -> None:
    optional = name in ("chunk", "patience")
    if value is None and optional:
        return
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        also = ", or None" if optional else ""
        raise ValueError(f"{name} is {value!r}; expected a whole number of at least 1{also}")
