"""Assignment 07: `lstm_backward`."""

import numpy as np

from lstm_ref import bptt
from lstm_ref.checks import inputs
from lstm_ref.checks.exercise import Case, Exercise, Mistake
from lstm_ref.checks.families import backward, saved_steps
from lstm_ref.checks.parts.lstm_cell_backward import lstm_cell_backward


def lstm_backward(dhs, dh_n, dc_n, saved, params):
    dh, dc = dh_n, dc_n
    grads = dict.fromkeys(params, 0)
    dxs = [None] * len(saved)
    for t in reversed(range(len(saved))):
        dxs[t], dh, dc, step = lstm_cell_backward(dhs[t] + dh, dc, saved[t], params)
        grads = {name: grads[name] + step[name] for name in params}
    return np.array(dxs), dh, dc, grads


def with_recursion(dhs, dh_n, dc_n, saved, params):
    dx, dh, dc, grads = lstm_cell_backward(dhs[-1] + dh_n, dc_n, saved[-1], params)
    if len(saved) == 1:
        return [dx], dh, dc, grads
    dxs, dh0, dc0, before = with_recursion(dhs[:-1], dh, dc, saved[:-1], params)
    return [*dxs, dx], dh0, dc0, {name: grads[name] + before[name] for name in grads}


def with_lists(dhs, dh_n, dc_n, saved, params):
    dhs = [dh.copy() for dh in dhs]
    dhs[-1] += dh_n
    dxs, steps, dh, dc = [], [], 0, dc_n
    for one, s in zip(dhs[::-1], saved[::-1], strict=True):
        dx, dh, dc, grads = lstm_cell_backward(one + dh, dc, s, params)
        dxs.insert(0, dx)
        steps.append(grads)
    return np.stack(dxs), dh, dc, {name: sum(g[name] for g in steps) for name in params}


def with_arrays_filled(dhs, dh_n, dc_n, saved, params):
    T = len(saved)
    dxs = np.zeros((T, *saved[0]["x"].shape))
    total = {name: np.zeros_like(value) for name, value in params.items()}
    dh, dc, t = dh_n, dc_n, T - 1
    while t >= 0:
        dxs[t], dh, dc, step = lstm_cell_backward(dh + dhs[t], dc, saved[t], params)
        for name in total:
            total[name] += step[name]
        t -= 1
    return dxs, dh, dc, total


def oracle(dhs, dh_n, dc_n, saved, params):
    steps = [saved_steps.as_saved(step) for step in saved]
    found = bptt.lstm_backward(dhs, dh_n, dc_n, steps, saved_steps.packed(params))
    return *found[:3], saved_steps.by_gate(found[3])


SIZES = (
    (inputs.Sizes("one example without a batch", None, 4, 3), 5),
    (inputs.Sizes("a batch of two examples", 2, 4, 3), 5),
    (inputs.Sizes("as many steps as examples, inputs and units", 3, 3, 3), 3),
    (inputs.Sizes("one unit and one example", 1, 2, 1), 4),
    (inputs.Sizes("one step alone", 2, 3, 4), 1),
)


def cases(rng):
    steps, params = saved_steps.worked()
    dhs = np.array([[0.5, -1.0], [-0.75, 0.4], [1.0, 1.0]])
    first = (dhs, np.array([0.6, -0.8]), np.array([-0.5, 0.25]), steps, params)
    found = [Case("the worked example", first, single=True)]
    for s, T in SIZES:
        steps, params = saved_steps.drawn(rng, s, T, scale=0.8)
        back = saved_steps.backs(rng, s, T), saved_steps.backs(rng, s), saved_steps.backs(rng, s)
        found.append(Case(s.name, (*back, steps, params), s.single))
    return found


def _mistake(name, title, question, pointer, *edits, keeps=0.0, source="constructed"):
    return Mistake(name, title, (question, pointer), edits, None, keeps, source)


