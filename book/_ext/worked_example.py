"""The names that {worked} text may use, and how a number is printed there. No Sphinx here."""

import re
from collections.abc import Callable, Mapping
from typing import Any

import book_root  # noqa: F401  (finds lstm_ref)
import measured
import numpy as np
import worked_after
import worked_inside
import worked_lags
import worked_limits
import worked_relatives
import worked_results
import worked_training
from torch_step import torch_step

from lstm_ref import activations, bptt, figures, gates, layer
from lstm_ref.arrays import Array
from lstm_ref.cell import Trace
from lstm_ref.conventions.convention import reorder
from lstm_ref.datasets import sentence, worked_example
from lstm_ref.figures import data
from lstm_ref.figures.gates_game import ROUNDS
from lstm_ref.parameters import GATES, LSTMParameters

_PLACEHOLDER = re.compile(r"\[\[\s(.+?)\s\]\]", re.DOTALL)
#: Mathematics and code, where a minus is typed as a hyphen; everything else is running text.
_FORMAL = re.compile(r"(```.*?```|\$\$.*?\$\$|\$[^$]*\$|`[^`\n]*`)", re.DOTALL)
_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
_LAYERS = {
    "i": gates.input_gate,
    "f": gates.forget_gate,
    "g": gates.candidate,
    "o": gates.output_gate,
}


class PlaceholderError(ValueError):
    """A placeholder cannot be worked out; the message says which, and why."""


def names() -> dict[str, Any]:
    """Return the worked example's names.

    Given: xs, h0, c0, params and each of its entries (W_f, U_f, b_f, …), and x1, x2, x3.
    At each step t, from running the gates: h_prev1, c_prev1, z_i1, i1 (and f, g, o alike),
    kept1 = f∘c, written1 = i∘g, c1, tanh_c1, h1; so also h2, c3 and so on. The gates without
    a number (f, z_f, …, kept) are those of step 1; z1, z2, z3 are the forget gate's sums.
    Back, for the loss "sum of the entries of h3": dz_f1, dz_f2, dz_f3 and dW_f (others alike); the
    whole dh1 and dc1 of each step, df1, di1, dg1, do1, dx1, and dc_back1, dh_back1, which leave it.
    Plain network, with the candidate's weights: z_r1, r1 (its h) and so on; `pulse(x, u, steps)`.
    Packed: `packed`, `misread("iofg")`, `turned`, `twice`, and `last(weights)`, h after step 3.
    The sentence: `read()` is the trace of the hand-made cell over its eleven words, (T, H) each;
    `read(f=1.0)` the same with a gate held at that share.
    In a grid: `upper`, the trace of a second layer on h1 … h3, and `from_end`, of one that reads x3
    first, its rows in the order of time; `second(inputs)` is such a layer, with the rows of each
    matrix and the first states exchanged. `over(2)` is h after step 1 and two steps of padding.
    `alone(2)` is the hand-made cell's h over sentence 2, `ends(1)` over 1 from both ends.
    `blame()`: how large the gradient of the verdict is at each word; `blame(keep=0.5)` with unit 2
    keeping that; `word("not")`: where it stands.
    Figures: `figure("input_candidate", step=5)["c"]`, what a live figure computes at its start
    with these inputs changed; `preset="unit-1-step-2"` begins elsewhere. `game` is what the
    game of the gates stands on. `torch_step` is one step of training, of the chapter on torch.
    Relatives: `relatives`, what their chapter prints of the cells beside the LSTM; `after`, of what
    came after.
    Training: `one_step`, one step of it on the worked example; `trained`, what was measured.
    Inside: `inside`, which units of trained nets can be read; `net`, the figure's; `six`, by hand.
    Limits: `limits.mid("draws", "right", start="torch")`, as worked_limits.py says.
    Long lags: `lags`, what was measured for that chapter.
    Experiments: `result("counting", "reach", cell="gru")["median"]`, `minutes("counting")`, and
    `constants("counting")["STEPS"]`.
    Functions: those of `lstm_ref.gates`, sigmoid, tanh, their slopes, exp, log, np, and `given(x)`,
    which prints a number as it was typed ("1.2", not "1.20"), as `rows(W)` does a matrix.
    """
    p = worked_example.params
    found: dict[str, Any] = {
        **p,
        "xs": worked_example.xs,
        "h0": worked_example.h0,
        "c0": worked_example.c0,
        "params": p,
        "np": np,
        "exp": np.exp,
        "log": np.log,
        "abs": abs,
        "sum": sum,
        "sigmoid": activations.sigmoid,
        "tanh": activations.tanh,
        "sigmoid_slope": activations.sigmoid_slope,
        "tanh_slope": activations.tanh_slope,
        "weighted_sum": gates.weighted_sum,
        "keep": gates.keep,
        "update_memory": gates.update_memory,
        "hidden_state": gates.hidden_state,
        "given": given,
        "rows": rows,
    }
    found |= {gate.__name__: gate for gate in _LAYERS.values()}
    h, c = worked_example.h0, worked_example.c0
    for t, x in enumerate(worked_example.xs, start=1):
        step: dict[str, Any] = {}
        for letter, gate in _LAYERS.items():
            weights = p[f"W_{letter}"], p[f"U_{letter}"], p[f"b_{letter}"]
            step[f"z_{letter}"] = gates.weighted_sum(x, h, *weights)
            step[letter] = gate(x, h, *weights)
        step["kept"] = gates.keep(step["f"], c)
        step["written"] = step["i"] * step["g"]
        if t == 1:
            found |= step
        found |= {f"{name}{t}": value for name, value in step.items()}
        found |= {f"x{t}": x, f"h_prev{t}": h, f"c_prev{t}": c, f"z{t}": step["z_f"]}
        c = step["kept"] + step["written"]
        h = step["o"] * np.tanh(c)
        found |= {f"c{t}": c, f"tanh_c{t}": np.tanh(c), f"h{t}": h}
    return (
        found
        | _plain()
        | _backward()
        | _loaded()
        | _grid()
        | {"read": _read, "blame": _blame, "word": sentence.words.index}
        | {"figure": _figure, "game": data.kept(ROUNDS), "torch_step": torch_step()}
        | {"one_step": worked_training.one_step(), "trained": worked_training.trained()}
        | {"inside": worked_inside.measured(), "six": worked_inside.six()}
        | {"net": worked_inside.drawn()}
        | {"relatives": worked_relatives.relatives(), "after": worked_after.after()}
        | {"limits": worked_limits.measured()}
        | {"lags": worked_lags.lags()}
        | {"result": worked_results.result, "minutes": worked_results.minutes}
        | {"constants": measured.constants}
    )


