"""Attacks on what an answer may use: torch's own RNN in the place of one's own."""

from tests.nbgrader_sandbox.hostile.attack import Attack, theme

SHELL = """
class TanhRNN(torch.nn.Module):
    def __init__(self, input_size, hidden_size):
        super().__init__()
        self.weight_ih = torch.nn.Parameter(torch.zeros(hidden_size, input_size))
        self.weight_hh = torch.nn.Parameter(torch.zeros(hidden_size, hidden_size))
        self.bias = torch.nn.Parameter(torch.zeros(hidden_size))

    def forward(self, xs):
        H, I = self.weight_ih.shape
        weights = [self.weight_ih, self.weight_hh, self.bias, torch.zeros(H)]
        return theirs(xs, I, H, weights)
"""

MODULE = """
def theirs(xs, I, H, weights):
    inner = made(I, H)
    with torch.no_grad():
        for mine, own in zip(inner.parameters(), weights):
            mine.copy_(own)
    return inner(xs)[0]
"""

FUNCTION = """
def theirs(xs, I, H, weights):
    h0 = torch.zeros(1, xs.shape[1], H)
    return function(xs, h0, weights, True, 1, 0.0, False, False, False)[0]
"""


def _policy(name: str, what: str, how: str, tail: str = MODULE) -> Attack:
    return Attack(
        f"uses-{name}",
        what,
        answers={"TanhRNN": how + tail + SHELL},
        evidence=("forbidden-name",) if name in ("name", "alias", "function") else (),
    )


POLICY = theme(
    "what an answer may not use",
    _policy("name", "torch.nn.RNN by its name", "def made(I, H):\n    return torch.nn.RNN(I, H)\n"),
    _policy("alias", "an import under another name", "from torch.nn import RNN as made\n"),
    _policy("getattr", "a name put together", "made = getattr(torch.nn, 'R' + 'NN')\n"),
    _policy("submodule", "the module behind", "from torch.nn.modules.rnn import RNN as made\n"),
    _policy("dict", "the module's dictionary", "made = vars(torch.nn.modules.rnn)['RNN']\n"),
    _policy(
        "subclass",
        "a subclass of the base class",
        "class made(torch.nn.modules.rnn.RNNBase):\n    def __init__(self, I, H):\n"
        "        super().__init__('RNN_TANH', I, H)\n",
    ),
    _policy(
        "subclasses",
        "the class found among the subclasses of Module",
        "def walk(c):\n    for s in type.__subclasses__(c):\n        yield s\n        yield "
        "from walk(s)\n\n"
        "made = next(c for c in walk(torch.nn.Module) if c.__name__ == 'R' + 'NN')\n",
    ),
    _policy(
        "gc",
        "the class found among all objects",
        "import gc\nmade = next(c for c in gc.get_objects()\n"
        "            if isinstance(c, type) and c.__name__ == 'RN' + 'N' and 'torch' in "
        "c.__module__)\n",
    ),
    _policy(
        "reload",
        "the module loaded again",
        "import importlib, sys\nimport torch.nn.modules.rnn as m\nm = "
        "importlib.reload(m)\nmade = m.RNN\n",
    ),
    _policy(
        "fresh-module",
        "the module's file run under another name",
        "import importlib.util, os\npath = os.path.join(os.path.dirname(torch.__file__), "
        "'nn/modules/rnn.py')\n"
        "spec = importlib.util.spec_from_file_location('torch.nn.modules.other', path)\n"
        "m = importlib.util.module_from_spec(spec)\nspec.loader.exec_module(m)\nmade = m.RNN\n",
    ),
    _policy("function", "the function below", "function = torch.rnn_tanh\n", FUNCTION),
    _policy("vf", "the function of torch._VF", "function = torch._VF.rnn_tanh\n", FUNCTION),
    _policy(
        "variable-functions",
        "the function of torch._C",
        "function = getattr(torch._C._VariableFunctions, 'rnn' + '_tanh')\n",
        FUNCTION,
    ),
    _policy("ops", "the operator of aten", "function = torch.ops.aten.rnn_tanh.input\n", FUNCTION),
    _policy(
        "jit",
        "a text compiled by torch.jit",
        "unit = torch.jit.CompilationUnit('''\n"
        "def f(x: Tensor, h: Tensor, w: List[Tensor]):\n"
        "    return torch.rnn_tanh(x, h, w, True, 1, 0.0, False, False, False)\n''')\n"
        "def function(x, h, w, *rest):\n    return unit.f(x, h, w)\n",
        FUNCTION,
    ),
    _policy(
        "jit-operation",
        "the operator taken out of torch.jit's table",
        "operation, _ = torch._C._jit_get_operation('aten::rnn_tanh')\nfunction = operation\n",
        FUNCTION,
    ),
    _policy(
        "pickle",
        "the class by pickle's own lookup",
        "import pickle\nmade = pickle.loads(b'ctorch.nn.modules.rnn\\nR' + b'NN\\n.')\n",
    ),
    _policy(
        "copied",
        "an RNN cell of torch's own in a loop of one's own, and a scripted copy",
        "import copy\nmade = copy.deepcopy(torch.nn.modules.rnn.__dict__.get('RNN'))\n",
    ),
    _policy(
        "when-called",
        "torch.nn.RNN looked up only when a test calls",
        "def made(I, H):\n    import importlib\n"
        "    return getattr(importlib.import_module('torch.nn'), 'R' + 'NN')(I, H)\n",
    ),
)
