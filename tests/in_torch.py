"""torch's own LSTM with given weights: an oracle that shares no line with the course."""

from collections.abc import Mapping

import numpy as np
import torch

from lstm_ref.arrays import Array


def cell(params: Mapping[str, Array]) -> torch.nn.LSTMCell:
    """Return torch's cell, in float64, with the weights W_i, U_i, b_i and so on of one layer."""
    units, inputs = np.shape(params["W_i"])
    made = torch.nn.LSTMCell(inputs, units, dtype=torch.float64)
    with torch.no_grad():
        for name, stem in (("weight_ih", "W"), ("weight_hh", "U"), ("bias_ih", "b")):
            rows = np.concatenate([params[f"{stem}_{gate}"] for gate in "ifgo"])
            getattr(made, name).copy_(torch.tensor(rows))
        made.bias_hh.zero_()
    return made
