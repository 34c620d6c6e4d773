"""What no exercise needs is noted, soberly and within bounds; what all need is not."""

from collections.abc import Callable

import pytest
from nbgrader_sandbox.engine.remote import Worker

Begin = Callable[..., Worker]


@pytest.mark.parametrize(
    ("cell", "kind", "detail"),
    [
        (
            "import socket\nsocket.create_connection(('127.0.0.1', 9), timeout=1)",
            "network",
            "connected to 127.0.0.1 9",
        ),
        (
            "import urllib.request as u\nu.urlopen('http://grades.invalid/x', timeout=1)",
            "network",
            "looked up grades.invalid",
        ),
        ("open('/etc/passwd').read()", "forbidden-path", "opened /etc/passwd"),
        ("open('/home/other/05.ipynb')", "forbidden-path", "opened /home/other/05.ipynb"),
        ("open('../../gradebook.db')", "forbidden-path", "gradebook.db"),
        ("import pathlib\nlist(pathlib.Path('/root').iterdir())", "forbidden-path", "opened"),
        ("import os\nos.system('true')", "process", "ran true"),
        ("import subprocess\nsubprocess.run(['true', '-x'])", "process", "ran true -x"),
        (
            "import os\nfor _ in range(20):\n    if os.fork() == 0: os._exit(0)\n    os.wait()",
            "process",
            "forked 16 times",
        ),
    ],
)
def test_noted(begin: Begin, cell: str, kind: str, detail: str) -> None:
    # pytest's own folder lies below /tmp, which is allowed: from there, .. leads to more of it.
    worker = begin(cwd="/" if ".." in cell else "")
    [note] = worker.run_cell(cell, 1).evidence
    assert note.kind == kind
    assert detail in note.detail
    assert worker.run_cell("1", 2).evidence == []


@pytest.mark.parametrize(
    "cell",
    [
        "import numpy, torch, json, unittest, asyncio, email, sqlite3, decimal, xml.dom",
        "import numpy as np\nnp.save('a.npy', np.ones(3)); np.load('a.npy')",
        "import tempfile\ntempfile.TemporaryFile().write(b'x')",
        "open('/dev/null'); open('/proc/self/status').read()",
        "import matplotlib.pyplot as plt\nplt.title('$x$'); plt.savefig('a.pdf')",
        "import platform, uuid\nplatform.platform(); platform.processor(); uuid.getnode()",
        "import ctypes.util\nctypes.util.find_library('m')",
        "import asyncio\nasync def f(): await asyncio.sleep(0)\nawait f()",
        "import threading\nt = threading.Thread(target=print); t.start(); t.join()",
        "%timeit -n1 -r1 1\n%load_ext autoreload",
        "1 / 0",
        "import torch\ntorch.save(torch.ones(2), 'x.pt'); torch.load('x.pt')",
        "import mimetypes\nmimetypes.init()",
    ],
)
def test_not_noted(begin: Begin, cell: str) -> None:
    assert begin().run_cell(cell, 1).evidence == []


def test_notes_are_bounded(begin: Begin) -> None:
    cell = (
        "for k in range(1000):\n    try: open(f'/etc/{k}' + 'x\\n' * 200)\n    except OSError: pass"
    )
    notes = begin().run_cell(cell, 1).evidence
    assert len(notes) == 20
    assert all(len(one.detail) <= 120 and "\n" not in one.detail for one in notes)


def test_a_test_leaves_only_the_kind(begin: Begin) -> None:
    worker = begin("def gate(x):\n    open(f'/etc/hidden{x}')")
    with worker.test(1, 5.0) as test, pytest.raises(FileNotFoundError):
        test.lookup("gate")(0.123)  # type: ignore[operator]
    [note] = test.evidence
    assert (note.kind, note.detail) == ("forbidden-path", "when a test called it")
