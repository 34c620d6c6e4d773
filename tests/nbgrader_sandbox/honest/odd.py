"""Honest submissions that are odd: unusual Python, large notebooks, other settings of the machine.

All deserve all points.
"""

from tests.nbgrader_sandbox.honest.styles import SOFTMAX_OF_E, style
from tests.nbgrader_sandbox.hostile.attack import Notebook, cell, find, put

PLAIN_E = "np.exp(x - x.max(axis=1, keepdims=True))"


def notes(notebook: Notebook) -> None:
    """520 cells of notes before the first answer."""
    where = notebook["cells"].index(find(notebook, "softmax"))
    notebook["cells"][where:where] = [
        cell(f"## Day {k}\n\nWhat I read, with $x_{{{k}}}$.", "markdown") if k % 2 else cell(f"{k}")
        for k in range(520)
    ]


def data_in_a_cell(notebook: Notebook) -> None:
    """110 kB of numbers, as people paste them."""
    rows = ",\n".join(f"    [{k}, {k * 0.5}, {k % 7}]" for k in range(5_500))
    put(notebook, "start", cell(f"table = np.array([\n{rows}\n])\nassert table.shape == (5500, 3)"))


def many_figures(notebook: Notebook) -> None:
    notebook["cells"] += [
        cell(f"import matplotlib.pyplot as plt\nplt.plot(np.arange(9) ** {k})\nplt.show()")
        for k in range(12)
    ]


def one_cell(notebook: Notebook) -> None:
    """All that the student wrote in the first answer's cell, and nothing in the others."""
    parts = [find(notebook, name) for name in ("softmax", "moving_average", "standardise")]
    parts[0]["source"] = "\n\n\n".join(one["source"] for one in parts)
    for one in parts[1:]:
        one["source"] = "# see above"


def windows_lines(notebook: Notebook) -> None:
    for one in notebook["cells"]:
        if "test" not in str(one["metadata"].get("nbgrader", {}).get("grade_id")):
            one["source"] = one["source"].replace("\n", "\r\n")