_ADD = "grads = {name: grads[name] + step[name] for name in params}"
_STEP = "dxs[t], dh, dc, step = lstm_cell_backward(dhs[t] + dh, dc, saved[t], params)"

MISTAKES = (
    backward.not_carried("dh", "the hidden state", ("dxs[t], dh,", "dxs[t], _,")),
    backward.not_carried("dc", "the memory", ("dh, dc, step =", "dh, _, step =")),
    *(
        _mistake(
            f"{name}-not-handed-on",
            f"{told} not handed on: each step begins with {begins}",
            "What does your loop do with what one step back returns, before it takes the next?",
            "What the step returns for h and c is where the step before begins: `dh` and `dc` of "
            "the next turn.",
            (_STEP, _STEP.replace("dh, dc, step", "dh_0, dc_0, step") + handed),
            ("return np.array(dxs), dh, dc, grads", "return np.array(dxs), dh_0, dc_0, grads"),
            source=backward.FORUM,
        )
        for name, told, begins, handed in (
            ("both", "dh_prev and dc_prev are", "dh_n and dc_n again", ""),
            ("dh-prev", "dh_prev is", "dh_n again", "\n        dc = dc_0"),
            ("dc-prev", "dc_prev is", "dc_n again", "\n        dh = dh_0"),
        )
    ),
    backward.not_added("dh", "the one from the next step", "dhs[t]", ("dhs[t] + dh, dc", "dh, dc")),
    _mistake(
        "dh-from-the-next-step-lost",
        "dh is dhs[t] alone: what comes back from the next step is lost",
        "h_t goes two ways. Which?",
        "h_t goes up, to the loss, and on, to the next step: add the gradients of both.",
        ("dhs[t] + dh, dc", "dhs[t], dc"),
        source=backward.FORUM,
    ),
    _mistake(
        "dh-n-ignored",
        "dh_n plays no part",
        "h_n is the last h. Which two gradients has it?",
        "dh_n adds to dhs[-1]: begin with it.",
        ("dh, dc = dh_n, dc_n", "dh, dc = 0 * dh_n, dc_n"),
    ),
    _mistake(
        "dc-n-ignored",
        "dc_n plays no part",
        "What comes back along the memory before your first step back?",
        "Begin with dc_n, and not with zeros.",
        ("dh, dc = dh_n, dc_n", "dh, dc = dh_n, 0 * dc_n"),
        source="a loss that reads hs alone: then dc_n is zero",
    ),
    _mistake(
        "dh-n-and-dc-n-swapped",
        "dh_n and dc_n are swapped",
        "Which of the two comes back along the memory?",
        "h_n and c_n: each has its own gradient.",
        ("dh, dc = dh_n, dc_n", "dh, dc = dc_n, dh_n"),
    ),
    _mistake(
        "dh-n-at-every-step",
        "dh_n is added at every step",
        "At how many steps is h_n handed out?",
        "h_n is the last hidden state: dh_n adds once, to dhs[-1].",
        ("dhs[t] + dh, dc", "dhs[t] + dh + (dh_n if t < len(saved) - 1 else 0), dc"),
    ),
    _mistake(
        "grads-overwritten",
        "the gradients of the parameters are those of one step: each step overwrites them",
        "How many steps use the same W? How many parts has its gradient?",
        "The weights are shared over time, so their gradients add up over time.",
        ("grads[name] + step[name]", "step[name]"),
        source=backward.FORUM,
    ),
    _mistake(
        "grads-of-the-last-step",
        "the gradients of the parameters are those of the last step alone",
        "How many steps use the same W? How many parts has its gradient?",
        "The weights are shared over time, so their gradients add up over time.",
        (_ADD, "grads = step if t == len(saved) - 1 else grads"),
    ),
    _mistake(
        "grads-mean-over-time",
        "the gradients of the parameters are means over time; here they are sums",
        "Does a loss of twice as many steps pull twice as hard in yours?",
        "Add up over time. A mean over time belongs into the loss.",
        ("return np.array(dxs), dh, dc, grads",
         "return np.array(dxs), dh, dc, {k: v / len(saved) for k, v in grads.items()}"),
        keeps=0.5, source="losses that average over the steps",
    ),
    _mistake(
        "mean-over-the-batch",
        "the gradients of the parameters are means over the batch; here they are sums",
        "Give the same example twice. Should the gradient stay, or double?",
        "The loss adds up over the examples here; add up the gradients, too. A mean over the "
        "batch belongs into the loss.",
        (_ADD, "grads = {k: grads[k] + step[k] / len(np.atleast_2d(dc_n)) for k in params}"),
        keeps=0.5, source="losses that average over the batch, as torch's do by default",
    ),
    _mistake(
        "forward-in-time",
        "the steps are taken from the first to the last; backward begins at the last",
        "Which dh must be known before dh of step t?",
        "dh of step t needs what comes back from step t + 1: go from the last to the first.",
        ("in reversed(range(len(saved)))", "in range(len(saved))"),
    ),
    _mistake(
        "dxs-in-the-order-made",
        "dxs stands in the order in which it was made: the last step first",
        "Which step does your loop come to first? Where does its dx stand?",
        "dxs[t] belongs to xs[t]: turn the list round at the end.",
        ("return np.array(dxs)", "return np.array(dxs[::-1])"),
        source="append in a loop that runs backwards",
    ),
    _mistake(
        "dhs-of-the-other-end",
        "dhs is read from the other end: with the last step's saved comes the first dh",
        "With t the last step, which entry of dhs do you take?",
        "dhs[t] belongs to saved[t].",
        ("dhs[t] + dh, dc", "dhs[-1 - t] + dh, dc"),
    ),
    _mistake(
        "last-step-left-out",
        "the loop leaves out the last step",
        "How many steps does your loop take? How many were saved?",
        "The last index is len(saved) − 1, and `range(n)` ends with n − 1.",
        ("in reversed(range(len(saved)))", "in reversed(range(max(len(saved) - 1, 1)))"),
        ("dxs = [None]", "dxs = [0 * saved[-1][\"x\"]]"),
    ),
    _mistake(
        "first-step-left-out",
        "the loop leaves out the first step",
        "Which is the last t that your loop comes to?",
        "`range(T - 1, 0, -1)` ends with 1; the first step is 0.",
        ("in reversed(range(len(saved)))",
         "in reversed(range(min(len(saved) - 1, 1), len(saved)))"),
        ("dxs = [None]", "dxs = [0 * saved[0][\"x\"]]"),
        source="range(T - 1, 0, -1)",
    ),
    _mistake(
        "dhs-not-used",
        "dhs counts at the last step alone",
        "Does a loss at step 1 pull at the weights in yours?",
        "Every hidden state may stand in the loss: add dhs[t] at each step.",
        ("dhs[t] + dh, dc", "(dhs[t] if t == len(saved) - 1 else 0) + dh, dc"),
        source="a loss that reads the last state alone",
    ),
)  # fmt: skip

EXERCISE = Exercise(
    name="lstm_backward",
    right=lstm_backward,
    oracle=oracle,
    outputs={"dxs": "TBI", "dh0": "BH", "dc0": "BH", "grads": ""},
    cases=cases,
    mistakes=MISTAKES,
    praise="your gradients come back along the whole sequence, and add up where weights are "
    "shared.",
    hints=(
        "At which step does the way back begin, and what has come back to it by then?",
        "One loop from the last step to the first: dh and dc are carried, dhs[t] is added to dh, "
        "and the gradients of the parameters add up.",
        "Try a sequence of one step, then of two, and compare with numerical_gradient.",
    ),
    uses=("lstm_cell_backward",),
    cut=saved_steps.last_steps,
    unread=backward.BIASES | {"saved[t]['c']"},
    styles=(with_recursion, with_lists, with_arrays_filled),
)
