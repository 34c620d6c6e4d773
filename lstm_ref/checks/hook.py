"""The one place where `lstm_ref` meets the grader: seeds, findings, and what runs elsewhere.

On a student's machine the grader is not installed. Then inputs come from a public seed, messages
are text alone, and everything runs here.
"""

import types
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from importlib.util import find_spec
from typing import Any

# Imported here and not at the call: the grader notes the folder that it starts in.
# A folder of that name, as beside this package in the course's own, is not the grader.
if (grader := find_spec("nbgrader_sandbox")) and grader.origin:
    from nbgrader_sandbox import context, helpers
    from nbgrader_sandbox import finding as findings
else:
    context = findings = helpers = None  # type: ignore[assignment]

#: The seed of visible checks: the same for everybody, so that a forum can talk about them.
PUBLIC_SEED = 20001


def grading_seed(part: str) -> int:
    """Return the seed of the hidden inputs of one part, for this student and assignment."""
    return context.seed(part) if context else PUBLIC_SEED + 1


def student() -> str:
    """Return the gradebook's name of who is graded; "" where nobody is."""
    return (context.current().student or "") if context else ""


def arguments_come_back() -> AbstractContextManager[None]:
    """Let an answer that is graded elsewhere change the arrays that it is called with."""
    return context.arguments_come_back() if context else nullcontext()


def elsewhere() -> bool:
    """Whether the student's code runs in another process, under the grader."""
    return bool(helpers and helpers.elsewhere())


def define(source: str, name: str) -> Any:
    """Run `source` where the student's code runs, and return what it calls `name`."""
    if helpers:
        return helpers.define(source, name)
    space: dict[str, Any] = {}
    exec(source, space)
    return space[name]


@contextmanager
def standing_in(answer: Any, sources: Mapping[str, str]) -> Iterator[None]:
    """Let each name stand, among the student's names, for what its source defines."""
    if elsewhere():  # until the end of the test, which is the last that is asked of that process
        for name, source in sources.items():
            helpers.install(name, helpers.define(source, name))
        yield
        return
    space = _names_of(answer)
    before = {name: space[name] for name in sources if name in space}
    space.update({name: define(source, name) for name, source in sources.items()})
    try:
        yield
    finally:
        for name in sources:
            space.pop(name, None)
        space.update(before)


def _names_of(answer: Any) -> dict[str, Any]:
    """Return the names that a function, or the methods of an object or class, can see."""
    while (
        inner := getattr(answer, "__wrapped__", None) or getattr(answer, "func", None)
    ) is not None:
        answer = inner
    if not isinstance(answer, types.FunctionType):
        kind = answer if isinstance(answer, type) else type(answer)
        methods = [value for value in vars(kind).values() if isinstance(value, types.FunctionType)]
        answer = methods[0] if methods else None
    found: dict[str, Any] = getattr(answer, "__globals__", {})
    return found


def finding(part: str, mistake: str | None, title: str, points: float, of: float) -> dict[str, Any]:
    """Return what the class report reads, as a MIME bundle; empty where nobody reads it."""
    if not findings:
        return {}
    made = findings.Finding(part=part, mistake=mistake, title=title, points=points, of=of)
    return {findings.MIME_TYPE: made.to_payload()}
