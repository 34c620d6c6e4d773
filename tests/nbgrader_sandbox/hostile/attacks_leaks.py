"""Attacks that carry the hidden inputs out of a test, to where the student will read them."""

from tests.nbgrader_sandbox.hostile.attack import Attack, theme
from tests.nbgrader_sandbox.hostile.parts import PARTS

WATCHED = {
    "softmax": "def softmax(x):\n    leak(x)\n    return x",
    "moving_average": "def moving_average(xs, k):\n    leak(xs)\n    return [0.0]",
    "standardise": "def standardise(x, f):\n    leak(x)\n    return x",
}

SHOW = "show()"


def _leak(name: str, what: str, code: str, show: str = "", **more: object) -> Attack:
    """`leak` is called with each input; `show` is a cell at the end."""

    def last(notebook: dict[str, object]) -> None:
        from tests.nbgrader_sandbox.hostile.attack import cell, put

        if show:
            put(notebook, "end", cell(show))

    given = {"answers": WATCHED, "edit": last, **more}
    return Attack(name, what, code, **given)  # type: ignore[arg-type]


LEAKS = theme(
    "hidden inputs carried out",
    _leak("leak-print", "prints them", "def leak(x):\n    print(x)"),
    _leak(
        "leak-display",
        "displays them, as text, as HTML and as the title of a picture",
        "from IPython.display import HTML, display\n\ndef leak(x):\n    display(x)\n"
        "    display(HTML(f'<p title=\"{x}\">x</p>'))\n"
        "    display({'text/plain': 'x', 'image/svg+xml': f'<svg><title>{x}</title></svg>'},\n"
        "            raw=True, metadata={'note': str(x)})",
    ),
    _leak(
        "leak-error",
        "raises errors that hold them",
        "def leak(x):\n    raise ValueError(f'look: {list(np.ravel(x))}')",
    ),
    _leak(
        "leak-error-name",
        "raises errors whose name, file and line hold them",
        "def leak(x):\n    text = '_'.join(str(v) for v in np.ravel(x))\n"
        "    kind = type('E' + text, (ValueError,), {})\n"
        "    exec(compile('raise kind(text)', text, 'exec'), {'kind': kind, 'text': text})",
    ),
    _leak(
        "leak-error-chain",
        "raises errors whose cause, notes and builtin message hold them",
        "def leak(x):\n    try:\n        {}[tuple(np.ravel(x))]\n    except KeyError as e:\n"
        "        e.add_note(str(x))\n        raise e from ValueError(str(x))",
    ),
    _leak(
        "leak-error-index",
        "raises Python's own messages with digits of the inputs as sizes",
        "def leak(x):\n    np.zeros(3)[int(max(np.ravel(x)))]",
    ),
    _leak(
        "leak-warning",
        "warns with them",
        "import warnings\n\ndef leak(x):\n    warnings.warn(str(x))",
    ),
    _leak(
        "leak-streams",
        "writes them to all streams, handles and logs",
        "import logging, os, sys\n\ndef leak(x):\n    for fd in (1, 2):\n"
        "        os.write(fd, str(x).encode())\n    sys.__stdout__.write(str(x))\n"
        "    sys.stderr.write(str(x))\n    logging.error(str(x))",
    ),
    _leak(
        "leak-list",
        "keeps them in a list that a later cell prints",
        "kept = []\nleak = kept.append",
        "print(kept)",
    ),
    _leak(
        "leak-file",
        "writes them to files that a later cell prints",
        "import os\n\ndef leak(x):\n"
        "    for place in ('.', '/tmp', '/dev/shm', os.path.expanduser('~')):\n"
        "        try:\n            open(f'{place}/kept.txt', 'a').write(str(x))\n"
        "        except OSError:\n            pass",
        "for place in ('.', '/tmp', '/dev/shm', os.path.expanduser('~')):\n    try:\n"
        "        print(open(f'{place}/kept.txt').read())\n    except OSError:\n        pass",
    ),
    _leak(
        "leak-shared-memory",
        "writes them to memory shared with the process before the test",
        "import mmap\nshared = mmap.mmap(-1, 4096)\n\ndef leak(x):\n"
        "    shared.seek(0)\n    shared.write(str(x).encode()[:4000])",
        "print(bytes(shared).rstrip(bytes(1)).decode())",
    ),
    _leak(
        "leak-pipe",
        "writes them to a pipe opened before the test",
        "import os, socket\nhere, there = os.pipe()\na, b = socket.socketpair()\n"
        "os.set_blocking(here, False)\na.setblocking(False)\n\n"
        "def leak(x):\n    os.write(there, str(x).encode())\n    b.send(str(x).encode())",
        "for read in (lambda: os.read(here, 9999), lambda: a.recv(9999)):\n    try:\n"
        "        print(read())\n    except OSError:\n        pass",
    ),
    _leak(
        "leak-child",
        "a process begun before the test waits on a pipe, and prints later",
        "import os\nhere, there = os.pipe()\nif os.fork() == 0:\n    found = os.read(here, 9999)\n"
        "    open('kept.txt', 'wb').write(found)\n    print(found, flush=True)\n    os._exit(0)\n\n"
        "def leak(x):\n    os.write(there, str(x).encode())",
        "import time\ntime.sleep(0.5)\nprint(open('kept.txt').read())",
    ),
    _leak(
        "leak-forked-child",
        "a process begun in the test prints when it is over",
        "import os, sys, time\n\ndef leak(x):\n    if os.fork() == 0:\n        time.sleep(0.5)\n"
        "        print(x, flush=True)\n        open('kept.txt', 'w').write(str(x))\n        "
        "os._exit(0)",
        "import time\ntime.sleep(1)\nprint(open('kept.txt').read())",
    ),
    _leak(
        "leak-result",
        "returns them as text and as another part's result",
        "kept = []",
        "print(kept)",
        answers={
            "softmax": "def softmax(x):\n    return str(x)",
            "moving_average": "def moving_average(xs, k):\n    return str(xs)",
            "standardise": "def standardise(x, f):\n    return [str(v) for v in x.ravel()]",
        },
    ),
    _leak(
        "leak-file-names",
        "makes files whose names, times and sizes hold them",
        "import os\n\ndef leak(x):\n    for v in np.ravel(x):\n        open(f'v_{v}', "
        "'w').close()\n"
        "    os.mkdir(f'd_{np.ravel(x)[0]}')",
        "print(os.listdir('.'))",
    ),
    _leak(
        "leak-figure",
        "draws them into a figure that a later cell shows",
        "import matplotlib.pyplot as plt\nfigure, axes = plt.subplots()\n\ndef leak(x):\n"
        "    axes.set_title(str(x))",
        "print(axes.get_title())\nfigure",
    ),
    _leak(
        "leak-variables",
        "puts them into the environment, the shell and the modules",
        "import os, builtins\n\ndef leak(x):\n    os.environ['KEPT'] = str(x)\n"
        "    builtins.kept = get_ipython().user_ns['kept2'] = str(x)",
        "print(os.environ.get('KEPT'))\nprint(globals().get('kept2'), getattr(builtins, "
        "'kept', 0))",
    ),
    Attack(
        "shows-hidden-tests",
        "shows the history of inputs, which may hold the hidden tests",
        "print(In)\nprint(get_ipython().history_manager.input_hist_raw)\n%history\n"
        "print([v for k, v in list(globals().items()) if k.startswith('_i')])",
        at="end",
    ),
    Attack(
        "assertions-read-out",
        "answers that read the failing test's text from the traceback",
        answers={
            part.name: f"def {part.name}(*args):\n    import sys, linecache\n"
            "    frame = sys._getframe()\n    lines = []\n    while frame:\n"
            "        lines += linecache.getlines(frame.f_code.co_filename)\n"
            "        frame = frame.f_back\n    raise ValueError(''.join(lines))"
            for part in PARTS
        },
    ),
)
