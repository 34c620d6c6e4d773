"""Attacks on the grader's time and memory: little to send, much to read, clean, compare or show."""

import base64
import io
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.nbgrader_sandbox.hostile.attack import Attack, Notebook, cell, find, theme
from tests.nbgrader_sandbox.hostile.attacks_files import data
from tests.nbgrader_sandbox.hostile.attacks_objects import answer_all


def _picture(form: str) -> bytes:
    """Return a picture of ten million equal pixels."""
    from PIL import Image

    written = io.BytesIO()
    Image.new("RGB", (8000, 1250)).save(written, form, progressive=True)
    return written.getvalue()


def scanned() -> str:
    """Return a JPEG of 1 MB whose 40,000 scans each take as long as a picture."""
    whole = _picture("JPEG")
    places = [k for k in range(len(whole)) if whole[k : k + 2] == b"\xff\xda"]
    scans = [whole[a:b] for a, b in zip(places, [*places[1:], len(whole) - 2], strict=True)]
    return base64.b64encode(whole[:-2] + min(scans, key=len) * 40_000 + whole[-2:]).decode()


def attached(pictures: Callable[[], dict[str, Any]], cells: int, text: str = "x") -> Any:
    def edit(notebook: Notebook) -> None:
        held = pictures()
        for _ in range(cells):
            notebook["cells"].append({**cell(text, "markdown"), "attachments": held})

    return edit


def solid() -> dict[str, Any]:
    """Return ten attachments of ten million pixels each, in 40 kB each."""
    one = base64.b64encode(_picture("PNG")).decode()
    return {f"p{k}.png": {"image/png": one} for k in range(10)}


def noise() -> dict[str, Any]:
    """Return one attachment of 1 MB."""
    from PIL import Image

    written = io.BytesIO()
    Image.frombytes("RGB", (500, 500), os.urandom(750_000)).save(written, "PNG")
    return {"a": {"image/png": base64.b64encode(written.getvalue()).decode()}}


def wrong_outputs(notebook: dict[str, Any]) -> None:
    bad = {"output_type": "strean", "name": "stdout", "text": ""}
    notebook["cells"][0]["outputs"] = [bad] * 200_000


def old_wrong_outputs(notebook: dict[str, Any]) -> dict[str, Any]:
    """The same in format 3, whose faults nbformat writes to the log."""
    one = {"cell_type": "code", "input": "", "language": "python", "metadata": {}}
    sheet = {"cells": [{**one, "outputs": [{"output_type": "x"}] * 200_000}]}
    return {"nbformat": 3, "nbformat_minor": 0, "metadata": {}, "worksheets": [sheet]}


def wrong_tags(notebook: dict[str, Any]) -> None:
    notebook["cells"][0]["metadata"]["tags"] = list(range(1_000_000))


def wrong_attachments(notebook: dict[str, Any]) -> None:
    held = {str(k): {"a": 1} for k in range(140_000)}
    notebook["cells"].append({**cell("x", "markdown"), "attachments": held})


def empty_values(notebook: dict[str, Any]) -> None:
    notebook["metadata"]["note"] = [{}] * 4_000_000


def no_source(notebook: dict[str, Any]) -> None:
    """Cells without a text, of a kind and in a format that are to come."""
    notebook["nbformat_minor"] = 999
    for name in ("softmax", "test_softmax", "why"):
        known = find(notebook, name)
        known["cell_type"] = "chart"
        del known["source"]


def long_paths(folder: Path) -> None:
    """A file at the longest path that there can be here; a copy elsewhere has a longer one."""
    before = os.getcwd()
    left = 4090 - len(str(folder.resolve()))
    try:
        os.chdir(folder)
        while left > 202:
            os.mkdir("d" * 200)
            os.chdir("d" * 200)
            left -= 201
        Path("f" * max(1, left - 1)).write_text("x", encoding="utf-8")
    finally:
        os.chdir(before)


def code(text: str, language: str = "python") -> Any:
    def edit(notebook: Notebook) -> None:
        notebook["metadata"]["language_info"] = {"name": language, "pygments_lexer": language}
        notebook["cells"] += [cell(text) for _ in range(20)]

    return edit


def much_code(notebook: Notebook) -> None:
    notebook["cells"] += [cell("k = 1 + 1  # one\n" * 5000) for _ in range(150)]


SHOW = """
import base64, io
from IPython.display import display
from PIL import Image

def show(kind, data):
    display({kind: data, "text/plain": "x"}, raw=True)

def picture(image, form, **more):
    written = io.BytesIO()
    image.save(written, form, **more)
    return written.getvalue()
"""

SCANS = """
whole = picture(Image.new("L", (8000, 1250)), "JPEG", progressive=True)
places = [k for k in range(len(whole)) if whole[k:k + 2] == b"\\xff\\xda"]
scans = [whole[a:b] for a, b in zip(places, [*places[1:], len(whole) - 2])]
whole = whole[:-2] + min(scans, key=len) * 60_000 + whole[-2:]
for _ in range(2):
    show("image/jpeg", base64.b64encode(whole).decode())
"""

#: More than a notebook of this course: so many cells that each stays within its own limits.
CELLS = 60


def claims(notebook: Notebook) -> None:
    """Cells that each claim to be a graded one, under another name."""
    for k in range(20_000):
        ours = {"grade_id": f"bonus-{k}", "grade": True, "points": 5}
        notebook["cells"].append(cell("", nbgrader=ours))


def many_folders(folder: Path) -> None:
    for k in range(200):
        for inner in range(100):
            (folder / f"f{k}" / str(inner)).mkdir(parents=True)
    (folder / "link").symlink_to("/etc")


