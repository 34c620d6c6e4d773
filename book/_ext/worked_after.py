"""What the chapter "What came after" prints: the worked example without U, what was measured."""

from typing import Any

import book_root  # noqa: F401  (finds lstm_ref)
import measured
import numpy as np

from lstm_ref.activations import sigmoid, tanh
from lstm_ref.arrays import Array
from lstm_ref.datasets import worked_example


def after() -> dict[str, Any]:
    """Return what the chapter prints.

    `f`, `w` and `c` (T, H) are shares kept, what is written, and the memory of the worked
    example's cell if no layer reads h, and `join(s, t)` what two steps or pairs of them make
    together, (share, written), for s and t as `pair(1)` gives the first. `solved("adding", "lstm")`
    counts seeds, `when(…)` is the middle of the mini-batches that they took, or a dash where fewer
    than half did; `error(…)` and `seconds(…)` the middle of their errors and of a run's time.
    `attended("lstm")` has solved, when and error, at the learning rate that was best.
    `speed("scan", 1024)` are milliseconds, `rate("adding", "lstm")` is the learning rate.
    `how` has the settings.
    """
    from lstm_ref.experiments import attended, without_h

    f, w, c = _alone()
    how = {**measured.constants("without_h"), "SEEDS": without_h.EXPERIMENT.seeds}
    how |= {f"ATTENDED_{name}": value for name, value in measured.constants("attended").items()}
    how |= {"ATTENDED_SEEDS": attended.EXPERIMENT.seeds}

    def runs(task: str, model: str) -> list[dict[str, Any]]:
        return _results("without_h", task_name=task, model=model)

    return {
        "f": f,
        "w": w,
        "c": c,
        "pair": lambda t: (f[t - 1], w[t - 1]),
        "join": lambda first, then: (then[0] * first[0], then[0] * first[1] + then[1]),
        "solved": lambda task, model: _solved(runs(task, model)),
        "when": lambda task, model: _when(runs(task, model)),
        "error": lambda task, model: float(np.median([r["error"] for r in runs(task, model)])),
        "seconds": lambda task, model: _seconds("without_h", task_name=task, model=model),
        "attended": lambda model: max(
            (_recalled(_results("attended", model=model, rate=rate)) for rate in attended.RATES),
            key=lambda found: (found["solved"], -found["error"], -found["batches"]),
        ),
        "speed": lambda way, length: _milliseconds(way, length),
        "rate": lambda task, model: without_h.RATES[task][model],
        "how": how,
    }


def _alone() -> tuple[Array, Array, Array]:
    """The worked example's gates, read from x alone, and the memory that they make."""
    p, c = worked_example.params, worked_example.c0
    shares, written, memory = [], [], []
    for x in worked_example.xs:
        i, f = (sigmoid(p[f"W_{k}"] @ x + p[f"b_{k}"]) for k in "if")
        g = tanh(p["W_g"] @ x + p["b_g"])
        c = f * c + i * g
        shares.append(f)
        written.append(i * g)
        memory.append(c)
    return np.stack(shares), np.stack(written), np.stack(memory)


def _results(name: str, **settings: Any) -> list[dict[str, Any]]:
    return [run["result"] for run in measured.runs(name, **settings)]


def _seconds(name: str, **settings: Any) -> float:
    return float(np.median([run["seconds"] for run in measured.runs(name, **settings)]))


def _recalled(results: list[dict[str, Any]]) -> dict[str, Any]:
    error = float(np.median([result["error"] for result in results]))
    found = {"solved": _solved(results), "when": _when(results), "batches": _middle(results)}
    return {**found, "error": error}


def _solved(results: list[dict[str, Any]]) -> int:
    return sum(result["solved_after"] is not None for result in results)


def _middle(results: list[dict[str, Any]]) -> float:
    """The middle one of the mini-batches, those that never did counted as never."""
    never = float("inf")
    return float(np.median([r["solved_after"] or never for r in results]))


def _when(results: list[dict[str, Any]]) -> str:
    found = _middle(results)
    return "\N{EN DASH}" if np.isinf(found) else f"{found:.0f}"


def _milliseconds(way: str, length: int) -> float:
    times = [run["seconds_a_step"] for run in _results("scan_speed", way=way, length=length)]
    return 1000 * float(np.median(times))
