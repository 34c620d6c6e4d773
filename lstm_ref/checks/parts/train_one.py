"""Assignment 09: `train_one`, one run of training. To load this module does not load torch."""

from lstm_ref.checks.exercise import Case, Exercise
from lstm_ref.checks.families.modules import FORUM, mistake
from lstm_ref.checks.inputs import signed

IMPORTS = (
    "import numpy as np\nimport torch\nfrom torch import nn\n\n"
    "from lstm_ref.given import train_step"
)

RIGHT = """
def train_one(build, draw, validation, seed, steps, every, rate):
    model = build(seed)
    optimiser = torch.optim.Adam(model.parameters(), lr=rate)
    rng = np.random.default_rng(seed)

    def error():
        xs, targets = validation
        with torch.no_grad():
            return nn.functional.mse_loss(model(xs), targets).item()

    curve = [error()]
    for step in range(1, steps + 1):
        xs, targets = draw(rng)
        train_step(model, xs, targets, nn.functional.mse_loss, optimiser, 1.0)
        if step % every == 0:
            curve.append(error())
    return curve, model
"""

IN_ROUNDS = """
def train_one(build, draw, validation, seed, steps, every, rate):
    rng, model = np.random.default_rng(seed), build(seed)
    optimiser = torch.optim.Adam(list(model.parameters()), rate)
    mean_square = nn.MSELoss()
    curve = np.empty(steps // every + 1)
    for k in range(len(curve)):
        with torch.no_grad():
            curve[k] = mean_square(model(validation[0]), validation[1])
        for _ in range(every if k < len(curve) - 1 else steps % every):
            train_step(model, *draw(rng), mean_square, optimiser, max_norm=1.0)
    return curve, model
"""

BY_HAND = """
def train_one(build, draw, validation, seed, steps, every, rate):
    model = build(seed)
    optimiser = torch.optim.Adam(model.parameters(), lr=rate)
    rng = np.random.default_rng(seed)
    errors = {}
    for step in range(steps + 1):
        if step > 0:
            xs, targets = draw(rng)
            model.zero_grad()
            ((model(xs) - targets) ** 2).mean().backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimiser.step()
        if step % every == 0:
            with torch.no_grad():
                errors[step] = float(((model(validation[0]) - validation[1]) ** 2).mean())
    return list(errors.values()), model
"""

#: A small net that reads the mean of a sequence; its weights come from the seed, as in the duel.
USE = '''
def use(answer, inputs, hidden, size, seed, steps, every, rate):
    """Return the curve of a small run, and the weights after it."""
    import numpy as np
    import torch

    class Small(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.one = torch.nn.Linear(inputs, hidden)
            self.two = torch.nn.Linear(hidden, 1)

        def forward(self, xs):
            return self.two(torch.tanh(self.one(xs.mean(0))))

    def build(number):
        rng, model = np.random.default_rng([number, 7]), Small()
        with torch.no_grad():
            for p in model.parameters():
                p.copy_(torch.tensor(rng.uniform(-1, 1, tuple(p.shape))))
        return model

    def draw(rng):
        xs = torch.tensor(rng.uniform(-2, 2, (3, 4, inputs)), dtype=torch.float32)
        return xs, size * xs.sum(0).sum(-1, keepdim=True)

    def fresh():
        return draw(np.random.default_rng([seed, 8]))

    curve, model = answer(build, draw, fresh(), seed, steps, every, rate)
    weights = {name: p.detach().numpy() for name, p in model.state_dict().items()}
    return np.array([float(one) for one in curve]), weights
'''


def oracle(build, draw, validation, seed, steps, every, rate):
    import numpy as np
    import torch

    from lstm_ref.training import update

    model, drawn = build(seed), np.random.default_rng(seed)
    adam = torch.optim.Adam(model.parameters(), lr=rate)
    xs, wanted = validation

    def mean(outputs, targets):
        return ((outputs - targets) ** 2).mean()

    found = []
    for number in range(steps + 1):
        if number % every == 0:
            found.append(mean(model(xs), wanted).item())
        if number < steps:
            inputs, targets = draw(drawn)
            update(model, mean(model(inputs), targets), adam, 1.0)
    return found, model


def cases(rng):
    def case(name, inputs, hidden, steps, every, rate):
        size = float(abs(signed(rng, (1,), 1.5, 2.5))[0])
        return Case(name, (inputs, hidden, size, int(rng.integers(10**6)), steps, every, rate))

    return [
        case("4 steps, looked at after every 2", 3, 4, 4, 2, 0.05),
        case("4 steps, looked at after every 3", 2, 3, 4, 3, 0.02),
        case("6 steps that are too long, looked at after each", 2, 3, 6, 1, 3.0),
        case("2 steps, looked at after each", 2, 2, 2, 1, 0.03),
    ]


_TRAIN = "        train_step(model, xs, targets, nn.functional.mse_loss, optimiser, 1.0)\n"
_LOOK = "        if step % every == 0:\n            curve.append(error())\n"
_ADAM = "    optimiser = torch.optim.Adam(model.parameters(), lr=rate)\n"
_RNG = "    rng = np.random.default_rng(seed)\n"

