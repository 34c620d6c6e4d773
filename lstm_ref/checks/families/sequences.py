"""A sequence is handed on: step by step, each with its own input and the state before."""

from dataclasses import dataclass

from lstm_ref.checks.exercise import Mistake
from lstm_ref.checks.families.layer import HELP

INDENTATION = "asked about on help forums: a line one step too far to the right, or to the left"
BATCH_FIRST = "batches first, as Keras keeps them, and torch with batch_first"


@dataclass(frozen=True)
class Loop:
    """The holes: how the lines of the loop read in a right answer.

    The right text stands in this order, each line once::

        {states} = {firsts}             h, c = h0, c0
        hs = []
        for x in xs:
            {states} = {step}           h, c = lstm_cell(x, h, c, params)
            hs.append(h)
        return {result}                 np.stack(hs), h, c

    `step` and `result` are whole texts; `np.stack(hs)` stands in the result.
    """

    states: tuple[str, ...]  # the first one is what is listed
    firsts: tuple[str, ...]
    step: str
    result: str = "np.stack(hs)"

    @property
    def handed(self) -> str:
        """What the step is given: its input, and the states as they stand."""
        return f"(x, {', '.join(self.states)}"

    def begin(self, *firsts: str) -> tuple[str, str]:
        """The edit that begins with other states."""
        left = ", ".join(self.states)
        return f"{left} = {', '.join(self.firsts)}\n", f"{left} = {', '.join(firsts)}\n"

    @property
    def line(self) -> str:
        """The line of the step."""
        return f"{', '.join(self.states)} = {self.step}"


def mistakes(a: Loop) -> list[Mistake]:
    """All of the family: where it begins, what is read, what is handed on, what is listed."""
    return [*_begins(a), *_reads(a), *_lists(a)]


def _mistake(
    name: str, title: str, question: str, pointer: str, *edits: tuple[str, str],
    keeps: float = 0.0, source: str = "constructed",
) -> Mistake:  # fmt: skip
    return Mistake(name, title, (question, pointer), edits, None, keeps, source)


def _begins(a: Loop) -> list[Mistake]:
    found = []
    for state, first in zip(a.states, a.firsts, strict=True):
        others = [f"np.zeros_like({one})" if one == first else one for one in a.firsts]
        found.append(
            _mistake(
                f"{first}-ignored",
                f"the first state {first} plays no part: yours begins with zeros",
                f"Change {first} and keep the rest. Does your first step change?",
                f"Zeros are what is often handed in, but not always: begin with {first}.",
                a.begin(*others),
                source="asked for by many course texts: a0 = zeros",
            )
        )
        stuck = a.handed.replace(f", {state}", f", {first}", 1)
        found.append(
            _mistake(
                f"{state}-not-handed-on",
                f"each step begins with {first}: the new {state} is not handed on",
                f"What does the second step know of the first one? Follow {state} by hand.",
                f"The step needs the {state} of the step before; {first} is for the first alone.",
                (a.handed, stuck),
                source=HELP,
            )
        )
    return found


def _reads(a: Loop) -> list[Mistake]:
    x, state = "for x in xs:", a.states[0]
    rest = a.handed.removeprefix("(x")
    after = a.handed.removeprefix(f"(x, {state}")
    return [
        _mistake(
            "always-the-first-input", "each step reads the first input, xs[0]",
            "Change xs[1] and keep the rest. Does your second state change?",
            "The loop gives one input at a time: hand that one on.",
            (a.handed, f"(xs[0]{rest}"),
        ),
        _mistake(
            "input-one-step-late",
            "each step reads the input of the step before, and the first one reads the last",
            "What is xs[-1]? Which input does your first step read?",
            "Step t reads xs[t]; only the state comes from the step before.",
            (a.handed, f"(xs[len(hs) - 1]{rest}"), source="range(T) with xs[t - 1]",
        ),
        _mistake(
            "input-for-state",
            f"the step is given the input before, x_(t−1), in the place of {state}_(t−1)",
            "What does U meet in your version? Print the shapes.",
            f"Two things go into a step: the input now, and the state {state} before.",
            (a.handed, f"(x, xs[len(hs) - 1] if hs else {a.firsts[0]}{after}"), source=HELP,
        ),
        _mistake(
            "x-and-state-swapped", f"the input and the state {state} are swapped in the call",
            "In which order does the step take its arguments?",
            "First the input, then the state before.",
            (a.handed, f"({state}, x{after}"),
        ),
        _mistake(
            "runs-backwards", "the sequence is read from its end to its beginning",
            "Which input does your first step read?",
            "Time runs forward: begin with xs[0].",
            (x, "for x in xs[::-1]:"),
        ),
        _mistake(
            "first-step-skipped", "the first input is never read: one step is missing",
            "How many steps has the sequence, and how many results have you?",
            "The step from the first state to the second needs xs[0].",
            (x, "for x in xs[1:]:"), source="range(1, T)",
        ),
        _mistake(
            "last-step-skipped", "the last input is never read: one step is missing",
            "How many steps has the sequence, and how many results have you?",
            "range(T) goes from 0 to T − 1 by itself: no −1 is needed.",
            (x, "for x in xs[:-1]:"), source="range(T - 1)",
        ),
        _mistake(
            "batch-first", "xs is read as (batch, time, input); here time comes first",
            "What are the axes of xs? Which of them does your loop run along?",
            "In this course, as in torch by default, xs is (T, B, I), and so is the result.",
            (x, "for x in np.moveaxis(xs, -2, 0):"), ("np.stack(hs)", "np.stack(hs, axis=-2)"),
            keeps=0.5, source=BATCH_FIRST,
        ),
    ]  # fmt: skip


