"""Five backward passes, each wrong in one line: `wrong_pass("A")` and so on.

A pass is the right text of `lstm_cell_backward` and `lstm_backward` with one known mistake in one
of them. It is made when it is asked for and has no source to read: what is wrong with it shows in
its numbers alone. `LINES` are the lines of the way back, of which one is wrong.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from lstm_ref.checks import exercise
from lstm_ref.checks.text import PARTS

#: The lines of the way back, by the name that a student writes, and what each does.
LINES: dict[str, str] = {
    "dc": "the whole dc: what came along the memory, and what comes through h",
    "dz_i": "the gradient of the sum in the input gate",
    "dz_f": "the gradient of the sum in the forget gate",
    "dz_g": "the gradient of the sum in the candidate",
    "dz_o": "the gradient of the sum in the output gate",
    "dx": "the four products that go back to x",
    "dh_prev": "the four products that go back to h_prev",
    "dc_prev": "what goes back along the memory",
    "dW": "the gradients of W_i, W_f, W_g and W_o, made from dz and x",
    "dU": "the gradients of U_i, U_f, U_g and U_o, made from dz and h_prev",
    "db": "the gradients of b_i, b_f, b_g and b_o, made from dz",
    "sum over time": "adding up the gradients of the parameters, step by step",
}


@dataclass(frozen=True)
class Fault:
    """The line that is wrong in a pass; and the known mistake of a part that makes it wrong."""

    line: str
    part: str
    mistake: str


FAULTS = {
    "A": Fault("dz_g", "lstm_cell_backward", "g-slope-of-the-other-curve"),
    "B": Fault("dc_prev", "lstm_cell_backward", "dc-prev-without-f"),
    "C": Fault("dU", "lstm_cell_backward", "dU-from-h"),
    "D": Fault("sum over time", "lstm_backward", "grads-overwritten"),
    "E": Fault("dh_prev", "lstm_cell_backward", "f-missing-in-dh-prev"),
}


def wrong_pass(letter: str) -> Callable[..., Any]:
    """Return one of the five: `pass(dhs, dh_n, dc_n, saved, params)`, as `lstm_backward`.

    Raises ValueError where there is none of that letter.
    """
    if letter not in FAULTS:
        raise ValueError(f"there is no pass {letter!r}; there are {', '.join(FAULTS)}")
    fault = FAULTS[letter]
    # So an answer that calls it calls the answer key, as far as the visible check can see.
    space: dict[str, Any] = {"__name__": f"{PARTS}lstm_backward"}
    for name in ("lstm_cell_backward", "lstm_backward"):
        asked = exercise(name)
        edits = asked.mistake(fault.mistake).edits if name == fault.part else ()
        exec(asked.imports, space)
        exec(compile(asked.variants.edited(edits), f"<pass {letter}>", "exec"), space)
    found: Callable[..., Any] = space["lstm_backward"]
    return found
