"""What the commands of `nbgrader-sandbox` share."""

import argparse
import importlib.util
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from nbgrader_sandbox.course import Course

Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"


class CommandError(Exception):
    """A command cannot do its work; the message says why in one sentence."""


def course_here() -> "Course":
    """Return the course in the current folder."""
    if importlib.util.find_spec("nbgrader") is None:
        raise CommandError(
            "nbgrader is not installed: run `pip install nbgrader-sandbox[grading]`."
        )
    from nbgrader_sandbox.course import Course

    return Course.here()
