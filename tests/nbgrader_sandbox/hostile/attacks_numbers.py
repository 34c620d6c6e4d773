"""Attacks by numbers, arrays and notebooks of odd kinds, and by what an answer is told to be."""

import json
import os
import shutil
from pathlib import Path
from typing import Any

from tests.nbgrader_sandbox.hostile.attack import Attack, Notebook, cell, find, theme
from tests.nbgrader_sandbox.hostile.attacks_files import change, data
from tests.nbgrader_sandbox.hostile.attacks_objects import answer_all


def _number(name: str, what: str, body: str, code: str = "") -> Attack:
    return Attack(f"number-{name}", what, code, answers=answer_all(body))


NUMBERS = theme(
    "odd numbers",
    _number("huge", "integers of 4,000 bits, which no float can hold", "[2 ** 3999] * 3"),
    _number("negative-zero", "zeros of both signs in all shapes", "-0.0 * np.ones((2, 3))"),
    _number(
        "small-integers", "integers of one byte, which wrap round", "np.full((2, 3), 255, 'u1')"
    ),
    _number("truth", "truth values, which count as 0 and 1", "np.ones((2, 3), bool)"),
    _number("complex", "complex numbers whose size is small", "np.full((2, 3), 1e-9j)"),
    _number("half", "floats of two bytes, all infinite", "np.full((2, 3), np.inf, np.float16)"),
    _number("big-endian", "numbers of the other byte order", "np.ones((2, 3), '>f8')"),
    _number("long-double", "numbers of 16 bytes", "np.ones((2, 3), np.longdouble)"),
    _number(
        "payload",
        "NaN of other bits",
        "np.frombuffer(b'\\x01\\x00\\x00\\x00\\x00\\x00\\xf8\\x7f' * 6).reshape(2, 3)",
    ),
    _number("scalars", "arrays without dims, and NumPy's own scalars", "np.float64(0.0)"),
    _number("one-more-dim", "results with dims of 1 that broadcast", "np.zeros((1, 1, 2, 3, 1))"),
    _number("strings", "numbers in letters, which float() takes", "['1.0', '2', '-inf']"),
    _number("points", "the points as a text, which may become the last value", "'3.0'"),
    _number("bytes", "bytes, which are a sequence of numbers", "bytes([1, 2, 3])"),
    _number(
        "keys",
        "dicts whose keys are numbers, truth and tuples that are equal",
        "{0: 1.5, 1: 3.0, 2: 6.0, (1, (2, (3,))): 1, None: float('nan')}",
    ),
    _number(
        "views",
        "one array in many places, of strides that are negative or nothing",
        "[np.lib.stride_tricks.as_strided(np.zeros(1), (2, 3), (0, 0))[::-1, ::-1]] * 50",
    ),
    _number(
        "subclasses",
        "subclasses of int, str, list, dict and tuple that compare as they like",
        "(I(3), S('x'), L([1]), D({1: 2}), T((1, 2)))",
        "import collections\nyes = {n: (lambda *a: True) for n in "
        "('__eq__', '__lt__', '__gt__', '__le__', '__ge__', '__contains__', '__bool__')}\n"
        "yes['__hash__'] = lambda self: 1\nI = type('int', (int,), yes)\n"
        "S = type('str', (str,), yes)\nL = type('list', (list,), yes)\n"
        "D = type('dict', (collections.UserDict,), yes)\nT = type('tuple', (tuple,), yes)",
    ),
    _number(
        "array-interface",
        "an object that says where its array is in memory",
        "Claim()",
        "class Claim:\n    held = np.zeros((2, 3))\n"
        "    __array_interface__ = held.__array_interface__\n    __array_struct__ = "
        "held.__array_struct__\n    dtype, shape, ndim, size = held.dtype, (2, 3), 2, 6\n"
        "    __dlpack__ = held.__dlpack__\n    __dlpack_device__ = held.__dlpack_device__",
    ),
    _number(
        "lazy",
        "objects that decide on their value when they are looked at: properties, iterators",
        "Lazy()",
        "class Lazy:\n    calls = 0\n\n    def __getattr__(self, name):\n        Lazy.calls += 1\n"
        "        if name.startswith('__'):\n            raise AttributeError(name)\n"
        "        return (lambda *a, **k: Lazy()) if Lazy.calls % 2 else 0.0\n\n"
        "    def __getitem__(self, key):\n        return Lazy()\n\n"
        "    def __len__(self):\n        return 3\n",
    ),
    _number(
        "parameter",
        "parameters, buffers and tensors that want gradients, of other devices and layouts",
        "torch.nn.Parameter(torch.zeros(4, 2, 2)).expand(4, 2, 2).to_sparse()",
    ),
    _number(
        "named-tensors",
        "tensors with names, conjugated, negated and of 8-bit floats",
        "torch.zeros(4, 2, 2, dtype=torch.complex64).conj().imag",
    ),
    _number(
        "default-type",
        "torch's default type and NumPy's rules for errors are changed",
        "torch.zeros(4, 2, 2)",
        "torch.set_default_dtype(torch.float64)\nnp.seterr(all='raise')\n"
        "np.set_printoptions(threshold=10**9)\ntorch.set_grad_enabled(False)",
    ),
)

