"""Assignment 08: `LSTMCell`, a module of torch. To load this module does not load torch."""

from lstm_ref.checks import inputs
from lstm_ref.checks.exercise import Case, Exercise
from lstm_ref.checks.families import modules
from lstm_ref.checks.families.modules import mistake
from lstm_ref.datasets import worked_example

RIGHT = """
class LSTMCell(nn.Module):
    def __init__(self, input_size, hidden_size):
        super().__init__()
        self.hidden_size = hidden_size
        self.weight_ih = nn.Parameter(torch.empty(4 * hidden_size, input_size))
        self.weight_hh = nn.Parameter(torch.empty(4 * hidden_size, hidden_size))
        self.bias_ih = nn.Parameter(torch.empty(4 * hidden_size))
        self.bias_hh = nn.Parameter(torch.empty(4 * hidden_size))
        for weight in self.parameters():
            nn.init.uniform_(weight, -(hidden_size**-0.5), hidden_size**-0.5)

    def forward(self, x, state=None):
        if state is None:
            zeros = x.new_zeros(*x.shape[:-1], self.hidden_size)
            state = (zeros, zeros)
        h, c = state
        z = x @ self.weight_ih.T + h @ self.weight_hh.T + self.bias_ih + self.bias_hh
        i, f, g, o = z.chunk(4, dim=-1)
        c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
        h = torch.sigmoid(o) * torch.tanh(c)
        return h, c
"""

WITH_LINEAR = """
class LSTMCell(nn.Module):
    def __init__(self, input_size, hidden_size):
        super().__init__()
        H = hidden_size
        shapes = {"weight_ih": (4 * H, input_size), "weight_hh": (4 * H, H)}
        for name, shape in {**shapes, "bias_ih": (4 * H,), "bias_hh": (4 * H,)}.items():
            self.register_parameter(name, nn.Parameter(torch.randn(shape) * H**-0.5))

    def forward(self, x, state=None):
        H = self.weight_hh.shape[1]
        h, c = (x.new_zeros(x.shape[:-1] + (H,)),) * 2 if state is None else state
        z = nn.functional.linear(x, self.weight_ih, self.bias_ih)
        z = z + nn.functional.linear(h, self.weight_hh, self.bias_hh)
        i, f, o = (z[..., k * H : (k + 1) * H].sigmoid() for k in (0, 1, 3))
        c = torch.addcmul(f * c, i, z[..., 2 * H : 3 * H].tanh())
        return [o * c.tanh(), c]
"""

WITH_EINSUM = """
class LSTMCell(torch.nn.Module):
    def __init__(self, n_in, n_units):
        torch.nn.Module.__init__(self)
        self.weight_ih, self.weight_hh, self.bias_ih, self.bias_hh = (
            nn.Parameter(torch.rand(4 * n_units, *more) - 0.5)
            for more in ((n_in,), (n_units,), (), ())
        )

    def step(self, x, h, c):
        z = torch.einsum("gi,...i->...g", self.weight_ih, x) + (self.bias_ih + self.bias_hh)
        z = z + torch.einsum("gh,...h->...g", self.weight_hh, h)
        i, f, g, o = torch.tensor_split(z, 4, -1)
        c = c / (1 + torch.exp(-f)) + g.tanh() / (1 + torch.exp(-i))
        return c.tanh() / (1 + torch.exp(-o)), c

    def forward(self, x, hc=(None, None)):
        nothing = torch.zeros(*x.shape[:-1], self.weight_hh.shape[1])
        return self.step(x, *(nothing if a is None else a for a in hc))
"""


def oracle(input_size, hidden_size):
    import torch

    return torch.nn.LSTMCell(input_size, hidden_size)


#: Without a batch there are the first and the last case already.
SIZES = (
    inputs.Sizes("a batch of two examples", 2, 4, 3),
    inputs.Sizes("as many inputs as units and examples", 3, 3, 3),
    inputs.Sizes("one unit and one example", 1, 2, 1),
)


def cases(rng):
    def case(s, arguments, state=True):
        x, h_prev, c_prev, params = arguments
        backs = [inputs.signed(rng, h_prev.shape, 0.4, 1.6) for _ in range(2)]
        state_dict = modules.state_dict(params)
        states = (h_prev, c_prev) if state else (None, None)
        return Case(s.name, (x, *states, state_dict, *backs), s.single)

    example = worked_example
    first = inputs.Sizes("the worked example, step 1", None, 2, 2)
    found = [case(first, (example.xs[0], example.h0, example.c0, example.params))]
    found += [case(s, inputs.step(rng, s)) for s in SIZES]
    for name, B in (("no state given: zeros", 2), ("no state given, no batch", None)):
        alone = inputs.Sizes(name, B, 4, 3)
        found.append(case(alone, inputs.step(rng, alone), state=False))
    return found


MISTAKES = (
    *modules.parameters(""),
    *modules.gate_orders(),
    mistake(
        "results-in-other-order",
        "the two results come in the other order: (c, h) in place of (h, c)",
        "In which order does torch's own cell return them?",
        "Return h first, then c.",
        ("return h, c", "return c, h"),
        keeps=0.5, source="Flax's carry is (c, h)",
    ),
    mistake(
        "h-alone",
        "h is returned alone; torch's cell returns (h, c)",
        "What does the next step need beside h?",
        "Return both.",
        ("return h, c", "return h"),
        source=modules.FORUM,
    ),
    mistake(
        "state-swapped",
        "the state is taken as (c, h); torch's is (h, c)",
        "In which order does torch's own cell take its state?",
        "h first, then c.",
        ("h, c = state", "c, h = state"),
        source="Flax's carry is (c, h)",
    ),
    mistake(
        "state-detached",
        "the state is cut off with detach, so no gradient comes back to the step before",
        "What is h_prev.grad after backward, in torch's own cell and in yours?",
        "The cell leaves the graph whole. Whoever wants to truncate cuts it outside.",
        ("h, c = state", "h, c = (s.detach() for s in state)"),
        source="truncated training loops, copied into the cell",
    ),
    mistake(
        "without-graph",
        "forward runs under no_grad: no gradient reaches the weights",
        "What does h.requires_grad say of your result?",
        "no_grad is for evaluation, outside of the module.",
        ("def forward(", "@torch.no_grad()\n    def forward("),
    ),
    mistake(
        "h-from-old-memory",
        "h is made from the old memory, before this step changed it",
        "Which of the two memories does the output gate show?",
        "First c is made, then h is made from it.",
        ("torch.sigmoid(o) * torch.tanh(c)", "torch.sigmoid(o) * torch.tanh(state[1])"),
    ),
)  # fmt: skip

EXERCISE = Exercise(
    name="LSTMCell",
    right=RIGHT,
    oracle=oracle,
    outputs={
        **modules.KEPT, "h": "BH", "c": "BH",
        "dx": "BI", "dh_prev": "BH", "dc_prev": "BH", "grads": "",
    },
    returns="h, c",
    cases=cases,
    mistakes=MISTAKES,
    praise="your cell takes torch's weights by name, and gives torch's numbers and gradients.",
    hints=(
        "Which names and shapes has the state_dict of torch.nn.LSTMCell(2, 3), and which has "
        "yours?",
        "Four parameters in __init__; in forward one sum z, four blocks of it, then c and h.",
        "Load torch's state_dict into your cell, and compare z, i, f, g, o one after the other.",
    ),
    styles=(WITH_LINEAR, WITH_EINSUM),
    use=modules.driver("x, h_prev, c_prev", "dh, dc"),
    made=frozenset(modules.KEPT),
    imports=modules.IMPORTS,
)  # fmt: skip
