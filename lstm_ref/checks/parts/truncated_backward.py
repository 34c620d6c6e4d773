"""Assignment 07: `truncated_backward`."""

import numpy as np

from lstm_ref import bptt
from lstm_ref.checks import inputs
from lstm_ref.checks.exercise import Case, Exercise, Mistake
from lstm_ref.checks.families import backward, saved_steps
from lstm_ref.checks.parts.lstm_backward import lstm_backward
from lstm_ref.checks.parts.lstm_cell_backward import lstm_cell_backward


def truncated_backward(dhs, saved, params, steps):
    grads = dict.fromkeys(params, 0)
    for t in range(len(saved)):
        dh, dc = dhs[t], 0 * dhs[t]
        for k in range(t, max(t - steps, -1), -1):
            _, dh, dc, step = lstm_cell_backward(dh, dc, saved[k], params)
            grads = {name: grads[name] + step[name] for name in params}
    return grads


def with_windows(dhs, saved, params, steps):
    grads = {name: np.zeros_like(value) for name, value in params.items()}
    for end in range(1, len(saved) + 1):
        window = saved[max(0, end - steps) : end]
        alone = np.zeros((len(window), *dhs.shape[1:]))
        alone[-1] = dhs[end - 1]
        nothing = np.zeros(dhs.shape[1:])
        for name, more in lstm_backward(alone, nothing, nothing, window, params)[3].items():
            grads[name] += more
    return grads


def as_a_difference(dhs, saved, params, steps):
    # What reaches a step from no further than `steps` losses, step by step from the end.
    total = {name: np.zeros_like(value) for name, value in params.items()}
    alive = []
    for t in range(len(saved) - 1, -1, -1):
        alive.append([dhs[t], np.zeros_like(dhs[t]), 0])
        for entry in alive:
            _, entry[0], entry[1], step = lstm_cell_backward(*entry[:2], saved[t], params)
            entry[2] += 1
            total = {name: total[name] + step[name] for name in total}
        alive = [entry for entry in alive if entry[2] < steps]
    return total


def all_at_once(dhs, saved, params, steps):
    # The way back is linear in (dh, dc): losses that are equally far from a step travel as one.
    T, found = len(saved), dict.fromkeys(params, 0.0)
    dh, dc = {t: dhs[t] for t in range(T)}, {t: np.zeros_like(dhs[t]) for t in range(T)}
    for far in range(min(steps, T)):
        for t in range(far, T):
            _, dh[t], dc[t], g = lstm_cell_backward(dh[t], dc[t], saved[t - far], params)
            found = {name: found[name] + g[name] for name in found}
    return found


def oracle(dhs, saved, params, steps):
    taken = [saved_steps.as_saved(step) for step in saved]
    return saved_steps.by_gate(
        bptt.truncated_backward(dhs, taken, saved_steps.packed(params), steps)
    )


SIZES = (
    (inputs.Sizes("one example, two steps back", None, 4, 3), 5, 2),
    (inputs.Sizes("a batch of two examples, three steps back", 2, 4, 3), 5, 3),
    (inputs.Sizes("one unit and one example, four steps back", 1, 2, 1), 5, 4),
    (inputs.Sizes("as many steps as the sequence has", 2, 3, 4), 4, 4),
    (inputs.Sizes("more steps than the sequence has", 2, 3, 3), 3, 9),
    (inputs.Sizes("each step on its own: steps = 1", 3, 3, 3), 3, 1),
)


def cases(rng):
    taken, params = saved_steps.worked()
    dhs = np.array([[0.5, -1.0], [-0.75, 0.4], [1.0, 1.0]])
    found = [Case("the worked example, two steps back", (dhs, taken, params, 2), single=True)]
    for s, T, steps in SIZES:
        taken, params = saved_steps.drawn(rng, s, T, scale=0.8)
        arguments = (saved_steps.backs(rng, s, T), taken, params, steps)
        found.append(Case(s.name, arguments, s.single))
    return found


def _mistake(name, title, question, pointer, *edits, keeps=0.0, source="constructed"):
    return Mistake(name, title, (question, pointer), edits, None, keeps, source)


_RANGE = "range(t, max(t - steps, -1), -1)"
_BEGIN = "dh, dc = dhs[t], 0 * dhs[t]"
_COUNT = "With steps = 1, how many steps back do you take from each loss? Count them."

