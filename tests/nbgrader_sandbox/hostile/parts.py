"""The exercise of the hostile course: four functions that tests grade, and one text.

Ten points: 3 + 2 + 2 + 2 by tests of four styles (assertions, a number as the last value,
numpy.testing beside a reference, a torch module), 1 by hand. The tests run under stock nbgrader
and under the engine alike.
"""

from dataclasses import dataclass

#: Stands in the hidden tests alone, so what shows it has shown a hidden test.
HIDDEN_WORD = "ROWS_NOBODY_HAS_SEEN"

#: Digits of a hidden input, so what shows them has shown the input.
HIDDEN_DIGITS = "61803"


@dataclass(frozen=True)
class Part:
    """One function: its right answer, one that gets no point, its test and the points."""

    name: str
    right: str
    wrong: str
    test: str
    points: int


SOFTMAX = Part(
    "softmax",
    right='''
def softmax(x):
    """Rows of x (B, N) as shares that sum to 1."""
    e = np.exp(x - x.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)
''',
    wrong="def softmax(x):\n    return x + 1.0",
    test="""
import numpy as np

rows = np.array([[0.0, 1.0, -2.0], [3.0, 3.0, 1.0]])
shares = softmax(rows.copy())
assert isinstance(shares, np.ndarray), "softmax should return an array"
assert shares.shape == rows.shape, "softmax should keep the shape"
assert np.abs(shares.sum(axis=1) - 1).max() < 1e-6, "each row should sum to 1"
### BEGIN HIDDEN TESTS
# ROWS_NOBODY_HAS_SEEN
rows = np.array([[1000.0, 1000.5, 999.0], [-3.25, 61803.25, 61803.75]])
e = np.exp(rows - rows.max(axis=1, keepdims=True))
right = e / e.sum(axis=1, keepdims=True)
shares = softmax(rows.copy())
assert np.abs(shares - right).max() < 1e-6, "softmax is wrong on large numbers"
### END HIDDEN TESTS
""",
    points=3,
)

AVERAGE = Part(
    "moving_average",
    right='''
def moving_average(xs, k):
    """Means of each k neighbours of the list xs, as a list."""
    return [sum(xs[t : t + k]) / k for t in range(len(xs) - k + 1)]
''',
    wrong="def moving_average(xs, k):\n    return [0.0 for x in xs]",
    test="""
import numpy as np

points = 0.0
found = np.asarray(moving_average([1.0, 2.0, 4.0, 8.0], 2), dtype=float)
if found.shape == (3,) and np.abs(found - [1.5, 3.0, 6.0]).max() < 1e-9:
    points += 0.5
### BEGIN HIDDEN TESTS
# ROWS_NOBODY_HAS_SEEN
xs = [61803.5, 1.25, -7.0, 2.5, 0.75]
for k in (1, 3, 5):
    right = np.convolve(xs, np.ones(k) / k, "valid")
    found = np.asarray(moving_average(list(xs), k), dtype=float)
    if found.shape == right.shape and np.abs(found - right).max() < 1e-6:
        points += 0.5
### END HIDDEN TESTS
points
""",
    points=2,
)

STANDARDISE = Part(
    "standardise",
    right='''
def standardise(x, factor):
    """x moved to mean 0 and stretched to standard deviation `factor`."""
    return (x - x.mean()) / x.std() * factor
''',
    wrong="def standardise(x, factor):\n    return x * factor",
    test="""
import numpy as np
from kit_ref.answers import standardise as reference

x = np.linspace(-2.0, 3.0, 7)
np.testing.assert_allclose(standardise(x.copy(), 2.5), reference(x, 2.5), rtol=1e-6)
### BEGIN HIDDEN TESTS
# ROWS_NOBODY_HAS_SEEN
x = np.array([[61803.0, 1.0, 2.0], [5.0, 9.0, 11.0]])
np.testing.assert_allclose(standardise(x.copy(), -1.75), reference(x, -1.75), rtol=1e-6)
### END HIDDEN TESTS
""",
    points=2,
)

RNN = Part(
    "TanhRNN",
    right='''
class TanhRNN(torch.nn.Module):
    """A plain RNN: xs (T, B, I) gives hs (T, B, H)."""

    def __init__(self, input_size, hidden_size):
        super().__init__()
        self.weight_ih = torch.nn.Parameter(torch.randn(hidden_size, input_size))
        self.weight_hh = torch.nn.Parameter(torch.randn(hidden_size, hidden_size))
        self.bias = torch.nn.Parameter(torch.zeros(hidden_size))

    def forward(self, xs):
        h = torch.zeros(xs.shape[1], self.bias.shape[0], dtype=xs.dtype)
        hs = []
        for x in xs:
            h = torch.tanh(x @ self.weight_ih.T + h @ self.weight_hh.T + self.bias)
            hs.append(h)
        return torch.stack(hs)
''',
    wrong="""
class TanhRNN(torch.nn.Module):
    def __init__(self, input_size, hidden_size):
        super().__init__()
        self.weight_ih = torch.nn.Parameter(torch.randn(hidden_size, input_size))
        self.weight_hh = torch.nn.Parameter(torch.randn(hidden_size, hidden_size))
        self.bias = torch.nn.Parameter(torch.zeros(hidden_size))

    def forward(self, xs):
        return xs.sum(-1, keepdim=True) + self.bias
""",
    test="""
# forbidden: torch.nn.RNN, torch.nn.RNNBase, torch.rnn_tanh, torch._VF.rnn_tanh
import torch

layer = TanhRNN(3, 2)
weights = {
    "weight_ih": torch.tensor([[0.5, -1.0, 0.25], [1.0, 0.5, -0.5]]),
    "weight_hh": torch.tensor([[0.1, -0.7], [0.9, 0.3]]),
    "bias": torch.tensor([0.2, -0.4]),
}
layer.load_state_dict(weights)
xs = torch.linspace(-1.0, 2.0, 4 * 2 * 3).reshape(4, 2, 3)
### BEGIN HIDDEN TESTS
# ROWS_NOBODY_HAS_SEEN
xs = xs.flip(0) + 0.61803
### END HIDDEN TESTS
h, right = torch.zeros(2, 2), []
for x in xs:
    h = torch.tanh(x @ weights["weight_ih"].T + h @ weights["weight_hh"].T + weights["bias"])
    right.append(h)
hs = layer(xs.clone())
assert tuple(hs.shape) == (4, 2, 2), "TanhRNN should return hs of shape (T, B, H)"
assert (hs - torch.stack(right)).abs().max() < 1e-5, "TanhRNN gives wrong hidden states"
""",
    points=2,
)

PARTS = (SOFTMAX, AVERAGE, STANDARDISE, RNN)
POINTS = {part.name: float(part.points) for part in PARTS}

#: What the tests compare with; submissions may see `kit_ref` and `kit_ref.data` alone.
KIT = {
    "__init__.py": '"""A kit for the exercise."""\n',
    "data.py": '"""What submissions may import."""\n\nNUMBERS = [1.0, 2.0, 4.0, 8.0]\n',
    "answers.py": '"""The reference."""\n\nimport numpy as np\nimport torch\n\n'
    + "\n\n".join(part.right.strip() for part in PARTS)
    + "\n",
}
