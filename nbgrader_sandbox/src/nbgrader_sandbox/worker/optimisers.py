"""Loads torch's optimisers beforehand: their first use loads what compiles, for a second."""

import importlib
from typing import Any


def load() -> None:
    """Make an optimiser, and drop it."""
    torch: Any = importlib.import_module("torch")
    torch.optim.Adam([torch.nn.Parameter(torch.zeros(1))])
