"""Seeds the generators of random numbers that are loaded: Python's, NumPy's and torch's."""

import random
import sys
from collections.abc import Callable, Container
from typing import Any


def seed_all(seed: int, but: Container[str] = ()) -> list[str]:
    """Seed each generator whose module is loaded; return these modules' names.

    Those named in `but` are left as they are.
    """
    found = [name for name in _CALLS if name in sys.modules and name not in but]
    for name in found:
        _CALLS[name](sys.modules[name], seed)
    return found


def _torch(torch: Any, seed: int) -> None:
    # torch.manual_seed also notes the call for a GPU that may come, with a traceback each time.
    if torch.cuda.is_initialized():
        torch.manual_seed(seed % 2**63)
    else:
        torch.default_generator.manual_seed(seed % 2**63)


_CALLS: dict[str, Callable[[Any, int], object]] = {
    "random": lambda _, seed: random.seed(seed),
    "numpy": lambda numpy, seed: numpy.random.seed(seed % 2**32),
    "torch": _torch,
}
