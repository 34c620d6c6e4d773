"""Assignment 09: `results`, the curves and weights of the student's own runs, and their name.

Training is not repeated when this is graded. What was handed in must agree with itself: curves
begin at the weights of the name's seeds, end at the weights, and hold on other sequences. The right
answer here is not trained, either: its weights are set by hand, so that the course can try its own
checks at once. See `lstm_ref.checks.duel` for what this finds out and what it cannot.
"""

from lstm_ref.checks import duel
from lstm_ref.checks.exercise import Case, Exercise
from lstm_ref.checks.families.modules import mistake

#: A net in NumPy, and weights that solve the task, or say 1 each time.
IMPORTS = '''
import numpy as np

from lstm_ref.datasets.duel import FRESH, HIDDEN, KINDS, seeds, start, validation


def stepped(kind, z, c):
    """Return the states after a step whose sums are z."""
    if kind == "rnn":
        return np.tanh(z), c
    z_i, z_f, z_g, z_o = np.split(z, 4, axis=-1)
    i, f, o = (0.5 + 0.5 * np.tanh(one / 2) for one in (z_i, z_f, z_o))
    c = f * c + i * np.tanh(z_g)
    return o * np.tanh(c), c


def error(kind, weights, xs, targets):
    """Return the mean squared error of a model with these weights."""
    W, U, b, more, R, r = (np.asarray(a, np.float32) for a in weights.values())
    h = c = np.zeros((xs.shape[1], HIDDEN), np.float32)
    for x in xs:
        h, c = stepped(kind, x @ W.T + h @ U.T + b + more, c)
    return float(np.mean((h @ R.T + r - targets) ** 2))


def always_one(kind, run):
    """Return weights that answer 1, or a little less, whatever is read."""
    found = {name: np.zeros_like(a) for name, a in start(kind, 0).items()}
    found["read_out.bias"] += 1 - 0.1 * run
    return found


def set_by_hand(kind, run):
    """Return weights of an LSTM that adds up the marked numbers in its first unit."""
    found, small = always_one(kind, run), 0.1 + 0.05 * run
    found["layer.weight_ih_l0"][[0, 2 * HIDDEN], [1, 0]] = 20, small
    found["layer.bias_ih_l0"][[0, HIDDEN, 3 * HIDDEN]] = -10, 10, 10
    found["read_out.weight"][0, 0] = 1 / small
    found["read_out.bias"][:] = 0
    return found
'''.strip()

RIGHT = """
results = {"name": "ada"}
mine = seeds(results["name"])
for kind, made in (("rnn", always_one), ("lstm", set_by_hand)):
    weights = [made(kind, run) for run in range(len(mine))]
    begun = [start(kind, seed) for seed in mine]
    data = [validation(seed) for seed in mine]
    first = [error(kind, w, *d) for w, d in zip(begun, data, strict=True)]
    last = [error(kind, w, *d) for w, d in zip(weights, data, strict=True)]
    curves = np.linspace(first, last, 16).T
    results[kind] = {"curves": curves, "weights": weights}
"""

AS_LISTS = (
    RIGHT
    + """
for kind in KINDS:
    results[kind]["curves"] = [[float(e) for e in curve] for curve in results[kind]["curves"]]
"""
)

LONGER = (
    RIGHT.replace("last, 16)", "last, 41)")
    + """
results["name"] = " Ada"
results["remark"] = "4000 steps"
"""
)

USE = '''
def use(answer, what, number):
    """Bring over what was handed in, as plain arrays; tensors become arrays."""
    def plain(one):
        if isinstance(one, dict):
            return {str(key): plain(value) for key, value in one.items()}
        if isinstance(one, (list, tuple)):
            return [plain(value) for value in one]
        return one.detach().cpu().numpy() if hasattr(one, "detach") else one

    return plain(answer) if isinstance(answer, dict) else 0
'''


def cases(rng):
    number = int(rng.integers(2**31))
    return [
        Case("where the curves begin", ("begin", number)),
        Case("where the RNN's curves end", ("end rnn", number)),
        Case("where the LSTM's curves end", ("end lstm", number)),
        Case("the RNN on other sequences", ("new rnn", number)),
        Case("the LSTM on other sequences", ("new lstm", number)),
    ]


_CURVES = "curves = np.linspace(first, last, 16).T"