MISTAKES = (
    backward.not_carried("dh", "the hidden state", ("_, dh, dc, step", "_, _, dc, step"),
                         (_BEGIN, "dh, dc, _ = dhs[t], 0 * dhs[t], 0")),
    backward.not_carried("dc", "the memory", ("_, dh, dc, step", "_, dh, _, step")),
    _mistake(
        "one-step-too-many",
        "each loss goes one step too far back",
        _COUNT,
        "The loss at t reaches the steps t, t − 1, …, t − steps + 1: the step t itself counts.",
        ("t - steps, -1", "t - steps - 1, -1"),
        source="an end of range that is one off",
    ),
    _mistake(
        "one-step-too-few",
        "each loss stops one step too early",
        _COUNT,
        "The loss at t reaches the steps t, t − 1, …, t − steps + 1.",
        ("t - steps, -1", "t - steps + 1, -1"),
        source="an end of range that is one off",
    ),
    _mistake(
        "not-truncated",
        "nothing is cut: each loss goes back to the first step",
        "Does your result change when steps does?",
        "Stop after `steps` steps back from each loss.",
        ("max(t - steps, -1)", "-1"),
    ),
    _mistake(
        "first-step-left-out",
        "the first step of the sequence is never reached",
        "Which is the last index that your loop comes to?",
        "`range(a, b, -1)` ends with b + 1: for the step 0 the end is −1.",
        ("t - steps, -1", "t - steps, 0"),
        source="range(T - 1, 0, -1)",
    ),
    _mistake(
        "round-the-end",
        "before the first step it goes on with the last one: the index falls below 0",
        "Which entry of saved is saved[-1]?",
        "The way back ends at the step 0, however many steps are allowed.",
        ("max(t - steps, -1)", "t - steps"),
        source="saved[t - k] for k in range(steps)",
    ),
    _mistake(
        "chunks",
        "the sequence is cut into chunks: a loss at a chunk's beginning goes back less than "
        "`steps`",
        "How far back does the loss at the first step of your second chunk go?",
        "Every loss goes back the same number of steps, as far as there are so many.",
        (_RANGE, "range(t, t - t % steps - 1, -1)"),
        keeps=0.5,
        source="truncated backpropagation as frameworks do it: detach the state every so many "
        "steps",
    ),
    _mistake(
        "last-steps-only",
        "only the last `steps` steps of the sequence are gone back, for all losses at once",
        "What does the loss at step 1 change in yours?",
        "The loss of each step goes back, not that of the last ones alone.",
        ("for t in range(len(saved))", "for t in range(max(0, len(saved) - steps), len(saved))"),
        (_RANGE, "range(t, max(len(saved) - 1 - steps, -1), -1)"),
    ),
    _mistake(
        "loss-of-the-last-step",
        "only the loss of the last step goes back",
        "Does your result change when dhs[0] does?",
        "Each entry of dhs goes back its own `steps` steps. Add up what they give.",
        ("for t in range(len(saved))", "for t in [len(saved) - 1]"),
    ),
    _mistake(
        "losses-counted-on-the-way",
        "on the way back from step t the losses of the steps before are added, so they count often",
        "How often does dhs[0] count in yours?",
        "Each loss goes back on its own: between its own step and the cut nothing is added.",
        ("lstm_cell_backward(dh, dc", "lstm_cell_backward(dh + (k < t) * dhs[k], dc"),
        source=backward.FORUM,
    ),
    _mistake(
        "grads-overwritten",
        "the gradients are those of one step: each step overwrites them",
        "How many steps use the same W? How many parts has its gradient?",
        "The weights are shared over time, so their gradients add up.",
        ("grads[name] + step[name]", "step[name]"),
        source=backward.FORUM,
    ),
    _mistake(
        "grads-of-the-loss-step",
        "each loss reaches the weights at its own step alone",
        "Does the loss at step 3 change with the weights as they were used at step 2?",
        "Go back `steps` steps from each loss, and add up at each of them.",
        ("            grads = {", "            grads = grads if k < t else {"),
    ),
    _mistake(
        "dhs-of-the-wrong-step",
        "every step on the way back takes dhs of that step, and what came back is lost",
        "What has come back to step t − 1 from the loss at t?",
        "Carry dh on: it is what the step after handed back.",
        ("lstm_cell_backward(dh, dc", "lstm_cell_backward(dhs[k], dc"),
    ),
    _mistake(
        "dc-kept-from-loss-to-loss",
        "dc is not set to zero where the way back of the next loss begins",
        "What comes back along the memory before the first step back from a loss?",
        "Nothing has come back along c there: begin with dc = 0.",
        ("grads = dict.fromkeys(params, 0)",
         "grads, dc = dict.fromkeys(params, 0), 0 * dhs[0]"),
        (_BEGIN, "dh = dhs[t]"),
    ),
    _mistake(
        "mean-over-the-batch",
        "the gradients are means over the batch; here they are sums",
        "Give the same example twice. Should the gradient stay, or double?",
        "Add up over the examples. A mean over the batch belongs into the loss.",
        ("return grads", "return {k: v / len(np.atleast_2d(dhs[0])) for k, v in grads.items()}"),
        keeps=0.5, source="losses that average over the batch, as torch's do by default",
    ),
)  # fmt: skip

EXERCISE = Exercise(
    name="truncated_backward",
    right=truncated_backward,
    oracle=oracle,
    outputs={"grads": ""},
    cases=cases,
    mistakes=MISTAKES,
    praise="each loss goes back as far as it may, and no further.",
    hints=(
        "Take the loss of one step alone. Which steps does it reach, if it may go two back?",
        "Two loops: over the losses, and from each of them back, `steps` times at most.",
        "Try steps = 1: each step on its own. Then steps = T, which is lstm_backward.",
    ),
    uses=("lstm_cell_backward",),
    cut=saved_steps.last_steps,
    # W is for dx, which is not asked for.
    unread=backward.BIASES | {"saved[t]['c']", *(f"params['W_{gate}']" for gate in "ifgo")},
    styles=(with_windows, as_a_difference, all_at_once),
)
