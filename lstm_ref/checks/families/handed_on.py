"""What can go wrong where a sequence of steps hands h and c on: along time, and up a stack.

One list with holes serves every exercise in which two states start somewhere, change at each step,
are noted, and are returned at the end.
"""

from dataclasses import dataclass

from lstm_ref.checks.exercise import Mistake
from lstm_ref.checks.variants import Edit
from lstm_ref.conventions import CONVENTIONS

ZERO_STATES = "torch and Keras start at zero when no states are given, so examples leave them out"
BATCH_FIRST = "batch_first=True of torch, and Keras: (B, T, I)"
RETURNED = "torch names them (h_n, c_n), and its examples often drop both as `_`"
#: Libraries that keep the two states as (c, h).
C_FIRST = " and ".join(one.name for one in CONVENTIONS if one.carry == ("c", "h"))


@dataclass(frozen=True)
class HandedOn:
    """The holes: how a right text starts, steps, notes and returns.

    `starts` are the places where the two initial states stand, as (before, h0, c0, after). `loop`
    is the loop's line, `over` what it runs over, `begins` the last line before the step (the loop's
    own where it is ""); `step` takes the step, `note` notes its h,
    `note_c` would note its c.
    `returned` is the last line, in which `h_n` and `c_n` are what is returned of the states.
    """

    starts: tuple[tuple[str, str, str, str], ...]
    returned: str
    h_n: str
    c_n: str
    loop: str = ""
    begins: str = ""
    over: str = "xs"
    step: str = ""
    note: str = ""
    note_c: str = ""


def _mistake(name: str, title: str, question: str, pointer: str, *edits: Edit,
             keeps: float = 0.0, source: str = "constructed") -> Mistake:  # fmt: skip
    return Mistake(name, title, (question, pointer), edits, None, keeps, source)


def starts(a: HandedOn) -> list[Mistake]:
    """What can go wrong with the states before the first step."""

    def begun(h0: str, c0: str) -> list[Edit]:
        return [
            (f"{before}{h}, {c}{after}", before + f"{h0}, {c0}".format(h=h, c=c) + after)
            for before, h, c, after in a.starts
        ]

    carried_in = "A sequence may go on where another one stopped: its states are given."
    return [
        _mistake(
            "h0-ignored", "h0 plays no part: h starts at zero",
            "Change h0 and keep the rest. Does your first hidden state change?", carried_in,
            *begun("np.zeros_like({h})", "{c}"), source=ZERO_STATES,
        ),
        _mistake(
            "c0-ignored", "c0 plays no part: the memory starts empty",
            "Change c0 and keep the rest. Does your first hidden state change?", carried_in,
            *begun("{h}", "np.zeros_like({c})"), source=ZERO_STATES,
        ),
        _mistake(
            "initial-states-ignored", "h0 and c0 play no part: both start at zero",
            "Change h0 and c0. Does your first hidden state change?", carried_in,
            *begun("np.zeros_like({h})", "np.zeros_like({c})"), source=ZERO_STATES,
        ),
        _mistake(
            "initial-states-swapped", "h0 and c0 are swapped",
            "Which of the two may be larger than 1?",
            "h0 is the hidden state and goes where h goes; c0 is the memory.",
            *begun("{c}", "{h}"), source=f"{C_FIRST} keeps the states as (c, h)",
        ),
        _mistake(
            "h0-for-c0", "h0 stands in the place of c0, too",
            "Which of your arguments is never used?",
            "The hidden state and the memory start with values of their own.",
            *begun("{h}", "{h}"),
        ),
    ]  # fmt: skip


