"""Assignment 08: `LSTM`, a module of torch. To load this module does not load torch."""

from lstm_ref.checks import inputs
from lstm_ref.checks.exercise import Case, Exercise
from lstm_ref.checks.families import modules
from lstm_ref.checks.families.modules import mistake
from lstm_ref.datasets import worked_example

RIGHT = """
class LSTM(nn.Module):
    def __init__(self, input_size, hidden_size):
        super().__init__()
        self.hidden_size = hidden_size
        self.weight_ih_l0 = nn.Parameter(torch.empty(4 * hidden_size, input_size))
        self.weight_hh_l0 = nn.Parameter(torch.empty(4 * hidden_size, hidden_size))
        self.bias_ih_l0 = nn.Parameter(torch.empty(4 * hidden_size))
        self.bias_hh_l0 = nn.Parameter(torch.empty(4 * hidden_size))
        for weight in self.parameters():
            nn.init.uniform_(weight, -(hidden_size**-0.5), hidden_size**-0.5)

    def forward(self, xs, state=None):
        if state is None:
            zeros = xs.new_zeros(1, *xs.shape[1:-1], self.hidden_size)
            state = (zeros, zeros)
        h, c = state[0][0], state[1][0]
        hs = []
        for x in xs:
            z = x @ self.weight_ih_l0.T + self.bias_ih_l0
            z = z + h @ self.weight_hh_l0.T + self.bias_hh_l0
            i, f, g, o = z.chunk(4, dim=-1)
            c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
            h = torch.sigmoid(o) * torch.tanh(c)
            hs.append(h)
        return torch.stack(hs), (h[None], c[None])
"""

WITH_THE_INPUTS_FIRST = """
class LSTM(nn.Module):
    def __init__(self, input_size, hidden_size):
        super().__init__()
        H = hidden_size
        for name, shape in (("ih", (4 * H, input_size)), ("hh", (4 * H, H))):
            setattr(self, f"weight_{name}_l0", nn.Parameter(torch.randn(*shape) * 0.1))
            setattr(self, f"bias_{name}_l0", nn.Parameter(torch.zeros(4 * H)))

    def forward(self, xs, state=None):
        from_x = nn.functional.linear(xs, self.weight_ih_l0, self.bias_ih_l0 + self.bias_hh_l0)
        H = self.weight_hh_l0.shape[1]
        h, c = state if state is not None else [xs.new_zeros((1,) + xs.shape[1:-1] + (H,))] * 2
        hs = []
        for t in range(len(xs)):
            gates = from_x[t : t + 1] + nn.functional.linear(h, self.weight_hh_l0)
            i, f, g, o = torch.split(gates, H, -1)
            c = f.sigmoid() * c + i.sigmoid() * g.tanh()
            h = o.sigmoid() * c.tanh()
            hs += [h]
        return torch.cat(hs), (h, c)
"""

WITH_A_FILLED_TENSOR = """
class LSTM(nn.Module):
    def __init__(self, input_size, hidden_size):
        super().__init__()
        self.input_size, self.hidden_size = input_size, hidden_size
        width = 4 * hidden_size
        self.weight_ih_l0 = nn.Parameter(nn.init.xavier_uniform_(torch.empty(width, input_size)))
        self.weight_hh_l0 = nn.Parameter(nn.init.orthogonal_(torch.empty(width, hidden_size)))
        self.bias_ih_l0 = nn.Parameter(torch.zeros(width))
        self.bias_hh_l0 = nn.Parameter(torch.zeros(width))

    def cell(self, x, h, c):
        z = torch.cat([x, h], -1) @ torch.cat([self.weight_ih_l0, self.weight_hh_l0], 1).T
        i, f, g, o = (z + self.bias_ih_l0 + self.bias_hh_l0).unflatten(-1, (4, -1)).unbind(-2)
        c = f.sigmoid() * c + i.sigmoid() * g.tanh()
        return o.sigmoid() * c.tanh(), c

    def forward(self, xs, state=None):
        shape = (*xs.shape[1:-1], self.hidden_size)
        h, c = (torch.zeros(shape), torch.zeros(shape))
        if state is not None:
            h, c = (s.squeeze(0) for s in state)
        hs = torch.zeros(len(xs), *shape)
        for t, x in enumerate(xs):
            h, c = self.cell(x, h, c)
            hs[t] = h
        return [hs, [h.unsqueeze(0), c.unsqueeze(0)]]
"""


