"""What a submission finds as `lstm_ref.checks` while it is graded.

The reference is out of its reach then; the graded cells are run elsewhere, with the real checks.
"""

from typing import Any


def check(name: str, answer: Any, last_hint: bool = True) -> None:
    """Say that `name` is checked when graded."""
    print(f"{name}: checked when graded")


def hint(name: str) -> None:
    """Say that hints are for one's own notebook."""
    print(f"{name}: hints are shown in your own notebook")


def grade(name: str, answer: Any, points: float, last_hint: bool = True) -> float:
    """Give nothing: points are given by the graded cells alone."""
    return 0.0
