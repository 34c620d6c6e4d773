"""Judges what is no function: a dict of what a student found out, each entry of which counts.

The driver of such a part returns a number for each case: the place of what was named, or one
below 0 for what is missing. So nothing of what is right is ever where the student's code runs.
Where an exercise has `weigh`, the number is made here, of what the driver brings.
"""

from collections.abc import Sequence

import numpy as np

from lstm_ref.checks.compare import Known, same
from lstm_ref.checks.observe import Observation
from lstm_ref.checks.verdict import Verdict

NOTHING, UNKNOWN, NO_DICT, NO_ENTRY = -1, -2, -3, -4
_NO_PASS = "it has no entry for any of the passes"
_MISSING = {
    NOTHING: "for {} nothing is named yet",
    UNKNOWN: "for {} no such line is in the list",
    NO_ENTRY: "there is no entry for {}",
}


def told(known: Known, seen: Sequence[Observation], right: Sequence[bool]) -> Verdict:
    """Return a verdict on a wrong answer: the share that is right, and what is to be said."""
    exercise = known.exercise
    said = [_said(one) for one in seen]
    cases = [case.name for case in known.cases]
    if NO_DICT in said:
        kind = "it is no dict" if exercise.faults else "it is no dict of names"
        begin = exercise.text.split("{")[0].strip()
        return Verdict("not-a-dict", kind, 0.0, (f"Write it as it was given: `{begin} {{…}}`.",))
    if all(one == NOTHING for one in said):
        empty = "it is still empty" if exercise.faults else "nothing is named yet"
        return Verdict("not-written", empty, 0.0, exercise.hints)
    if all(one == NO_ENTRY for one in said):
        keys = "Keep the keys as they were given."
        lacks = "not all entries are there" if exercise.faults else _NO_PASS
        return Verdict("other-entries", lacks, 0.0, (keys,))
    share = sum(right) / len(right)
    named: list[str] = []
    titles: list[str] = []
    hints: list[str] = []
    for k, is_right in enumerate(right):
        if is_right:
            continue
        fits = (m for m in exercise.mistakes if same(seen[k], known.wrong((m,), k)))
        if said[k] in _MISSING:
            titles.append(_MISSING[said[k]].format(cases[k]))
        elif not exercise.faults and (mistake := next(fits, None)):
            named.append(mistake.name)
            titles.append(mistake.title)
            hints += mistake.hints
        elif fault := exercise.faults.get(said[k]):
            titles.append(f"{cases[k]}: {fault}")
        else:
            titles.append(f"{cases[k]} is not wrong in the line that is named")
    missing = sum(not one for one in right) - len(named)
    name = ".".join(named)[:80] if named and not missing else "named-wrongly"
    title = "; ".join(titles)
    if sum(right):
        title = f"{sum(right)} of {len(right)} are right; {title}"
    return Verdict(name, title, share, tuple(dict.fromkeys([*hints, *exercise.hints])))


def _said(seen: Observation) -> int:
    value = next(iter((seen.leaves or {}).values()), np.array(float(NO_DICT)))
    return int(value) if value.size == 1 else NO_DICT
