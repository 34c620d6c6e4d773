"""One step of training on the worked example, as the chapter on torch shows it. No Sphinx here.

The gradients are those of `lstm_ref.bptt`, for the loss "sum of the entries of h_3"; a test holds
them, the norm and the step to torch's own `backward`, `clip_grad_norm_` and `SGD`.
"""

import ast
import inspect
from types import SimpleNamespace
from typing import Any

import book_root  # noqa: F401  (finds lstm_ref)
import numpy as np

from lstm_ref import bptt
from lstm_ref.datasets import sentence, worked_example
from lstm_ref.figures.codes import codes
from lstm_ref.parameters import LSTMParameters

LIMIT, RATE = 0.25, 0.5


def torch_step() -> Any:
    """Return one object with all that the chapter's text names.

    `grads` (packed, both biases), `squares` of each of the four arrays, `norm` over all, `limit`,
    `rate`, `factor` that shortens the gradient; `twice` is the factor where the gradient was
    added to itself. `weight` is the bias of the candidate's unit 2: `before` the step, its
    `gradient`, that `clipped`, and `after` the step.
    `blame` is the length of the gradient of the first verdict by each word of the sentence, (T,);
    `lines` counts the lines of the two codes and of the backward pass by hand.
    """
    w, packed = worked_example, LSTMParameters.from_gates(worked_example.params)
    hs, h_n, c_n, saved = bptt.forward_saving(w.xs, w.h0, w.c0, packed)
    *_, grads = bptt.lstm_backward(
        np.zeros_like(hs), np.ones_like(h_n), np.zeros_like(c_n), saved, packed
    )
    squares = {name: float((array**2).sum()) for name, array in vars(grads).items()}
    norm = float(np.sqrt(sum(squares.values())))
    factor = min(1.0, LIMIT / norm)
    before, gradient = float(packed.bias_ih[5]), float(grads.bias_ih[5])
    return SimpleNamespace(
        loss=float(h_n.sum()),
        grads=grads,
        squares=SimpleNamespace(**squares),
        norm=norm,
        limit=LIMIT,
        rate=RATE,
        factor=factor,
        twice=min(1.0, LIMIT / (2 * norm)),
        weight=SimpleNamespace(
            before=before,
            gradient=gradient,
            clipped=factor * gradient,
            after=before - RATE * factor * gradient,
        ),
        numbers=sum(array.size for array in vars(packed).values()),
        blame=_blame(),
        lines=_lines(),
    )


def _blame() -> Any:
    """How long the gradient of the first verdict, unit 2's c at the full stop, is by each word."""
    packed = LSTMParameters.from_gates(sentence.params)
    xs = sentence.xs[:6]
    hs, h_n, _, saved = bptt.forward_saving(xs, sentence.h0, sentence.c0, packed)
    dc_n = np.array([0.0, 1.0])
    dxs, *_ = bptt.lstm_backward(np.zeros_like(hs), np.zeros_like(h_n), dc_n, saved, packed)
    return np.linalg.norm(dxs, axis=-1)


def _lines() -> Any:
    """How many lines of code there are, without docstrings."""

    def count(function: Any) -> int:
        body = ast.parse(inspect.getsource(function)).body[0]
        assert isinstance(body, ast.FunctionDef)
        body.body = body.body[1:] if ast.get_docstring(body) else body.body
        return len(ast.unparse(body).splitlines())

    back = count(bptt.lstm_cell_backward) + count(bptt.lstm_backward)
    return SimpleNamespace(forward=len(codes()), backward=back)