def _read(**held: float) -> Trace:
    """Run the hand-made cell over the sentence, with the gates of `held` at one share."""
    p, h, c = sentence.params, sentence.h0, sentence.c0
    steps = []
    for x in sentence.xs:
        i, f, g, o = (
            np.full_like(c, held[k])
            if k in held
            else gate(x, h, p[f"W_{k}"], p[f"U_{k}"], p[f"b_{k}"])
            for k, gate in _LAYERS.items()
        )
        c = gates.update_memory(f, c, i, g)
        h = gates.hidden_state(o, c)
        steps.append((i, f, g, o, c, np.tanh(c), h))
    return Trace(*(np.stack(values) for values in zip(*steps, strict=True)))


def _blame(keep: float | None = None) -> Array:
    """How large the gradient of the verdict, unit 2's last memory, is at each of the words."""
    params = {name: array.copy() for name, array in sentence.params.items()}
    if keep is not None:
        params["b_f"][1] = np.log(keep / (1 - keep))
    packed = LSTMParameters.from_gates(params)
    hs, *_, saved = bptt.forward_saving(sentence.xs, sentence.h0, sentence.c0, packed)
    none, verdict = np.zeros(2), np.array([0.0, 1.0])
    dxs = bptt.lstm_backward(np.zeros_like(hs), none, verdict, saved, packed)[0]
    sizes: Array = np.linalg.norm(dxs, axis=1)
    return sizes


