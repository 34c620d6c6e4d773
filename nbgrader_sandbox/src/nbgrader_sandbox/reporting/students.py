"""The parts of the page that are about single students; an anonymous page has none of them."""

from collections.abc import Iterator, Sequence

from nbgrader_sandbox.outcome import KINDS
from nbgrader_sandbox.reporting.classroom import Class, Submission
from nbgrader_sandbox.reporting.elements import breakable, folded, note, person, table, text
from nbgrader_sandbox.reporting.numbers import Fact, facts
from nbgrader_sandbox.reporting.table import times, where
from nbgrader_sandbox.reporting.words import count, lateness, number, shorten
from nbgrader_sandbox.reporting.words import students as number_of_students

#: How many students one folded table holds, and how long one remark may be.
GROUP = 200
_REMARK = 160
_OPEN = 25  # rows about one kind of fact that are shown at once

#: Bounds, so that no class and no student makes the page larger than a browser likes.
_FACTS_OF_ONE = 10
_FACTS_OF_A_KIND = 1000


def noted(group: Class) -> str:
    """Return what the engine noted about students' code, by kind."""
    by_kind: dict[str, list[tuple[Submission, Fact]]] = {kind: [] for kind in KINDS}
    hidden = 0
    for one in group.submissions:
        found = facts(one)
        hidden += max(0, len(found) - _FACTS_OF_ONE)
        for fact in found[:_FACTS_OF_ONE]:
            by_kind[fact.kind].append((one, fact))
    if not any(by_kind.values()):
        return ""
    inside = note(
        "What the code did, as the grader saw it. It says nothing of why: code that was tried "
        "out, or copied from elsewhere, does such things too. Read the cell before you judge."
    )
    for kind, found_of_kind in by_kind.items():
        if found_of_kind:
            inside += _kind(kind, found_of_kind[:_FACTS_OF_A_KIND])
            hidden += max(0, len(found_of_kind) - _FACTS_OF_A_KIND)
    if hidden:
        inside += note(f"{count(hidden)} more of the same stand in the engine's own records.")
    return inside


def _kind(kind: str, found: Sequence[tuple[Submission, Fact]]) -> str:
    who = number_of_students(len({one.student for one, _ in found}))
    rows = [
        [person(one.student, one.name), text(where(fact)), text(fact.detail + times(fact))]
        for one, fact in found
    ]
    heading = [("Student", "who"), ("Where", "place"), ("Detail", "")]
    said = KINDS[kind][:1].upper() + KINDS[kind][1:]
    shown = table(said, heading, rows, quiet=True)
    if len(rows) > _OPEN:
        shown = folded(f"All {count(len(rows))}", shown)
    return f"<h3>{text(said)}: {text(who)}</h3>\n{shown}"


def everybody(group: Class) -> str:
    """Return a table of all submissions; a large class is folded into tables of 200."""
    if not group.submissions:
        return ""
    groups = list(_groups(group.submissions))
    if len(groups) == 1:
        return _table(groups[0])
    inside = "".join(
        folded(
            f"{_short(some[0].student)} to {_short(some[-1].student)}",
            _table(some),
            small=number_of_students(len(some)),
        )
        for some in groups
    )
    return f'<div class="groups">{inside}</div>\n'


def _groups(submissions: Sequence[Submission]) -> Iterator[Sequence[Submission]]:
    for start in range(0, len(submissions), GROUP):
        yield submissions[start : start + GROUP]


def _table(some: Sequence[Submission]) -> str:
    rows = [
        [
            person(_short(one.student), _short(one.name)),
            number(one.score),
            _remarks(one),
        ]
        for one in some
    ]
    heading = [("Student", "who"), (f"Score of {number(some[0].of)}", "n score"), ("Remarks", "")]
    return table("Scores and what went wrong, by student", heading, rows, quiet=True)


def _remarks(one: Submission) -> str:
    found = []
    if one.reason:
        found.append(f"Not graded: {text(one.reason)}")
    if one.seconds_late:
        found.append(f"Late: {text(lateness(one.seconds_late))}")
    for part in one.parts if not one.reason else ():
        if part.by_hand:
            found.append(f"{breakable(part.name)} <span class='tag'>to grade by hand</span>")
        elif part.wrong or part.points < part.of:
            points = f"{number(part.points)} of {number(part.of)}"
            said = f": {text(shorten(part.wrong, _REMARK))}" if part.wrong else ""
            found.append(f"{breakable(part.name)} <span class='tag'>{points}</span>{said}")
    if not found:
        return ""
    return f'<ul class="list">{"".join(f"<li>{words}</li>" for words in found)}</ul>'


def _short(name: str) -> str:
    return shorten(name, 80)
