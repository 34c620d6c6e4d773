"""Faults of the course itself, found before anybody is graded, or told when all were.

What is the course's fault is said to the instructor, and costs no student a point in silence.
"""

import ast
import importlib
import json
import traceback
from collections import Counter
from collections.abc import Collection, Iterable
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from IPython.core.inputtransformer2 import TransformerManager

from nbgrader_sandbox.apart import in_words
from nbgrader_sandbox.engine import keys
from nbgrader_sandbox.outcome import NOT_RUN, Outcome

if TYPE_CHECKING:  # grader processes need none of nbgrader, which takes long to load
    from nbgrader_sandbox.engine.release import Release

#: From how many submissions on, something that went wrong in all is the course's.
_SEVERAL = 3


class CourseFault(ValueError):
    """Nobody can be graded by this course as it is; the message says what to mend."""


def check(releases: Iterable["Release"], hidden: Collection[str]) -> None:
    """Check what can be known without a submission. Raises CourseFault.

    `hidden` are the packages of which the configuration says what students may see.
    """
    for release in releases:
        language = _language(release.kernelspec)
        if language not in ("", "python", "python3", "ipython"):
            raise CourseFault(
                f"The notebook {release.name!r} is in the language {language}, and this engine "
                "grades Python alone: grade this course with stock nbgrader."
            )
        tests = [cell.source for cell in release.tests.values()]
        for name in sorted({name for source in tests for name in keys.imported(source)}):
            if name not in hidden and keys.installed_from_a_folder(name):
                raise CourseFault(
                    f"Tests of {release.name!r} import {name!r}, which was installed here from a "
                    f"folder, so students could import it, too: add {name!r} to "
                    "c.SandboxSettings.hidden, or name in c.SandboxSettings.public what of it "
                    "they may see."
                )


def missing_packages(releases: Iterable["Release"], known: Collection[str]) -> list[str]:
    """Return what released cells import and nobody finds here, as sentences."""
    said = {}
    for release in releases:
        for cell in release.cells.values():
            if cell.cell_type != "code" or cell.test:
                continue
            for name in keys.imported(cell.source) - {*known}:
                if not _found(name):
                    said[name] = (
                        f"The cell {cell.name!r} of {release.name!r} imports {name!r}, which is "
                        "not installed where this is graded: install it."
                    )
    return [said[name] for name in sorted(said)]


@lru_cache(maxsize=1000)
def check_imports(name: str, source: str) -> None:
    """Make the imports that begin a test, in the process that is to run it. Raises CourseFault.

    So a reference that does not load is nobody's wrong answer.
    """
    try:
        tree = ast.parse(TransformerManager().transform_cell(source))
    except (SyntaxError, ValueError) as error:
        raise CourseFault(f"The test {name!r} is no Python ({error}): mend it.") from None
    for node in tree.body:
        if not isinstance(node, ast.Import | ast.ImportFrom):
            continue
        line = ast.unparse(node)
        try:
            exec(compile(ast.Module([node], []), name, "exec"), {"__name__": name})
        except Exception as error:
            importlib.invalidate_caches()
            raise CourseFault(
                f"The test {name!r} cannot be run: `{line}` stops with {in_words(error)}"
                f"{_where(error)}. Mend it and grade again; nobody was graded by it."
            ) from None


def common_faults(outcomes: Iterable[Outcome]) -> list[str]:
    """Return what went wrong in every one of several submissions, as sentences.

    A released cell that stops in all of them, or a test that has a mistake in any, is the course's.
    """
    faults: Counter[str] = Counter()
    stopped: Counter[tuple[str, str]] = Counter()
    ran: Counter[str] = Counter()
    for one in outcomes:
        if one.level == NOT_RUN:
            continue
        ran[one.notebook] += 1
        told = {found.detail for found in one.evidence if found.kind == "course-fault"}
        faults.update(told)
        for found in one.evidence:
            if found.kind == "released-cell":
                stopped[one.notebook, found.detail] += 1
    said = [f"A test has a mistake: {what} (in {count})." for what, count in faults.items()]
    for (notebook, what), count in stopped.items():
        if count == ran[notebook] >= _SEVERAL:
            said.append(
                f"{what} in {count} of {ran[notebook]} submissions of {notebook!r}, so it is the "
                "course's: mend it, or name what it imports in c.SandboxSettings.public."
            )
    return said


def _language(kernelspec: str | None) -> str:
    try:
        known = json.loads(kernelspec) if kernelspec else {}
    except ValueError:
        return ""
    return str(known.get("language") or "").casefold() if isinstance(known, dict) else ""


def _found(name: str) -> bool:
    try:
        return find_spec(name) is not None
    except (ImportError, ValueError):
        return False


def _where(error: BaseException) -> str:
    """Return in which file and line of the course an error was."""
    if isinstance(error, SyntaxError) and error.filename:
        return f" in {Path(error.filename).name}, line {error.lineno}"
    frames = traceback.extract_tb(error.__traceback__)
    return f" in {Path(frames[-1].filename).name}, line {frames[-1].lineno}" if frames else ""
