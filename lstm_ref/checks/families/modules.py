"""Modules of torch: how they are tried, and what goes wrong with a module's lines.

Nothing here loads torch: the driver does, where the student's code runs.
"""

from lstm_ref.arrays import Array
from lstm_ref.checks import inputs
from lstm_ref.checks.exercise import Mistake
from lstm_ref.conventions import CONVENTIONS

IMPORTS = "import numpy as np\nimport torch\nfrom torch import nn"

FORUM = "asked about on torch's forum"

#: Builds the module, loads the arrays of `state_dict`, calls it, and goes back from a scalar.
#: Weights by other names are found by their shapes, so that only the names are wrong. What cannot
#: be loaded at all gives zeros: then names and shapes say what is wrong. While the module is made,
#: torch.empty is filled with NaN: what nobody has given a value shows.
_DRIVER = '''
def use(answer, INPUTS, state_dict, BACKS, *, halfway=None):
    """Return what the module keeps, what it gives, and the gradients of Σ BACKS · results."""
    import numpy as np
    import torch

    def tensor(a):
        return torch.from_numpy(a.astype(np.float32))

    inputs = [None if a is None else tensor(a).requires_grad_() for a in (INPUTS,)]
    backs = [tensor(a) for a in (BACKS,)]
    weights = {name: tensor(a) for name, a in state_dict.items()}
    generator = torch.default_generator  # torch.manual_seed asks for every kind of device
    before = generator.get_state()
    generator.manual_seed(0)
    torch._C._set_deterministic_algorithms(True, warn_only=True)
    try:
        module = answer(inputs[0].shape[-1], backs[0].shape[-1])
    finally:
        torch._C._set_deterministic_algorithms(False)
        generator.set_state(before)
    own = module.state_dict()
    shapes = {name: np.array(own[name].shape, float) for name in weights if name in own}
    if not shapes:  # no name is known: shapes of zeros, so that all that follows is looked at
        shapes = {name: np.zeros(a.ndim) for name, a in weights.items()}
    learnt = {name: p for name, p in module.named_parameters() if p.requires_grad}
    begun = [p.detach().numpy() for p in learnt.values()]
    random = float(all(a.size and (a != a[0, 0]).any() for a in begun if a.ndim == 2))
    if begun and not np.isfinite(np.concatenate(begun, axis=None)).all():
        random = -1.0
    numbers = float(sum(a.size for a in begun))
    kept = shapes, numbers, random
    if halfway:
        halfway(kept)
    place = {}
    for name, a in weights.items():
        others = [other for other in own if other not in weights and other not in place.values()]
        found = [n for n in (name, *others) if n in own and own[n].shape == a.shape]
        place.update({name: n for n in found[:1]})
    fits = len(place) == len(weights)
    if fits:
        module.load_state_dict({**own, **{place[name]: a for name, a in weights.items()}})
    returned = module(*inputs[:1]) if inputs[1] is None else module(inputs[0], tuple(inputs[1:]))
    if returned is None:
        return None
    items = [returned] if torch.is_tensor(returned) else list(returned)
    listed = isinstance(items[0], list) and all(map(torch.is_tensor, items[0]))
    if listed:
        items[0] = torch.stack(items[0])
    flat = [t for one in items for t in (one if isinstance(one, (tuple, list)) else [one])]
    flat = (flat + [0 * b for b in backs[len(flat) :]])[: len(backs)]

    def numbers_of(t):
        return t.detach().numpy() if fits else 0 * t.detach().numpy()

    given = len(items) + 0.5 * listed, *map(numbers_of, flat)
    if halfway:
        halfway((*kept, *given))
    # A sum to go back from: to hand over `backs` as gradients loads half of torch at first.
    loss = 0
    for back, result in zip(backs, flat):
        fitting = back.reshape(result.shape) if back.numel() == result.numel() else 1
        loss = loss + (fitting * result).sum()
    if loss.requires_grad:
        loss.backward()

    def gradient(of, like):
        found = getattr(of, "grad", None)
        return 0 * np.asarray(like, float) if found is None else numbers_of(found)

    back = [gradient(*pair) for pair in zip(inputs, (inputs[0].detach(), *backs[-2:]))]
    grads = {name: gradient(learnt.get(place.get(name)), a) for name, a in state_dict.items()}
    return *kept, *given, *back, grads
'''


