"""Trains the small cell that the game shows beside the reader: `python -m tools.carry_cell`.

An LSTM of one unit learns to carry a bit (lstm_ref/datasets/carry.py), its hidden state being
the answer. Its weights, to two decimals, go to lstm_ref/figures/carry.json with how they were
found. It takes half a minute, and is run by hand; the file is kept.
"""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np

from lstm_ref import bptt
from lstm_ref.datasets.carry import carry
from lstm_ref.layer import lstm
from lstm_ref.numpy_training.losses import mean_squared_error
from lstm_ref.numpy_training.optimise import Adam, clip_by_global_norm
from lstm_ref.parameters import LSTMParameters, initialise

ROOT = Path(__file__).resolve().parent.parent
KEPT = ROOT / "lstm_ref" / "figures" / "carry.json"
#: The rounds of the game: at which steps it says *write*, and which bit, and at which *show*.
ROUNDS = (({3: 1.0}, (17,)), ({3: -1.0, 11: 1.0}, (8, 19)))
SETTINGS = {"seed": 1, "steps": 3000, "batch": 64, "length": 20, "learning_rate": 0.02}


def train(seed: int, steps: int, batch: int, length: int, learning_rate: float) -> LSTMParameters:
    """Return the trained weights, all biases in bias_ih."""
    rng = np.random.default_rng(seed)
    params = initialise(3, 1, rng)
    nothing = np.zeros((batch, 1))
    adam = Adam(learning_rate)
    for _ in range(steps):
        xs, targets = carry(rng, length=length, batch_size=batch)
        hs, _, _, saved = bptt.forward_saving(xs, nothing, nothing, params)
        _, dhs = mean_squared_error(hs, targets)
        *_, grads = bptt.lstm_backward(dhs, nothing, nothing, saved, params)
        clipped, _ = clip_by_global_norm(vars(grads), 1.0)
        params = LSTMParameters(**adam.step(vars(params), clipped))
    return replace(
        params, bias_ih=params.bias_ih + params.bias_hh, bias_hh=np.zeros_like(params.bias_hh)
    )


def error(params: LSTMParameters, seed: int = 12345, count: int = 2000) -> float:
    """Return the mean squared error on fresh sequences."""
    xs, targets = carry(np.random.default_rng(seed), length=20, batch_size=count)
    nothing = np.zeros((count, 1))
    return mean_squared_error(lstm(xs, nothing, nothing, params)[0], targets)[0]


def rounds() -> list[list[list[float]]]:
    """Return each round's inputs, (T, 3): value, write, show. The noise is drawn."""
    rng = np.random.default_rng(20)
    made = []
    for writes, shows in ROUNDS:
        noise = np.round(rng.uniform(-0.95, 0.95, 20), 1) + 0.0
        made.append(
            [
                [writes.get(t, float(noise[t - 1])), float(t in writes), float(t in shows)]
                for t in range(1, 21)
            ]
        )
    return made


def main() -> None:
    """Train, round, measure, write."""
    trained = train(**SETTINGS)  # type: ignore[arg-type]
    rounded = {name: np.round(array, 2) + 0.0 for name, array in trained.to_gates().items()}
    found = error(LSTMParameters.from_gates(rounded))
    write(float(f"{found:.2g}"), {name: array.tolist() for name, array in rounded.items()})
    print(f"mean squared error on fresh sequences: {found:.2g}, of doing nothing: {idle():.2g}")


def write(error: float, params: dict[str, object]) -> None:
    """Write the file, an entry of each list on one line."""
    lines = [
        f' "how": {json.dumps(SETTINGS | {"mean_squared_error": error})}',
        f' "params": {json.dumps(params)}',
        f' "rounds": {json.dumps(rounds())}',
    ]
    KEPT.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")


def idle(seed: int = 12345, count: int = 2000) -> float:
    """Return the mean squared error of an answer that never shows anything."""
    _, targets = carry(np.random.default_rng(seed), length=20, batch_size=count)
    return float(np.mean(targets**2))


if __name__ == "__main__":
    main()
