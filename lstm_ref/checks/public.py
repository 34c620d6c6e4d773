"""What a submission may use of the course, decided for each assignment from the course's table.

An assignment's own parts, and later ones, are to be had under no name: `given` holds the parts of
earlier assignments, and no other module that is public holds any part. The grader asks here when
it lays out what submissions can import; the visible check, when it watches whom an answer calls.
"""

import sys
from types import CodeType

from lstm_ref.checks import course
from lstm_ref.checks.text import PARTS

#: Modules of `lstm_ref` that hold the answer to nothing, with those below them.
SUPPORT = ("arrays", "given", "parameters", "datasets", "trace", "plots", "figures")

#: torch's own recurrent layers and what they call: the answer to most of the course.
TORCH = (
    *(f"torch.nn.{name}" for name in ("RNN", "RNNCell", "GRU", "GRUCell", "LSTM", "LSTMCell")),
    *(f"torch.{name}" for name in ("rnn_tanh", "rnn_tanh_cell", "rnn_relu", "rnn_relu_cell")),
    *(f"torch.{name}" for name in ("gru", "gru_cell", "lstm", "lstm_cell")),
)


def given_source(assignment: str) -> str:
    """Return the text of `lstm_ref/given.py` as a submission of this assignment finds it."""
    from lstm_ref.checks import exercise

    names = course.parts_before(assignment)
    pieces = {"": '"""The parts of earlier assignments, right."""', "numpy": "import numpy as np"}
    if _torch_is_theirs(assignment):
        pieces["torch"] = "import torch\nfrom torch import nn"
    for name in names:
        found = exercise(name)
        if found.weigh:
            continue  # what somebody has measured is no part to build on
        pieces[name] = found.text.strip()
    return "\n\n\n".join(pieces.values()) + "\n"


def forbidden(assignment: str) -> dict[str, str]:
    """Return the names that answers of this assignment may not use, each with what to say."""
    course.assignment(assignment)
    if _torch_is_theirs(assignment):
        return {}
    what = "torch has this ready-made; here it is yours to write"
    return dict.fromkeys(TORCH, what)


def _torch_is_theirs(assignment: str) -> bool:
    """Whether the students have written torch's own layers, so that these are theirs to use."""
    return "LSTM" in course.parts_before(assignment)


def allowed_parts(part: str) -> frozenset[str]:
    """Return the parts that an answer to `part` may call: those of earlier assignments."""
    if part not in course.parts():
        return frozenset()
    return frozenset(course.parts_before(course.assignment_of(part).name))


def answer_key(module: str, code: CodeType, allowed: frozenset[str]) -> str:
    """Return what is called there if it is the answer key; "" where it may be called."""
    if module == "torch.nn.modules.rnn" and code.co_name != "__init__" and "LSTM" not in allowed:
        return "one of torch's own recurrent layers"
    top, _, rest = module.partition(".")
    if top != "lstm_ref" or not rest:
        return ""
    if module.startswith(PARTS):
        part = module.removeprefix(PARTS)
        return "" if part in allowed else f"given.{part}"
    if rest.split(".")[0] in SUPPORT or rest.startswith("checks"):
        return ""
    return f"{module}.{code.co_name}"


def torch_key(function: object) -> str:
    """Return the name of one of torch's own recurrent functions, "" for any other."""
    torch = sys.modules.get("torch")
    name = str(getattr(function, "__name__", ""))
    if torch is None or f"torch.{name}" not in TORCH:
        return ""
    owner = str(getattr(function, "__qualname__", ""))
    return f"torch.{name}" if owner.startswith(("_VariableFunctions", "PyCapsule")) else ""