ODD = (
    style("long-notebook", "520 cells of notes before the first answer", edit=notes),
    style("data-in-a-cell", "110 kB of data in a cell", edit=data_in_a_cell),
    style("many-figures", "a dozen figures", edit=many_figures),
    style("one-cell", "all answers in the first one's cell", edit=one_cell),
    style("windows-lines", "lines that end as on Windows", edit=windows_lines),
    style(
        "pool-kept",
        "a pool of threads made in an earlier cell, and used by an answer",
        "from concurrent.futures import ThreadPoolExecutor\npool = ThreadPoolExecutor(3)\n"
        "print(list(pool.map(abs, [-1, -2])))",
        answers={
            "moving_average": "def moving_average(xs, k):\n"
            "    starts = range(len(xs) - k + 1)\n"
            "    return list(pool.map(lambda t: sum(xs[t : t + k]) / k, starts))"
        },
    ),
    style(
        "asyncio-in-an-answer",
        "coroutines, gathered by a loop in a thread of its own",
        "import asyncio, threading",
        answers={
            "moving_average": "async def _mean(window):\n    await asyncio.sleep(0)\n"
            "    return sum(window) / len(window)\n\n\n"
            "async def _all(xs, k):\n"
            "    tasks = [_mean(xs[t : t + k]) for t in range(len(xs) - k + 1)]\n"
            "    return await asyncio.gather(*tasks)\n\n\n"
            "def moving_average(xs, k):\n    found = []\n"
            "    work = lambda: found.extend(asyncio.run(_all(xs, k)))\n"
            "    thread = threading.Thread(target=work)\n    thread.start()\n    thread.join()\n"
            "    return found"
        },
    ),
    style(
        "newer-syntax",
        "walrus, match, positional-only and keyword-only arguments, groups of exceptions",
        "def area(shape, /, *, unit=1.0):\n    match shape:\n        case (a, b):\n"
        "            return a * b * unit\n        case {'r': r} if (square := r * r) > 0:\n"
        "            return 3.14 * square\n        case _:\n            return 0.0\n\n\n"
        "assert area((2, 3)) == 6\ntry:\n"
        "    raise ExceptionGroup('two', [ValueError(1), TypeError(2)])\n"
        "except* ValueError as group:\n    print(group)\nexcept* TypeError:\n    pass",
        answers={
            "moving_average": "def moving_average(xs, k, /):\n    out, t = [], 0\n"
            "    while len(window := xs[t : t + k]) == k and (t := t + 1):\n"
            "        out += [sum(window) / k]\n    return [*out]"
        },
    ),
    style(
        "generics",
        "protocols, generics, descriptors, slots, frozen dataclasses and cached properties",
        "from abc import ABC, abstractmethod\nfrom dataclasses import dataclass\n"
        "from functools import cached_property, singledispatchmethod\n"
        "from typing import ClassVar, Generic, Protocol, TypeVar\n\nT = TypeVar('T')\n\n\n"
        "class Scaler(Protocol):\n    def __call__(self, x: np.ndarray, factor: float) -> "
        "np.ndarray: ...\n\n\nclass Base(ABC, Generic[T]):\n    @abstractmethod\n"
        "    def apply(self, x: T) -> T: ...",
        answers={
            "standardise": "@dataclass(frozen=True, slots=True)\nclass Standardiser(Base):\n"
            "    calls: ClassVar[int] = 0\n\n    def apply(self, x):\n"
            "        return (x - x.mean()) / x.std()\n\n"
            "    def __call__(self, x, factor):\n"
            "        type(self).calls += 1\n        return self.apply(x) * factor\n\n\n"
            "standardise: Scaler = Standardiser()"
        },
    ),
    style(
        "named-tuple-inside",
        "a named tuple handed from one function to the next, and given as a list's like",
        "from collections import deque, namedtuple",
        answers={
            "moving_average": "Window = namedtuple('Window', 'total size')\n\n\n"
            "def _windows(xs, k):\n    held = deque(maxlen=k)\n    for x in xs:\n"
            "        held.append(x)\n        if len(held) == k:\n"
            "            yield Window(sum(held), k)\n\n\ndef moving_average(xs, k):\n"
            "    found = [w.total / w.size for w in _windows(xs, k)]\n"
            "    Means = namedtuple('Means', [f'm{t}' for t in range(len(found))])\n"
            "    return Means(*found)"
        },
    ),
    style(
        "sends-to-generators",
        "generators that are sent to, context managers and nested functions five deep",
        "from contextlib import ExitStack, contextmanager, suppress",
        answers={
            "moving_average": "def _running(k):\n    held, found = [], None\n    while True:\n"
            "        held = [*held, (yield found)][-k:]\n"
            "        found = sum(held) / k if len(held) == k else None\n\n\n"
            "@contextmanager\ndef _started(k):\n    run = _running(k)\n    next(run)\n"
            "    try:\n        yield run\n    finally:\n        run.close()\n\n\n"
            "def moving_average(xs, k):\n    with ExitStack() as stack:\n"
            "        run = stack.enter_context(_started(k))\n        found = map(run.send, xs)\n"
            "        return [one for one in found if one is not None]"
        },
    ),
    style(
        "other-locale",
        "another language, zone and way to write numbers",
        "import decimal, locale, os, time\nos.environ.update(TZ='Asia/Tehran', LANG='de_DE.UTF-8', "
        "LC_ALL='de_DE.UTF-8')\ntime.tzset()\nfor name in ('de_DE.UTF-8', 'C', ''):\n    try:\n"
        "        locale.setlocale(locale.LC_ALL, name)\n    except locale.Error:\n        pass\n"
        "decimal.getcontext().prec = 6\nprint(time.strftime('%c'), f'{1234.5:n}')",
    ),
    style(
        "strict-numpy",
        "NumPy told to raise where numbers overflow, and to print in other ways",
        "np.seterr(all='raise', under='ignore')\nnp.set_printoptions(precision=2, suppress=True)\n"
        "torch.set_printoptions(precision=2)\ntorch.set_grad_enabled(True)",
    ),
    style(
        "strict-warnings",
        "warnings made errors, as careful people do",
        "import warnings\nwarnings.simplefilter('error')",
    ),
    style(
        "shadowed-names",
        "names of built-in functions used for one's own things",
        "id, type, input, dir, max, min, abs, all = 1, 'a', 2, [], 3, 4, 5, 6\n"
        "isinstance = tuple = round = print = None",
        answers={
            "standardise": "def standardise(x, factor):\n    list = x - x.mean()\n"
            "    return list / x.std() * factor"
        },
    ),
    style(
        "wide-letters",
        "a function whose name is in letters that Python takes for the ordinary ones",
        answers={
            "softmax": SOFTMAX_OF_E.format(PLAIN_E).replace(
                "softmax", "\uff53\uff4f\uff46\uff54\uff4d\uff41\uff58"
            )
        },
    ),
    style(
        "made-by-text",
        "functions made by exec, type and globals",
        "exec('def half(x):\\n    return x / 2')\nassert half(4) == 2\n"
        "globals()['third'] = lambda x: x / 3",
        answers={
            "moving_average": "space = {}\nexec('def means(xs, k):\\n'\n"
            "     '    return [sum(xs[t:t+k]) / k for t in range(len(xs) - k + 1)]', space)\n"
            "globals()['moving_average'] = space['means']"
        },
    ),
    style(
        "exact-numbers",
        "fractions and decimals inside, floats outside",
        "from decimal import Decimal\nfrom fractions import Fraction",
        answers={
            "moving_average": "def moving_average(xs, k):\n"
            "    exact = [Fraction(x) for x in xs]\n"
            "    return [float(sum(exact[t : t + k], Fraction(0)) / k)\n"
            "            for t in range(len(xs) - k + 1)]"
        },
    ),
    style(
        "numpy-tricks",
        "windows, einsum, masks, vectorised functions and structured arrays",
        answers={
            "moving_average": "def moving_average(xs, k):\n"
            "    windows = np.lib.stride_tricks.sliding_window_view(np.asarray(xs), k)\n"
            "    return np.einsum('tk,k->t', windows, np.full(k, 1 / k))",
            "standardise": "def standardise(x, factor):\n"
            "    held = np.ma.masked_invalid(x)\n"
            "    scale = np.vectorize(lambda v: (v - held.mean()) / held.std() * factor)\n"
            "    return np.asarray(scale(x))",
        },
    ),
    style(
        "hooked-torch",
        "hooks, buffers, parametrised layers and a module that holds its own copy",
        "import copy\nlinear = torch.nn.utils.parametrizations.weight_norm(torch.nn.Linear(2, 2))\n"
        "linear.register_forward_hook(lambda *a: None)\nlinear(torch.ones(1, 2))",
        answers={
            "TanhRNN": "class TanhRNN(torch.nn.Module):\n"
            "    def __init__(self, input_size, hidden_size):\n        super().__init__()\n"
            "        shapes = {'weight_ih': input_size, 'weight_hh': hidden_size}\n"
            "        for name, size in shapes.items():\n"
            "            weight = torch.nn.Parameter(torch.randn(hidden_size, size))\n"
            "            self.register_parameter(name, weight)\n"
            "        self.bias = torch.nn.Parameter(torch.zeros(hidden_size))\n"
            "        self.register_buffer('seen', torch.zeros(()), persistent=False)\n"
            "        self.register_forward_pre_hook(lambda m, xs: None)\n\n"
            "    @torch.no_grad()\n    def forward(self, xs):\n        self.seen += 1\n"
            "        hs = [torch.zeros(xs.shape[1], len(self.bias))]\n"
            "        for x in torch.einsum('tbi,hi->tbh', xs, self.weight_ih):\n"
            "            hs.append(torch.tanh(x + hs[-1] @ self.weight_hh.mT + self.bias))\n"
            "        return torch.stack(hs[1:])"
        },
    ),
    style(
        "more-magics",
        "magics that change how things are shown, and other cells of text",
        "%precision 3\n%pprint\n%xmode Minimal\n%alias_magic t time\n%env HERE=1\n%pwd\n"
        "%config InteractiveShell.ast_node_interactivity = 'all'\n1.23456\nnp.pi",
        edit=lambda notebook: put(
            notebook,
            "softmax",
            cell("%%html\n<b>bold</b>"),
            cell("%%latex\n$x^2$"),
            cell("%%writefile notes.md\n# mine"),
            cell("%lsmagic"),
            cell("np.exp?"),
        ),
    ),
    style(
        "animation",
        "an animated figure, shown as a page",
        "import matplotlib.animation as animation, matplotlib.pyplot as plt\n"
        "from IPython.display import HTML\nfigure, axes = plt.subplots(figsize=(2, 2))\n"
        "[line] = axes.plot([0, 1], [0, 1])\n"
        "moves = animation.FuncAnimation(figure, lambda k: line.set_ydata([0, k]), frames=4)\n"
        "HTML(moves.to_jshtml())",
    ),
    style(
        "half-characters",
        "text with half a character, as it comes from names of files and from JSON",
        "text = 'caf\\udce9.csv'\nprint(text)\n"
        "from IPython.display import JSON, display\ndisplay(JSON({'names': [text]}), {text: text})",
    ),
    style(
        "deep-data",
        "a tree of settings, sixty deep, shown as it is",
        "from IPython.display import JSON, display\ntree = {}\nfor k in range(60):\n"
        "    tree = {'inner': tree}\ndisplay(JSON(tree))\ntree",
    ),
)
