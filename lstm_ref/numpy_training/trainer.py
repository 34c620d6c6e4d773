"""A trainer small enough to read: forward, loss, backward, clip, step; again.

A sequence model is a recurrent cell with a linear read-out: of the last hidden state
(one answer a sequence) or of every one (one answer a step). The cells are those of
`lstm_ref.cells`.

    rng = np.random.default_rng(0)
    model = sequence_model("lstm", 2, 16, 1, rng)
    batches = partial(adding, length=12, batch_size=32)
    model, history = train(model, batches, mean_squared_error, rng, steps=800)
"""

from dataclasses import dataclass, replace
from typing import Any, SupportsIndex

import numpy as np
from numpy.typing import ArrayLike, DTypeLike, NDArray

from lstm_ref.arrays import Array, as_float, whole
from lstm_ref.cells import CELLS, Cell
from lstm_ref.history import Batches, History
from lstm_ref.numpy_training.losses import Loss
from lstm_ref.numpy_training.optimise import Adam, clip_by_global_norm


@dataclass(frozen=True, eq=False)
class SequenceModel:
    """A cell, its parameters, and a linear read-out: weight (O, H), bias (O,)."""

    cell: Cell[Any, Any]
    recurrent: Any  # the cell's own parameters
    weight: Array
    bias: Array
    every_step: bool = False

    def arrays(self) -> dict[str, Array]:
        """All that is trained, by name."""
        return {**vars(self.recurrent), "readout_weight": self.weight, "readout_bias": self.bias}

    def with_arrays(self, arrays: dict[str, Array]) -> "SequenceModel":
        """The same model with other values in the arrays of `arrays()`."""
        own = {name: arrays[name] for name in vars(self.recurrent)}
        return replace(
            self,
            recurrent=type(self.recurrent)(**own),
            weight=arrays["readout_weight"],
            bias=arrays["readout_bias"],
        )


def sequence_model(
    cell: str | Cell[Any, Any],
    input_size: SupportsIndex,
    hidden_size: SupportsIndex,
    output_size: SupportsIndex,
    rng: np.random.Generator,
    *,
    every_step: bool = False,
    dtype: DTypeLike = np.float64,
) -> SequenceModel:
    """Draw a new model: the cell as its `initialise` does, the read-out from U(-1/√H, 1/√H).

    `cell` is a name in `CELLS`, or a cell, such as one without a part of it.
    Raises ValueError for a cell that `CELLS` lacks or a size that is no positive whole number,
    and TypeError for a dtype other than float32 and float64.
    """
    if not isinstance(cell, Cell):
        if cell not in CELLS:
            raise ValueError(f"cell is {cell!r}; expected one of {', '.join(CELLS)}")
        cell = CELLS[cell]
    H, O = whole("hidden_size", hidden_size), whole("output_size", output_size)
    recurrent = cell.initialise(input_size, H, rng, dtype=dtype)
    bound = H**-0.5
    weight = rng.uniform(-bound, bound, (O, H)).astype(dtype)
    return SequenceModel(cell, recurrent, weight, np.zeros(O, dtype), every_step)


def predict(model: SequenceModel, xs: ArrayLike) -> Array:
    """Run the model from states of zero: xs (T, B, I) gives (B, O), or (T, B, O) every step.

    Data come in any float dtype, and are computed with in the model's. Raises ValueError for xs
    as the cell's forward pass does.
    """
    return _forward(model, xs)[0]


def _forward(model: SequenceModel, xs: ArrayLike) -> tuple[Array, Array, Any]:
    xs = as_float(xs).astype(model.weight.dtype, copy=False)
    hs, _, saved = model.cell.forward(xs, None, model.recurrent)
    read = hs if model.every_step else hs[-1]
    return read @ model.weight.T + model.bias, hs, saved


def loss_and_gradients(
    model: SequenceModel, xs: Array, targets: NDArray[Any], loss: Loss
) -> tuple[float, dict[str, Array]]:
    """Return the loss of one mini-batch and its gradients, by the names of `model.arrays()`."""
    outputs, hs, saved = _forward(model, xs)
    value, d_outputs = loss(outputs, targets)
    dhs = np.zeros_like(hs)
    read = slice(None) if model.every_step else slice(-1, None)
    dhs[read] = d_outputs @ model.weight
    nothing = np.zeros_like(hs[-1])  # the loss reads the states through hs alone
    d_final = tuple(nothing for _ in model.cell.states)
    _, _, grads = model.cell.backward(dhs, d_final, saved, model.recurrent)
    d_flat = d_outputs.reshape(-1, d_outputs.shape[-1])  # (T, B, O) or (B, O) -> (N, O)
    h_flat = hs[read].reshape(-1, hs.shape[-1])  # (N, H)
    readout = {"readout_weight": d_flat.T @ h_flat, "readout_bias": d_flat.sum(0)}
    return value, {**vars(grads), **readout}


def train(
    model: SequenceModel,
    batches: Batches,
    loss: Loss,
    rng: np.random.Generator,
    *,
    steps: SupportsIndex,
    learning_rate: float = 1e-2,
    max_norm: float = 1.0,
) -> tuple[SequenceModel, History]:
    """Train on `steps` mini-batches and return (the trained model, the history).

    The model that is passed in stays as it was. The same state of `rng` gives the same numbers.
    Raises ValueError where a setting is out of range or a gradient is no longer finite.
    """
    adam = Adam(learning_rate)
    history = History()
    for _ in range(whole("steps", steps)):
        xs, targets = batches(rng)
        value, grads = loss_and_gradients(model, xs, targets, loss)
        clipped, norm = clip_by_global_norm(grads, max_norm)
        model = model.with_arrays(adam.step(model.arrays(), clipped))
        history.losses.append(value)
        history.norms.append(norm)
    return model, history
