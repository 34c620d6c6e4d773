"""Honest submissions by what stands in their cells, files and outputs: all deserve all points."""

from pathlib import Path

from tests.nbgrader_sandbox.honest.styles import SOFTMAX_OF_E, style
from tests.nbgrader_sandbox.hostile.attack import Notebook, cell, find, put


def data_file(folder: Path) -> None:
    (folder / "data").mkdir()
    (folder / "data" / "numbers.csv").write_text("1,2\n3,4\n", encoding="utf-8")
    (folder / "helpers.py").write_text(
        "import numpy as np\n\n\ndef shares(e):\n    return e / e.sum(axis=1, keepdims=True)\n",
        encoding="utf-8",
    )


def extra_cells(notebook: Notebook) -> None:
    for name in ("softmax", "moving_average", "standardise", "TanhRNN"):
        put(
            notebook,
            name,
            cell("My notes, with *stars*, $x^2$ and a [link](https://example.org).", "markdown"),
            cell(f"print('so far so good after {name}')"),
            cell("", "raw"),
            cell(""),
            cell("# only a comment"),
        )


def helper_before(notebook: Notebook) -> None:
    where = notebook["cells"].index(find(notebook, "softmax"))
    helper = cell("def _exponentials(x):\n    return np.exp(x - x.max(axis=1, keepdims=True))")
    notebook["cells"].insert(where, helper)


def saved_outputs(notebook: Notebook) -> None:
    for one in notebook["cells"]:
        if one["cell_type"] == "code":
            one["execution_count"] = 3
            one["outputs"] = [{"output_type": "stream", "name": "stderr", "text": "a warning\n"}]
            one["metadata"].update(collapsed=False, jupyter={"outputs_hidden": True})


def defined_again(notebook: Notebook) -> None:
    wrong = cell("def standardise(x, factor):\n    return x")
    right = find(notebook, "standardise")
    notebook["cells"].insert(notebook["cells"].index(right), wrong)


def newer_format(notebook: Notebook) -> None:
    notebook["nbformat_minor"] = 5
    for k, one in enumerate(notebook["cells"]):
        one["id"] = f"cell-{k}"
        one["source"] = one["source"].splitlines(keepends=True)


