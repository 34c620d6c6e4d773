"""What submitted curves and weights say about each other: the grader's side of notebook 09.

Everything is reckoned here, with the reference's own layers; of what was handed in, numbers alone
are read. Each thing that is looked at gives one number: 0 where it is in order, else the place of
its fault in `FAULTS`.

This finds out curves that begin elsewhere than the weights of the name's seeds, curves that end
elsewhere than the weights that were handed in, and weights that do not do on other sequences what
they did on these. It cannot find out whether the points in between were measured, nor by what way
the weights came about: who sets them by hand, or trains under another's name, is not seen by it.
"""

from collections.abc import Mapping
from functools import lru_cache
from itertools import permutations
from typing import Any

import numpy as np

from lstm_ref import fast
from lstm_ref.arrays import Array
from lstm_ref.cells.plain import PlainCell, PlainParameters
from lstm_ref.checks.values import NO_DICT, NO_ENTRY, NOTHING
from lstm_ref.datasets import duel
from lstm_ref.datasets.adding import adding
from lstm_ref.parameters import LSTMParameters

#: Two errors that are to be the same differ by no more than rounding on another machine.
ROUNDING = 2e-3
#: An error on other sequences may be so many times as large, or as small, and this much more.
CHANCE, SMALL = 2.0, 0.002
#: Sequences that nobody has seen.
UNSEEN = 1000

MISSHAPEN, NOT_FINITE = 1, 2
ELSEWHERE, KINDS, ONE_SEED, ROOTS, SUMS = 10, 11, 12, 13, 14
OTHER_END, BEST, FIRST, ORDER, END_ROOTS, END_SUMS, OTHER_KIND = 20, 21, 22, 23, 24, 25, 26
OTHERWISE, UNLEARNT = 30, 31

FAULTS = {
    MISSHAPEN: "curves are not an array of runs × looks, or weights have other names or shapes",
    NOT_FINITE: "not all numbers are finite",
    ELSEWHERE: "the first points are not the errors of the weights that this name begins with",
    KINDS: "the first points of the two kinds are exchanged",
    ONE_SEED: "all runs begin at one seed",
    ROOTS: "the first points are roots of the errors",
    SUMS: "the first points are sums over all sequences",
    OTHER_END: "the last points are not the errors of the weights",
    BEST: "the weights are those of the least error, and the curve goes on after it",
    FIRST: "the weights are those from before training",
    ORDER: "the weights stand in another order than the curves",
    END_ROOTS: "the last points are roots of the weights' errors",
    END_SUMS: "the last points are sums over all sequences",
    OTHER_KIND: "the weights are those of the other kind",
    OTHERWISE: "on other sequences the weights do not do what the last points say",
    UNLEARNT: "the LSTM has not learnt the task",
}


def weigh(answer: Any, what: str, number: int) -> int:
    """Look at one thing: "begin", or "end" or "new" with a kind, as "end rnn"."""
    if not isinstance(answer, Mapping):
        return NO_DICT
    if not answer:
        return NOTHING
    try:
        seeds = duel.seeds(answer["name"])
        every = {kind: (answer[kind]["curves"], answer[kind]["weights"]) for kind in duel.KINDS}
    except (KeyError, TypeError):
        return NO_ENTRY
    except ValueError:
        return ELSEWHERE
    read = {kind: _read(kind, *found) for kind, found in every.items()}
    for kind, found in read.items():
        if isinstance(found, int) and (what == "begin" or what.endswith(kind)):
            return found
    if what == "begin":
        return _begin({kind: found[0] for kind, found in read.items()}, seeds)
    when, kind = what.split()
    curves, weights = read[kind]
    return (
        _end(kind, curves, weights, seeds) if when == "end" else _new(kind, curves, weights, number)
    )


def signed(answer: Any) -> str:
    """Return the name under which results were made; "" where there is none."""
    found = answer.get("name") if isinstance(answer, Mapping) else ""
    return found.strip()[:80] if isinstance(found, str) else ""


