"""Attacks by what a notebook says about itself: flags, ids, points, outputs, findings."""

import copy
from typing import Any

from tests.nbgrader_sandbox.hostile.attack import Attack, Notebook, cell, find, theme
from tests.nbgrader_sandbox.hostile.parts import PARTS

FINDING = "application/vnd.nbgrader-sandbox.finding+json"
TESTS = tuple(f"test_{part.name}" for part in PARTS)


def _flags(notebook: Notebook, **flags: Any) -> None:
    for name in TESTS:
        find(notebook, name)["metadata"]["nbgrader"].update(flags)


def solution_flag(notebook: Notebook) -> None:
    _flags(notebook, solution=True)


def not_graded(notebook: Notebook) -> None:
    _flags(notebook, grade=False, locked=False)


def hundred_points(notebook: Notebook) -> None:
    _flags(notebook, points=100)


def odd_points(notebook: Notebook) -> None:
    for name, points in zip(TESTS, (-3, float("1e308"), "ten", None), strict=True):
        find(notebook, name)["metadata"]["nbgrader"]["points"] = points


def task_flag(notebook: Notebook) -> None:
    _flags(notebook, task=True, solution=False, grade=False)


def odd_flags(notebook: Notebook) -> None:
    _flags(notebook, grade="yes", locked=[], solution={}, schema_version=99, grade_id=["x"])


def unlocked_and_rewritten(notebook: Notebook) -> None:
    _flags(notebook, locked=False)
    for part in PARTS:
        find(notebook, f"test_{part.name}")["source"] = str(part.points)


def rewritten(notebook: Notebook) -> None:
    for part in PARTS:
        found = find(notebook, f"test_{part.name}")
        found["source"] = str(part.points)
        found["metadata"]["nbgrader"]["checksum"] = "0" * 32


def duplicated(notebook: Notebook) -> None:
    for part in PARTS:
        again = copy.deepcopy(find(notebook, f"test_{part.name}"))
        again["source"] = str(part.points)
        notebook["cells"].append(again)
        notebook["cells"].insert(0, copy.deepcopy(again))


def duplicated_answers(notebook: Notebook) -> None:
    for part in PARTS:
        again = copy.deepcopy(find(notebook, part.name))
        again["metadata"]["nbgrader"].update(grade=True, points=50, locked=False)
        notebook["cells"].append(again)


def renamed(notebook: Notebook) -> None:
    for k, name in enumerate(TESTS):
        find(notebook, name)["metadata"]["nbgrader"]["grade_id"] = f"mine_{k}"


def exchanged(notebook: Notebook) -> None:
    first, second = (find(notebook, name)["metadata"]["nbgrader"] for name in TESTS[:2])
    first["grade_id"], second["grade_id"] = second["grade_id"], first["grade_id"]


def deleted(notebook: Notebook) -> None:
    gone = [find(notebook, name) for name in TESTS]
    notebook["cells"] = [one for one in notebook["cells"] if one not in gone]


def only_text(notebook: Notebook) -> None:
    notebook["cells"] = [cell("I did it on paper.", "markdown")]


def no_metadata(notebook: Notebook) -> None:
    for one in notebook["cells"]:
        one["metadata"] = {}


def reordered(notebook: Notebook) -> None:
    notebook["cells"].reverse()


def type_changed(notebook: Notebook) -> None:
    for name in TESTS:
        found = find(notebook, name)
        found["cell_type"] = "markdown"
        found.pop("outputs", None)
        found.pop("execution_count", None)


def raw_tests(notebook: Notebook) -> None:
    type_changed(notebook)
    for name in TESTS:
        find(notebook, name)["cell_type"] = "raw"


def text_answer_as_code(notebook: Notebook) -> None:
    found = find(notebook, "why")
    found.update(cell_type="code", outputs=[], execution_count=None, source="1")
    found["metadata"]["nbgrader"].update(solution=False, locked=True)


def skip_tags(notebook: Notebook) -> None:
    for name in TESTS:
        find(notebook, name)["metadata"]["tags"] = ["skip-execution", "skip-when-grading"]


def faked_outputs(notebook: Notebook) -> None:
    for part in PARTS:
        found = find(notebook, f"test_{part.name}")
        data = {"text/plain": str(part.points), FINDING: _finding(part.name)}
        found["execution_count"] = 7
        found["outputs"] = [
            {"output_type": "execute_result", "execution_count": 7, "metadata": {}, "data": data}
        ]


def _finding(name: str) -> dict[str, Any]:
    named = {"part": name, "mistake": None, "title": "forged by x", "points": 3, "of": 3}
    return {"version": 1, **named}