def _figure(name: str, preset: str | None = None, **state: float) -> dict[str, Any]:
    """What a live figure computes at its start, or at a preset, with these inputs changed."""
    return figures.compute(name, figures.start(name, preset) | state)


def _plain() -> dict[str, Any]:
    """The plain network with the candidate's weights: z_r1, r1 and so on, and `pulse`."""
    W, U, b = (worked_example.params[f"{kind}_g"] for kind in "WUb")
    h, found, back = worked_example.h0, dict[str, Any](pulse=_pulse), np.eye(2)
    for t, x in enumerate(worked_example.xs, start=1):
        z = gates.weighted_sum(x, h, W, U, b)
        h = activations.tanh(z)
        back = np.diag(1 - h**2) @ U @ back
        found |= {f"z_r{t}": z, f"r{t}": h}
    return found | {"back": back}  # of r3 by h0


def _pulse(x: float, u: float, steps: int) -> list[float]:
    """Return the states of one plain unit, which reads x at its first step and 0 at all others."""
    hs = [float(np.tanh(x))]
    for _ in range(steps - 1):
        hs.append(float(np.tanh(u * hs[-1])))
    return hs


def _backward() -> dict[str, Any]:
    """The gradients of the sum of h3's entries, by step and in all."""
    packed = LSTMParameters.from_gates(worked_example.params)
    hs, *_, saved = bptt.forward_saving(
        worked_example.xs, worked_example.h0, worked_example.c0, packed
    )
    found: dict[str, Any] = {}
    dh, dc = np.ones_like(hs[-1]), np.zeros_like(hs[-1])
    total: dict[str, Array] = {}
    for t in reversed(range(len(saved))):
        step, came = saved[t], dh
        dx, dh, dc, grads = bptt.lstm_cell_backward(dh, dc, step, packed)
        whole = dc / step.f  # what leaves along the memory went through f alone
        partners = {"f": whole * step.c_prev, "i": whole * step.g, "g": whole * step.i}
        partners["o"] = came * step.tanh_c
        found |= {f"d{letter}{t + 1}": value for letter, value in partners.items()}
        found |= {f"dh{t + 1}": came, f"dc{t + 1}": whole, f"dx{t + 1}": dx}
        found |= {f"dh_back{t + 1}": dh, f"dc_back{t + 1}": dc}
        for letter, dz in zip(GATES, np.split(grads.bias_ih, 4), strict=True):
            found[f"dz_{letter}{t + 1}"] = dz  # for one example, db of one step is dz
            dW = np.outer(dz, worked_example.xs[t])
            total[f"dW_{letter}"] = total.get(f"dW_{letter}", 0) + dW
    return found | total


def _loaded() -> dict[str, Any]:
    """The worked example's weights, loaded rightly and in four ways wrongly."""
    packed = LSTMParameters.from_gates(worked_example.params)

    def misread(order: str) -> LSTMParameters:
        """What stands in memory if weights in this order are read as i f g o."""
        return LSTMParameters(
            *(reorder(array, GATES, tuple(order)) for array in vars(packed).values())
        )

    def last(weights: LSTMParameters, *, swapped: bool = False) -> Array:
        states = [worked_example.h0, worked_example.c0]
        return layer.lstm(worked_example.xs, *states[:: -1 if swapped else 1], weights)[1]

    return {
        "packed": packed,
        "misread": misread,
        "last": last,
        "turned": LSTMParameters.from_gates(
            {k: a.T if k[0] == "U" else a for k, a in worked_example.params.items()}
        ),
        "twice": LSTMParameters(packed.weight_ih, packed.weight_hh, packed.bias_ih, packed.bias_ih),
    }


