"""One step of training on the worked example, with every number that its chapter prints."""

from typing import Any

import book_root  # noqa: F401  (finds lstm_ref)
import measured
import numpy as np

from lstm_ref import bptt
from lstm_ref.arrays import Array
from lstm_ref.datasets import worked_example
from lstm_ref.datasets.verdict import verdict
from lstm_ref.numpy_training.losses import mean_squared_error
from lstm_ref.numpy_training.optimise import clip_by_global_norm
from lstm_ref.parameters import GATES, LSTMParameters

#: What the network should have said, how long a gradient may be, and how far a step goes along it.
TARGET, MAX_NORM, RATE = 1.0, 1.0, 1.0


def one_step() -> dict[str, Any]:
    """Return what one step of training does to the worked example.

    The read-out is y = v · h3 + a with v = (1, 1) and a = 0, so that y is the sum of h3's entries.
    y, loss, dy; grads and new (W_i … b_o, v, a) before and after the step with clipping; squares,
    the squared length of the gradient by layer ("i", "f", "g", "o", "readout"); norm and factor;
    clipped and plain, each {"y", "loss"} after a step with and without clipping.
    """
    params = {**worked_example.params, "v": np.ones(2), "a": np.zeros(1)}
    y, loss, grads = _gradients(params)
    shortened, norm = clip_by_global_norm(grads, MAX_NORM)
    new, far = (
        {name: params[name] - RATE * way[name] for name in params} for way in (shortened, grads)
    )
    of = {gate: [f"{kind}_{gate}" for kind in "WUb"] for gate in GATES} | {"readout": ["v", "a"]}
    return {
        "y": y,
        "loss": loss,
        "dy": float(grads["a"][0]),
        "target": TARGET,
        "max_norm": MAX_NORM,
        "rate": RATE,
        "grads": grads,
        "new": new,
        "squares": {
            layer: sum(float(np.sum(grads[name] ** 2)) for name in names)
            for layer, names in of.items()
        },
        "norm": norm,
        "factor": MAX_NORM / norm,
        "clipped": dict(zip(("y", "loss"), _gradients(new)[:2], strict=True)),
        "plain": dict(zip(("y", "loss"), _gradients(far)[:2], strict=True)),
    }


def _gradients(params: dict[str, Array]) -> tuple[float, float, dict[str, Array]]:
    """Return y, the squared error, and the gradients by name."""
    packed = LSTMParameters.from_gates(params)
    start = worked_example.h0, worked_example.c0
    hs, *_, saved = bptt.forward_saving(worked_example.xs, *start, packed)
    y = np.array([params["v"] @ hs[-1]]) + params["a"]
    loss, dy = mean_squared_error(y, np.array([TARGET]))
    dhs = np.zeros_like(hs)
    dhs[-1] = dy * params["v"]
    nothing = np.zeros_like(hs[-1])
    grads = bptt.lstm_backward(dhs, nothing, nothing, saved, packed)[3]
    # The chapters have one bias where torch has two: both have the same gradient.
    one = LSTMParameters(grads.weight_ih, grads.weight_hh, grads.bias_ih, 0 * grads.bias_hh)
    return float(y[0]), loss, {**one.to_gates(), "v": dy * hs[-1], "a": dy}


def trained() -> dict[str, Any]:
    """Return what `lstm_ref.experiments` measured for the chapter, to be asked by length and bias.

    `learnt(50, 3)` counts the networks that learned it, `seconds(50)` is what one of bias 1 took,
    `back(3)` what came back of a gradient before training, {"median", "from", "to"}; "plain" in the
    place of a bias is the plain network. `part(0, 3, "after")` is the fourth word's part in the
    verdict on the first sentence, of the first seed's network (reading 1: both sentences, up to
    *great*), `verdict(0, "after")` that verdict. `any_not(50)` is how often one is right who counts
    any *not*. `how` has the settings.
    """
    from lstm_ref.experiments import at_start, blamed, forget_bias

    settings = measured.constants("verdicts")
    settings |= {"LEARNED": forget_bias.LEARNED}
    settings |= {"SEEDS": forget_bias.EXPERIMENT.seeds, "DRAWS": at_start.EXPERIMENT.seeds}
    first = measured.runs("blamed")[0]["result"]

    def back(bias: float | str) -> dict[str, float]:
        powers = [10.0**value for value in _asked("at_start", "power", bias=bias)]
        return {"median": float(np.median(powers)), "from": min(powers), "to": max(powers)}

    def learnt(length: int, bias: float | str) -> int:
        shares = _asked("forget_bias", "right", length=length, bias=bias)
        return sum(share >= forget_bias.LEARNED for share in shares)

    def said(what: str, reading: int, when: str) -> Any:
        return first[f"{what} {when} of {blamed.READ[reading]}"]

    return {
        "learnt": learnt,
        "seconds": lambda length: _seconds("forget_bias", length=length, bias=1.0),
        "back": back,
        "any_not": _any_not,
        "part": lambda which, word, when: said("parts", which, when)[word],
        "verdict": lambda which, when: said("verdict", which, when),
        "how": {**settings, "MIXED": blamed.LENGTHS},
    }


def _runs(name: str, **settings: Any) -> list[dict[str, Any]]:
    wanted = {key: None if value == "plain" else value for key, value in settings.items()}
    return measured.runs(name, **wanted)


def _asked(name: str, result: str, **settings: Any) -> list[Any]:
    return [run["result"][result] for run in _runs(name, **settings)]


def _seconds(name: str, **settings: Any) -> float:
    return float(np.median([run["seconds"] for run in _runs(name, **settings)]))


def _any_not(length: int) -> float:
    """Return the share of reviews that one judges rightly who counts any *not*, wherever it is."""
    xs, targets = verdict(np.random.default_rng(0), length=length, batch_size=10_000)
    return float(np.mean(np.where(xs[..., 0].any(axis=0), -1.0, 1.0) == targets[:, 0]))