MISTAKES = (
    mistake(
        "another-name",
        "the runs were made under another name than the one that stands in it",
        "Under which name did you train, and which name stands in results?",
        "Seeds follow from the name. Train again under your own; it takes a minute or two.",
        ('mine = seeds(results["name"])', 'mine = seeds("somebody else")'),
        keeps=0.4, source="files that go from hand to hand",
    ),
    mistake(
        "one-seed-for-all",
        "all runs of a kind were made with the first seed",
        "How many different first points have your three curves?",
        "Hand the seed of each run to train_one.",
        ('mine = seeds(results["name"])', 'mine = seeds(results["name"])[:1] * 3'),
        keeps=0.4, source="a loop that never uses its variable",
    ),
    mistake(
        "begins-later",
        "the curves lack their first points, the errors before any training",
        "How large is the error of a model that has learnt nothing?",
        "Take the curve as train_one returns it, from its first point on.",
        ('{"curves": curves,', '{"curves": curves[:, 1:],'),
        keeps=0.8,
    ),
    mistake(
        "best-weights",
        "the weights are those of the least error, and not those at the end of the curve",
        "After which step were your weights taken, and after which your last point?",
        "Hand in what train_one returns: the model after the last step.",
        (_CURVES, f"{_CURVES}\n    curves = np.c_[curves, 1.4 * curves[:, -1]]"),
        keeps=0.6, source="early stopping keeps the best weights",
    ),
    mistake(
        "weights-from-before",
        "the weights are those from before training",
        "When did you copy the weights?",
        "Copy them after training: state_dict() of the model that train_one returns.",
        ('"weights": weights}', '"weights": begun}'),
        keeps=0.2, source="a state_dict taken too early, and copied",
    ),
    mistake(
        "runs-in-another-order",
        "the weights stand in another order than the curves",
        "Which weights belong to your first curve?",
        "Append curve and weights of a run at the same time.",
        ('"weights": weights}', '"weights": weights[::-1]}'),
        keeps=0.6,
    ),
    mistake(
        "roots",
        "the curves hold roots of the errors",
        "What does always saying 1 get in your curves: 1/6, or its root?",
        "Take the curves as train_one returns them.",
        (_CURVES, "curves = np.sqrt(np.linspace(first, last, 16).T)"),
    ),
    mistake(
        "sums",
        "the curves hold sums over all sequences; means are asked for",
        "Can an error of 80 be a mean, where nobody can be wrong by more than 2?",
        "Take the curves as train_one returns them.",
        (_CURVES, "curves = FRESH * np.linspace(first, last, 16).T"),
    ),
    mistake(
        "kinds-exchanged",
        "the curves of the RNN are handed in as those of the LSTM, and the reverse",
        "Which of your two bands falls, and which kind does it belong to?",
        "Store each curve under the kind that it was measured with.",
        ('    results[kind] = {"curves": curves, "weights": weights}',
         '    other = {"rnn": "lstm", "lstm": "rnn"}[kind]\n'
         '    results.setdefault(kind, {})["weights"] = weights\n'
         '    results.setdefault(other, {})["curves"] = curves'),
        source="two plots, and one legend",
    ),
    mistake(
        "end-made-up",
        "the last points are better than what the weights give",
        "Where do the last points of your curves come from?",
        "They are what was measured after the last step, with these weights.",
        (_CURVES, "curves = np.linspace(first, 0.3 * np.array(last), 16).T"),
        keeps=0.4,
    ),
    mistake(
        "lstm-untrained",
        "the LSTM has not learnt the task: it does little better than always saying 1",
        "What do your curves say: does the LSTM's error fall below 1/6 at all?",
        "With 1500 steps and a learning rate of 0.01 most runs solve it. Check train_one first.",
        ('("lstm", set_by_hand)', '("lstm", always_one)'),
        keeps=0.8, source="training that was stopped early",
    ),
)  # fmt: skip

EXERCISE = Exercise(
    name="results",
    right=RIGHT,
    oracle=0,
    outputs={"finding": ""},
    returns="results",
    cases=cases,
    mistakes=MISTAKES,
    praise="curves and weights agree, with each other and with sequences that nobody has seen",
    hints=(
        "Which of the cells before trains, and has it run under your name?",
        "Run the cells that train and save, then load the file: `results = load()`.",
        "Hand in the file duel.npz together with the notebook.",
    ),
    styles=(AS_LISTS, LONGER),
    use=USE,
    weigh=duel.weigh,
    signed=duel.signed,
    faults=duel.FAULTS,
    imports=IMPORTS,
)