def ends(a: HandedOn) -> list[Mistake]:
    """What can go wrong with the states that are returned."""
    states = f"{a.h_n}, {a.c_n}"
    if a.returned.count(states) != 1:
        raise ValueError(f"{a.returned!r} does not hold {states!r} once")

    def last(h_n: str, c_n: str) -> Edit:
        return a.returned, a.returned.replace(states, f"{h_n}, {c_n}")

    return [
        _mistake(
            "returned-in-other-order",
            f"the states are returned as (c_n, h_n), {C_FIRST}'s order; (h_n, c_n) is asked for",
            "In which order does the task ask for them?",
            "Return hs, then h_n, then c_n.",
            last(a.c_n, a.h_n), keeps=0.5, source=f"{C_FIRST}'s carry is (c, h)",
        ),
        _mistake(
            "h-returned-for-c", "h_n is returned twice, in the place of c_n, too",
            "If the sequence goes on later, which two states does it need?",
            "c_n is the memory after the last step.",
            last(a.h_n, a.h_n), source=RETURNED,
        ),
        _mistake(
            "c-returned-for-h", "c_n is returned twice, in the place of h_n, too",
            "Is your h_n always between −1 and 1?",
            "h_n is the hidden state after the last step.",
            last(a.c_n, a.c_n),
        ),
        _mistake(
            "initial-states-returned", "h0 and c0 are returned in the place of h_n and c_n",
            "Which of your names hold the states after the last step?",
            "n stands for the last step, 0 for what was there before the first.",
            last("h0", "c0"),
        ),
    ]  # fmt: skip


def carried(a: HandedOn) -> list[Mistake]:
    """What can go wrong from one step to the next; the step calls lstm_cell(x, h, c, params)."""
    call = "lstm_cell(x, h, c, params)"
    targets = a.step.removesuffix(f" = {call}")
    if targets == a.step:
        raise ValueError(f"{a.step!r} does not end with {call!r}")
    first, second = targets.split(", ")

    def called(*arguments: str) -> Edit:
        return call, f"lstm_cell({', '.join(arguments)}, params)"

    return [
        _mistake(
            "c-not-carried", "every step starts with c0: the memory is not handed on",
            "What does your second step remember of the first?",
            "Each step's c is the next step's c_prev.",
            called("x", "h", "c0"),
        ),
        _mistake(
            "h-not-carried", "every step starts with h0: the hidden state is not handed on",
            "Which h do the gates of your second step read?",
            "Each step's h is the next step's h_prev.",
            called("x", "h0", "c"),
        ),
        _mistake(
            "nothing-carried", "every step starts anew with h0 and c0: nothing is handed on",
            "Take the second step by hand. Does it know that there was a first one?",
            "Give the cell what the step before returned, not what the sequence began with.",
            (call, "lstm_cell(x, h0, c0, params)"),
            source="hidden states set anew inside of the loop, asked about on forums",
        ),
        _mistake(
            "h-for-c", "the cell is given h in the place of c",
            "Which three things does the cell take, beside its weights?",
            "The cell needs both: h for its gates, c for what it keeps.",
            called("x", "h", "h"), source="habit of the plain RNN and the GRU: one state",
        ),
        _mistake(
            "c-for-h", "the cell is given c in the place of h",
            "Which state do the gates look at?",
            "The gates read the hidden state h; c is what f keeps a share of.",
            called("x", "c", "c"),
        ),
        _mistake(
            "states-swapped-in-call", "the cell is given c and h in each other's place",
            "In which order does `lstm_cell` take its arguments?",
            "x, then h_prev, then c_prev.",
            called("x", "c", "h"), source=f"{C_FIRST}'s carry is (c, h)",
        ),
        _mistake(
            "states-swapped-when-unpacked", "what the cell returns is unpacked as c, h",
            "In which order does `lstm_cell` return its two results?",
            "It returns (h, c).",
            (f"{targets} = lstm_cell", f"{second}, {first} = lstm_cell"),
            source=f"{C_FIRST}'s carry is (c, h)",
        ),
        _mistake(
            "always-the-first-input", "every step reads xs[0]",
            "Which input does your second step read?",
            "Step t reads xs[t].",
            called("xs[0]", "h", "c"),
        ),
        _mistake(
            "step-taken-twice", "each input is read twice: the cell is called twice a step",
            "How often is `lstm_cell` called for three inputs?",
            "Call the cell once, and take both results: `h, c = …`.",
            (a.step, f"h = lstm_cell(x, h, c, params)[0]\n        "
                     f"{targets} = {call}"),
            source="h and c fetched by two calls, the second with the new h",
        ),
    ]  # fmt: skip