MISTAKES = (
    mistake(
        "first-point-missing",
        "the curve lacks its first point: the error before any training",
        "What does your curve say of the untrained model?",
        "Look once before the loop, then after every `every` steps: steps // every + 1 points.",
        ("    curve = [error()]", "    curve = []"),
        source="training loops that look after each round only",
    ),
    mistake(
        "looks-before-the-step",
        "the error is looked at before the step that it belongs to",
        "How many steps has the model taken at your second point?",
        "First take the step, then look, where step is a multiple of `every`.",
        (_TRAIN, ""),
        (_LOOK, _LOOK + _TRAIN),
    ),
    mistake(
        "training-loss",
        "the curve holds the loss of the last batch; the error on the validation is asked for",
        "On which sequences is a loss measured that train_step returns?",
        "Ask the model about the validation's sequences, which it never learns from.",
        ("        train_step(model", "        loss = train_step(model"),
        ("            curve.append(error())", "            curve.append(loss)"),
        source=FORUM,
    ),
    mistake(
        "best-so-far",
        "each point is the least error so far; the error at that step is asked for",
        "Can your curve ever rise? Can the model's error?",
        "Note what you measure, good or bad. What is best can be seen afterwards.",
        ("    return curve, model", "    return list(np.minimum.accumulate(curve)), model"),
        source="plots of the best score so far",
    ),
    mistake(
        "optimiser-made-anew",
        "the optimiser is made anew at every step, so Adam forgets what it has gathered",
        "What does Adam keep from step to step, and how long does yours live?",
        "Make it once, before the loop.",
        (_ADAM, ""),
        (_TRAIN, "    " + _ADAM + _TRAIN),
        source=FORUM,
    ),
    mistake(
        "default-rate",
        "the learning rate is Adam's own, 0.001; `rate` is asked for",
        "Which learning rate does Adam take if it is not told one?",
        "Say it: lr=rate.",
        (", lr=rate", ""),
        source=FORUM,
    ),
    mistake(
        "one-rate-for-all",
        "the learning rate is always 0.01; `rate` is asked for",
        "Do both kinds of net learn at your rate? Where is `rate` used?",
        "Hand it to the optimiser: lr=rate.",
        ("lr=rate", "lr=0.01"),
        source="comparisons that tune one of two models",
    ),
    mistake(
        "plain-descent",
        "the optimiser is plain gradient descent; Adam is asked for",
        "What is the name of your optimiser?",
        "torch.optim has both: SGD and Adam.",
        ("torch.optim.Adam", "torch.optim.SGD"),
    ),
    mistake(
        "seed-not-used",
        "the batches come from a seed of their own: every run learns the same sequences",
        "Which batches does your function draw with seed 3, and which with seed 4?",
        "All that is drawn in a run comes from its seed.",
        ("default_rng(seed)", "default_rng(0)"),
        source="experiments whose seeds differ in the weights alone",
    ),
    mistake(
        "one-start-for-all",
        "the model is built from a seed of its own: every run begins with the same weights",
        "Which weights does your model begin with for seed 3, and which for seed 4?",
        "Hand the seed on: build(seed).",
        ("build(seed)", "build(0)"),
    ),
    mistake(
        "same-batch-again",
        "the generator is made anew at every step, so each step learns the same batch",
        "Print the first number of xs at each step. Does it change?",
        "Make the generator once, before the loop: it goes on where it was.",
        (_RNG, ""),
        ("        xs, targets = draw(rng)",
         "        xs, targets = draw(np.random.default_rng(seed))"),
        source="a seed set inside of the loop",
    ),
    mistake(
        "hardly-clipped",
        "the norm of the gradients is not clipped to 1",
        "Which max_norm do you hand to train_step?",
        "It is the last argument: 1.0.",
        ("optimiser, 1.0)", "optimiser, 1e6)"),
    ),
    mistake(
        "root-of-the-error",
        "the curve holds roots of the errors; the mean of the squares is asked for",
        "What does always saying 1 get in your measure: 1/6, or its root?",
        "The mean squared error has no root.",
        ("targets).item()", "targets).item() ** 0.5"),
        keeps=0.5,
    ),
    mistake(
        "summed-over-the-batch",
        "the errors of all sequences are added up; their mean is asked for",
        "Does your error double when there are twice as many sequences?",
        "mse_loss takes the mean, if nobody says otherwise.",
        ("(model(xs), targets).item()", '(model(xs), targets, reduction="sum").item()'),
        keeps=0.5,
    ),
    mistake(
        "one-step-too-few",
        "the loop takes one step too few",
        "With steps = 3, which numbers does your loop count through?",
        "range(1, steps + 1) counts from 1 to steps.",
        ("range(1, steps + 1)", "range(1, steps)"),
        source="range ends before its end",
    ),
    mistake(
        "looks-at-every-step",
        "the error is looked at after every step; only after every `every` of them is asked for",
        "How many points has your curve, and how many should it have?",
        "Look where `step % every == 0`.",
        ("if step % every == 0:", "if every:"),
    ),
)  # fmt: skip

EXERCISE = Exercise(
    name="train_one",
    right=RIGHT,
    oracle=oracle,
    outputs={"curve": "", "weights": ""},
    returns="curve, model",
    cases=cases,
    mistakes=MISTAKES,
    praise="one seed decides all of a run, and the curve says what was measured, from the start.",
    hints=(
        "What is made once, before the loop? What is done at every step, what now and then?",
        "Model, optimiser and generator first; one look; then steps, a look after each `every`.",
        "In the loop: draw a batch, train_step, and where `step % every == 0` append the error.",
    ),
    styles=(IN_ROUNDS, BY_HAND),
    use=USE,
    imports=IMPORTS,
)
