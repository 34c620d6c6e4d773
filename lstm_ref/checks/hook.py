"""The one place where `lstm_ref` meets the grader: the seed of hidden inputs, and findings.

On a student's machine the grader is not installed. Then inputs come from a public seed and
messages are text alone.
"""

from importlib.util import find_spec
from typing import Any

#: The seed of visible checks: the same for everybody, so that a forum can talk about them.
PUBLIC_SEED = 20001


def grading_seed(part: str) -> int:
    """Return the seed of the hidden inputs of one part, for this student and assignment."""
    if find_spec("nbgrader_sandbox") is None:
        return PUBLIC_SEED + 1
    from nbgrader_sandbox.context import seed

    return seed(part)


def finding(part: str, mistake: str | None, title: str, points: float, of: float) -> dict[str, Any]:
    """Return what the class report reads, as a MIME bundle; empty where nobody reads it."""
    if find_spec("nbgrader_sandbox") is None:
        return {}
    from nbgrader_sandbox.finding import MIME_TYPE, Finding

    made = Finding(part=part, mistake=mistake, title=title, points=points, of=of)
    return {MIME_TYPE: made.to_payload()}