# --- the notebook ---------------------------------------------------------------------------


def doubled_keys(text: str) -> str:
    """Each flag twice: readers differ in which one counts."""
    for flag in ('"grade": true', '"locked": true', '"solution": false'):
        name, _, value = flag.partition(": ")
        other = "false" if value == "true" else "true"
        text = text.replace(flag, f"{name}: {other}, {flag}, {name}: {other}")
    return text.replace('"nbformat": 4', '"nbformat": 3, "nbformat": 4')


def odd_numbers(text: str) -> str:
    return text.replace('"points": ', '"points": -Infinity, "points": NaN, "bonus": 1e999, "x": ')


def other_letters(notebook: Notebook) -> None:
    """Ids that look alike: in other cases, other forms of letters, with signs nobody sees."""
    names = ("softmax", "moving_average", "standardise", "TanhRNN")
    for name, how in zip(
        names, ("ſoftmax", "Moving_Average", "standardise\u200b", "TanhRNN "), strict=True
    ):
        find(notebook, f"test_{name}")["metadata"]["nbgrader"]["grade_id"] = f"test_{how}"


def ids(notebook: Notebook) -> None:
    """Cells' own ids that are those of tests, are equal, or not ids at all."""
    notebook["nbformat_minor"] = 5
    for number, one in enumerate(notebook["cells"]):
        one["id"] = ("test_softmax", "cell-1-0", "cell-2-0", "x" * 64)[number % 4]


def tests_as_answers(notebook: Notebook) -> None:
    """The tests' texts in the answers' cells, which take the tests' ids too."""
    for name in ("softmax", "moving_average", "standardise", "TanhRNN"):
        answer, test = find(notebook, name), find(notebook, f"test_{name}")
        answer["source"], test["source"] = test["source"], "pass"
        answer["metadata"], test["metadata"] = test["metadata"], answer["metadata"]


def metadata_of_cells(notebook: dict[str, Any]) -> None:
    for number, one in enumerate(notebook["cells"]):
        one["metadata"] = ([], None, "x", {"nbgrader": None})[number % 4]


def lists_of_lists(notebook: dict[str, Any]) -> None:
    for one in notebook["cells"]:
        one["source"] = [list(one["source"])]


def early(folder: Path) -> None:
    (folder / "timestamp.txt").write_text("0001-01-01 00:00:00 +14:00", encoding="utf-8")


def linked_stamp(folder: Path) -> None:
    (folder / "timestamp.txt").symlink_to("/etc/passwd")


def nested(folder: Path) -> None:
    """Courses in the submission: configurations, gradebooks and submissions of others."""
    inner = folder / "submitted" / "aaa-all" / "01-parts"
    inner.mkdir(parents=True)
    whole = (folder / "parts.ipynb").read_text(encoding="utf-8")
    (inner / "parts.ipynb").write_text(whole, encoding="utf-8")
    for name in ("nbgrader_config.py", "sitecustomize.py", "usercustomize.py", "conftest.py"):
        for place in (folder, inner):
            (place / name).write_text("raise SystemExit('BROKEN')\n", encoding="utf-8")
    (folder / "x.pth").write_text("import os; os._exit(9)\n", encoding="utf-8")
    (folder / "__pycache__").mkdir()
    (folder / "__pycache__" / "kit_ref.cpython-311.pyc").write_bytes(b"BROKEN")
    (folder / ".ipynb_checkpoints").mkdir()
    (folder / ".ipynb_checkpoints" / "parts-checkpoint.ipynb").write_text(whole, encoding="utf-8")