def oracle(input_size, hidden_size):
    import torch

    class Plain(torch.nn.LSTM):
        """Torch's own, by its plain kernels: to make oneDNN ready takes longer than all cases."""

        def forward(self, *given):
            before = torch.backends.mkldnn.set_flags(False)
            try:
                return super().forward(*given)
            finally:
                torch.backends.mkldnn.set_flags(before[0])

    return Plain(input_size, hidden_size)


#: Without a batch there are the first and the last case already.
SIZES = (
    (inputs.Sizes("a batch of two sequences", 2, 4, 3), 3),
    (inputs.Sizes("as many steps as sequences, inputs and units", 3, 3, 3), 3),
    (inputs.Sizes("one unit and one sequence", 1, 2, 1), 2),
)


def cases(rng):
    def case(s, arguments, state=True):
        xs, h0, c0, params = arguments
        hs = (len(xs), *h0.shape)
        backs = [
            inputs.signed(rng, shape, 0.4, 1.6) for shape in (hs, h0[None].shape, c0[None].shape)
        ]
        state_dict = modules.state_dict(params, "_l0")
        states = (h0[None], c0[None]) if state else (None, None)
        return Case(s.name, (xs, *states, state_dict, *backs), s.single)

    example = worked_example
    first = inputs.Sizes("the worked example", None, 2, 2)
    found = [case(first, (example.xs, example.h0, example.c0, example.params))]
    found += [case(s, inputs.sequence(rng, s, T, scale=0.8)) for s, T in SIZES]
    # The last one takes least: there all mistakes are tried first.
    for name, B, T in (("no state given: zeros", 2, 2), ("no state given, no batch", None, 1)):
        alone = inputs.Sizes(name, B, 4, 3)
        found.append(case(alone, inputs.sequence(rng, alone, T, scale=0.8), state=False))
    return found


_RETURN = "return torch.stack(hs), (h[None], c[None])"

