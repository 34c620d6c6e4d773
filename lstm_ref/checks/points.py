"""Whether what a gradebook holds is what the course's table says: points have one source.

The grader asks here before it grades: a test whose cell gives other points than `grade` counts
would give every right answer a part of them.
"""

import re
from collections.abc import Mapping

from lstm_ref.checks import course

_COUNTED = re.compile(r"\bpoints=([0-9.]+)")


def differ(assignment: str, cells: Mapping[str, tuple[str, float]]) -> str:
    """Return what is wrong with the graded cells of a gradebook, in a sentence; "" for nothing.

    `cells` maps the nbgrader id of each graded cell to its text and its points. Raises ValueError
    for an assignment that the table does not have.
    """
    asked = course.assignment(assignment)
    due = {f"test_{part.name}": part.points for part in asked.parts}
    if asked.question:
        due[asked.question.name] = asked.question.counted
    for name in (*due, *cells):
        points = due.get(name, 0)
        text, given = cells.get(name, ("", 0.0))
        said = ""
        if given != points:
            said = f"gives {given:g} points for {name}"
        elif (found := _COUNTED.search(text)) and float(found[1]) != points:
            said = f"counts {found[1]} points in the text of {name}"
        if said:
            return (
                f"the gradebook {said}, and the course's table (lstm_ref/checks/course.py) gives "
                f"{points}: run `python -m tools.cells {assignment}`, then `nbgrader "
                f"generate_assignment {assignment} --force`, and grade again"
            )
    return ""