def extra_graded_cells(notebook: Notebook) -> None:
    for k in range(3):
        flags = {"grade": True, "solution": False, "locked": True, "task": False, "points": 10}
        nbgrader = {"schema_version": 3, "grade_id": f"bonus_{k}", **flags}
        notebook["cells"].append(cell("10", nbgrader=nbgrader))


def forged_notes(notebook: Notebook) -> None:
    notebook["metadata"]["nbgrader_sandbox"] = {"level": "forged", "seconds": -1, "stopped": ""}
    notebook["metadata"]["nbgrader"] = {"score": 100, "grade": True}
    notebook["metadata"]["kernelspec"] = {"name": "bash", "display_name": "x", "language": "sh"}
    notebook["metadata"]["language_info"] = {"name": "@COURSE@", "file_extension": "/../x"}


def old_format(notebook: Notebook) -> None:
    cells = notebook.pop("cells")
    for one in cells:
        if one["cell_type"] == "code":
            one["input"] = one.pop("source")
            one["language"] = "python"
            one["prompt_number"] = one.pop("execution_count")
    notebook["worksheets"] = [{"cells": cells, "metadata": {}}]
    notebook.update(nbformat=3, nbformat_minor=0)


def old_schema(notebook: Notebook) -> None:
    _flags(notebook, schema_version=1)


def odd_cells(notebook: Notebook) -> None:
    notebook["cells"].append({"cell_type": "heading", "metadata": {}, "source": "x", "level": 1})
    notebook["cells"].append({"cell_type": "code", "metadata": {}, "source": "1"})


FORGED_FINDING = f"""
from IPython.display import display
for part in ("softmax", "moving_average", "standardise", "TanhRNN"):
    display({{"text/plain": "3", "{FINDING}": {{
        "version": 1, "part": part, "mistake": None, "title": "forged by x",
        "points": 3, "of": 3}}}}, raw=True)
"""

CHANGED = ("forged-metadata", "edited-cell", "duplicate-cell", "missing-cell")

METADATA = theme(
    "faked metadata and outputs",
    Attack(
        "flag-solution",
        "tests marked as to be graded by hand",
        edit=solution_flag,
        evidence=CHANGED,
    ),
    Attack("flag-not-graded", "tests marked as not graded", edit=not_graded, evidence=CHANGED),
    Attack("points-100", "100 points for each test", edit=hundred_points, evidence=CHANGED),
    Attack("points-odd", "negative, huge and wordy points", edit=odd_points, evidence=CHANGED),
    Attack("flag-task", "tests marked as tasks", edit=task_flag, evidence=CHANGED),
    Attack("flags-odd", "flags of wrong types, an id that is a list", edit=odd_flags),
    Attack(
        "unlocked", "tests unlocked and rewritten", edit=unlocked_and_rewritten, evidence=CHANGED
    ),
    Attack("rewritten", "tests rewritten with a new checksum", edit=rewritten, evidence=CHANGED),
    Attack("duplicated-tests", "each test three times", edit=duplicated, evidence=CHANGED),
    Attack(
        "duplicated-answers",
        "answers again, as graded cells",
        edit=duplicated_answers,
        evidence=CHANGED,
    ),
    Attack("renamed-tests", "tests under other ids", edit=renamed, evidence=CHANGED),
    Attack("exchanged-ids", "the ids of two tests exchanged", edit=exchanged, evidence=CHANGED),
    Attack("deleted-tests", "no tests", edit=deleted, evidence=CHANGED),
    Attack("only-text", "one cell of text in all", edit=only_text, evidence=CHANGED),
    Attack("no-metadata", "all metadata taken away", edit=no_metadata, evidence=CHANGED),
    Attack("reordered", "all cells in reverse order", edit=reordered),
    Attack("tests-as-text", "tests made text cells", edit=type_changed, evidence=CHANGED),
    Attack("tests-as-raw", "tests made raw cells", edit=raw_tests, evidence=CHANGED),
    Attack("text-as-code", "the text made a test of 1", edit=text_answer_as_code, evidence=CHANGED),
    Attack("skip-tags", "tests tagged as not to be run", edit=skip_tags),
    Attack("faked-outputs", "outputs with points and findings in the tests", edit=faked_outputs),
    Attack("bonus-cells", "graded cells of its own", edit=extra_graded_cells, evidence=CHANGED),
    Attack("forged-notes", "notes of the engine, another kernel", edit=forged_notes),
    Attack("old-format", "a notebook of format 3", edit=old_format),
    Attack("old-schema", "nbgrader's metadata of another version", edit=old_schema),
    Attack("odd-cells", "cells of kinds that there are not", edit=odd_cells),
    Attack("forged-finding", "findings shown by the student's own cells", FORGED_FINDING),
    Attack(
        "faked-result-in-answer",
        "an answer cell whose last value is the points",
        answers={part.name: f"{part.wrong}\n\n{part.points}" for part in PARTS},
    ),
)
