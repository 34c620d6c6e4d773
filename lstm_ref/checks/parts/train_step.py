"""Assignment 08: `train_step`. To load this module does not load torch."""

from lstm_ref.checks.exercise import Case, Exercise
from lstm_ref.checks.families.modules import FORUM, IMPORTS, mistake
from lstm_ref.checks.inputs import signed

RIGHT = """
def train_step(model, xs, targets, loss_fn, optimiser, max_norm):
    optimiser.zero_grad()
    loss = loss_fn(model(xs), targets)
    loss.backward()
    nn.utils.clip_grad_norm_(model.parameters(), max_norm)
    optimiser.step()
    return loss.item()
"""

CLIPPED_BY_HAND = """
def train_step(model, xs, targets, loss_fn, optimiser, max_norm):
    model.zero_grad()
    outputs = model(xs)
    loss = loss_fn(outputs, targets)
    loss.backward()
    with torch.no_grad():
        norm = sum((p.grad**2).sum() for p in model.parameters()).sqrt()
        for p in model.parameters():
            p.grad *= min(1.0, float(max_norm / norm))
    optimiser.step()
    return float(loss)
"""

WITH_GRAD = """
def train_step(model, xs, targets, loss_fn, optimiser, max_norm):
    model.train()
    weights = list(model.parameters())
    loss = loss_fn(model(xs), targets)
    for weight, gradient in zip(weights, torch.autograd.grad(loss, weights)):
        weight.grad = gradient
    torch.nn.utils.clip_grad_norm_(weights, max_norm=max_norm)
    optimiser.step()
    optimiser.zero_grad()
    return loss.detach().numpy()
"""

A_TENSOR = RIGHT.replace("loss.item()", "loss")  # works, and keeps the graph alive: advice

#: Two steps with a small model. Old gradients are left in it: whoever trained before left them.
#: The loss is not symmetrical, so that targets and outputs in the wrong order show.
USE = '''
class Descent:
    """Plain gradient descent, with the interface of torch's optimisers."""

    def __init__(self, params, lr):
        self.param_groups = [{"params": params, "lr": lr}]

    def zero_grad(self, set_to_none=True):
        for p in self.param_groups[0]["params"]:
            p.grad = None if set_to_none or p.grad is None else p.grad.detach() * 0

    def step(self, closure=None):
        for p in self.param_groups[0]["params"]:
            if p.grad is not None:
                p.data.add_(p.grad, alpha=-self.param_groups[0]["lr"])


def use(answer, xs, targets, weights, old, max_norm, *, halfway=None):
    """Return the losses of two steps, and the parameters after them."""
    import torch

    def tensor(a):
        return torch.from_numpy(a.astype("float32"))

    # Named as torch.nn.Sequential names its layers. To draw weights first, and load others, takes
    # longer than a step; so does calling a module for each layer.
    model, linear = torch.nn.Module(), torch.nn.functional.linear
    kept = {name: torch.nn.Parameter(tensor(values)) for name, values in weights.items()}
    for name, p in kept.items():
        number, kind = name.split(".")
        if number not in model._modules:
            model.add_module(number, torch.nn.Module())
        model._modules[number].register_parameter(kind, p)
    W1, b1, W2, b2 = kept.values()
    model.forward = lambda given: linear(torch.tanh(linear(given, W1, b1)), W2, b2)
    for name, p in model.named_parameters():
        p.grad = tensor(old[name])
    optimiser = Descent(list(model.parameters()), lr=0.5)
    loss_fn = lambda outputs, wanted: ((outputs - wanted) ** 2 * (1 + wanted**2)).mean()
    data, losses = (tensor(xs), tensor(targets)), []
    for _ in range(2):
        losses.append(answer(model, *data, loss_fn, optimiser, max_norm))
        if losses[-1] is None:
            return None
        if halfway:
            halfway(losses)
    after = {name: p.detach().numpy() for name, p in model.named_parameters()}
    return *losses, after
'''


def oracle(model, xs, targets, loss_fn, optimiser, max_norm):
    import torch

    optimiser.zero_grad()
    wanted = dict(model.named_parameters())
    loss = loss_fn(model(xs), targets)
    gradients = torch.autograd.grad(loss, list(wanted.values()))
    for parameter, gradient in zip(wanted.values(), gradients, strict=True):
        parameter.grad = gradient.clone()
    torch.nn.utils.clip_grad_norm_(wanted.values(), max_norm)
    with torch.no_grad():
        for parameter in wanted.values():
            parameter -= optimiser.param_groups[0]["lr"] * parameter.grad
    return loss.detach().numpy()


def cases(rng):
    def case(name, N, I, H, size, max_norm):
        shapes = {"0.weight": (H, I), "0.bias": (H,), "2.weight": (1, H), "2.bias": (1,)}
        weights = {key: signed(rng, shape, 0.3, 0.9) for key, shape in shapes.items()}
        old = {key: signed(rng, shape, 0.3, 0.9) for key, shape in shapes.items()}
        xs, targets = signed(rng, (N, I), 0.4, 1.6), signed(rng, (N, 1), 0.6, 1.6) * size
        return Case(name, (xs, targets, weights, old, max_norm))

    return [
        case("gradients that are clipped to 0.5", 4, 3, 2, 3.0, 0.5),
        case("gradients that are clipped to 1", 5, 2, 3, 2.0, 1.0),
        case("one example, one unit", 1, 2, 1, 2.0, 0.7),
        case("gradients below the limit", 4, 3, 2, 0.15, 100.0),
    ]


