"""The worked example: one tiny LSTM whose numbers appear in text, figures and exercises.

Two inputs (I = 2), two units (H = 2), three time steps (T = 3). The numbers were made up for this
course, so that each gate has a story:

- **forget gate**: the second input works like a reset button. Unit 1 has a large negative weight
  on it, and pressing the button at t = 3 empties its memory: f = 0.088 leaves 0.047 of 0.539.
- **input gate and candidate**: unit 1 writes 0.781 at t = 1; at t = 2 its candidate is a strong
  -0.795, and the gate refuses it (i = 0.044). Unit 2 replaces its memory of -1.5 at t = 1, stands
  open at t = 2 with almost nothing to write (g = 0.062), and turns the memory's sign at t = 3.
- **output gate**: unit 1 hides its memory of 1.541 at t = 1 (h = 0.060), and shows at t = 2
  (h = 0.455), though the memory has fallen to a third. tanh bites: of 1.541 it leaves 0.912.
- **backward**, for the loss "sum of the entries of h_3": the reset cuts unit 1's gradient along
  the memory from 0.819 at t = 3 to 0.021 at t = 1, while unit 2 keeps 0.228 of 0.591. At t = 2
  the shut input gate starves unit 1's candidate (dz_g = 0.001), and the candidate near zero
  starves unit 2's input gate (dz_i = 0.002).
"""

import numpy as np

from lstm_ref.arrays import Array

#: Inputs x_1, x_2, x_3, shape (T, I).
xs: Array = np.array([[1.0, 0.0], [-0.5, 0.2], [0.4, 1.0]])

#: Hidden state and cell state before the first step, shape (H,) each.
h0: Array = np.array([0.3, -0.6])
c0: Array = np.array([0.8, -1.5])

#: One weight matrix W (H, I), one U (H, H) and one bias b (H) for each gate and the candidate.
params: dict[str, Array] = {
    "W_i": np.array([[3.0, -2.0], [0.5, -0.5]]),
    "U_i": np.array([[-0.5, -1.0], [0.5, 0.5]]),
    "b_i": np.array([-1.0, 2.0]),
    "W_f": np.array([[1.2, -4.0], [-0.8, 1.5]]),
    "U_f": np.array([[0.5, -1.0], [-1.5, 0.7]]),
    "b_f": np.array([1.0, -0.5]),
    "W_g": np.array([[1.5, -0.5], [1.0, -3.0]]),
    "U_g": np.array([[1.5, 0.5], [-1.5, 1.0]]),
    "b_g": np.array([-0.4, 1.1]),
    "W_o": np.array([[-3.0, 2.0], [1.0, 4.0]]),
    "U_o": np.array([[0.5, 0.5], [-0.5, -0.5]]),
    "b_o": np.array([0.5, -2.0]),
}