def _grid() -> dict[str, Any]:
    """A second layer, a layer from the end, padding, and the sentence read from both ends."""
    one = worked_example
    lower = LSTMParameters.from_gates(one.params)
    other = LSTMParameters.from_gates({name: array[::-1] for name, array in one.params.items()})
    first = layer.lstm_trace(one.xs, one.h0, one.c0, lower)

    def second(inputs: Array) -> Trace:
        return layer.lstm_trace(inputs, one.h0[::-1], one.c0[::-1], other)

    stop = sentence.words.index(".") + 1
    halves = {1: sentence.xs[:stop], 2: sentence.xs[stop:]}
    by_hand = LSTMParameters.from_gates(sentence.params)

    def over(steps: int) -> Array:
        """What h becomes if a sequence of one step runs on over padding."""
        return layer.lstm(np.zeros((steps, 2)), first.h[0], first.c[0], lower)[1]

    def alone(number: int) -> Array:
        return layer.lstm(halves[number], sentence.h0, sentence.c0, by_hand)[0]

    def ends(number: int) -> Array:
        back = layer.lstm(halves[number][::-1], sentence.h0, sentence.c0, by_hand)[0][::-1]
        return np.concatenate([alone(number), back], axis=-1)

    return {
        "second": second,
        "upper": second(first.h),
        "from_end": Trace(*(values[::-1] for values in second(one.xs[::-1]))),
        "over": over,
        "alone": alone,
        "ends": ends,
    }


def fill(text: str, known: Mapping[str, Any]) -> str:
    """Replace each `[[ expression ]]` in MyST text by its number.

    Raises PlaceholderError, naming the placeholder, where it cannot be worked out.
    """
    pieces = _FORMAL.split(text)  # formal pieces stand at the odd places
    return "".join(
        _PLACEHOLDER.sub(_filler(known, formal=place % 2 == 1), piece)
        for place, piece in enumerate(pieces)
    )


def _filler(known: Mapping[str, Any], formal: bool) -> Callable[[re.Match[str]], str]:
    return lambda found: shown(evaluate(found[1], known), formal)


def evaluate(expression: str, known: Mapping[str, Any]) -> Any:
    """Work out one placeholder's expression; PlaceholderError where it cannot be."""
    try:
        # The text is the author's own page: code of the course, as trusted as this file.
        return eval(expression, {"__builtins__": {}}, dict(known))
    except NameError as error:
        raise PlaceholderError(
            f"[[ {expression} ]] uses a name that the worked example does not have "
            f"({error}); the names are listed in book/_ext/worked_example.py"
        ) from error
    except Exception as error:
        raise PlaceholderError(
            f"[[ {expression} ]] cannot be worked out: {type(error).__name__}: {error}"
        ) from error


def shown(value: Any, formal: bool) -> str:
    """Return a value as it is printed: text as it is, an integer whole, else three digits.

    An array of one dimension becomes (0.950, 0.102). `formal` is for mathematics and code.
    """
    if isinstance(value, str):
        return value if formal else value.replace("-", "−")
    if isinstance(value, (np.ndarray, list, tuple)) and np.ndim(value) > 0:
        joint = r",\; " if formal else ", "
        return "(" + joint.join(shown(entry, formal) for entry in value) + ")"
    if isinstance(value, (int, np.integer)):
        text = str(value)
    elif isinstance(value, (float, np.floating, np.ndarray)):
        text = three_digits(float(value))
    else:
        raise PlaceholderError(
            f"a placeholder came to {value!r}, a {type(value).__name__}; expected a number"
        )
    if "e" in text:
        digits, exponent = text.split("e")
        power = str(int(exponent))
        text = (
            f"{digits} \\times 10^{{{power}}}"
            if formal
            else f"{digits} × 10{power.translate(_RAISED)}"
        )
    return text if formal else text.replace("-", "−")


def three_digits(value: float) -> str:
    """Return three significant digits, zeros kept: 0.950, 2.95, 12.0, 338; zero is 0."""
    if value == 0:
        return "0"
    text = f"{value:#.3g}"
    if "e" in text and 1e3 <= abs(value) < 1e6:
        text = f"{float(text):.0f}"  # 2981 is 2980: plainer than a power of ten
    return text.removesuffix(".")


def given(value: float) -> str:
    """Return a given number as it was typed: 1.2, -4, 0.5."""
    return f"{float(value):.12g}"


def rows(matrix: Any) -> str:
    """Return a given matrix row by row: "1.2, -4; -0.8, 1.5"."""
    return "; ".join(", ".join(given(value) for value in row) for row in matrix)
