"""Each way of handing in what cannot be graded has its own sentence, with what to do."""

import json
import os
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from nbgrader_sandbox.engine import submission
from nbgrader_sandbox.engine.submission import (
    OwnFiles,
    Unreadable,
    find_notebook,
    read_files,
    read_notebook,
)
from nbgrader_sandbox.engine.timestamps import read_timestamp


def reason(folder: Path) -> str:
    with pytest.raises(Unreadable) as caught:
        read_notebook(folder, "gate")
    return str(caught.value)


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("1" * 5000, ["data that no notebook needs"]),
        ('{"cells": [}', ["not valid JSON", "line 1, column 12"]),
        ('{\n "cells": [\n', ["not valid JSON", "line 3, column 1"]),
        ("", ["not valid JSON", "line 1, column 1"]),
        ("[" * 100_000, ["data that no notebook needs"]),
        ("[]", ["JSON, but not a notebook"]),
        ("7", ["JSON, but not a notebook"]),
        ("{}", ["JSON, but not a notebook"]),
        ('{"cells": 1, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}', ["not a notebook"]),
    ],
)
def test_a_broken_file_is_explained(
    hand_in: Callable[..., Path], text: str, pieces: list[str]
) -> None:
    said = reason(hand_in("ada", text))
    assert all(piece in said for piece in pieces), said
    assert "hand" in said
    assert said.endswith(".")
    assert "\n" not in said


def test_a_file_that_is_no_text_is_explained(hand_in: Callable[..., Path]) -> None:
    folder = hand_in("ada")
    (folder / "gate.ipynb").write_bytes(b"\xff\xfe\x00")
    assert "not a text in UTF-8" in reason(folder)


def test_a_wrong_name_is_explained(hand_in: Callable[..., Path]) -> None:
    folder = hand_in("ada", name="gates.ipynb")
    assert "no 'gate.ipynb' (found 'gates.ipynb')" in reason(folder)
    (folder / "gates.ipynb").unlink()
    assert "no notebook was handed in" in reason(folder)


