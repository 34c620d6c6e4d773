"""The layer of `in_torch`, in NumPy: a function, and a dict that holds its weights."""

import numpy as np

from lstm_ref.activations import sigmoid, tanh
from lstm_ref.arrays import Array


def lstm(xs: Array, h: Array, c: Array, p: dict[str, Array]) -> tuple[Array, Array, Array]:
    """Return hs, h_n, c_n. Shapes: xs (T, B, I), h and c (B, H) -> hs (T, B, H); or without B."""
    hs = []
    for x in xs:
        z = x @ p["weight_ih"].T + p["bias_ih"]
        z = z + h @ p["weight_hh"].T + p["bias_hh"]
        z_i, z_f, z_g, z_o = np.split(z, 4, axis=-1)
        i = sigmoid(z_i)
        f = sigmoid(z_f)
        g = tanh(z_g)
        o = sigmoid(z_o)
        c = f * c + i * g
        h = o * tanh(c)
        hs.append(h)
    return np.stack(hs), h, c
