"""Assignment 00: `tanh`, from exp, safe at ±1000."""

import numpy as np


def tanh(x):
    small = np.exp(-2 * np.abs(x))
    return np.sign(x) * (1 - small) / (1 + small)