def linked_folder(folder: Path) -> None:
    """The submission is a link to the instructor's folder, which holds the solution."""
    shutil.rmtree(folder)
    folder.symlink_to(folder.parents[2] / "source" / folder.name)


def linked_student(folder: Path) -> None:
    """The student's folder is a link to that of one whose answers are right."""
    shutil.rmtree(folder.parent)
    folder.parent.symlink_to(folder.parents[1] / "aaa-all")


def hard_linked(folder: Path) -> None:
    """The notebook is the instructor's under another name, and the reference lies beside it."""
    course = folder.parents[2]
    (folder / "parts.ipynb").unlink()
    os.link(course / "source" / folder.name / "parts.ipynb", folder / "parts.ipynb")


def hard_linked_reference(folder: Path) -> None:
    os.link(folder.parents[2] / "lib" / "kit_ref" / "answers.py", folder / "mine.py")
    os.link(folder.parents[2] / "nbgrader_config.py", folder / "config.txt")


def records(folder: Path) -> None:
    """What the engine keeps about a notebook, as if it had been graded."""
    scores = [{"name": "test_softmax", "points": 3.0, "of": 3.0, "reason": ""}]
    kept = json.dumps({"version": 1, "scores": scores, "outputs": [], "key": ""})
    for name in ("parts.json", ".parts.json-1-abcd", "outcome.json", "secret"):
        (folder / name).write_text(kept, encoding="utf-8")
    (folder / "sandbox").mkdir()
    (folder / "sandbox" / "parts.json").write_text(kept, encoding="utf-8")


ODD = theme(
    "odd notebooks",
    Attack("odd-doubled-keys", "keys that stand there twice", files=change(doubled_keys)),
    Attack("odd-numbers", "points that are no numbers", files=change(odd_numbers)),
    Attack("odd-letters", "ids in letters that look alike", edit=other_letters),
    Attack("odd-ids", "cells' ids that collide", files=data(ids)),
    Attack("odd-exchanged", "answers and tests exchanged", edit=tests_as_answers),
    Attack(
        "odd-metadata",
        "metadata that is no dict",
        files=data(metadata_of_cells),
        evidence=("missing-cell",),
    ),
    Attack("odd-sources", "sources that are lists of lists", files=data(lists_of_lists), says="."),
    Attack("odd-early", "handed in in the year 1", files=early),
    Attack("odd-linked-stamp", "a time that is a link", files=linked_stamp, evidence=("cleaned",)),
    Attack("odd-linked", "the submission is a link", files=linked_folder, says="link"),
    Attack("odd-linked-student", "the student is a link", files=linked_student, says="link"),
    Attack("odd-hard-linked", "a hard link to the solution", files=hard_linked, says="link"),
    Attack(
        "odd-hard-linked-reference",
        "hard links to the reference and the configuration",
        "import os\nfor name in ('mine.py', 'config.txt'):\n    if os.path.exists(name):\n"
        "        print('STOL' + 'EN:', open(name, 'rb').read()[:60])\n"
        "try:\n    from mine import TanhRNN, moving_average, softmax, standardise\n"
        "except ImportError:\n    pass",
        answers=dict.fromkeys(("softmax", "moving_average", "standardise", "TanhRNN"), "pass"),
        files=hard_linked_reference,
        evidence=("cleaned",),
        stock=False,
    ),
    Attack("odd-nested", "a course in the submission", files=nested),
    Attack("odd-records", "the engine's own records", files=records),
    Attack(
        "odd-bom-twice",
        "two byte-order marks",
        files=change(lambda t: "\ufeff\ufeff" + t),
        says=".",
    ),
    Attack(
        "odd-tail", "a second notebook behind the first", files=change(lambda t: t + t), says="."
    ),
    Attack(
        "odd-minor",
        "a version with 30 digits",
        files=data(lambda n: {**n, "nbformat_minor": 10**30}),
    ),
    Attack(
        "odd-magics",
        "cells of other languages, and magics that end, time and repeat cells",
        "%%bash\nkill -9 $PPID",
        edit=lambda n: n["cells"].extend(
            cell(text)
            for text in (
                "%%javascript\n1",
                "%%script sh\nls",
                "%run parts.ipynb",
                "%reset -f",
                "%autoreload 2",
                "%config InteractiveShell.ast_node_interactivity = 'all'",
                "%%capture out\n1",
                "%timeit 1",
                "!ls",
                "%pip install x",
                "exit",
                "%debug",
            )
        ),
    ),
)