def test_a_large_file_is_explained_and_not_opened(
    hand_in: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = hand_in("ada")
    with (folder / "gate.ipynb").open("wb") as file:
        file.truncate(submission.LARGEST + 10**6)

    def opened(*_: Any, **__: Any) -> str:
        raise AssertionError("it was opened")

    monkeypatch.setattr(Path, "read_text", opened)
    assert "has 21 MB, more than the 20 MB" in reason(folder)


def test_a_link_is_not_followed(hand_in: Callable[..., Path], tmp_path: Path) -> None:
    folder = hand_in("ada")
    other = tmp_path / "other.ipynb"
    (folder / "gate.ipynb").rename(other)
    (folder / "gate.ipynb").symlink_to(other)
    assert "is a link" in reason(folder)


def test_files_beside_the_notebook_are_plain_ones(
    hand_in: Callable[..., Path], tmp_path: Path
) -> None:
    folder = hand_in("ada")
    (folder / "data").mkdir()
    (folder / "data" / "words.txt").write_text("a b")
    (folder / "feedback").mkdir()
    (folder / "feedback" / "old.html").write_text("old")
    (folder / "gradebook.db").symlink_to(tmp_path / "gradebook.db")
    (folder / "up").symlink_to(tmp_path)
    os.mkfifo(folder / "pipe")
    files, left_out = read_files(folder, ["feedback"])
    assert files == {"data/words.txt": b"a b"}
    assert sorted(note.split(":")[0] for note in left_out) == ["gradebook.db", "pipe", "up"]


def test_files_are_counted_and_weighed(
    hand_in: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = hand_in("ada")
    for k in range(4):
        (folder / f"{k}.txt").write_text("1234")
    monkeypatch.setattr(submission, "MOST_BYTES", 9)
    files, left_out = read_files(folder, [])
    assert sorted(files) == ["0.txt", "1.txt"]
    assert "2.txt: more than" in left_out[0]


def test_a_timestamp_that_is_no_date_is_explained(hand_in: Callable[..., Path]) -> None:
    folder = hand_in("ada")
    assert read_timestamp(folder) == (None, "")
    for text in ("yesterday evening", "9" * 500, "\0", "x" * 5000):
        (folder / "timestamp.txt").write_text(text)
        when, trouble = read_timestamp(folder)
        assert when is None
        assert "not a date" in trouble
    (folder / "timestamp.txt").write_text("2026-03-05 19:42:00 UTC")
    assert read_timestamp(folder) == (datetime(2026, 3, 5, 19, 42), "")


def _saved(hand_in: Callable[..., Path], cell: dict[str, Any]) -> Path:
    made = {"cell_type": "code", "id": "a", "metadata": {}, "source": "1", "execution_count": None}
    notebook = {"cells": [{**made, **cell}], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    return hand_in("ada", json.dumps(notebook))


def test_saved_outputs_are_not_looked_at(hand_in: Callable[..., Path]) -> None:
    """To say what is wrong with each took two minutes and ten gigabytes."""
    outputs = [{"output_type": "strean", "text": ""}] * 100_000
    began = time.monotonic()
    nb = read_notebook(_saved(hand_in, {"outputs": outputs}), "gate")
    assert nb.cells[0].outputs == []
    assert time.monotonic() - began < 5


@pytest.mark.parametrize("most", [500_000])
def test_many_faults_are_refused_in_time(hand_in: Callable[..., Path], most: int) -> None:
    folder = _saved(hand_in, {"outputs": [], "metadata": {"tags": list(range(most))}})
    began = time.monotonic()
    assert "notebook" in reason(folder)
    assert time.monotonic() - began < 5


def test_a_cell_of_a_format_to_come_needs_a_text(hand_in: Callable[..., Path]) -> None:
    folder = hand_in(
        "ada",
        '{"cells": [{"cell_type": "chart", "metadata": {"nbgrader": {"grade_id": "test_gate"}}}],'
        ' "metadata": {}, "nbformat": 4, "nbformat_minor": 999}',
    )
    assert "not a notebook" in reason(folder)


def test_a_very_long_path_is_left_out(tmp_path: Path) -> None:
    inner = tmp_path / ("d" * 200) / ("e" * 200) / ("f" * 200)
    inner.mkdir(parents=True)
    (inner / "data.csv").write_text("1")
    (tmp_path / "data.csv").write_text("1")
    files, left_out = read_files(tmp_path, ())
    assert list(files) == ["data.csv"]
    assert "a path of more than" in left_out[0]


@pytest.mark.parametrize(
    "name",
    [
        *("gate (1).ipynb", "gate(12).ipynb", "gate.ipynb.txt", "Gate.ipynb", "gate-Copy1.ipynb"),
        *("gate (1).ipynb.txt", "work/gate.ipynb", "work/gate (2).ipynb", "gate.ipynb.json"),
    ],
)
def test_what_a_browser_or_an_lms_calls_it_is_found(
    hand_in: Callable[..., Path], name: str
) -> None:
    folder = hand_in("ada")
    (folder / "work").mkdir()
    (folder / "gate.ipynb").rename(folder / name)
    assert find_notebook(folder, "gate") == folder / name
    assert read_notebook(folder, "gate").cells


def test_other_forms_of_the_same_letters(hand_in: Callable[..., Path]) -> None:
    folder = hand_in("ada")
    (folder / "gate.ipynb").rename(folder / "u\u0308bung.ipynb")  # as a Mac writes it
    assert read_notebook(folder, "\u00fcbung").cells


def test_where_two_can_be_meant_none_is_taken(hand_in: Callable[..., Path]) -> None:
    folder = hand_in("ada")
    (folder / "gate.ipynb").rename(folder / "gate (1).ipynb")
    (folder / "gate (2).ipynb").write_text((folder / "gate (1).ipynb").read_text())
    assert "no 'gate.ipynb' (found 'gate (1).ipynb', 'gate (2).ipynb')" in reason(folder)
    (folder / "gate.ipynb").write_text((folder / "gate (1).ipynb").read_text())
    assert find_notebook(folder, "gate") == folder / "gate.ipynb"


#: What Jupyter opens, and a schema refuses.
ODD: dict[str, Callable[[dict[str, Any]], object]] = {
    "ids in 4.4": lambda nb: nb.update(nbformat_minor=4),
    "no ids in 4.5": lambda nb: [cell.pop("id", None) for cell in nb["cells"]],
    "the same id twice": lambda nb: [cell.update(id="a") for cell in nb["cells"]],
    "outputs of a text": lambda nb: nb["cells"][0].update(outputs=[], execution_count=1),
    "no execution count": lambda nb: [cell.pop("execution_count", 0) for cell in nb["cells"]],
    "no outputs": lambda nb: [cell.pop("outputs", 0) for cell in nb["cells"]],
    "no kernel": lambda nb: nb["metadata"].update(kernelspec={}),
    "a kernel that is none": lambda nb: nb["metadata"].update(kernelspec=None),
    "a language without a name": lambda nb: nb["metadata"].update(language_info={}),
    "collapsed": lambda nb: nb["cells"][1]["metadata"].update(collapsed="true", scrolled=3),
    "no metadata": lambda nb: [nb.pop("metadata"), nb["cells"][0].pop("metadata")],
    "tags": lambda nb: nb["cells"][0]["metadata"].update(tags=["a", "a", 3]),
    "more fields": lambda nb: [cell.update(colour="red") for cell in nb["cells"]],
    "attachments": lambda nb: nb["cells"][0].update(attachments=None),
    "a minor format of its own": lambda nb: nb.update(nbformat_minor="5"),
}


@pytest.mark.parametrize("odd", ODD)
def test_what_jupyter_opens_is_read(hand_in: Callable[..., Path], odd: str) -> None:
    folder = hand_in("ada")
    notebook = json.loads((folder / "gate.ipynb").read_text())
    before = ["".join(cell["source"]) for cell in notebook["cells"]]
    ODD[odd](notebook)
    (folder / "gate.ipynb").write_text(json.dumps(notebook))
    nb = read_notebook(folder, "gate")
    assert [cell.source for cell in nb.cells] == before
    assert "nbgrader" in nb.cells[1].metadata


def test_a_hard_link_to_anybodys_work_is_refused(tmp_path: Path) -> None:
    for student in ("ada", "eve"):
        (tmp_path / "submitted" / student / "ps1").mkdir(parents=True)
        (tmp_path / "autograded" / student / "ps1").mkdir(parents=True)
    ada, eve = (tmp_path / "submitted" / student / "ps1" for student in ("ada", "eve"))
    (tmp_path / "release").mkdir()
    (tmp_path / "release" / "data.csv").write_text("1")
    (tmp_path / "autograded/eve/ps1/gate.ipynb").write_text("hidden tests")
    (ada / "mine.py").write_text("answer = 1")
    (eve / "stolen.py").hardlink_to(ada / "mine.py")
    (eve / "tests.txt").hardlink_to(tmp_path / "autograded/eve/ps1/gate.ipynb")
    (eve / "data.csv").hardlink_to(tmp_path / "release/data.csv")
    (eve / "own.txt").write_text("own")
    (eve / "twice.txt").hardlink_to(eve / "own.txt")
    own = OwnFiles([tmp_path], [tmp_path / "release"])
    files, left_out = read_files(eve, (), own)
    assert sorted(files) == ["data.csv", "own.txt", "twice.txt"]
    assert sorted(note.split(":")[0] for note in left_out) == ["stolen.py", "tests.txt"]
    (eve / "gate.ipynb").hardlink_to(tmp_path / "autograded/eve/ps1/gate.ipynb")
    with pytest.raises(Unreadable, match="is a link"):
        read_notebook(eve, "gate", own)