CELLS = (
    style(
        "helper-cell",
        "a helper in a cell of its own",
        edit=helper_before,
        answers={"softmax": SOFTMAX_OF_E.format("_exponentials(x)")},
    ),
    style("defined-again", "an earlier try stands above the answer", edit=defined_again),
    style("extra-cells", "cells of all kinds between the given ones", edit=extra_cells),
    style(
        "files",
        "reads files handed in beside, imports a module from there",
        "import csv\nwith open('data/numbers.csv', newline='') as f:\n"
        "    rows_read = list(csv.reader(f))\nassert rows_read == [['1', '2'], ['3', '4']]\n"
        "assert np.loadtxt('data/numbers.csv', delimiter=',').sum() == 10\nimport helpers",
        files=data_file,
        answers={
            "softmax": "from helpers import shares\n\n\ndef softmax(x):\n"
            "    return shares(np.exp(x - x.max(axis=1, keepdims=True)))"
        },
    ),
    style(
        "writes-a-file",
        "writes and reads files in the working directory and in a temporary one",
        "import json, pathlib, tempfile\npathlib.Path('out').mkdir()\n"
        "np.save('out/a.npy', np.arange(3))\nassert np.load('out/a.npy')[2] == 2\n"
        "json.dump([1], open('out/a.json', 'w'))\n"
        "torch.save({'a': torch.ones(2)}, 'model.pt')\ntorch.load('model.pt')\n"
        "with tempfile.TemporaryDirectory() as folder:\n"
        "    pathlib.Path(folder, 'x').write_text('x')",
    ),
    style(
        "seeds",
        "sets all seeds, and draws",
        "import random\nrandom.seed(1)\nnp.random.seed(1)\ntorch.manual_seed(1)\n"
        "rng = np.random.default_rng(1)\nrng.normal(size=3), torch.randn(2), np.random.rand()",
    ),
    style(
        "main-guard",
        'if __name__ == "__main__"',
        answers={
            "moving_average": "def _inner(xs, k):\n"
            "    return [sum(xs[t : t + k]) / k for t in range(len(xs) - k + 1)]\n\n\n"
            'if __name__ == "__main__":\n    moving_average = _inner\n'
            "    print(moving_average([1, 2, 3], 2))"
        },
    ),
    style(
        "try-except",
        "try and except, with else and finally",
        answers={
            "moving_average": "def moving_average(xs, k):\n    try:\n        xs[len(xs)]\n"
            "    except IndexError:\n        pass\n    finally:\n        out = []\n"
            "    for t in range(len(xs) - k + 1):\n        out.append(sum(xs[t : t + k]) / k)\n"
            "    return out"
        },
    ),
    style(
        "own-asserts",
        "assertions of the student's own",
        "assert abs(-1) == 1\nassert np.ones(3).all()",
    ),
    style(
        "own-failure",
        "a cell of the student's own that fails, and one of no Python",
        "undefined_name + 1",
        edit=lambda notebook: put(notebook, "softmax", cell("this is no Python")),
    ),
    style(
        "display",
        "displays of many kinds",
        "from IPython.display import HTML, Image, Latex, Markdown, clear_output, display\n"
        "display(HTML('<b>bold</b>'), Markdown('*x*'), Latex('$x$'))\nclear_output()\n"
        "handle = display('a', display_id=True)\nhandle.update('b')\n"
        "display({'text/plain': 'x', 'text/html': '<i>x</i>'}, raw=True)",
    ),
    style(
        "widgets",
        "widgets, where they are there",
        "try:\n    import ipywidgets\n    slider = ipywidgets.IntSlider()\n    display(slider)\n"
        "    ipywidgets.interact(lambda a: a, a=(0, 3))\nexcept ImportError:\n    pass",
    ),
    style(
        "input",
        "input, guarded and not",
        "try:\n    name = input('your name? ')\nexcept Exception:\n    name = 'nobody'",
        edit=lambda notebook: put(notebook, "softmax", cell("age = int(input())")),
    ),
    style(
        "tuples",
        "tuples and arrays in the place of lists",
        answers={
            "moving_average": "def moving_average(xs, k):\n"
            "    return tuple(np.float64(sum(xs[t : t + k]) / k) for t in range(len(xs) - k + 1))",
            "standardise": "def standardise(x, factor):\n"
            "    return ((x - x.mean()) / x.std() * factor).tolist()",
        },
    ),
    style(
        "views",
        "transposed, Fortran-ordered, read-only and float32 results",
        answers={
            "softmax": "def softmax(x):\n    e = np.exp((x - x.max(axis=1, keepdims=True)).T)\n"
            "    out = np.asfortranarray((e / e.sum(axis=0)).T)\n    out.flags.writeable = False\n"
            "    return out[::1]",
            "standardise": "def standardise(x, factor):\n"
            "    padded = np.repeat((x - x.mean()) / x.std() * factor, 2, axis=-1)\n"
            "    return padded[..., ::2]",
        },
    ),
    style(
        "torch-for-numpy",
        "numpy's results by way of torch",
        answers={
            "softmax": "def softmax(x):\n"
            "    return torch.softmax(torch.from_numpy(x), dim=1).numpy()"
        },
    ),
    style(
        "in-place",
        "works on its argument",
        answers={
            "softmax": "def softmax(x):\n    x -= x.max(axis=1, keepdims=True)\n"
            "    np.exp(x, out=x)\n    x /= x.sum(axis=1, keepdims=True)\n    return x"
        },
    ),
    style(
        "threads",
        "a thread and a pool of threads",
        "import threading\nfrom concurrent.futures import ThreadPoolExecutor\n\n"
        "thread = threading.Thread(target=lambda: None)\nthread.start()\nthread.join()\n"
        "with ThreadPoolExecutor(2) as pool:\n    squares = list(pool.map(lambda n: n * n, "
        "range(9)))",
        answers={
            "moving_average": "def moving_average(xs, k):\n"
            "    with ThreadPoolExecutor(2) as pool:\n"
            "        return list(pool.map(lambda t: sum(xs[t : t + k]) / k,\n"
            "                             range(len(xs) - k + 1)))"
        },
    ),
    style(
        "introspection",
        "inspect, help, type, dir and a doctest",
        "import inspect\n\n\ndef f(a: int) -> int:\n    '''Add one.\n\n    >>> f(1)\n    2\n  "
        "  '''\n"
        "    return a + 1\n\n\nprint(inspect.signature(f), inspect.getsource(f))\nhelp(f)\ndir(f)\n"
        "import doctest\ndoctest.run_docstring_examples(f, {'f': f})\nf?",
    ),
    style(
        "pickles",
        "copies and pickles of its own classes",
        "import copy, pickle\n\n\nclass Box:\n    def __init__(self):\n        self.a = [1]\n\n\n"
        "assert pickle.loads(pickle.dumps(Box())).a == [1]\nassert copy.deepcopy(Box()).a == [1]",
    ),
    style(
        "kit",
        "the part of the course's package that may be imported",
        "import kit_ref\nfrom kit_ref.data import NUMBERS\nassert sum(NUMBERS) == 15.0",
    ),
    style(
        "underscore",
        "_, Out and In",
        "1 + 1\n",
        edit=lambda notebook: put(
            notebook,
            "softmax",
            cell("40 + 2"),
            cell("assert _ == 42"),
            cell("assert isinstance(Out, dict)"),
        ),
    ),
    style("saved-outputs", "outputs and settings as Jupyter saves them", edit=saved_outputs),
    style("newer-format", "format 4.5, sources as lists of lines", edit=newer_format),
    style(
        "progress",
        "a progress bar and carriage returns",
        "import sys, time\n"
        "for k in range(200):\n    print(f'\\r{k}', end='')\n    sys.stdout.flush()\n"
        "try:\n    from tqdm.auto import tqdm\n    list(tqdm(range(9)))\nexcept "
        "ImportError:\n    pass",
    ),
    style(
        "much-output", "more output than is kept", "for k in range(20_000):\n    print(k, 'x' * 50)"
    ),
    style(
        "seconds",
        "a cell that works for a second",
        "import time\nend = time.time() + 1.0\nwhile time.time() < end:\n    sum(range(1000))",
    ),
)
