"""The one place where `lstm_ref` meets the grader: the seed of hidden inputs, and findings.

On a student's machine the grader is not installed. Then inputs come from a public seed and
messages are text alone.
"""

from contextlib import AbstractContextManager, nullcontext
from importlib.util import find_spec
from typing import Any

# Imported here and not at the call: the grader notes the folder that it starts in.
if find_spec("nbgrader_sandbox"):
    from nbgrader_sandbox import context
    from nbgrader_sandbox import finding as findings
else:
    context = findings = None  # type: ignore[assignment]

#: The seed of visible checks: the same for everybody, so that a forum can talk about them.
PUBLIC_SEED = 20001


def grading_seed(part: str) -> int:
    """Return the seed of the hidden inputs of one part, for this student and assignment."""
    return context.seed(part) if context else PUBLIC_SEED + 1


def arguments_come_back() -> AbstractContextManager[None]:
    """Let an answer that is graded elsewhere change the arrays that it is called with."""
    return context.arguments_come_back() if context else nullcontext()


def finding(part: str, mistake: str | None, title: str, points: float, of: float) -> dict[str, Any]:
    """Return what the class report reads, as a MIME bundle; empty where nobody reads it."""
    if not findings:
        return {}
    made = findings.Finding(part=part, mistake=mistake, title=title, points=points, of=of)
    return {findings.MIME_TYPE: made.to_payload()}
