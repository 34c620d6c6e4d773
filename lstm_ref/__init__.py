"""The reference implementation of the LSTM course: read it when you are done.

Importing this package needs NumPy alone. Reading order: `activations`, `gates`,
`parameters`, `cell`, `layer`.
"""

__version__ = "0.1.0"
