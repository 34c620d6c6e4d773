"""The two codes as their figure shows them: `codes.json`, made from the lines of `two_codes`.

Nothing is typed twice: the lines are read from the sources that the tests run. Type hints and
docstrings are left out, and so is what stands around the two functions.
"""

import ast
import json
import textwrap
from pathlib import Path
from typing import Any

_FOLDER = Path(__file__).parent.parent / "two_codes"
_SOURCES = {"numpy": ("in_numpy.py", "lstm"), "torch": ("in_torch.py", "forward")}


def codes() -> list[dict[str, Any]]:
    """Return for each line its `numpy` and its `torch`, how far it is indented, what it `makes`.

    Raises ValueError, naming the line, where the two lines do not do the same.
    """
    numpy, torch = (_lines(*source) for source in _SOURCES.values())
    if len(numpy) != len(torch):
        raise ValueError(
            f"the two codes have {len(numpy)} and {len(torch)} lines; expected as many lines in "
            "both, the same step in each"
        )
    rows = []
    for number, (one, other) in enumerate(zip(numpy, torch, strict=True), start=1):
        if one[1:] != other[1:]:
            raise ValueError(
                f"line {number} of the two codes: {one[0]!r} makes {one[2]!r} and {other[0]!r} "
                f"makes {other[2]!r}; expected the same name, equally indented"
            )
        rows.append({"numpy": one[0], "torch": other[0], "indent": one[1], "makes": one[2]})
    return rows


def _lines(file: str, name: str) -> list[tuple[str, int, str]]:
    """Each line of a function: its text, its indentation in steps, what it makes."""
    text = (_FOLDER / file).read_text(encoding="utf-8")
    found = next(
        node
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.FunctionDef) and node.name == name
    )
    asked = ", ".join(argument.arg for argument in found.args.args)
    lines = [(f"def {name}({asked}):", 0, "def")]
    body = found.body[1:] if ast.get_docstring(found) else found.body
    lines += _statements(body, text, 1)
    return lines


def _statements(body: list[ast.stmt], text: str, indent: int) -> list[tuple[str, int, str]]:
    lines = []
    for node in body:
        source = textwrap.dedent(ast.get_source_segment(text, node) or "").splitlines()[0]
        match node:
            case ast.Assign(targets=[target]):
                makes = ast.unparse(target).strip("()")
            case ast.For(target=target):
                makes = ast.unparse(target)
            case ast.Return():
                makes = "return"
            case _:
                makes = "append"
        lines.append((source, indent, makes))
        if isinstance(node, ast.For):
            lines += _statements(node.body, text, indent + 1)
    return lines


def codes_text() -> str:
    """Return the text of `codes.json`."""
    return json.dumps(codes(), indent=1) + "\n"
