"""The parts of the page that are about the class as a whole."""

from nbgrader_sandbox.reporting.charts import bar, histogram, stacked
from nbgrader_sandbox.reporting.classroom import Class, Submission
from nbgrader_sandbox.reporting.elements import (
    breakable,
    definitions,
    folded,
    note,
    person,
    table,
    text,
)
from nbgrader_sandbox.reporting.numbers import (
    Bin,
    Mistake,
    bins,
    graded,
    levels,
    mean_and_median,
    mistakes,
)
from nbgrader_sandbox.reporting.numbers import questions as numbers_of_questions
from nbgrader_sandbox.reporting.words import count, duration, number, percent, students

_MISTAKES = 25  # that are shown at once; more are folded away
_MOST_MISTAKES = 400
_MOST_REASONS = 200
_SLOWEST = 5


def scores(group: Class) -> str:
    """How many, how good, and how the scores are spread."""
    if not group.submissions:
        return ""
    could = graded(group)
    of = group.submissions[0].of
    items = [("Handed in", count(len(group.submissions))), ("Graded", count(len(could)))]
    others = (
        ("Could not be graded", len(group.submissions) - len(could)),
        ("To grade by hand", sum(one.by_hand for one in could)),
        ("Handed in late", sum(one.seconds_late > 0 for one in group.submissions)),
    )
    items += [(name, count(value)) for name, value in others if value]
    found = [one.score for one in could]
    if middle := mean_and_median(found):
        for name, value in zip(("Mean score", "Median score"), middle, strict=True):
            share = f", {text(percent(value / of))}" if of else ""
            items.append((name, f"{number(value)} <small>of {number(of)}{share}</small>"))
    waiting = (
        note("Where a part waits to be graded by hand, the score is the one without it.")
        if any(one.by_hand for one in could)
        else ""
    )
    return definitions(items) + waiting + _spread(bins(found, of))


def _spread(found: list[Bin]) -> str:
    if not found:
        return ""
    rows = [
        [f"{number(one.low)} to less than {number(one.high)}", count(one.students)] for one in found
    ]
    rows[-1][0] = f"{number(found[-1].low)} to {number(found[-1].high)}"
    heading = [("Points", ""), ("Students", "n")]
    return (
        '<figure><figcaption id="spread">How many students have how many points</figcaption>'
        f"{histogram(found, 'spread')}</figure>"
        + folded("The same as a table", table("Scores of graded submissions", heading, rows))
    )


def questions(group: Class) -> str:
    """For each question: the points earned, and who has all, some and none of them."""
    found = [one for one in numbers_of_questions(group) if one.graded or one.waiting]
    if not found:
        return ""
    rows = []
    for one in found:
        shares = [part / one.graded if one.graded else 0.0 for part in (one.full, one.part)]
        name = breakable(one.name)
        if one.waiting:
            name += f' <span class="name">{text(students(one.waiting))} to grade by hand</span>'
        if one.waiting > one.graded:  # shares of a few would be taken for the class's
            rows.append([name, f"– <small>of {number(one.of)}</small>", "–", "–", "–"])
            continue
        rows.append(
            [
                name + stacked(*shares),
                f"{number(one.mean)} <small>of {number(one.of)}</small>",
                *(text(percent(part / one.graded)) for part in (one.full, one.part, one.none)),
            ]
        )
    heading = [("Question", "wide"), ("Mean", "n"), ("All", "n"), ("Some", "n"), ("None", "n")]
    caption = (
        "Mean points, and the share of the class that has all, some and none of them. "
        "In the bar: filled, hatched, empty."
    )
    return table(caption, heading, rows)


def what_went_wrong(group: Class, *, anonymous: bool) -> str:
    """Which mistakes, by how many: the most frequent first."""
    everybody = len(graded(group))
    if not everybody:
        return ""
    found = mistakes(group, anonymous=anonymous)
    if not found:
        return "<p>No mistakes were found.</p>\n"
    shown, more = found[:_MISTAKES], found[_MISTAKES:_MOST_MISTAKES]
    inside = _mistakes(shown, everybody)
    if more:
        inside += folded(f"{count(len(more))} more, less frequent", _mistakes(more, everybody))
    if len(found) > _MOST_MISTAKES:
        rest = found[_MOST_MISTAKES:]
        inside += note(
            f"{count(len(rest))} others are not listed; "
            f"none was made by more than {students(rest[0].students)}."
        )
    return inside


def _mistakes(found: list[Mistake], everybody: int) -> str:
    rows = [
        [
            f'<span class="over-name">{breakable(one.part)}</span> {text(one.words)}'
            + bar(one.students / everybody),
            f"{count(one.students)} <small>{text(percent(one.students / everybody))}</small>",
        ]
        for one in found
    ]
    heading = [("Question, and what was wrong", ""), ("Students", "n")]
    return table("Mistakes, with the share of all graded submissions", heading, rows)


def could_not_be_graded(group: Class, *, anonymous: bool) -> str:
    """Who has no grade, and why; an anonymous page says how many."""
    found = [one for one in group.submissions if one.reason]
    if not found:
        return ""
    if anonymous:
        return f"<p>{text(students(len(found)))}.</p>\n"
    by_reason: dict[str, list[Submission]] = {}
    for one in found:
        by_reason.setdefault(one.reason, []).append(one)
    ranked = sorted(by_reason.items(), key=lambda item: (-len(item[1]), item[0]))
    rows = [[text(why) + _who(some), count(len(some))] for why, some in ranked[:_MOST_REASONS]]
    inside = table("Submissions without a grade", [("Why", ""), ("Students", "n")], rows)
    if len(ranked) > _MOST_REASONS:
        more = sum(len(some) for _, some in ranked[_MOST_REASONS:])
        inside += note(f"{count(more)} more are in the table of students.")
    return inside


def _who(some: list[Submission]) -> str:
    """Return a few students, or a list of them that is folded."""
    listed = "".join(f"<li>{person(one.student, one.name)}</li>" for one in some)
    shown = f'<ul class="people">{listed}</ul>'
    return shown if len(some) <= 5 else folded("Who", shown)


def how_graded(group: Class, *, anonymous: bool) -> str:
    """In which isolation, and in what time."""
    found = levels(group)
    if not found:
        return ""
    rows = [[text(level), count(number)] for level, number in found]
    inside = table("Isolation of the students' code", [("Level", ""), ("Submissions", "n")], rows)
    timed = [(one.seconds, one) for one in group.submissions if one.seconds is not None]
    if not (middle := mean_and_median([seconds for seconds, _ in timed])):
        return inside
    slowest = sorted(timed, key=lambda item: (-item[0], item[1].student))[:_SLOWEST]
    inside += "<h3>Time of a submission</h3>\n" + definitions(
        [
            ("Median", duration(middle[1])),
            ("Slowest", duration(slowest[0][0])),
            ("Timed", text(f"{count(len(timed))} of {count(len(group.submissions))}")),
        ]
    )
    if not anonymous:
        rows = [[person(one.student, one.name), duration(seconds)] for seconds, one in slowest]
        inside += folded(
            "The slowest",
            table("The slowest submissions", [("Student", ""), ("Time", "n")], rows),
        )
    return inside
