"""The grid's live figure in Python: what `layers.js` computes, by `lstm_ref.stack` and a search."""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from lstm_ref import stack
from lstm_ref.arrays import Array
from lstm_ref.datasets import sentence, worked_example
from lstm_ref.parameters import LSTMParameters

_END = sentence.words.index(".") + 1
BATCH = (sentence.words[:_END], sentence.words[_END:])
T = max(len(words) for words in BATCH)

Step = tuple[int, int]  # row, step


def compute(state: Mapping[str, Any]) -> dict[str, Any]:
    """Return the moment of each step, what the pressed one needs, unit 1's h, and the counts."""
    depth, ways = int(state["depth"]), state["ways"]
    lengths = [int(state[f"length{b + 1}"]) for b in range(len(BATCH))]
    rows = depth * (2 if ways == "both" else 1)
    ready, needed = np.zeros((2, rows, T, len(BATCH)), int)
    for b, length in enumerate(lengths):
        needs = {step: set(_reads(step, length, ways)) for step in np.ndindex(rows, length)}
        for moment, steps in enumerate(_waves(needs), start=1):
            for row, t in steps:
                ready[row, t, b] = moment
        asked = tuple(state["asked"])
        for row, t in _all_before(asked, needs):
            needed[row, t, b] = 1
    hs, h_n = _run(depth, ways, lengths)
    found, moment = ready[ready > 0], state["moment"]
    return {
        "ready": ready.tolist(),
        "needs": needed.tolist(),
        "hs": hs.tolist(),
        "h_n": h_n.tolist(),
        "moments": int(found.max()),
        "steps": len(found),
        "taken": int((found < moment).sum()),
        "now": int((found == moment).sum()),
    }


def _reads(step: Step, length: int, ways: str) -> Iterator[Step]:
    """Yield the steps whose results a step reads: before it in its row, and below it."""
    row, t = step
    many = 2 if ways == "both" else 1
    previous = t + 1 if row % many else t - 1
    if 0 <= previous < length:
        yield row, previous
    below = row // many - 1
    if below >= 0:
        yield from ((below * many + back, t) for back in range(many))


def _waves(needs: Mapping[Any, set[Step]]) -> Iterator[list[Step]]:
    """Yield all steps that can be taken at once, again and again until none is left."""
    taken: set[Step] = set()
    while len(taken) < len(needs):
        wave = [step for step, read in needs.items() if step not in taken and read <= taken]
        yield wave
        taken.update(wave)


def _all_before(asked: tuple[int, ...], needs: Mapping[Any, set[Step]]) -> set[Step]:
    """Return all steps that must be taken before the one that is asked for."""
    found: set[Step] = set()
    waiting = list(needs.get(asked, ()))
    while waiting:
        step = waiting.pop()
        if step not in found:
            found.add(step)
            waiting += needs[step]
    return found


def _run(depth: int, ways: str, lengths: list[int]) -> tuple[Array, Array]:
    """Return unit 1's hidden states (rows, T, B) and last states (rows, B)."""
    xs: Array = np.zeros((T, len(BATCH), 2))
    for b, words in enumerate(BATCH):
        xs[: len(words), b] = sentence.numbers(words)
    zeros = np.zeros((len(BATCH), 2))
    hs, h_n = [], []
    for k in range(depth):
        onward, other = _weights(k, xs.shape[-1]), _weights(k + 1, xs.shape[-1])
        if ways == "both":
            xs, last, _ = stack.bidirectional_lstm(
                xs, [zeros] * 2, [zeros] * 2, onward, other, lengths
            )
            hs += [xs[..., 0], xs[..., 2]]
            h_n += [*last[..., 0]]
        else:
            xs, last, _ = stack.masked_lstm(xs, lengths, zeros, zeros, onward)
            hs.append(xs[..., 0])
            h_n.append(last[..., 0])
    return np.stack(hs), np.stack(h_n)


def _weights(k: int, inputs: int) -> LSTMParameters:
    """Return the worked example's weights, in every other layer with the units exchanged."""
    params = {}
    for name, array in worked_example.params.items():
        turned = array[::-1] if k % 2 else array
        halves = inputs // array.shape[-1] if name[0] == "W" else 1
        params[name] = np.concatenate([turned] * halves, axis=-1)
    return LSTMParameters.from_gates(params)
