"""Each way of handing in what cannot be graded has its own sentence, with what to do."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbformat.v4 import new_code_cell
from nbgrader_sandbox.ungraded import reason, too_large

from nbgrader_sandbox import ungraded


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ('{"cells": [}', ["not valid JSON", "line 1, column 12"]),
        ('{\n "cells": [\n', ["not valid JSON", "line 3, column 1"]),
        ("", ["not valid JSON", "line 1, column 1"]),
        ("[" * 100_000, ["not a text"]),
        ("[]", ["JSON, but not a notebook"]),
        ("7", ["JSON, but not a notebook"]),
        ("{}", ["JSON, but not a notebook"]),
        ('{"cells": 1, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}', ["not a notebook"]),
    ],
)
def test_a_broken_file_is_explained(
    hand_in: Callable[..., Path], text: str, pieces: list[str]
) -> None:
    said = reason(hand_in("ada", text), ["gate"])
    assert all(piece in said for piece in pieces), said
    assert "hand" in said
    assert said.endswith(".")
    assert "\n" not in said


def test_a_file_that_is_no_text_is_explained(hand_in: Callable[..., Path]) -> None:
    folder = hand_in("ada")
    (folder / "gate.ipynb").write_bytes(b"\xff\xfe\x00")
    assert "not a text in UTF-8" in reason(folder, ["gate"])


def test_a_wrong_name_is_explained(hand_in: Callable[..., Path]) -> None:
    folder = hand_in("ada", name="gate (1).ipynb")
    assert "no 'gate.ipynb' (found 'gate (1).ipynb')" in reason(folder, ["gate"])
    (folder / "gate (1).ipynb").unlink()
    assert "no notebook was handed in" in reason(folder, ["gate"])


def test_a_large_file_is_explained_and_not_opened(
    hand_in: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = hand_in("ada")
    assert not too_large(folder, ["gate"])
    with (folder / "gate.ipynb").open("wb") as file:
        file.truncate(ungraded.LARGEST + 10**6)
    assert too_large(folder, ["gate"])

    def opened(*_: Any, **__: Any) -> str:
        raise AssertionError("it was opened")

    monkeypatch.setattr(Path, "read_text", opened)
    assert "has 21 MB, more than the 20 MB" in reason(folder, ["gate"])


def test_a_timestamp_that_is_no_date_is_explained(hand_in: Callable[..., Path]) -> None:
    folder = hand_in("ada")
    (folder / "timestamp.txt").write_text("yesterday evening")
    assert "timestamp.txt is not a date" in reason(folder, ["gate"])
    (folder / "timestamp.txt").write_text("2026-03-05 19:42:00 UTC")
    assert "timestamp" not in reason(folder, ["gate"])


def test_a_call_that_ends_python_is_named(hand_in: Callable[..., Path], released: Any) -> None:
    released.cells.insert(1, new_code_cell("def broken(:"))
    released.cells.insert(2, new_code_cell("import os\nif True:\n    os._exit(0)"))
    folder = hand_in("ada", nbformat.writes(released))
    assert "line 3 of code cell 2 calls os._exit()" in reason(folder, ["gate"])


def test_with_no_cause_to_be_seen_it_says_how_to_look(
    hand_in: Callable[..., Path], released: Any
) -> None:
    released.cells.insert(1, new_code_cell("# os._exit(0)\nprint('os._exit(0)')"))
    folder = hand_in("ada", json.dumps(released))
    assert "run all cells" in reason(folder, ["gate"])
