"""Which word is to blame, learnt by training: `python -m lstm_ref.experiments.training [FILE]`.

Three measurements for the chapter on training, of small networks with different forget biases:

- `runs`: how many of some seeds learn the verdict on reviews of different length;
- `blame`: which words of the example sentence the verdict is put down to, before and after;
- `at_start`: how much of a gradient comes back over 100 steps, before training, for many draws.
"""

import json
import sys
import time
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn

from lstm_ref.datasets.sentence import numbers, words
from lstm_ref.datasets.verdict import verdict
from lstm_ref.figures.training import drawn, powers
from lstm_ref.history import Batches, command_line, provenance, write_whole
from lstm_ref.training import ReadOut, fit, tensor

KEPT = Path(__file__).resolve().parents[2] / "book" / "results" / "training.json"

#: A forget bias for each LSTM that is compared; None is the plain network.
BIASES: tuple[float | None, ...] = (0.0, 1.0, 3.0, 5.0, None)
SETTINGS: dict[str, Any] = {
    "units": 16,
    "lengths": [10, 25, 50, 100],
    "biases": list(BIASES),
    "seeds": 5,
    "steps": 500,
    "batch": 32,
    "optimiser": "Adam",
    "learning_rate": 0.01,
    "max_norm": 1.0,
    "learnt": 0.99,  # the share of fresh reviews that must be judged rightly
    "fresh": 1000,
    "blame": {"bias": 1.0, "lengths": [5, 11]},
    "at_start": {"draws": 30, "norm": 1.0},
}


def build(bias: float | None, units: int = SETTINGS["units"]) -> ReadOut:
    """Return a network with torch's weights, no biases but the LSTM's forget bias, and a read-out.

    The weights come from torch's stream, which `fit` seeds.
    """
    layer: nn.Module = nn.RNN(2, units) if bias is None else nn.LSTM(2, units)
    with torch.no_grad():
        for name, parameter in layer.named_parameters():
            if name.startswith("bias"):
                parameter.zero_()
            if name == "bias_ih_l0" and bias is not None:
                parameter[units : 2 * units] = bias  # the rows of the forget gate
    return ReadOut(layer, units, 1)


def train(bias: float | None, batches: Batches, seed: int, steps: int) -> tuple[Any, Any]:
    """Train one network; return (it, its history)."""
    return fit(
        partial(build, bias),
        batches,
        nn.functional.mse_loss,
        steps=steps,
        seed=seed,
        optimiser=partial(torch.optim.Adam, lr=SETTINGS["learning_rate"]),
        max_norm=SETTINGS["max_norm"],
        progress=False,
    )


def right(model: nn.Module, length: int) -> float:
    """Return the share of fresh reviews that get the right sign."""
    fresh = np.random.default_rng(12345)
    xs, targets = verdict(fresh, length=length, batch_size=SETTINGS["fresh"])
    with torch.no_grad():
        outputs = model(tensor(xs, next(model.parameters()))).numpy()
    return float(np.mean(np.sign(outputs) == targets))


def runs(steps: int = SETTINGS["steps"], seeds: int = SETTINGS["seeds"]) -> list[dict[str, Any]]:
    """Train all that is compared; an entry for each length and bias, with every seed's result."""
    found: list[dict[str, Any]] = []
    for length in SETTINGS["lengths"]:
        batches = partial(verdict, length=length, batch_size=SETTINGS["batch"])
        for bias in BIASES:
            shares, seconds = [], []
            for seed in range(seeds):
                model, history = train(bias, batches, seed, steps)
                shares.append(right(model, length))
                seconds.append(history.seconds)
            found.append(
                {
                    "length": length,
                    "bias": bias,
                    "right": shares,
                    "learnt": sum(share >= SETTINGS["learnt"] for share in shares),
                    "seconds": round(float(np.median(seconds)), 1),
                }
            )
            print(found[-1], flush=True)
    return found


def mixed(rng: np.random.Generator) -> Any:
    """Reviews of a length that is drawn for each mini-batch."""
    low, high = SETTINGS["blame"]["lengths"]
    return verdict(rng, length=int(rng.integers(low, high + 1)), batch_size=SETTINGS["batch"])


def blame(steps: int = SETTINGS["steps"], seeds: int = SETTINGS["seeds"]) -> list[dict[str, Any]]:
    """Return, for each seed, two readings of the sentence before and after training.

    A word's part in the verdict is the gradient at its input times its input: what the verdict
    would lose, to first order, without the word.
    """
    found = []
    for seed in range(seeds):
        with torch.random.fork_rng([]):
            torch.manual_seed(seed)
            untrained = build(SETTINGS["blame"]["bias"])  # as `fit` builds it
        trained, _ = train(SETTINGS["blame"]["bias"], mixed, seed, steps)
        readings = []
        for said in (words[:5], words[:10]):
            reading: dict[str, Any] = {"words": list(said)}
            for name, model in (("before", untrained), ("after", trained)):
                xs = tensor(numbers(said)[:, None], next(model.parameters())).requires_grad_()
                output = model(xs).sum()
                parts = (torch.autograd.grad(output, xs)[0] * xs).sum(dim=(1, 2))
                reading[name] = {"verdict": output.item(), "parts": parts.tolist()}
            readings.append(reading)
        found.append({"seed": seed, "readings": readings})
    return found


def at_start() -> list[dict[str, Any]]:
    """Return the power of ten of what comes back to step 1 of 100: median, least and most."""
    wanted = SETTINGS["at_start"]
    networks = [drawn(seed) for seed in range(wanted["draws"])]
    found = []
    for bias in BIASES:
        one = "plain" if bias is None else "lstm"
        back = [float(powers(network, bias or 0.0, wanted["norm"])[one][0]) for network in networks]
        found.append(
            {"bias": bias, "median": float(np.median(back)), "from": min(back), "to": max(back)}
        )
    return found


def miniature() -> list[float]:
    """Return the losses of a short run: where they have changed, so has what the file tells."""
    batches = partial(verdict, length=8, batch_size=8)
    _, history = train(1.0, batches, 0, 12)
    return [float(f"{loss:.4g}") for loss in history.losses]


def main(to: str | None = None) -> None:
    """Measure all of it and write the file."""
    torch.set_num_threads(1)
    began = time.monotonic()
    record: dict[str, Any] = {
        "origin": provenance(command_line(), ["numpy", "torch"]),
        "configuration": SETTINGS,
        "miniature": miniature(),
        "at_start": at_start(),
        "blame": blame(),
        "runs": runs(),
    }
    record["origin"]["seconds"] = round(time.monotonic() - began)
    write_whole(to or KEPT, (json.dumps(record, indent=1, ensure_ascii=False) + "\n").encode())


if __name__ == "__main__":
    main(*sys.argv[1:2])