def _read(kind: str, curves: Any, weights: Any) -> Any:
    """Return curves (runs, looks) and the weights of each run; or the number of a fault."""
    try:
        curves = np.array(curves, np.float64)
        weights = [{name: np.array(a, np.float32) for name, a in one.items()} for one in weights]
    except (TypeError, ValueError, AttributeError):
        return MISSHAPEN
    if curves.ndim != 2 or len(curves) != duel.RUNS or curves.shape[1] < 2:
        return MISSHAPEN
    other = next(one for one in duel.KINDS if one != kind)
    if len(weights) == duel.RUNS and all(_fits(other, one) for one in weights):
        return OTHER_KIND
    if len(weights) != duel.RUNS or not all(_fits(kind, one) for one in weights):
        return MISSHAPEN
    finite = np.isfinite(curves).all() and all(
        np.isfinite(a).all() for one in weights for a in one.values()
    )
    return (curves, weights) if finite else NOT_FINITE


def _fits(kind: str, weights: Mapping[str, Array]) -> bool:
    return {n: a.shape for n, a in weights.items()} == {
        n: a.shape for n, a in duel.start(kind, 0).items()
    }


def error(kind: str, weights: Mapping[str, Array], seed: int, count: int = 0) -> float:
    """Return the mean squared error of a model on a run's validation, or on `count` unseen ones."""
    return _error(kind, tuple((n, a.tobytes(), a.shape) for n, a in weights.items()), seed, count)


@lru_cache(maxsize=512)
def _error(kind: str, packed: tuple[Any, ...], seed: int, count: int) -> float:
    w = {name: np.frombuffer(data, np.float32).reshape(shape) for name, data, shape in packed}
    if count:
        xs, targets = adding(np.random.default_rng(seed), length=duel.LENGTH, batch_size=count)
    else:
        xs, targets = duel.validation(seed)
    xs = xs.astype(np.float32)
    parts = [w[f"layer.{name}_l0"] for name in ("weight_ih", "weight_hh", "bias_ih", "bias_hh")]
    with np.errstate(all="ignore"):
        if kind == "lstm":
            h = fast.forward(xs, params=LSTMParameters(*parts), need_gradients=False)[1]
        else:
            h = PlainCell().forward(xs, None, PlainParameters(*parts))[0][-1]
        found = np.mean((h @ w["read_out.weight"].T + w["read_out.bias"] - targets) ** 2)
    return float(found)


def _same(some: Any, others: Any) -> bool:
    return bool(np.all(np.abs(some - others) <= ROUNDING * np.abs(others) + 1e-7))


def _begin(curves: Mapping[str, Array], seeds: list[int]) -> int:
    right = {k: np.array([error(k, duel.start(k, s), s) for s in seeds]) for k in duel.KINDS}
    first = {kind: curve[:, 0] for kind, curve in curves.items()}

    def fits(change: Any = lambda values: values, other: bool = False) -> bool:
        turned = dict(zip(right, reversed(right.values()), strict=True)) if other else right
        return all(_same(first[kind], change(turned[kind])) for kind in right)

    for code, fit in (
        (0, fits()),
        (KINDS, fits(other=True)),
        (ONE_SEED, fits(lambda values: values[:1])),
        (ROOTS, fits(np.sqrt)),
        (SUMS, fits(lambda values: values * duel.FRESH)),
    ):
        if fit:
            return code
    return ELSEWHERE


def _end(kind: str, curves: Array, weights: list[dict[str, Array]], seeds: list[int]) -> int:
    right = np.array([error(kind, one, seed) for one, seed in zip(weights, seeds, strict=True)])
    last = curves[:, -1]
    starts = [duel.start(kind, seed) for seed in seeds]
    pairs = zip(weights, starts, strict=True)
    if all(np.array_equal(one[name], begun[name]) for one, begun in pairs for name in begun):
        return FIRST
    for code, fit in (
        (0, _same(last, right)),
        (BEST, _same(curves.min(axis=1), right)),
        (END_ROOTS, _same(last, np.sqrt(right))),
        (END_SUMS, _same(last, right * duel.FRESH)),
    ):
        if fit:
            return code
    for order in permutations(range(len(seeds))):
        placed = [error(kind, weights[k], seed) for k, seed in zip(order, seeds, strict=True)]
        if _same(last, np.array(placed)):
            return ORDER
    return OTHER_END


def _new(kind: str, curves: Array, weights: list[dict[str, Array]], number: int) -> int:
    said = curves[:, -1]
    found = np.array([error(kind, one, number, UNSEEN) for one in weights])
    if np.any(found > CHANCE * said + SMALL) or np.any(found < said / CHANCE - SMALL):
        return OTHERWISE
    if kind == "lstm" and np.median(found) > duel.SOLVED * 10:
        return UNLEARNT
    return 0