def along(a: HandedOn, *, last: str) -> list[Mistake]:
    """What can go wrong with the order of steps, and with what is noted of them.

    `last` is the hidden state of the last step, as the right text has it at its end.
    """
    loop, note, over = a.loop, a.note, a.over
    before, after = loop[: loop.rindex(over)], loop[loop.rindex(over) + len(over) :]

    def runs(other: str) -> Edit:
        return loop, before + other + after

    def stacked(other: str) -> Edit:
        return a.returned, a.returned.replace("np.stack(hs)", other)

    line, begins = f"        {note}\n", a.begins or loop
    return [
        _mistake(
            "first-step-skipped", "the first step is skipped",
            "How many hidden states have you for three inputs?",
            "The first step reads xs[0]; before it the states are h0 and c0.",
            runs(f"{over}[1:]"), source="range(1, T), as in formulas that count from 1",
        ),
        _mistake(
            "last-step-skipped", "the last step is skipped",
            "How many hidden states have you for three inputs?",
            "Python's ranges leave their end out by themselves.",
            runs(f"{over}[:-1]"), source="range(T - 1)",
        ),
        _mistake(
            "read-backwards", "the sequence is read from its end",
            "Which input does your first step read?",
            "The first step reads xs[0].",
            runs(f"{over}[::-1]"),
        ),
        _mistake(
            "hs-reversed", "the hidden states stand in reverse order",
            "Which of your hidden states belongs to xs[0]?",
            "append puts each step's h behind the last one. insert(0, …) puts it before the first.",
            stacked("np.stack(hs[::-1])"),
        ),
        _mistake(
            "noted-before-the-step", "h is noted before the step is taken, so hs begins with h0",
            "Is your last hidden state of hs the same as h_n?",
            "First take the step, then note its h.",
            (f"{begins}\n", f"{begins}\n{line}"), (f"{line}    return", "    return"),
        ),
        _mistake(
            "h0-in-hs", "hs holds h0, too: one state too many",
            "How many hidden states have you for three inputs?",
            "hs begins with the state after the first step.",
            ("hs = []", "hs = [h0]"), source="lists that begin with the state h[-1] = h0",
        ),
        _mistake(
            "memory-noted", "hs holds the memories c in the place of the hidden states h",
            "Are all of your hs between −1 and 1?",
            "What a step shows is h; c stays inside.",
            (note, a.note_c),
        ),
        _mistake(
            "concatenated", "np.concatenate stands where np.stack should: the time axis is lost",
            "What shape has your hs? Which axis is missing?",
            "np.stack makes a new axis; np.concatenate joins along one that is there.",
            stacked("np.concatenate(hs)"),
            source="asked about on forums: stack or concatenate",
        ),
        _mistake(
            "last-state-only", "hs is the hidden state of the last step alone",
            "How many hidden states has a sequence of three inputs?",
            "hs holds all of them, h_n the last.",
            stacked(last), source="Keras: return_sequences=False, its default",
        ),
        _mistake(
            "same-array-listed", "the result holds the last state T times",
            f"If a step writes into {last} in place, what do the older entries of the list show?",
            f"`{last}[:] = …` writes into the one array that the list holds again and again; "
            f"`{last} = …` makes a new one, and so does `.copy()`.",
            stacked(f"np.stack([{last} for _ in hs])"),
            source="a list of one array, filled in place",
        ),
        _mistake(
            "list-begun-anew", "the list hs is begun anew at every step",
            "How often does your line `hs = []` run?",
            "What should stay from step to step is made before the loop.",
            ("    hs = []\n", ""), (loop, f"{loop}\n        hs = []"),
        ),
        _mistake(
            "return-in-the-loop", "`return` stands in the loop, so only one step is taken",
            "How many steps has your function taken when it returns?",
            "Move `return` to the left, below the loop.",
            ("\n    return", "\n        return"),
        ),
        _mistake(
            "batch-first", "xs is read and hs returned as (B, T, …); here time comes first",
            "Which axis of xs is time? Print its shape for the worked example.",
            "As torch does by default, this course puts time first: (T, B, I).",
            runs(f"np.swapaxes({over}, 0, 1)"), stacked("np.stack(hs, axis=1)"),
            keeps=0.5, source=BATCH_FIRST,
        ),
        _mistake(
            "hs-batch-first", "hs is returned as (B, T, H); here time comes first",
            "What shape has your hs, and what shape has xs?",
            "Put the new axis where time is in xs: in front.",
            stacked("np.stack(hs, axis=1)"), keeps=0.5, source=BATCH_FIRST,
        ),
    ]  # fmt: skip
