"""The class report: who has how many points, and what the class got wrong, as plain text."""

import csv
import textwrap
from collections import Counter
from pathlib import Path

from nbgrader_sandbox.classroom import Class, Part, Submission

WIDTH = 110
_GAP = "  "
_REMARKS = 34  # the least room for what went wrong; all else shrinks before that
_STUDENT = 24  # the most room for a student's id
_BY_HAND = "to grade by hand"


def as_text(group: Class) -> str:
    """Return an aligned table of all submissions, then the mistakes by how many made them."""
    if not group.submissions:
        return f"{group.assignment}: nobody has handed in anything yet."
    legend, heading, rows = _fitting(group)
    lines = [*_summary(group), "", *textwrap.wrap(legend, WIDTH), *_table(heading, rows), ""]
    return "\n".join([*lines, *_mistakes(group)])


def write_csv(group: Class, path: Path) -> None:
    """Write one line a student: score, points of each part, mistakes and remarks."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        points = [f"{name} points" for name in group.parts]
        mistakes = [f"{name} mistake" for name in group.parts]
        about = ["student", "score", "of", "to grade by hand", "seconds late"]
        writer.writerow([*about, *points, *mistakes, "not graded because"])
        for one in group.submissions:
            parts = {part.name: part for part in one.parts}
            waits = " ".join(part.name for part in one.parts if part.by_hand)
            cells: list[object] = [one.student, _number(one.score), _number(one.of), waits]
            cells.append(f"{one.seconds_late:.0f}")
            for name in group.parts:
                part = parts.get(name)
                cells.append("" if part is None or part.by_hand else _number(part.points))
            for name in group.parts:
                cells.append(parts[name].mistake or "" if name in parts else "")
            writer.writerow([_harmless(str(cell)) for cell in (*cells, one.reason)])


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
    score = f"{_number(one.score)}/{_number(one.of)}"
    return [_printable(one.student), score, _late(one.seconds_late), *points, "\n".join(remarks)]


def _points(part: Part | None, by_hand: str, show_of: bool) -> str:
    if part is None:
        return "0"
    if part.by_hand:
        return by_hand
    return _number(part.points) + (f"/{_number(part.of)}" if show_of else "")


def _late(seconds: float) -> str:
    """Return a lateness as its largest unit: 26 h is '1 d 2 h'."""
    minutes = -(-int(seconds) // 60)
    days, minutes = divmod(minutes, 24 * 60)
    hours, minutes = divmod(minutes, 60)
    units = [(days, "d"), (hours, "h"), (minutes, "min")]
    return " ".join([f"{count} {unit}" for count, unit in units if count][:2])


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
        cells = [_shorten(text, size) for text, size in zip(row, sizes, strict=False)]
        for k, remark in enumerate(remarks or [""]):
            lines.append(_line([*(cells if k == 0 else [""] * len(cells)), remark], sizes))
    return lines


def _line(cells: list[str], sizes: list[int]) -> str:
    """Align a row: the student and the remark to the left, all between to the right."""
    first, *middle, last = cells
    padded = [text.rjust(size) for text, size in zip(middle, sizes[1:], strict=True)]
    return _GAP.join([first.ljust(sizes[0]), *padded, last]).rstrip()


def _mistakes(group: Class) -> list[str]:
    """Count mistakes over the class, the most frequent first."""
    counts = Counter(
        (part.name, part.wrong)
        for one in group.submissions
        if not one.reason
        for part in one.parts
        if part.wrong
    )
    if not counts:
        return ["No mistakes were found."]
    order = {name: k for k, name in enumerate(group.parts)}
    ranked = sorted(counts.items(), key=lambda item: (-item[1], order[item[0][0]], item[0][1]))
    return ["How many made which mistake"] + [
        _shorten(f"{count:4}  {part}: {wrong}", WIDTH) for (part, wrong), count in ranked
    ]


def _number(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")


def _shorten(text: str, size: int) -> str:
    return text if len(text) <= size else text[: size - 1] + "…"


def _printable(text: str) -> str:
    return "".join(letter if letter.isprintable() else "?" for letter in text)


def _harmless(text: str) -> str:
    """Keep a spreadsheet from reading a student's text as a formula."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text