MISTAKES = (
    *modules.parameters("_l0"),
    *modules.gate_orders(),
    mistake(
        "layer-axis-missing",
        "h_n and c_n lack torch's first axis, which counts the layers",
        "Which shape has h_n of torch's own module, and which has yours?",
        "torch gives (1, B, H) for one layer: `h[None]`, or `h.unsqueeze(0)`.",
        (_RETURN, "return torch.stack(hs), (h, c)"),
        keeps=0.5, source=modules.FORUM,
    ),
    mistake(
        "three-results",
        "three results are returned; torch's module returns two, (hs, (h_n, c_n))",
        "Into how many names does torch's documentation unpack the result?",
        "The state is a pair of its own.",
        (_RETURN, "return torch.stack(hs), h[None], c[None]"),
        keeps=0.5,
    ),
    mistake(
        "hs-alone",
        "hs is returned alone; torch's module returns (hs, (h_n, c_n))",
        "What does whoever goes on with the sequence need?",
        "Return the last state, too.",
        (_RETURN, "return torch.stack(hs)"),
    ),
    mistake(
        "hs-as-list",
        "hs is a list of the steps; torch's module returns one tensor",
        "What does type(hs) say, of torch's own module and of yours?",
        "torch.stack makes one tensor of a list of tensors, with a new first axis.",
        (_RETURN, "return hs, (h[None], c[None])"),
        keeps=0.5, source=modules.FORUM,
    ),
    mistake(
        "return-in-the-loop",
        "the layer returns after its first step: `return` stands within the loop",
        "How many steps has hs in yours?",
        "Put `return` below the loop, as far to the left as its `for`.",
        ("hs.append(h)\n        return", "hs.append(h)\n            return"),
        source=modules.FORUM,
    ),
    mistake(
        "state-in-other-order",
        "the last state is (c_n, h_n); torch's is (h_n, c_n)",
        "In which order does torch's own module return it?",
        "h first, then c.",
        ("(h[None], c[None])", "(c[None], h[None])"),
        keeps=0.5, source="Flax's carry is (c, h)",
    ),
    mistake(
        "batch-first",
        "the batch is taken as the first axis; torch's default is the time",
        "What is len(xs), the number of steps or of sequences?",
        "xs is (T, B, I), and hs (T, B, H): batch_first is False by default.",
        ("for x in xs:", "for x in xs.transpose(0, -2):"),
        (_RETURN, "return torch.stack(hs, dim=-2), (h[None], c[None])"),
        keeps=0.5, source="batch_first=True, Keras's order, too",
    ),
    mistake(
        "state-ignored",
        "the state that is given plays no part: each call begins with zeros",
        "Give another h_0. Does anything change?",
        "Begin with zeros only where no state is given.",
        ("if state is None:", "if True:"),
        source=modules.FORUM,
    ),
    mistake(
        "h-not-carried",
        "every step reads the first h: the hidden state is not carried on",
        "Which h does step 2 read in yours?",
        "What a step gives is what the next one reads.",
        ("h @ self.weight_hh_l0.T", "state[0][0] @ self.weight_hh_l0.T"),
    ),
    mistake(
        "c-not-carried",
        "every step starts from the first c: the memory is not carried on",
        "Which c does step 2 start from in yours?",
        "What a step gives is what the next one reads.",
        ("torch.sigmoid(f) * c +", "torch.sigmoid(f) * state[1][0] +"),
    ),
    mistake(
        "memory-in-hs",
        "hs holds the memories c; it should hold the hidden states h",
        "Which of the two goes up to the next layer?",
        "c only goes on in time, h goes up, too.",
        ("hs.append(h)", "hs.append(c)"),
    ),
    mistake(
        "h-before-the-step",
        "each step notes h before it is changed: hs comes one step late",
        "Is hs[-1] the same as h_n in yours?",
        "First take the step, then append.",
        ("            z = x @", "            hs.append(h)\n            z = x @"),
        ("            hs.append(h)\n", ""),
    ),
    mistake(
        "detached-each-step",
        "the state is cut off with detach after each step, so no gradient goes through time",
        "What does the loss at step 3 say of the input at step 1?",
        "Truncation is for the training loop. The module leaves the graph whole.",
        ("hs.append(h)\n", "hs.append(h)\n            h, c = h.detach(), c.detach()\n"),
        source="truncated training loops, copied into the module",
    ),
    mistake(
        "data-in-hs",
        "hs holds numbers without their graph, so no gradient comes back from hs",
        "What does hs.requires_grad say of your result?",
        "`.data`, `.item()`, `torch.tensor(…)` and numpy cut the graph: append h itself.",
        ("hs.append(h)", "hs.append(h.data)"),
        source=modules.FORUM,
    ),
    mistake(
        "backwards",
        "the sequence is read from its end",
        "Which x does your first step read?",
        "The first step reads xs[0].",
        ("for x in xs:", "for x in xs.flip(0):"),
    ),
)  # fmt: skip

EXERCISE = Exercise(
    name="LSTM",
    right=RIGHT,
    oracle=oracle,
    outputs={
        **modules.KEPT, "hs": "TBH", "h_n": "LBH", "c_n": "LBH",
        "dxs": "TBI", "dh_0": "LBH", "dc_0": "LBH", "grads": "",
    },
    returns="hs, (h_n, c_n)",
    cases=cases,
    mistakes=MISTAKES,
    praise="your module takes torch's weights by name, and gives torch's numbers and gradients.",
    hints=(
        "Which names and shapes has the state_dict of torch.nn.LSTM(2, 3), and which has yours?",
        "Four parameters in __init__, with names that end in _l0; in forward one loop over the "
        "steps.",
        "Load torch's state_dict into your module, and compare hs step by step.",
    ),
    styles=(WITH_THE_INPUTS_FIRST, WITH_A_FILLED_TENSOR),
    use=modules.driver("xs, h_0, c_0", "dhs, dh_n, dc_n"),
    made=frozenset(modules.KEPT),
    imports=modules.IMPORTS,
)  # fmt: skip
