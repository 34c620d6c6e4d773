"""A forbidden name is of no use, by whatever way one gets at it; what is not forbidden works."""

from collections.abc import Callable

import pytest
from nbgrader_sandbox.engine.remote import Worker

pytestmark = pytest.mark.slow

MESSAGE = "Write the LSTM yourself: torch's own is not allowed in this question."
LSTM = [{"name": "torch.nn.LSTM", "message": MESSAGE}]
OPERATORS = [
    {"name": name, "message": MESSAGE}
    for name in ("torch._VF.lstm", "torch._VF.lstm_cell", "torch.ops.aten.mkldnn_rnn_layer")
]
SOLVE = [{"name": "numpy.linalg.solve", "message": MESSAGE}]

#: Ways to torch's own LSTM, or to parts of it.
WAYS = {
    "plain": "torch.nn.LSTM(3, 4)(x)",
    "from": "from torch.nn import LSTM\nLSTM(3, 4)(x)",
    "as": "from torch.nn.modules.rnn import LSTM as Net\nNet(3, 4)(x)",
    "getattr": "getattr(torch.nn, 'LS' + 'TM')(3, 4)(x)",
    "dict": "vars(torch.nn.modules.rnn)['LSTM'](3, 4)(x)",
    "subclass": "class Mine(torch.nn.LSTM): pass\nMine(3, 4)(x)",
    "reload": "import importlib\nimportlib.reload(torch.nn.modules.rnn).LSTM(3, 4)(x)",
    "fresh import": "import sys\ndel sys.modules['torch.nn.modules.rnn']\n"
    "from torch.nn.modules.rnn import LSTM\nLSTM(3, 4)(x)",
    "subclasses": "kinds = torch.nn.modules.rnn.RNNBase.__subclasses__()\n"
    "[k for k in kinds if k.__name__ == 'LSTM'][0](3, 4)(x)",
    "gc": "import gc\n[o for o in gc.get_objects() if isinstance(o, type)"
    " and o.__name__ == 'LSTM' and o.__module__ == 'torch.nn.modules.rnn'][0](3, 4)(x)",
    "RNNBase": "net = torch.nn.modules.rnn.RNNBase('LSTM', 3, 4)\n"
    "torch._VF.lstm(x, (zeros, zeros), net._flat_weights, True, 1, 0., False, False, False)",
    "_VF": "torch._VF.lstm(x, (zeros, zeros), weights, True, 1, 0., False, False, False)",
    "torch.lstm": "torch.lstm(x, (zeros, zeros), weights, True, 1, 0., False, False, False)",
    "functions": "torch._C._VariableFunctions.lstm("
    "x, (zeros, zeros), weights, True, 1, 0., False, False, False)",
    "ops": "torch.ops.aten.lstm(x, (zeros, zeros), weights, True, 1, 0., False, False, False)",
    "overload": "torch.ops.aten.lstm.input("
    "x, (zeros, zeros), weights, True, 1, 0., False, False, False)",
    "no_grad": "with torch.no_grad():\n"
    "    torch.lstm(x, (zeros, zeros), weights, True, 1, 0., False, False, False)",
    "inference": "with torch.inference_mode():\n"
    "    torch.lstm(x, (zeros, zeros), weights, True, 1, 0., False, False, False)",
    "double": "torch.lstm(x.double(), (zeros.double(), zeros.double()), "
    "[w.double() for w in weights], True, 1, 0., False, False, False)",
    "packed": "p = torch.nn.utils.rnn.pack_sequence([x[:, 0], x[:2, 0]])\n"
    "torch._VF.lstm(p.data, p.batch_sizes, (zeros, zeros), weights, True, 1, 0., False, False)",
    "decomposition": "from torch._decomp import decomposition_table\n"
    "decomposition_table[torch.ops.aten.lstm.input]("
    "x, (zeros, zeros), weights, True, 1, 0., False, False, False)",
    "parts of the decomposition": "import torch._decomp.decompositions as d\n"
    "d.one_layer_lstm(x, (zeros[0], zeros[0]), weights, True)",
    "cell of the decomposition": "import torch._decomp.decompositions as d\n"
    "d.lstm_cell(x[0] @ weights[0].T, zeros[0], zeros[0], weights[1], weights[3], None, 1)",
    "export": "class M(torch.nn.Module):\n    def forward(self, x):\n"
    "        return torch._VF.lstm(x, (zeros, zeros), weights, True, 1, 0., False, False, False)\n"
    "torch.export.export(M(), (x,)).run_decompositions().module()(x)",
    "script": "f = torch.jit.CompilationUnit('''def f(x, z, w: List[Tensor]):\\n"
    "    return torch.lstm(x, (z, z), w, True, 1, 0., False, False, False)\n''').f\n"
    "f(x, zeros, weights)",
    "taken back": "import gc, weakref\n"
    "for o in gc.get_objects():\n    if type(o).__name__ == 'Library': o._destroy()\n"
    "for f in list(weakref.finalize._registry):\n    if f.peek(): f()\n"
    "torch.lstm(x, (zeros, zeros), weights, True, 1, 0., False, False, False)",
    "trace": "f = torch.jit.trace(lambda x: torch.lstm(x, (zeros, zeros), weights,"
    " True, 1, 0., False, False, False), (x,))\nf(x)",
}
SETUP = """import torch
x, zeros = torch.randn(5, 2, 3), torch.zeros(1, 2, 4)
weights = [torch.randn(16, 3), torch.randn(16, 4), torch.randn(16), torch.randn(16)]
"""


