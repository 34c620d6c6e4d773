"""The three gates and the candidate of the LSTM, and what they do to the memory.

One function each, one formula each.

Shapes: one example x (I,) with h_prev (H,), or a batch x (B, I) with h_prev (B, H).
Weights W (H, I), U (H, H), b (H). Every result has one number per unit: (H,) or (B, H).

The book writes Wx for a column vector x. NumPy keeps an example in a row, and a batch is
a stack of rows, so the same product is written x @ W.T here.

Sources: Hochreiter and Schmidhuber (1997) for the input gate, the output gate and the
candidate; Gers, Schmidhuber and Cummins (2000), section 3, for the forget gate.
"""

from numpy.typing import ArrayLike

from lstm_ref.activations import sigmoid, tanh
from lstm_ref.arrays import Array, as_float


def forget_gate(
    x: ArrayLike,
    h_prev: ArrayLike,
    W_f: ArrayLike,
    U_f: ArrayLike,
    b_f: ArrayLike,
) -> Array:
    """f = σ(W_f x + U_f h_prev + b_f), the share of each memory that is kept."""
    return sigmoid(weighted_sum(x, h_prev, W_f, U_f, b_f))


def input_gate(
    x: ArrayLike,
    h_prev: ArrayLike,
    W_i: ArrayLike,
    U_i: ArrayLike,
    b_i: ArrayLike,
) -> Array:
    """i = σ(W_i x + U_i h_prev + b_i), the share of the candidate that is written."""
    return sigmoid(weighted_sum(x, h_prev, W_i, U_i, b_i))


def candidate(
    x: ArrayLike,
    h_prev: ArrayLike,
    W_g: ArrayLike,
    U_g: ArrayLike,
    b_g: ArrayLike,
) -> Array:
    """g = tanh(W_g x + U_g h_prev + b_g), what could be written: sign and size."""
    return tanh(weighted_sum(x, h_prev, W_g, U_g, b_g))


def output_gate(
    x: ArrayLike,
    h_prev: ArrayLike,
    W_o: ArrayLike,
    U_o: ArrayLike,
    b_o: ArrayLike,
) -> Array:
    """o = σ(W_o x + U_o h_prev + b_o), the share of the squashed memory that is shown."""
    return sigmoid(weighted_sum(x, h_prev, W_o, U_o, b_o))


def weighted_sum(
    x: ArrayLike, h_prev: ArrayLike, W: ArrayLike, U: ArrayLike, b: ArrayLike
) -> Array:
    """z = W x + U h_prev + b: what each of the four layers does before its activation.

    Raises ValueError, with both shapes, where two arguments do not fit together.
    """
    x, h_prev, W, U, b = map(as_float, (x, h_prev, W, U, b))
    if W.ndim != 2:
        raise ValueError(f"W has shape {W.shape}; expected two dimensions, (H, I)")
    H, I = W.shape
    if U.shape != (H, H):
        raise ValueError(f"U has shape {U.shape}; expected (H, H) = {(H, H)}, as W is {W.shape}")
    if b.shape != (H,):
        raise ValueError(f"b has shape {b.shape}; expected (H,) = {(H,)}, as W is {W.shape}")
    if x.ndim not in (1, 2) or x.shape[-1] != I:
        raise ValueError(
            f"x has shape {x.shape}; expected (I,) = {(I,)} or (B, I) = (B, {I}), as W is {W.shape}"
        )
    if h_prev.shape != (*x.shape[:-1], H):
        raise ValueError(
            f"h_prev has shape {h_prev.shape}; expected {(*x.shape[:-1], H)}, "
            f"as x is {x.shape} and W is {W.shape}"
        )
    return x @ W.T + h_prev @ U.T + b


def keep(f: ArrayLike, c_prev: ArrayLike) -> Array:
    """f ∘ c_prev, what is left of the memory, unit by unit.

    Shapes: (H,) or (B, H), the same for both; raises ValueError otherwise.
    """
    f, c_prev = _alike(f=f, c_prev=c_prev)
    return f * c_prev


def update_memory(f: ArrayLike, c_prev: ArrayLike, i: ArrayLike, g: ArrayLike) -> Array:
    """c = f ∘ c_prev + i ∘ g, the new cell state: what is kept, and what is written.

    Shapes: (H,) or (B, H), the same for all four; raises ValueError otherwise.
    """
    f, c_prev, i, g = _alike(f=f, c_prev=c_prev, i=i, g=g)
    return f * c_prev + i * g


def hidden_state(o: ArrayLike, c: ArrayLike) -> Array:
    """h = o ∘ tanh(c), the share of the squashed memory that is shown.

    Shapes: (H,) or (B, H), the same for both; raises ValueError otherwise.
    """
    o, c = _alike(o=o, c=c)
    return o * tanh(c)


def _alike(**arrays: ArrayLike) -> list[Array]:
    """Return the arguments as arrays; raise ValueError where two shapes differ.

    NumPy would stretch (1, H) or (B, 1) to fit (B, H), and give numbers that mean nothing.
    """
    found = {name: as_float(array) for name, array in arrays.items()}
    if len({array.shape for array in found.values()}) != 1:
        shapes = ", ".join(f"{name} {array.shape}" for name, array in found.items())
        raise ValueError(f"the shapes must be alike, (H,) or (B, H), but they are {shapes}")
    return list(found.values())
