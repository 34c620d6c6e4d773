"""Judges an answer: compares it with the oracle on every case, and names what is wrong.

Right means: within 1e-4 of the scale of each result on every case, leaving its arguments alone,
and answering a second time as it did the first.
"""

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache, partial
from typing import Any

from lstm_ref.checks import hook, slips, values
from lstm_ref.checks.compare import Known, same
from lstm_ref.checks.describe import by_step, describe
from lstm_ref.checks.evidence import evidence
from lstm_ref.checks.exercise import Exercise
from lstm_ref.checks.observe import Attempt, Observation
from lstm_ref.checks.recognise import Mistakes, recognise
from lstm_ref.checks.text import standalone, used_parts
from lstm_ref.checks.verdict import Verdict

__all__ = ["Verdict", "judge", "judge_alone", "known_on"]

#: What a right answer to the part itself leaves where an earlier part was needed: all of it.
_HELPED = "judged with a right {parts}, since yours {are} not right yet"
#: What it leads on to where neither is right.
_FIRST = "Mend {parts} first: its own check says what is wrong there, and here it is called."
#: What does the same with earlier parts put right as without.
_UNHELPED = "unhelped"


def judge(
    exercise: Exercise,
    answer: Any,
    seed: int,
    watched: bool = True,
    seen: Sequence[Observation] = (),
) -> Verdict:
    """Judge an answer, and where it is wrong, once more with earlier parts put right.

    So one mistake costs once: a right `rnn` over a wrong `rnn_step` has all its points. `watched`
    says whether to note what the answer calls, where it runs in this process. `seen` is what it
    does on each case, for whoever knows that: it is called there no more. Never raises but
    KeyboardInterrupt, and AuthorError where the exercise itself is wrong.
    """
    verdict, seen = _judged(exercise, answer, seed, watched=watched, seen=seen)
    found = used_parts(exercise.right)
    parts = {name: found[name] for name in exercise.uses}
    if verdict.right or not parts or not seen:
        return verdict
    sources = {name: standalone(part, exercise.imports, name) for name, part in parts.items()}
    with hook.standing_in(answer, sources):
        if _has_name(exercise, verdict) and not _moves(exercise, answer, seed, seen, watched):
            return verdict
        helped, _ = _judged(exercise, answer, seed, seen, watched)
    names = " and ".join(parts)
    if helped.share > verdict.share or (_has_name(exercise, helped) > _has_name(exercise, verdict)):
        said = _HELPED.format(parts=names, are="is" if len(parts) == 1 else "are")
        return replace(helped, title=f"{helped.title.rstrip('.')} ({said})")
    if helped.mistake == _UNHELPED or _has_name(exercise, verdict):
        return verdict
    return replace(verdict, hints=(_FIRST.format(parts=names), *verdict.hints))


def _moves(
    exercise: Exercise, answer: Any, seed: int, before: Sequence[Observation], watched: bool
) -> bool:
    """Whether an answer now does something else on the case that is wrong and takes least.

    Where it does not, it is as wrong as it was there, whatever it does on the others.
    """
    known = known_on(exercise, seed)
    k = next(k for k in range(len(before))[::-1] if not known.is_right(before[k], k))
    now = Attempt(exercise, answer, watched).observe(known.cases[k], known.templates[k])
    return not same(now, before[k])


def _has_name(exercise: Exercise, verdict: Verdict) -> bool:
    """Whether a verdict is one of the mistakes that the exercise knows, or two of them."""
    named = {mistake.name for mistake in exercise.mistakes}
    return verdict.mistake is not None and verdict.mistake.split(".")[0] in named


def judge_alone(exercise: Exercise, answer: Any, seed: int) -> Verdict:
    """Judge one answer as it stands, on the cases of one seed."""
    return _judged(exercise, answer, seed)[0]


def _judged(
    exercise: Exercise,
    answer: Any,
    seed: int,
    before: Sequence[Observation] = (),
    watched: bool = True,
    seen: Sequence[Observation] = (),
) -> tuple[Verdict, Sequence[Observation]]:
    """Return the verdict, and what was seen: nothing where the answer could not be called.

    What does the same as `before`, though parts were put right, is not named once more.
    """
    if verdict := slips.not_callable(exercise, answer):
        return verdict, ()
    known = known_on(exercise, seed)
    attempt = Attempt(exercise, answer, watched)
    if not seen:
        seen = [attempt.observe(*pair) for pair in zip(known.cases, known.templates, strict=True)]
    if before and all(map(same, seen, before)):
        return Verdict(_UNHELPED, "", 0.0), seen
    return _verdict(attempt, known, slips.Look(answer), seen), seen


