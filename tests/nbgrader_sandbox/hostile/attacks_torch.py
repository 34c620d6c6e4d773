"""Further attacks on forbidden names: what torch keeps beside its modules and operators."""

from tests.nbgrader_sandbox.hostile.attack import Attack, theme
from tests.nbgrader_sandbox.hostile.attacks_policy import FUNCTION, MODULE, SHELL


def _torch(name: str, what: str, how: str, tail: str = FUNCTION) -> Attack:
    return Attack(f"torch-{name}", what, answers={"TanhRNN": how + tail + SHELL})


DECOMPOSED = "import torch._decomp.decompositions as d\n"

TORCH = theme(
    "what torch keeps elsewhere",
    _torch(
        "decomposition",
        "the operator's text in Python, of torch's own compiler",
        DECOMPOSED + "function = getattr(d, 'rnn_tanh' + '_input')\n",
    ),
    _torch(
        "decomposition-again",
        "that text read again, which registers it for the operator",
        "import importlib, sys\nsys.modules.pop('torch._decomp.decompositions', None)\n"
        "try:\n    d = importlib.import_module('torch._decomp.decompositions')\n"
        "except Exception:\n    pass\nfunction = torch.ops.aten.rnn_tanh.input\n",
    ),
    _torch(
        "redispatch",
        "the operator by keys of the dispatcher",
        "keys = torch._C.DispatchKeySet(torch._C.DispatchKey.CompositeImplicitAutograd)\n"
        "op = torch.ops.aten.rnn_tanh.input\n"
        "function = lambda *words: op.redispatch(keys, *words)\n",
    ),
    _torch(
        "decompose",
        "the operator taken to pieces by itself",
        "op = torch.ops.aten.rnn_tanh.input\nfunction = lambda *words: op.decompose(*words)\n",
    ),
    _torch(
        "modes",
        "the operator within torch's modes for compiling, testing and other devices",
        "from torch.utils._python_dispatch import TorchDispatchMode\n\n"
        "class Mode(TorchDispatchMode):\n"
        "    def __torch_dispatch__(self, f, types, args=(), kwargs=None):\n"
        "        return f(*args, **(kwargs or {}))\n\n"
        "def function(*words):\n    with Mode(), torch.inference_mode():\n"
        "        return torch.ops.aten.rnn_tanh.input(*words)\n",
    ),
    _torch(
        "library",
        "a library of one's own that gives the operator back what it had",
        "lib = torch.library.Library('aten', 'IMPL')\n" + DECOMPOSED + "for key in "
        "('CompositeImplicitAutograd', 'CPU', 'AutogradCPU'):\n    try:\n"
        "        lib.impl('rnn_tanh.input', d.rnn_tanh_input, key)\n    except Exception:\n"
        "        pass\nfunction = torch.ops.aten.rnn_tanh.input\n",
    ),
    _torch(
        "data",
        "the operator's other form, for packed sequences",
        "def function(x, h, w, *rest):\n    sizes = torch.full((x.shape[0],), x.shape[1])\n"
        "    out, last = torch.ops.aten.rnn_tanh.data(x.reshape(-1, x.shape[2]), sizes, h, w, "
        "True, 1, 0.0, False, False)\n    return out.reshape(*x.shape[:2], -1), last\n",
    ),
    _torch(
        "overload",
        "the operator's overload out of torch's own table",
        "function = lambda x, h, w, *rest: torch._C._get_operation_overload(\n"
        "    'aten::rnn_tanh', 'input')[0](x, h, w, *rest)\n",
    ),
    _torch(
        "traced",
        "a graph of torch.fx that calls the operator",
        "import torch.fx\ngraph = torch.fx.Graph()\nx, h, w = map(graph.placeholder, 'xhw')\n"
        "out = graph.call_function(torch.ops.aten.rnn_tanh.input, (x, h, w, True, 1, 0.0, False, "
        "False, False))\ngraph.output(out)\ngm = torch.fx.GraphModule(torch.nn.Module(), graph)\n"
        "function = lambda x, h, w, *rest: torch.fx.Interpreter(gm).run(x, h, w)\n",
    ),
    _torch(
        "emptied",
        "the emptied class with its old code, from a file that Python keeps",
        "import importlib.util, marshal, torch.nn.modules.rnn as m\n"
        "path = importlib.util.cache_from_source(m.__file__)\n"
        "try:\n    code = marshal.loads(open(path, 'rb').read()[16:])\n"
        "except OSError:\n    code = compile(open(m.__file__).read(), 'x', 'exec')\n"
        "space = {'__name__': 'torch.nn.modules.rnn', '__package__': 'torch.nn.modules'}\n"
        "exec(code, space)\nmade = space['R' + 'NN']\n",
        MODULE,
    ),
)
