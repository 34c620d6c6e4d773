"""Why a submission could not be graded, in one sentence for its author."""

import ast
import json
from pathlib import Path
from typing import Any

import nbformat
from nbgrader.utils import parse_utc

#: Bytes. An honest notebook is far smaller; one that is larger is never opened.
LARGEST = 20_000_000

#: Calls that end the notebook's Python at once; exit() does not, under nbgrader.
_ENDING = {"os._exit", "os.abort", "os.kill", "os.killpg"}


def too_large(folder: Path, notebooks: list[str]) -> bool:
    """Tell whether a notebook is larger than a grader should open."""
    paths = (folder / f"{name}.ipynb" for name in notebooks)
    return any(path.is_file() and path.stat().st_size > LARGEST for path in paths)


def reason(folder: Path, notebooks: list[str]) -> str:
    """Say why the submission in `folder` could not be graded, and what mends it."""
    for name in notebooks:
        if trouble := _trouble(folder, name):
            return trouble
    if trouble := _timestamp_trouble(folder):
        return trouble
    for name in notebooks:
        if trouble := _ending_call(folder / f"{name}.ipynb"):
            return trouble
    return (
        "the notebook can be read, but running it ended before the grades were saved: "
        "restart its kernel, run all cells, and see where it stops."
    )


def _trouble(folder: Path, name: str) -> str:
    path = folder / f"{name}.ipynb"
    if not path.is_file():
        others = sorted(other.name for other in folder.glob("*.ipynb"))
        if not others:
            return f"no notebook was handed in: hand in {path.name!r}."
        found = ", ".join(map(repr, others[:3]))
        return f"there is no {path.name!r} (found {found}): rename it and hand it in again."
    size = path.stat().st_size
    if size > LARGEST:
        return (
            f"{path.name} has {size / 1e6:.0f} MB, more than the {LARGEST / 1e6:.0f} MB that "
            "are opened: clear the outputs of all cells and hand it in again."
        )
    try:
        notebook = json.loads(path.read_text(encoding="utf-8"))
    except json.JSONDecodeError as error:
        what = error.msg.removesuffix(" at")  # some of json's messages end with it
        return (
            f"{path.name} is not valid JSON: {what} at line {error.lineno}, column "
            f"{error.colno}. A notebook is saved by Jupyter and not edited as text: open the "
            "last version that Jupyter opens, and hand that in."
        )
    except (UnicodeDecodeError, RecursionError):
        return f"{path.name} is not a text in UTF-8: save it in Jupyter and hand it in again."
    except OSError as error:
        return f"{path.name} cannot be read ({error.strerror}): check its permissions."
    try:
        nbformat.validate(nbformat.from_dict(notebook))
    except Exception as error:  # from_dict and validate raise whatever they stumble over
        first = str(error).strip().split("\n")[0][:100]
        return (
            f"{path.name} is JSON, but not a notebook ({first}): save it in Jupyter and hand "
            "it in again."
        )
    return ""


def _timestamp_trouble(folder: Path) -> str:
    path = folder / "timestamp.txt"
    if not path.is_file():
        return ""
    try:
        parse_utc(path.read_text(encoding="utf-8").strip() or None)
    except (ValueError, OverflowError, UnicodeDecodeError):
        return "its timestamp.txt is not a date: write one like 2025-03-07 17:00:00 UTC there."
    return ""


def _ending_call(path: Path) -> str:
    """Name the first call that ends Python, if a code cell holds one."""
    notebook: Any = nbformat.read(path, as_version=4)
    codes = [cell.source for cell in notebook.cells if cell.cell_type == "code"]
    for number, source in enumerate(codes, start=1):
        try:
            tree = ast.parse(source)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and (called := ast.unparse(node.func)) in _ENDING:
                return (
                    f"line {node.lineno} of code cell {number} calls {called}(), which ends "
                    "Python before the tests run: delete that line and hand it in again."
                )
    return ""
