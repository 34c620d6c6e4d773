"""A run on disk: all that the next mini-batch depends on, in one file that is whole or absent."""

import io
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn

from lstm_ref.history import History, write_whole

#: Another layout of the file than this one is not read.
FORMAT = 1


@dataclass
class Run:
    """One run of training between two mini-batches."""

    model: nn.Module
    optimiser: torch.optim.Optimizer
    rng: np.random.Generator
    history: History
    best: dict[str, Any] = field(default_factory=dict)  # the best weights so far, and their value
    stopped: bool = False

    @property
    def step(self) -> int:
        """The mini-batches that have been taken."""
        return len(self.history.losses)


def save(path: str | os.PathLike[str], run: Run, configuration: Mapping[str, Any]) -> None:
    """Write the run; whoever kills the process, the file is the old one or the new one."""
    held = io.BytesIO()
    state = {
        "format": FORMAT,
        "configuration": json.dumps(configuration),
        "model": run.model.state_dict(),
        "optimiser": run.optimiser.state_dict(),
        "batches": json.dumps(run.rng.bit_generator.state),
        "torch": torch.get_rng_state(),
        "cuda": torch.cuda.get_rng_state_all() if torch.cuda.is_available() else [],
        "history": run.history.to_json(),
        "best": run.best,
        "stopped": run.stopped,
    }
    torch.save(state, held)
    write_whole(path, held.getvalue())


def load(path: str | os.PathLike[str], run: Run, configuration: Mapping[str, Any]) -> bool:
    """Put what was saved into the run; False where there is no file.

    Raises ValueError where the file is not one of these, or was written by a run with other
    settings: its message names them.
    """
    path = Path(path)
    for half in path.parent.glob(f".{path.name}.*.part"):
        half.unlink()  # left by a run that was killed while it wrote
    if not path.is_file():
        return False
    try:
        # Nothing but tensors and plain values is read: a file from elsewhere runs no code.
        state = torch.load(path, map_location="cpu", weights_only=True)
        if state["format"] != FORMAT:
            raise ValueError(f"its format is {state['format']}; expected {FORMAT}")
        _same(json.loads(state["configuration"]), json.loads(json.dumps(configuration)))
    except _NotTheSame as error:
        raise ValueError(f"{path} is of another run: {error}") from None
    except Exception as error:
        raise ValueError(
            f"{path} cannot be read as a checkpoint ({type(error).__name__}: {error}); "
            "move it away to begin anew"
        ) from error
    run.model.load_state_dict(state["model"])
    run.optimiser.load_state_dict(state["optimiser"])
    run.rng.bit_generator.state = json.loads(state["batches"])
    torch.set_rng_state(state["torch"])
    if torch.cuda.is_available() and state["cuda"]:
        torch.cuda.set_rng_state_all(state["cuda"])
    run.history = History.from_json(state["history"])
    run.best, run.stopped = state["best"], state["stopped"]
    return True


class _NotTheSame(Exception):
    pass


def _same(then: Mapping[str, Any], now: Mapping[str, Any]) -> None:
    differing = [name for name in {**then, **now} if then.get(name) != now.get(name)]
    if differing:
        said = "; ".join(f"{n} was {then.get(n)!r} and is {now.get(n)!r}" for n in differing)
        raise _NotTheSame(f"{said}. Give the old settings to go on, or another file to begin anew")
