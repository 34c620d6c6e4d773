"""The worked example: one tiny LSTM whose numbers appear in text, figures and exercises.

Two inputs (I = 2), two units (H = 2), three time steps (T = 3). The second input works
like a reset button: unit 1 has a large negative forget weight on it, so pressing the
button at t = 3 empties that unit's memory. The numbers were made up for this course.
"""

import numpy as np

from lstm_ref.activations import Array

#: Inputs x_1, x_2, x_3, shape (T, I).
xs: Array = np.array([[1.0, 0.0], [-0.5, 0.2], [0.4, 1.0]])

#: Hidden state and cell state before the first step, shape (H,) each.
h0: Array = np.array([0.3, -0.6])
c0: Array = np.array([0.8, -1.5])

#: One weight matrix W (H, I), one U (H, H) and one bias b (H) for each gate and the candidate.
params: dict[str, Array] = {
    "W_i": np.array([[1.5, 0.5], [-1.0, 2.0]]),
    "U_i": np.array([[-0.5, 0.8], [0.6, -0.4]]),
    "b_i": np.array([0.2, -0.3]),
    "W_f": np.array([[1.2, -4.0], [-0.8, 1.5]]),
    "U_f": np.array([[0.5, -1.0], [-1.5, 0.7]]),
    "b_f": np.array([1.0, -0.5]),
    "W_g": np.array([[0.9, -1.4], [1.1, 0.6]]),
    "U_g": np.array([[0.7, -0.3], [-0.9, 1.3]]),
    "b_g": np.array([-0.1, 0.4]),
    "W_o": np.array([[-0.6, 1.3], [1.7, -0.5]]),
    "U_o": np.array([[0.4, 0.9], [-1.2, 0.5]]),
    "b_o": np.array([0.3, 0.1]),
}