@pytest.mark.parametrize("way", WAYS)
def test_every_way_to_it_is_closed(begin: Callable[..., Worker], way: str) -> None:
    worker = begin(SETUP, forbidden=LSTM + OPERATORS)
    done = worker.run_cell(WAYS[way], 2)
    assert done.error is not None
    shown = "\n".join(done.outputs[-1]["traceback"])
    assert "ForbiddenName" in shown
    assert MESSAGE in shown
    assert "forbidden-name" in {one.kind for one in done.evidence}


@pytest.mark.parametrize("way", ["plain", "subclass", "reload", "torch.lstm", "gc"])
def test_the_ways_are_open_without_a_rule(begin: Callable[..., Worker], way: str) -> None:
    assert begin(SETUP).run_cell(WAYS[way], 2).error is None


@pytest.mark.parametrize("way", ["reload", "torch.lstm", "overload"])
def test_a_class_takes_its_operator_with_it(begin: Callable[..., Worker], way: str) -> None:
    worker = begin(SETUP, forbidden=LSTM)
    done = worker.run_cell(WAYS[way], 2)
    assert done.error is not None
    assert MESSAGE in done.error[1]


def test_a_cell_of_ones_own_works_beside_it(begin: Callable[..., Worker]) -> None:
    worker = begin(SETUP, forbidden=LSTM + OPERATORS)
    cell = """
class LSTM(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.layer = torch.nn.Linear(3, 4)
    def forward(self, x):
        return torch.tanh(self.layer(x)) * torch.sigmoid(x.sum(-1, keepdim=True))
net = LSTM()
net(x).sum().backward()
torch.nn.GRU(3, 4)(x)[0].sum().backward()
float(net.layer.weight.grad.abs().sum()) > 0, isinstance(net, torch.nn.Module)
"""
    done = worker.run_cell(cell, 2)
    assert done.error is None, done.error
    assert done.outputs[-1]["data"]["text/plain"] == "(True, True)"
    assert done.evidence == []


def test_to_import_it_or_ask_for_its_instances_is_no_use(begin: Callable[..., Worker]) -> None:
    worker = begin(SETUP, forbidden=LSTM)
    cell = "from torch.nn import LSTM\nfrom torch import *\nisinstance(x, LSTM), LSTM"
    done = worker.run_cell(cell, 2)
    assert done.error is None
    assert done.outputs[-1]["data"]["text/plain"] == "(False, <torch.nn.LSTM: not allowed here>)"
    assert done.evidence == []


@pytest.mark.parametrize(
    "way",
    [
        "np.linalg.solve(np.eye(2), np.ones(2))",
        "from numpy.linalg import solve\nsolve(np.eye(2), np.ones(2))",
        "np.linalg._linalg.solve(np.eye(2), np.ones(2))",
        "import importlib\nnp.linalg.solve.__wrapped__(np.eye(2), np.ones(2))",
        "np.linalg._umath_linalg.solve1(np.eye(2), np.ones(2))",
        "import importlib\nimportlib.reload(np.linalg._umath_linalg).solve(np.eye(2), np.eye(2))",
    ],
)
def test_functions_of_numpy(begin: Callable[..., Worker], way: str) -> None:
    done = begin("import numpy as np", forbidden=SOLVE).run_cell(way, 2)
    assert done.error is not None
    assert done.error[0] == "ForbiddenName" or "__wrapped__" in way


def test_what_compiled_modules_have_beside_it_works(begin: Callable[..., Worker]) -> None:
    cell = "np.linalg.inv(2 * np.eye(2))[0, 0], np.linalg.det(np.eye(2)), np.linalg.svd(np.eye(1))"
    assert begin("import numpy as np", forbidden=SOLVE).run_cell(cell, 2).error is None


def test_functions_of_python_kept_under_another_name(begin: Callable[..., Worker]) -> None:
    rules = [{"name": "statistics.mean", "message": MESSAGE}]
    done = begin(forbidden=rules).run_cell("import statistics\nstatistics.mean([1])", 2)
    assert done.error == ("ForbiddenName", MESSAGE, "statistics.mean([1])")


def test_names_that_stand_for_nothing_are_told(begin: Callable[..., Worker]) -> None:
    worker = begin()
    rules = [*LSTM, {"name": "torch.nn.NoSuch", "message": ""}, {"name": "nosuch.x", "message": ""}]
    unknown = worker.start(seed=1, forbidden=rules)
    assert unknown == ("nosuch.x", "torch.nn.NoSuch")


def test_in_a_hidden_test_the_message_reaches_the_grader(begin: Callable[..., Worker]) -> None:
    cell = "import torch\ndef net():\n    return torch.nn.LSTM(3, 4)"
    worker = begin(cell, forbidden=LSTM)
    with worker.test(1, 5.0) as test:
        net = test.lookup("net")
        with pytest.raises(RuntimeError, match="Write the LSTM yourself") as caught:
            net()
    assert type(caught.value).__name__ == "ForbiddenName"
    assert [one.kind for one in test.evidence] == ["forbidden-name"]