_CLIP = "    nn.utils.clip_grad_norm_(model.parameters(), max_norm)\n"
_STEP = "    optimiser.step()\n"
_BACK = "    loss.backward()\n"
_ZERO = "    optimiser.zero_grad()\n"
_LAST = "    return loss.item()"

MISTAKES = (
    mistake(
        "zero-grad-missing",
        "old gradients are not cleared: backward adds to what stands in .grad",
        "What is p.grad before your backward, and what after it?",
        "backward adds. Clear the gradients before it.",
        (_ZERO, ""),
        source=FORUM,
    ),
    mistake(
        "zero-grad-at-the-end",
        "the gradients are cleared after the step, so the first step still adds to old ones",
        "Who has cleared the gradients before your very first step?",
        "Clear them at the beginning, before backward.",
        (_ZERO, ""),
        (_LAST, f"{_ZERO}{_LAST}"),
        keeps=0.5, source="training loops that clear last",
    ),
    mistake(
        "clipping-without-effect",
        "the step goes with gradients that are not clipped: clipping is missing, or too early or "
        "late",
        "Does your result change when max_norm does? Which gradients does the optimiser see?",
        "First backward, then clip the norm of all gradients, then step.",
        (_CLIP, ""),
        source=FORUM,
    ),
    mistake(
        "clipped-by-value",
        "each number is clipped by itself; the norm of all of them is asked for",
        "Does your clipped gradient point where it pointed before?",
        "clip_grad_norm_ shortens the whole gradient, and keeps its direction.",
        ("clip_grad_norm_", "clip_grad_value_"),
        source="torch has both: clip_grad_value_ and clip_grad_norm_",
    ),
    mistake(
        "each-clipped-alone",
        "each parameter is clipped by itself; one norm over all of them is asked for",
        "Does your clipped gradient point where it pointed before?",
        "Hand all parameters to clip_grad_norm_ at once.",
        ("    nn.utils.clip_grad_norm_(model.parameters(), max_norm)",
         "    for p in model.parameters():\n        nn.utils.clip_grad_norm_(p, max_norm)"),
    ),
    mistake(
        "always-scaled",
        "gradients are brought to max_norm even where they are shorter",
        "What should happen to a gradient that is short already?",
        "Clipping shortens what is too long. It makes nothing longer.",
        (_CLIP,
         "    for p in model.parameters():\n        p.grad *= 1e6\n" + _CLIP),
        keeps=0.5, source="normalised gradients, taken for clipping",
    ),
    mistake(
        "nothing-learnt",
        "no parameter moves: backward or the step is missing, or the gradients are cleared in "
        "between",
        "Does a parameter change in a call? Print it, and its .grad just before the step.",
        "Clear, go backward, then step: in this order the gradients are there when they are "
        "needed.",
        (_STEP, ""),
        source=FORUM,
    ),
    mistake(
        "step-before-backward",
        "the optimiser takes its step before backward: with the gradients of the call before",
        "With which gradients does your step go?",
        "First backward, then clip, then step.",
        (_STEP, ""),
        (_ZERO, "    optimiser.step()\n    optimiser.zero_grad()\n"),
    ),
    mistake(
        "loss-after-the-step",
        "the loss that is returned is that after the step",
        "Which loss belongs to the gradients that you used?",
        "Return the loss from before the step: no second forward pass is needed.",
        (_LAST, "    return loss_fn(model(xs), targets).item()"),
        keeps=0.5,
    ),
    mistake(
        "targets-first",
        "the loss function gets the targets first, and then the outputs",
        "In which order does torch take them?",
        "loss_fn(outputs, targets): for most losses the order matters.",
        ("loss_fn(model(xs), targets)", "loss_fn(targets, model(xs))"),
        source="scikit-learn's metrics take (y_true, y_pred)",
    ),
    mistake(
        "loss-summed",
        "the loss is multiplied by the number of examples",
        "loss_fn decides whether it is a mean or a sum. Do you change it?",
        "Return what loss_fn gave.",
        (_LAST, f"{_LAST} * len(xs)"),
        source="running totals over an epoch: loss.item() * len(batch)",
    ),
)  # fmt: skip

EXERCISE = Exercise(
    name="train_step",
    right=RIGHT,
    oracle=oracle,
    outputs={"loss": "", "loss of a second step": "", "parameters": ""},
    returns="loss.item()",
    cases=cases,
    mistakes=MISTAKES,
    praise="clear, forward, backward, clip, step: in this order, and a plain number comes back.",
    hints=(
        "In which order: backward, clip, clear, step? What does each of them read and write?",
        "Clear the gradients, make the loss, go backward, clip the norm, take the step.",
        "Print p.grad of one parameter after each of your lines.",
    ),
    styles=(CLIPPED_BY_HAND, WITH_GRAD, A_TENSOR),
    use=USE,
    unread=frozenset(f"old['{layer}.{kind}']" for layer in (0, 2) for kind in ("weight", "bias")),
    imports=IMPORTS,
)