def _verdict(
    attempt: Attempt, known: Known, look: slips.Look, seen: Sequence[Observation]
) -> Verdict:
    exercise = attempt.exercise
    if verdict := _not_own_work(exercise, seen):
        return verdict
    cases = range(len(known.cases))
    right = [known.is_right(seen[k], k) for k in cases]
    if all(right):
        return _right_once(exercise, attempt, known, seen)
    if exercise.kind == "value":
        if exercise.weigh and (named := _named(exercise, recognise(known, seen, right))):
            return replace(named, share=sum(right) / len(right))
        return values.told(known, seen, right)
    verdict = _wrong(attempt, known, look, seen, right)
    shown = right.index(False)
    return replace(
        verdict,
        fact=by_step(attempt, known, seen, right),
        quote=partial(evidence, known, seen, shown),
        printed=seen[shown].printed,
    )


@lru_cache(maxsize=4)
def known_on(exercise: Exercise, seed: int) -> Known:
    """Return what is known of an exercise on one seed, which every answer is held to."""
    return Known(exercise, seed)


def _wrong(
    attempt: Attempt,
    known: Known,
    look: slips.Look,
    seen: Sequence[Observation],
    right: Sequence[bool],
) -> Verdict:
    exercise = attempt.exercise
    wrong = [k for k, is_right in enumerate(right) if not is_right]
    return (
        slips.of_definition(exercise, look)
        or slips.of_language(exercise, look, seen, wrong[0])
        or slips.of_order(exercise, look, attempt, known, wrong)
        or _named(exercise, recognise(known, seen, right))
        or slips.of_shape(exercise, known, seen, right)
        or describe(attempt, known, seen, right)
    )


def _named(exercise: Exercise, found: list[Mistakes]) -> Verdict | None:
    """Say the one mistake, the two that were made at once, or the two that cannot be told apart."""
    if not found:
        return None
    first = found[0]
    titles = [" and ".join(dict.fromkeys(m.title for m in mistakes)) for mistakes in found]
    title = titles[0] if len(found) == 1 else f"either {titles[0]}, or {titles[1]}"
    if len(first) > 1 and len(found) == 1:
        title = f"{'two things' if first[0].title != first[1].title else 'twice'}: {titles[0]}"
    keeps = 1.0
    for mistake in first:
        keeps *= mistake.keeps
    ladder = [
        rung
        for mistake in (first if len(found) == 1 else [one[0] for one in found])
        for rung in (*mistake.hints, exercise.last_rung(mistake))
    ]
    name = ".".join(mistake.name for mistake in first)[:80]
    return Verdict(name, title, keeps, tuple(dict.fromkeys(ladder)))


def _not_own_work(exercise: Exercise, seen: Sequence[Observation]) -> Verdict | None:
    """Answers that do not calculate: a forbidden one, a borrowed one, a snooping one."""
    if refused := next((o for o in seen if o.error == "ForbiddenName"), None):
        # Raised by the sandbox, in the instructor's words: they are for the student.
        return Verdict(
            "uses-answer-key",
            refused.message or "the answer uses a name that this question does not allow",
            0.0,
            (f"Write it without `{refused.line}`." if refused.line else exercise.hints[0],),
        )
    if borrowed := next((o.borrowed for o in seen if o.borrowed), ""):
        return Verdict(
            "uses-answer-key",
            f"the answer calls {borrowed}, which is the answer key",
            0.0,
            ("Read the reference as much as you like. Then close it, and write your own.",),
        )
    if snooped := next((o.snooped for o in seen if o.snooped), ""):
        return Verdict(
            "inspects-caller",
            f"the answer calls {snooped}, which looks at the program that called it",
            0.0,
            ("Calculate the result from the arguments alone.",),
        )
    return None


def _right_once(
    exercise: Exercise, attempt: Attempt, known: Known, seen: Sequence[Observation]
) -> Verdict:
    """All cases are right: is it right again, in another order, and with arguments as they were?"""
    changed: tuple[str, ...] = ()
    for k in reversed(range(len(known.cases))):
        again = attempt.observe_closely(known.cases[k], known.templates[k])
        changed = again.changed or changed
        if not known.is_right(again, k):
            return Verdict(
                "keeps-state",
                "the result changes from call to call, though the arguments are the same",
                0.0,
                (
                    "What does your function remember between two calls?",
                    "Use its arguments alone: no global variable, no random number.",
                ),
            )
    if changed:
        return Verdict(
            "changes-argument",
            f"the values are right, but the function changes its argument {' and '.join(changed)}",
            0.5,
            (
                f"Print {changed[0]} before and after a call. Who changed it?",
                "`a += b` and `a *= b` write into the array that was passed in.",
                "Write `a = a + b`: it makes a new array.",
            ),
        )
    if any(o.nested for o in seen):
        listed = exercise.returned
        return Verdict(
            "nested-return",
            f"the values are right, in other brackets; ({listed}) is asked for",
            0.5,
            ("Who unpacks your result, and into how many names?", f"End with `return {listed}`."),
        )
    advice = tuple(dict.fromkeys(line for o in seen for line in o.advice))
    return Verdict(None, exercise.praise, 1.0, advice=advice, printed=seen[0].printed)
