"""Honest submissions in many styles of Python: all of them deserve all points.

Each is written into the course of the hostile class, beside nobody but its like.
"""

from typing import Any

from tests.nbgrader_sandbox.hostile.attack import Attack
from tests.nbgrader_sandbox.hostile.parts import POINTS


def style(name: str, what: str, code: str = "", **more: Any) -> Attack:
    """Return a submission with right answers; `code` is a cell of the student's own."""
    return Attack(name, what, code, honest=tuple(POINTS), **more)


SOFTMAX_OF_E = "def softmax(x):\n    e = {}\n    return e / e.sum(axis=1, keepdims=True)"

STYLES = (
    style("plain", "nothing beside the answers"),
    style(
        "classes",
        "a class with __call__ in the place of a function",
        answers={
            "softmax": "class Softmax:\n    def __init__(self, axis):\n        self.axis = axis\n\n"
            "    def __call__(self, x):\n"
            "        e = np.exp(x - x.max(axis=self.axis, keepdims=True))\n"
            "        return e / e.sum(axis=self.axis, keepdims=True)\n\n\nsoftmax = Softmax(1)"
        },
    ),
    style(
        "decorators",
        "decorated functions",
        answers={
            "softmax": "import functools\n\n\ndef checked(function):\n"
            "    @functools.wraps(function)\n    def inner(*args, **kwargs):\n"
            "        assert args\n        return function(*args, **kwargs)\n    return inner\n\n\n"
            "@checked\n" + SOFTMAX_OF_E.format("np.exp(x - x.max(axis=1, keepdims=True))")
        },
    ),
    style(
        "generators",
        "generators inside, lists outside",
        answers={
            "moving_average": "def windows(xs, k):\n    for t in range(len(xs) - k + 1):\n"
            "        yield xs[t : t + k]\n\n\ndef moving_average(xs, k):\n"
            "    return [sum(w) / k for w in windows(xs, k)]"
        },
    ),
    style(
        "closures",
        "functions made by functions",
        answers={
            "standardise": "def make():\n    calls = 0\n\n    def inner(x, factor):\n"
            "        nonlocal calls\n        calls += 1\n"
            "        return factor * (x - np.mean(x)) / np.std(x)\n    return inner\n\n\n"
            "standardise = make()"
        },
    ),
    style(
        "dataclasses",
        "a dataclass, an enum and a named tuple",
        "from dataclasses import dataclass\nfrom enum import Enum\nfrom typing import "
        "NamedTuple\n\n\n"
        "class Kind(Enum):\n    A = 1\n\n\nclass Pair(NamedTuple):\n    a: int\n    b: int\n\n\n"
        "@dataclass\nclass Statistics:\n    mean: float\n    deviation: float\n\n\n"
        "Statistics(1.0, 2.0), Pair(1, 2), Kind.A",
        answers={
            "standardise": "def standardise(x, factor):\n"
            "    s = Statistics(float(x.mean()), float(x.std()))\n"
            "    return (x - s.mean) / s.deviation * factor"
        },
    ),
    style(
        "functools",
        "partial and lru_cache",
        answers={
            "standardise": "from functools import lru_cache, partial\n\n\n@lru_cache\n"
            "def one():\n    return 1.0\n\n\ndef _standardise(x, factor, unit):\n"
            "    return (x - x.mean()) / x.std() * factor * unit\n\n\n"
            "standardise = partial(_standardise, unit=one())"
        },
    ),
    style(
        "lambdas",
        "lambdas",
        answers={
            "moving_average": "moving_average = lambda xs, k: "
            "[sum(xs[t : t + k]) / k for t in range(len(xs) - k + 1)]"
        },
    ),
    style(
        "recursion",
        "recursion",
        answers={
            "moving_average": "def moving_average(xs, k):\n    if len(xs) < k:\n        return []\n"
            "    return [sum(xs[:k]) / k] + moving_average(xs[1:], k)"
        },
    ),
    style(
        "prints",
        "prints in cells and functions",
        "print('hello')\nprint('fault', file=__import__('sys').stderr)",
        answers={
            "softmax": SOFTMAX_OF_E.format("np.exp(x - x.max(axis=1, keepdims=True))").replace(
                "    return", "    print('e =', e)\n    return"
            )
        },
    ),
    style(
        "warnings",
        "warnings in cells and functions",
        "import warnings\nwarnings.warn('careful')\nnp.log(np.array([0.0]))",
        answers={
            "standardise": "def standardise(x, factor):\n    import warnings\n"
            "    warnings.warn('slow')\n    np.array([1.0]) / np.array([0.0])\n"
            "    return (x - x.mean()) / x.std() * factor"
        },
    ),
    style(
        "logging",
        "logs",
        "import logging\nlogging.basicConfig(level=logging.DEBUG)\nlog = logging.getLogger('me')\n"
        "log.warning('careful')",
        answers={
            "moving_average": "def moving_average(xs, k):\n    log.info('k = %s', k)\n"
            "    return [float(np.mean(xs[t : t + k])) for t in range(len(xs) - k + 1)]"
        },
    ),
    style(
        "plots",
        "figures, some never closed",
        "%matplotlib inline\nimport matplotlib.pyplot as plt\n\nfigure, axes = plt.subplots()\n"
        "axes.plot(np.arange(9.0) ** 2)\naxes.set_title('Größe')\nplt.show()\nplt.plot([1, 2])",
    ),
    style(
        "magics",
        "magics that people use",
        "%time x = 1\n%timeit -n 1 -r 1 sum(range(9))\n%pip --version\n%matplotlib inline\n"
        "%config InlineBackend.figure_format = 'svg'\n%who\n%load_ext autoreload\n%autoreload 2",
    ),
    style(
        "time-magic",
        "%%time over an answer",
        edit=None,
        answers={
            "softmax": "%%time\n" + SOFTMAX_OF_E.format("np.exp(x - x.max(axis=1, keepdims=True))"),
        },
    ),
    style(
        "capture-magic",
        "%%capture over an answer",
        answers={
            "softmax": "%%capture out\nprint('x')\n"
            + SOFTMAX_OF_E.format("np.exp(x - x.max(axis=1, keepdims=True))"),
        },
    ),
    style(
        "slow-imports",
        "imports that take a while",
        "import email, http.client, json, sqlite3, unittest.mock, xml.dom.minidom\n"
        "import matplotlib.animation\nimport torch.utils.data, torch.optim.lr_scheduler",
    ),
    style(
        "global-state",
        "global state that cells change",
        "calls = {'n': 0}\ntotal = 0",
        answers={
            "standardise": "def standardise(x, factor):\n    global total\n    total += 1\n"
            "    calls['n'] += 1\n    return (x - x.mean()) / x.std() * factor"
        },
    ),
    style(
        "non-ascii",
        "names, texts and comments that are not ASCII",
        "größe = 'Maß 🙂 ✓'\nπ = 3.14159\nprint(größe, π)  # ничего",
        answers={
            "standardise": "def standardise(x, factor):\n    μ, σ = x.mean(), x.std()\n"
            "    return (x - μ) / σ * factor"
        },
    ),
    style(
        "type-hints",
        "type hints",
        "from __future__ import annotations\nfrom typing import TypeVar\n\nT = TypeVar('T')",
        answers={
            "moving_average": "def moving_average(xs: list[float], k: int) -> list[float]:\n"
            "    out: list[float] = []\n    for t in range(len(xs) - k + 1):\n"
            "        out.append(sum(xs[t : t + k]) / k)\n    return out"
        },
    ),
    style(
        "async",
        "await in a cell, and asyncio",
        "import asyncio\n\n\nasync def wait():\n    await asyncio.sleep(0.01)\n    return 1\n\n\n"
        "one = await wait()\nassert one == 1",
    ),
    style(
        "torch-parts",
        "modules made of modules",
        "class Gate(torch.nn.Module):\n    def __init__(self, size):\n        super().__init__()\n"
        "        self.size = size\n        self.act = torch.nn.Tanh()\n\n"
        "    def forward(self, x):\n        return self.act(x)\n\n\nGate(3)\n"
        "model = torch.nn.Sequential(torch.nn.Linear(3, 2), Gate(2))\n"
        "loss = model(torch.randn(5, 3)).pow(2).mean()\nloss.backward()\n"
        "torch.optim.Adam(model.parameters()).step()",
        answers={
            "TanhRNN": "class TanhRNN(torch.nn.Module):\n"
            "    def __init__(self, input_size, hidden_size):\n        super().__init__()\n"
            "        self.weight_ih = torch.nn.Parameter(torch.empty(hidden_size, input_size))\n"
            "        self.weight_hh = torch.nn.Parameter(torch.empty(hidden_size, hidden_size))\n"
            "        self.bias = torch.nn.Parameter(torch.empty(hidden_size))\n"
            "        for p in self.parameters():\n            torch.nn.init.normal_(p)\n"
            "        self.gate = Gate(hidden_size)\n\n"
            "    def forward(self, xs):\n        h, hs = xs.new_zeros(xs.size(1), "
            "self.gate.size), []\n"
            "        for x in xs.unbind(0):\n"
            "            h = self.gate(torch.nn.functional.linear(x, self.weight_ih, self.bias)\n"
            "                          + torch.nn.functional.linear(h, self.weight_hh))\n"
            "            hs += [h]\n        return torch.stack(hs)"
        },
    ),
)