def repeated(text: str) -> Any:
    def edit(notebook: Notebook) -> None:
        notebook["cells"] += [cell(text) for _ in range(CELLS)]

    return edit


def _shown(name: str, what: str, each: str, before: str = "") -> Attack:
    """Return an attack whose many cells each show something."""
    return Attack(name, what, SHOW + before, edit=repeated(each), stock=False)


TREE = "np.zeros((6,) * 9, np.int8)"
DEEP = "[[" * 2 + "[0.0] * 500, " * 500 + "]]" * 2

WORK = theme(
    "work for the grader",
    Attack(
        "work-scans",
        "an attached picture of 40,000 scans",
        edit=attached(lambda: {"a": {"image/jpeg": scanned()}}, 5),
    ),
    Attack("work-scans-shown", "pictures of 60,000 scans", SHOW + SCANS, stock=False),
    Attack("work-solid", "600 attached pictures of ten million pixels", edit=attached(solid, 40)),
    Attack(
        "work-shown-often",
        "one attached picture of 1 MB that a text shows 1,000 times",
        edit=attached(noise, 1, "![](attachment:a)" * 1000),
    ),
    Attack(
        "work-referred-often",
        "the same by references of four letters",
        edit=attached(noise, 1, "[a]: attachment:a\n\n" + "![a]" * 4000),
    ),
    Attack(
        "work-attributes",
        "pages with a tag of a million attributes",
        SHOW + "tag = '<b ' + ' '.join(f'a{k}' for k in range(350_000)) + '>'\n"
        "show('text/html', tag)\nshow('text/html', tag.replace(' ', '/'))",
        stock=False,
    ),
    Attack(
        "work-attributes-drawn",
        "drawings with tags of many attributes",
        SHOW + "tag = '<g ' + ' '.join(f'a{k}' for k in range(130_000)) + '></g>'\n"
        "for _ in range(5):\n    show('image/svg+xml', f'<svg>{tag}</svg>')",
        stock=False,
    ),
    _shown(
        "work-tables",
        "pages of nested tags in many cells",
        "show('text/html', tags)",
        "tags = ''.join(f'<i class=a{k}>' for k in range(5000)) + '<p>' * 4900\n",
    ),
    _shown(
        "work-drawings",
        "drawings that turn into pages of nested tags",
        "show('image/svg+xml', tags)",
        "tags = '<svg>' + ''.join(f'<i class=a{k}>' for k in range(30000)) + '<p>' * 30000\n",
    ),
    _shown(
        "work-markdown",
        "texts of brackets in many cells",
        "for _ in range(10):\n    show('text/markdown', '[' * 19_000)",
    ),
    _shown(
        "work-pixels",
        "pictures of ten million pixels in many cells",
        "for _ in range(10):\n    show('image/png', png)",
        "png = base64.b64encode(picture(Image.new('RGB', (8000, 1250)), 'PNG')).decode()\n",
    ),
    _shown(
        "work-noise",
        "a picture of 1 MB in many cells",
        "show('image/png', noise)",
        "noise = np.random.bytes(750_000)\n"
        "noise = picture(Image.frombytes('RGB', (500, 500), noise), 'PNG')\n"
        "noise = base64.b64encode(noise).decode()\n",
    ),
    _shown("work-text", "a text of 150 kB in many cells", "print('x ' * 75_000)"),
    _shown(
        "work-errors",
        "long errors in many cells",
        "for _ in range(100):\n    get_ipython().recorder._errors = 0\n"
        "    get_ipython().recorder.error('E', 'x' * 2000, ['y'])",
    ),
    Attack("work-wrong-outputs", "200,000 saved outputs of no kind", files=data(wrong_outputs)),
    Attack("work-old-outputs", "the same in format 3", files=data(old_wrong_outputs)),
    Attack("work-wrong-tags", "a million tags that are numbers", files=data(wrong_tags), says="."),
    Attack(
        "work-wrong-attachments",
        "140,000 attachments that are none",
        files=data(wrong_attachments),
        says=".",
    ),
    Attack("work-values", "four million empty values", files=data(empty_values), says="."),
    Attack("work-no-source", "known cells without a text", files=data(no_source), says="."),
    Attack("work-paths", "a path as long as can be", files=long_paths, evidence=("cleaned",)),
    Attack("work-code-dots", "lines of 98,000 dots", edit=code("if 0: x" + ".a" * 49_000)),
    Attack(
        "work-code-language",
        "code of another language, coloured slowly",
        edit=code("'''" + "<" * 90_000 + "'''", "perl"),
    ),
    Attack("work-claims", "20,000 cells that claim to be graded", edit=claims),
    Attack("work-folders", "20,000 folders", files=many_folders, evidence=("cleaned",)),
    _shown(
        "work-evidence",
        "evidence of twenty kinds in each of many cells",
        "for k in range(20):\n    try:\n        open(f'/etc/{k}-{show.__code__.co_name}-{n}')\n"
        "    except OSError:\n        n += 1",
        "n = 0\n",
    ),
    Attack("work-code", "12 MB of code in 150 cells", edit=much_code),
    Attack("work-printed", "arrays that are printed in full", answers=answer_all(TREE)),
    Attack(
        "work-printed-tensors",
        "tensors that are printed in full",
        answers=answer_all("torch.zeros((2,) * 25)"),
    ),
    Attack("work-lists", "lists of 250,000 numbers, four deep", answers=answer_all(DEEP)),
    Attack(
        "work-length",
        "objects of a length of 2^31, whose items differ",
        "class Long:\n    def __len__(self):\n        return 2 ** 31 - 1\n\n"
        "    def __getitem__(self, key):\n        return float(key)\n",
        answers=answer_all("Long()"),
    ),
)