def driver(inputs: str, backs: str) -> str:
    """Return the driver, with its arguments' names: "x, h_prev, c_prev" and "dh, dc"."""
    return _DRIVER.replace("INPUTS", inputs).replace("BACKS", backs)


def state_dict(params: dict[str, Array], end: str = "") -> dict[str, Array]:
    """Return the arrays of the gates as torch keeps them; their names end with `end`."""
    names = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
    return {f"{name}{end}": a for name, a in zip(names, inputs.pack(params), strict=True)}


#: What the driver gives before the results themselves: how the module is made.
KEPT = {"state_dict shapes": "", "trainable numbers": "", "random start": "", "results": ""}


def mistake(
    name: str, title: str, question: str, pointer: str, *edits: tuple[str, str],
    keeps: float = 0.0, source: str = "constructed",
) -> Mistake:  # fmt: skip
    """A mistake, its edits last."""
    return Mistake(name, title, (question, pointer), edits, None, keeps, source)


def gate_orders(right: str = "i, f, g, o =") -> list[Mistake]:
    """The four blocks read in another library's order: one mistake for each order there is."""
    found = {}
    for one in CONVENTIONS:
        if one.order != ("i", "f", "g", "o"):
            found[one.order] = mistake(
                f"order-of-{one.name.lower().split()[0]}",
                f"the four blocks are read in the order {' '.join(one.order)}, that of {one.name}",
                "Which rows of weight_ih belong to the forget gate?",
                "torch packs the blocks in the order i, f, g, o.",
                (right, f"{', '.join(one.order)} ="),
                keeps=0.5,
                source=one.where,
            )
    return list(found.values())


