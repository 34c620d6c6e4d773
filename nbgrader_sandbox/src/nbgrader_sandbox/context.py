"""Which submission is being graded, and with which secret.

A checker draws its hidden inputs from `seed(...)`: the same each time that a submission is
graded, another for each student, and not to be foretold without the secret. What is known
comes from the first of three sources that applies:

1. a grading engine in this process, between `with providing(context):` and its end;
2. stock `nbgrader autograde`: assignment and student are the names of the folder that the
   kernel was started in, the secret is the file `secret` beside gradebook.db;
3. anything else, such as a student's own JupyterLab: a fixed public seed.

The second is the weaker promise: the submission runs as the user who may read the secret.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import Path

from nbgrader_sandbox.secret import GradingContextError, read_or_make

__all__ = ["GradingContext", "GradingContextError", "current", "providing", "seed"]

#: The file that marks the folder where the secret is kept.
GRADEBOOK = "gradebook.db"

#: Outside of grading everybody may know the seed, so that a visible check can be repeated.
PUBLIC = b"public"


@dataclass(frozen=True)
class GradingContext:
    """Who is graded on what; `secret` is the key of all seeds and stays out of every message."""

    assignment: str | None
    student: str | None
    secret: bytes = field(repr=False)

    def seed(self, *words: str | int) -> int:
        """Return a number below 2**64 that depends on assignment, student and `words` alone."""
        digest = blake2b(key=blake2b(self.secret).digest(), digest_size=8)
        for word in (self.assignment, self.student, *words):
            # Kind and length before each word: ("ab", "c") and ("a", "bc") must differ.
            text = str(word).encode()
            digest.update(f"{type(word).__name__}:{len(text)}:".encode() + text)
        return int.from_bytes(digest.digest(), "big")


_provided: list[GradingContext] = []
_come_back = ContextVar("arguments_come_back", default=False)
_empty = ContextVar("empty_results", default=False)
_started_in = Path.cwd()  # a cell graded later may have called os.chdir


def current() -> GradingContext:
    """Return the context of this process; see the module's text for the three sources.

    Raises GradingContextError where a grading run has no folder or secret to go by.
    """
    if _provided:
        return _provided[-1]
    if os.environ.get("NBGRADER_EXECUTION") == "autograde":
        return _from_folder(_started_in)
    return GradingContext(None, None, PUBLIC)


def seed(*words: str | int) -> int:
    """Return `current().seed(*words)`."""
    return current().seed(*words)


@contextmanager
def providing(context: GradingContext) -> Iterator[GradingContext]:
    """Make `context` the current one within the block. Blocks may be nested."""
    _provided.append(context)
    try:
        yield context
    finally:
        _provided.pop()


@contextmanager
def arguments_come_back() -> Iterator[None]:
    """Let calls of a student's function change the caller's arrays, as calls in one process do.

    Without it a sandboxed function gets copies, so that it cannot change what a test compares
    with. A checker that looks for arguments changed in place passes arrays of its own.
    """
    before = _come_back.set(True)
    try:
        yield
    finally:
        _come_back.reset(before)


@contextmanager
def empty_results() -> Iterator[None]:
    """Let calls of a student's function give empty arrays.

    Without it they raise ValueError, unless an argument was empty: an empty array is close to
    anything.
    """
    before = _empty.set(True)
    try:
        yield
    finally:
        _empty.reset(before)


def empty_is_right() -> bool:
    """Return whether empty arrays are taken now; see `empty_results`."""
    return _empty.get()


def come_back() -> bool:
    """Return whether arguments come back now; see `arguments_come_back`."""
    return _come_back.get()


def _from_folder(folder: Path) -> GradingContext:
    """Read a context from …/autograded/STUDENT/ASSIGNMENT, where nbgrader starts the kernel."""
    # The search begins above the student's folder: a file of that name in it proves nothing.
    for above in list(folder.parents)[2:]:
        if (above / GRADEBOOK).exists():
            return GradingContext(folder.name, folder.parent.name, read_or_make(above / "secret"))
    raise GradingContextError(
        f"Grading runs in {folder}, but no folder above holds {GRADEBOOK}, beside which the "
        "secret of the hidden inputs is kept: keep the gradebook above the autograded folder."
    )