def _lists(a: Loop) -> list[Mistake]:
    state, stack = a.states[0], "np.stack(hs)"
    append = "        hs.append(h)\n"
    return [
        _mistake(
            "state-before-the-step", "the state is listed before the step is taken, not after",
            f"Your first result should be the state after xs[0]. Is it, or is it {a.firsts[0]}?",
            "First take the step, then append what it gave.",
            (f"        {a.line}\n{append}", f"{append}        {a.line}\n"), source=HELP,
        ),
        _mistake(
            "first-state-listed",
            f"the first state {a.firsts[0]} is listed, too: a result too many",
            "How many steps has the sequence, and how many results have you?",
            "The list begins empty; each step appends one state.",
            ("hs = []", f"hs = [{a.firsts[0]}]"), source="the states of a table, with t = 0",
        ),
        _mistake(
            "concatenate-for-stack",
            "the states are joined end to end: np.concatenate makes no new axis for time",
            "What shape has your result, and what shape should it have?",
            "One function lays arrays upon each other along a new first axis. Which?",
            (stack, "np.concatenate(hs)"), source=HELP,
        ),
        _mistake(
            "last-state-only", "only the last state is returned, not all of them",
            "What should the first axis of the result count?",
            "Return all that the list holds.",
            (stack, state), source="return_sequences=False, the default in Keras",
        ),
        _mistake(
            "same-array-listed",
            "the result holds the last state T times",
            f"If a step writes into {state} in place, what do the older entries of the list show?",
            f"`{state}[:] = …` writes into the one array that the list holds again and again; "
            f"`{state} = …` makes a new one.",
            (stack, f"np.stack([{state} for _ in hs])"),
            source="a list of one array, filled in place",
        ),
        _mistake(
            "states-in-other-order", "the right states, listed with the last one first",
            "Which state stands first in your result?",
            "Append at the end of the list: the first state stays first.",
            (stack, "np.stack(hs[::-1])"), source="hs.insert(0, h)",
        ),
        _mistake(
            "stacked-along-the-batch", "time stands second in the result, where it should be first",
            "What shape has your result, and what shape should it have?",
            "The new axis comes first: (T, B, H).",
            (stack, "np.stack(hs, axis=-2)"),
        ),
        _mistake(
            "stacked-last", "time stands last in the result, where it should be first",
            "What shape has your result, and what shape should it have?",
            "The new axis comes first: (T, B, H).",
            (stack, "np.stack(hs, axis=-1)"),
        ),
        _mistake(
            "one-result-alone",
            "one result is left: the list is filled after the loop, or made anew at each step",
            "How often does the line with `append` run? How often does the one with `hs = []`?",
            "What is to happen at each step stands inside of the loop, what once, before it.",
            (append, "    hs.append(h)\n"), source=INDENTATION,
        ),
        _mistake(
            "return-inside-the-loop", "it returns after the first step: `return` is in the loop",
            "How often does your loop run? Look at the indentation of `return`.",
            "`return` ends the whole function: it belongs after the loop.",
            (f"    return {a.result}", f"        return {a.result}"), source=INDENTATION,
        ),
    ]  # fmt: skip