def parameters(end: str) -> list[Mistake]:
    """What goes wrong where the parameters are made; their names end with `end`, "" or "_l0"."""
    made = {
        f"weight_ih{end}": "torch.empty(4 * hidden_size, input_size)",
        f"weight_hh{end}": "torch.empty(4 * hidden_size, hidden_size)",
        f"bias_ih{end}": "torch.empty(4 * hidden_size)",
        f"bias_hh{end}": "torch.empty(4 * hidden_size)",
    }
    lines = {name: f"self.{name} = nn.Parameter({tensor})" for name, tensor in made.items()}
    ih, hh = f"weight_ih{end}", f"weight_hh{end}"
    return [
        mistake(
            "not-registered",
            "the weights are plain tensors: the module does not know that they are its parameters",
            "What does `list(module.parameters())` show?",
            "A module registers what is set as nn.Parameter, and an optimiser sees no more than "
            "that.",
            *((lines[name], f"self.{name} = torch.randn({tensor[12:-1]})")
              for name, tensor in made.items()),
            source=FORUM,
        ),
        mistake(
            "weights-frozen", "the weights do not learn: requires_grad is False",
            "What does weight_ih.requires_grad say?",
            "nn.Parameter asks for gradients by itself: leave requires_grad as it is.",
            *((line, f"{line[:-1]}, requires_grad=False)") for line in lines.values()),
        ),
        mistake(
            "one-bias", f"there is one bias; torch's state_dict has two, bias_ih{end} and "
            f"bias_hh{end}",
            "Print the state_dict of torch's own module. How many arrays are in it?",
            "torch keeps a bias for each product. Their sum is what counts; the names are torch's.",
            (f"        {lines[f'bias_hh{end}']}\n", ""), (f" + self.bias_hh{end}", ""), keeps=0.5,
        ),
        mistake(
            "bias-unused", f"bias_hh{end} is made, but never used",
            f"Change bias_hh{end}. Does the result change?",
            "Both biases are added to the sum.",
            (f" + self.bias_hh{end}", ""),
        ),
        mistake(
            "weights-turned", f"weight_ih{end} is kept as (I, 4H); torch keeps (4H, I)",
            "Which shapes has the state_dict of torch's own module? Print them.",
            "In torch each row holds the weights of one unit.",
            (made[ih], "torch.empty(input_size, 4 * hidden_size)"),
            (f"self.{ih}.T", f"self.{ih}"), keeps=0.5, source="Keras keeps a unit in a column",
        ),
        mistake(
            "all-weights-turned", f"{ih} and {hh} are kept as (I, 4H) and (H, 4H); torch keeps "
            "(4H, I) and (4H, H)",
            "Which shapes has the state_dict of torch's own module? Print them.",
            "In torch each row holds the weights of one unit.",
            (made[ih], "torch.empty(input_size, 4 * hidden_size)"),
            (made[hh], "torch.empty(hidden_size, 4 * hidden_size)"),
            (f"self.{ih}.T", f"self.{ih}"), (f"self.{hh}.T", f"self.{hh}"), keeps=0.5,
            source="Keras keeps a unit in a column",
        ),
        mistake(
            "other-names", f"the input weights are called W_ih; torch calls them {ih}",
            "Which keys has the state_dict of torch's own module, and which has yours? Print both.",
            "A state dict is loaded by name: the names are part of the task.",
            (lines[ih], lines[ih].replace(ih, "W_ih")), (f"self.{ih}.T", "self.W_ih.T"), keeps=0.5,
        ),
        mistake(
            "all-names-other", f"the weights have other names than torch's: weight_ih{end}, "
            f"weight_hh{end}, bias_ih{end}, bias_hh{end}",
            "Which keys has the state_dict of torch's own module, and which has yours? Print both.",
            "A state dict is loaded by name: set the four as attributes of the module itself, with "
            "these names.",
            *((f"self.{name} =", f"self.{name.replace('_', '')}x =") for name in made),
            *((f"self.{name}.T", f"self.{name.replace('_', '')}x.T") for name in made
              if "weight" in name),
            *((f"+ self.{name}", f"+ self.{name.replace('_', '')}x") for name in made
              if "bias" in name),
            keeps=0.5, source="nn.Linear inside, or a cell inside the layer: other names",
        ),
        mistake(
            "never-filled", "weights are made with torch.empty and never given a value",
            "Which numbers stand in torch.empty(3)? Print it a few times.",
            "torch.empty takes what is in memory. Fill each weight: nn.init.uniform_ does it.",
            ("        for weight in self.parameters():\n            nn.init.uniform_(weight, "
             "-(hidden_size**-0.5), hidden_size**-0.5)\n", ""), keeps=0.5, source=FORUM,
        ),
        mistake(
            "sizes-swapped", "the constructor takes (hidden_size, input_size), in the wrong order",
            "In which order does torch's own constructor take them?",
            "It is (input_size, hidden_size).",
            ("self, input_size, hidden_size", "self, hidden_size, input_size"), keeps=0.5,
        ),
        mistake(
            "zero-start", "all weights start at zero, so all units stay alike",
            "Two units with the same weights get the same gradient. Can they ever differ?",
            "Draw the weights at random: torch takes ±1/√H.",
            ("nn.init.uniform_(weight, -(hidden_size**-0.5), hidden_size**-0.5)",
             "nn.init.zeros_(weight)"), source=FORUM,
        ),
        mistake(
            "h-without-tanh", "h is o times the memory itself: tanh is missing",
            "Can your h become larger than 1?",
            "The memory is squashed on its way out.",
            ("torch.tanh(c)", "c"),
        ),
        mistake(
            "candidate-without-tanh", "the candidate is not squashed: tanh is missing",
            "Can your candidate be larger than 1?",
            "i, f and o go through σ, the candidate g through tanh.",
            ("torch.tanh(g)", "g"),
        ),
        mistake(
            "sigmoid-for-tanh", "σ is taken of the candidate, as of the gates",
            "Can your candidate be negative?",
            "i, f and o go through σ, the candidate g through tanh.",
            ("torch.tanh(g)", "torch.sigmoid(g)"),
        ),
        mistake(
            "state-required", "the state must be given; torch's module begins with zeros without "
            "it",
            "What does torch's own module do when it is called with x alone?",
            "Let state be None by default, and begin with zeros then.",
            (", state=None)", ", state)"), keeps=0.5,
        ),
    ]  # fmt: skip
