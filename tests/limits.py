"""Limits of time for answers that are right, or wrong in ways that take no time.

What they load may take its time on a busy machine: torch, where nobody else of a class has it.
"""

_SECONDS = {"test": 60, "cell": 60, "wall": 300, "cpu": 120}

#: Options for `nbgrader autograde`.
PATIENT = [f"--SandboxSettings.{name}_seconds={seconds}" for name, seconds in _SECONDS.items()]
