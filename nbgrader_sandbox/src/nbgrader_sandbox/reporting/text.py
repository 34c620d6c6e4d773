"""The class report: who has how many points, and what the class got wrong, as plain text."""

import textwrap

from nbgrader_sandbox.reporting.classroom import Class, Part, Submission
from nbgrader_sandbox.reporting.numbers import Mistake, mistakes
from nbgrader_sandbox.reporting.words import lateness, number, printable, shorten

WIDTH = 110
_GAP = "  "
_REMARKS = 34  # the least room for what went wrong; all else shrinks before that
_STUDENT = 24  # the most room for a student's id
_BY_HAND = "to grade by hand"


def as_text(group: Class, *, anonymous: bool = False) -> str:
    """Return an aligned table of all submissions, then the mistakes by how many made them.

    An `anonymous` report has no table, and no text that a student's code can have written.
    """
    if not group.submissions:
        return f"{group.assignment}: nobody has handed in anything yet."
    if anonymous:
        return "\n".join([*_summary(group), "", *_mistakes(mistakes(group, anonymous=True))])
    legend, heading, rows = _fitting(group)
    lines = [*_summary(group), "", *textwrap.wrap(legend, WIDTH), *_table(heading, rows), ""]
    return "\n".join([*lines, *_mistakes(mistakes(group))])


def _summary(group: Class) -> list[str]:
    ungraded = sum(bool(one.reason) for one in group.submissions)
    by_hand = sum(one.by_hand for one in group.submissions)
    facts = [f"{len(group.submissions)} submissions"]
    if ungraded:
        facts.append(f"{ungraded} not gradable")
    if by_hand:
        facts.append(f"{by_hand} to grade by hand")
    return [f"{group.assignment}: {', '.join(facts)}"]


def _fitting(group: Class) -> tuple[str, list[str], list[list[str]]]:
    """Return a legend, the heading and the rows, as full as leaves room for the remarks."""
    numbers = [f"({k})" for k in range(1, len(group.parts) + 1)]
    legend = "  ".join(f"{k} {name}" for k, name in zip(numbers, group.parts, strict=True))
    layouts: list[tuple[str, list[str], str, bool]] = [
        ("", list(group.parts), _BY_HAND, True),
        (legend, numbers, "by hand", True),
        (f"{legend}  (?) {_BY_HAND}", numbers, "?", False),
        (f"Points by part, too many for this table, are in --csv FILE: {legend}", [], "", False),
    ]
    fitted = [_filled(group, *layout) for layout in layouts]
    return next(
        (
            (said, heading, rows)
            for said, heading, rows in fitted
            if sum(size + len(_GAP) for size in _sizes(heading, rows)) + _REMARKS <= WIDTH
        ),
        fitted[-1],
    )


def _filled(
    group: Class, legend: str, columns: list[str], by_hand: str, show_of: bool
) -> tuple[str, list[str], list[list[str]]]:
    rows = [_row(group, one, by_hand, show_of) for one in group.submissions]
    if not columns:
        rows = [[*row[:3], row[-1]] for row in rows]
    return legend, ["student", "score", "late", *columns], rows


def _row(group: Class, one: Submission, by_hand: str, show_of: bool) -> list[str]:
    """Return student, score, late, the points of each part, and remarks (lines, last)."""
    parts = {part.name: part for part in one.parts}
    points = [_points(parts.get(name), by_hand, show_of) for name in group.parts]
    remarks = [f"not graded: {one.reason}"] if one.reason else []
    remarks += [f"{part.name}: {part.wrong}" for part in one.parts if part.wrong and not one.reason]
    score = f"{number(one.score)}/{number(one.of)}"
    return [printable(one.student), score, lateness(one.seconds_late), *points, "\n".join(remarks)]


def _points(part: Part | None, by_hand: str, show_of: bool) -> str:
    if part is None:
        return "0"
    if part.by_hand:
        return by_hand
    return number(part.points) + (f"/{number(part.of)}" if show_of else "")


def _sizes(heading: list[str], rows: list[list[str]]) -> list[int]:
    """Return the width of each column but the last; long student ids are cut."""
    sizes = [max(len(row[k]) for row in [heading, *rows]) for k in range(len(heading))]
    return [min(sizes[0], _STUDENT), *sizes[1:]]


def _table(heading: list[str], rows: list[list[str]]) -> list[str]:
    sizes = _sizes(heading, rows)
    room = max(WIDTH - sum(size + len(_GAP) for size in sizes), 20)
    lines = [_line([*heading, "what went wrong"], sizes)]
    lines.append(_line(["-" * size for size in [*sizes, room]], sizes))
    for row in rows:
        remarks = [
            line
            for remark in row[-1].split("\n")
            for line in textwrap.wrap(remark, room, subsequent_indent="  ")
        ]
        cells = [shorten(text, size) for text, size in zip(row, sizes, strict=False)]
        for k, remark in enumerate(remarks or [""]):
            lines.append(_line([*(cells if k == 0 else [""] * len(cells)), remark], sizes))
    return lines


def _line(cells: list[str], sizes: list[int]) -> str:
    """Align a row: the student and the remark to the left, all between to the right."""
    first, *middle, last = cells
    padded = [text.rjust(size) for text, size in zip(middle, sizes[1:], strict=True)]
    return _GAP.join([first.ljust(sizes[0]), *padded, last]).rstrip()


def _mistakes(ranked: list[Mistake]) -> list[str]:
    if not ranked:
        return ["No mistakes were found."]
    return ["How many made which mistake"] + [
        shorten(f"{one.students:4}  {one.part}: {one.words}", WIDTH) for one in ranked
    ]
