"""What the appendix says of each mistake: its lines beside the right ones, and how it shows."""

import difflib
import inspect
import re
import textwrap
from collections.abc import Iterator
from typing import Any, NamedTuple


class Entry(NamedTuple):
    """One mistake as the page tells it; `shows` and `source` may be empty."""

    name: str
    title: str
    right: str
    wrong: str
    shows: str
    source: str


class Part(NamedTuple):
    """A stretch of code, and whether it stands in the other lines too."""

    text: str
    differs: bool


def library(exercise: Any) -> Iterator[Entry]:
    """Yield an entry for each mistake of an exercise, on the inputs of the visible check."""
    from lstm_ref.checks import hook
    from lstm_ref.checks.compare import Known, quiet

    known = Known(exercise, hook.PUBLIC_SEED)
    for mistake in exercise.mistakes:
        right, wrong = _differing(exercise, mistake)
        with quiet():
            shows = _shown(known, mistake)
        source = "" if mistake.source == "constructed" else mistake.source
        yield Entry(mistake.name, mistake.title, right, wrong, shows, source)


def marked(right: str, wrong: str) -> tuple[list[Part], list[Part]]:
    """Return both texts in parts: what they share, and what only one of them has."""
    ours, theirs = (re.findall(r"\w+|\s+|.", text) for text in (right, wrong))
    parts: tuple[list[Part], list[Part]] = ([], [])
    for kind, i, j, k, m in difflib.SequenceMatcher(None, ours, theirs, False).get_opcodes():
        for side, words in zip(parts, (ours[i:j], theirs[k:m]), strict=True):
            if words:
                side.append(Part("".join(words), kind != "equal"))
    return parts


def _differing(exercise: Any, mistake: Any) -> tuple[str, str]:
    """Return the lines that differ, of the right text and of the wrong one.

    Where a line has only moved, all lines are there from before it to its other place.
    """
    before = exercise.text.splitlines()
    if not mistake.edits:
        text = textwrap.dedent(inspect.getsource(mistake.wrong))
        return exercise.text.strip(), text.strip()
    after = exercise.variants.edited(mistake.edits).splitlines()
    codes = difflib.SequenceMatcher(None, before, after).get_opcodes()
    changes = [places for kind, *places in codes if kind != "equal"]
    right = _block([line for i, j, _, _ in changes for line in before[i:j]])
    wrong = _block([line for _, _, k, m in changes for line in after[k:m]])
    if right != wrong:
        return right, wrong
    # The same line at another place, or in another block: what stands around it tells.
    (i, _, k, _), (_, j, _, m) = changes[0], changes[-1]
    least = min(map(_indent, filter(str.strip, before[i:j] + after[k:m])))
    back = next(back for back in range(1, i + 1) if _indent(before[i - back]) <= least)
    return _block(before[i - back : j]), _block(after[k - back : m])


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def _block(lines: list[str]) -> str:
    return textwrap.dedent("\n".join(lines)).strip("\n") or "# (nothing stands here)"


def _shown(known: Any, mistake: Any) -> str:
    """Say what comes out in place of what, on the first case that tells."""
    from lstm_ref.checks.compare import close

    for k, case in enumerate(known.cases):
        seen = known.wrong((mistake,), k)
        if seen.leaves is None:
            what = f"it stops with {seen.error}" if seen.error else f"it gives {seen.strange}"
            return f"with {case.name}, {what}."
        for label, right in known.right[k].items():
            if not close(seen.leaves[label], right):
                if known.exercise.faults:  # its numbers stand for sentences
                    return f"{case.name}: {known.exercise.faults[int(seen.leaves[label])]}."
                yours = _quote(seen.leaves[label])
                return f"with {case.name}, {label} is {yours} in place of {_quote(right)}."
    return ""


def _quote(values: Any) -> str:
    from lstm_ref.checks.evidence import on_one_line

    return on_one_line(values, precision=3, threshold=6, edgeitems=1)
