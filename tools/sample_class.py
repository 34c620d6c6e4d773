"""Makes the sample class: real submissions from the released notebook, one for each student.

All names are fictional. `EXPECTED` says what each submission deserves, so that a test can
hold the whole way of grading against it. The class lives in a course folder of its own.
"""

import copy
import json
import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tools.sample_answers import FORGET_GATE, KEEP, WHY

ASSIGNMENT = "02-forget-gate"
DUE = "2026-03-06 17:00:00 UTC"
ON_TIME = "2026-03-05 19:42:00 UTC"
LATE = "2026-03-07 19:05:00 UTC"

Notebook = dict[str, Any]


class SampleClassError(RuntimeError):
    """The sample class cannot be made; the message says why and how to mend it."""


@dataclass(frozen=True)
class Expected:
    """What a submission deserves. A part is None where a person has to grade it.

    `mistakes` names what was wrong by part; `says` is a piece of the reason where a
    submission could not be graded.
    """

    forget_gate: float = 8.0
    keep: float = 3.0
    why_sigmoid: float | None = None
    mistakes: Mapping[str, str] = field(default_factory=dict)
    late: bool = False
    graded: bool = True
    says: str = ""


@dataclass(frozen=True)
class Sample:
    """One student: a name, the answers (keys of sample_answers) and what was done besides."""

    student: str
    name: tuple[str, str]
    forget_gate: str | None = "matrix product"
    keep: str | None = "product"
    why: str | None = "share"
    change: Callable[[Notebook], None] = lambda notebook: None
    spoil: Callable[[str], str] = lambda text: text
    filename: str = ""
    expected: Expected = field(default_factory=Expected)


def _delete_tests(notebook: Notebook) -> None:
    notebook["cells"] = [cell for cell in notebook["cells"] if not _is_test(cell)]


def _edit_tests(notebook: Notebook) -> None:
    for cell in notebook["cells"]:
        name = _grade_id(cell)
        if _is_test(cell):
            cell["source"] = str(cell["metadata"]["nbgrader"]["points"])
            cell["metadata"]["nbgrader"]["points"] = 100
        elif name.startswith("check_"):
            cell["source"] = "print('well done')"


def _turn_flags(notebook: Notebook) -> None:
    for cell in notebook["cells"]:
        if _is_test(cell):
            cell["metadata"]["tags"] = ["skip-execution"]
            cell["metadata"]["nbgrader"].update(solution=True, locked=False)
        elif _grade_id(cell) == "why_sigmoid":
            cell["metadata"]["nbgrader"].update(solution=False, points=40)


def _call_exit(notebook: Notebook) -> None:
    _add_cell(notebook, "print('done for today')\nexit()")


def _end_python(notebook: Notebook) -> None:
    _add_cell(notebook, "import os\n\nos._exit(0)")


def _add_cell(notebook: Notebook, source: str) -> None:
    at = next(k for k, cell in enumerate(notebook["cells"]) if _grade_id(cell) == "keep")
    cell = copy.deepcopy(notebook["cells"][at])
    cell["metadata"] = {}
    cell["source"] = source
    if "id" in cell:
        cell["id"] = "a-cell-of-my-own"
    notebook["cells"].insert(at + 1, cell)


def _cut(text: str) -> str:
    """Lose the end of the file, as an upload that breaks off does."""
    return text[: len(text) * 2 // 3]


def _ungraded(says: str) -> Expected:
    return Expected(0, 0, 0, graded=False, says=says)


def _stopped() -> Expected:
    """Expect the points of what was tested before the notebook stopped."""
    return Expected(keep=0.0, mistakes={"keep": "stopped"})


def _wrong(**mistakes: str) -> Expected:
    """Expect no points for the parts that are named."""
    return Expected(
        forget_gate=0.0 if "forget_gate" in mistakes else 8.0,
        keep=0.0 if "keep" in mistakes else 3.0,
        mistakes=mistakes,
    )


SAMPLES = (
    Sample("ada", ("Ada", "Aalto")),
    Sample("boris", ("Boris", "Bakker"), "einsum", "multiply", "short"),
    Sample("chen", ("Chen", "Chang"), "concatenated weights"),
    Sample("dina", ("Dina", "Dahl"), "loops", "loops"),
    Sample("emre", ("Emre", "Eren"), "no bias", expected=_wrong(forget_gate="bias-missing")),
    Sample("fatou", ("Fatou", "Faye"), "tanh", expected=_wrong(forget_gate="tanh-for-sigmoid")),
    Sample(
        "goran", ("Goran", "Galic"), "U transposed", expected=_wrong(forget_gate="U-transposed")
    ),
    Sample(
        "hana",
        ("Hana", "Horak"),
        "one minus",
        "one minus",
        expected=_wrong(forget_gate="share-forgotten", keep="keeps-the-rest"),
    ),
    Sample(
        "ines",
        ("Ines", "Ibarra"),
        "W and U swapped",
        expected=_wrong(forget_gate="W-and-U-swapped"),
    ),
    Sample(
        "jonas",
        ("Jonas", "Juhl"),
        "overflow",
        expected=Expected(forget_gate=4.0, mistakes={"forget_gate": "overflow"}),
    ),
    Sample("keiko", ("Keiko", "Kato"), "einsum", "adds", "wrong", expected=_wrong(keep="added")),
    Sample(
        "liam",
        ("Liam", "Lynch"),
        None,
        None,
        None,
        expected=Expected(0, 0, 0, {"forget_gate": "not-written", "keep": "not-written"}),
    ),
    Sample("maya", ("Maya", "Mehta"), "syntax error", expected=_wrong(forget_gate="SyntaxError")),
    Sample("noor", ("Noor", "Nasser"), change=_call_exit),
    Sample("olga", ("Olga", "Orlova"), spoil=_cut, expected=_ungraded("is not valid JSON")),
    Sample("pablo", ("Pablo", "Prieto"), change=_delete_tests),
    Sample(
        "quinn",
        ("Quinn", "Quist"),
        "constant",
        "constant",
        change=_edit_tests,
        expected=_wrong(forget_gate="constant", keep="constant"),
    ),
    Sample("rosa", ("Rosa", "Ricci"), "matrix product", why="short", expected=Expected(late=True)),
    Sample(
        "sven",
        ("Sven", "Strand"),
        "constant",
        "constant",
        "wrong",
        change=_turn_flags,
        expected=_wrong(forget_gate="constant", keep="constant"),
    ),
    Sample(
        "tomas",
        ("Tomás", "Tavares"),
        filename="my homework.ipynb",
        expected=_ungraded("there is no 'forget-gate.ipynb'"),
    ),
    Sample("uma", ("Uma", "Usman"), change=_end_python, expected=_stopped()),
    Sample(
        "vera",
        ("Vera", "Vogel"),
        "W @ x",
        expected=Expected(forget_gate=4.0, mistakes={"forget_gate": "column-vectors"}),
    ),
    Sample("wim", ("Wim", "Wouters"), "raise left", expected=_wrong(forget_gate="stub-left")),
    Sample(
        "xenia",
        ("Xenia", "Xydis"),
        "no return",
        "loops without return",
        expected=_wrong(forget_gate="no-return", keep="no-return"),
    ),
    Sample("yusuf", ("Yusuf", "Yilmaz"), "print returned", expected=_wrong(forget_gate="printed")),
    Sample(
        "zoe",
        ("Zoe", "Zamora"),
        "name misspelt",
        expected=_wrong(forget_gate="name-not-defined"),
    ),
    Sample("anton", ("Anton", "Auer"), "math.exp", expected=_wrong(forget_gate="math-for-arrays")),
    Sample(
        "bela",
        ("Béla", "Balog"),
        "arguments reordered",
        expected=Expected(forget_gate=4.0, mistakes={"forget_gate": "arguments-reordered"}),
    ),
    Sample("clara", ("Clara", "Costa"), "bias twice", expected=_wrong(forget_gate="bias-twice")),
    Sample(
        "davit",
        ("Davit", "Danelia"),
        "two slips",
        "squashed",
        expected=_wrong(forget_gate="U-transposed.tanh-for-sigmoid", keep="memory-squashed"),
    ),
)

EXPECTED = {sample.student: sample.expected for sample in SAMPLES}


def write(folder: Path) -> list[str]:
    """Write all submissions in a course's folder; return the students whose files changed.

    Raises SampleClassError where the release is missing or lacks a cell.
    """
    release = _release(folder)
    submitted = folder / "grading" / "submitted"
    return [one.student for one in SAMPLES if _write_one(submitted, release, one)]


def _write_one(submitted: Path, release: Path, sample: Sample) -> bool:
    folder = submitted / sample.student / ASSIGNMENT
    notebook = json.loads(release.read_text(encoding="utf-8"))
    answers = {"forget_gate": FORGET_GATE, "keep": KEEP, "why_sigmoid": WHY}
    chosen = {"forget_gate": sample.forget_gate, "keep": sample.keep, "why_sigmoid": sample.why}
    for name, choice in chosen.items():
        cell = _cell(notebook, name, release)
        if choice is not None:
            cell["source"] = answers[name][choice].strip()
    sample.change(notebook)
    text = sample.spoil(json.dumps(notebook, indent=1, ensure_ascii=False) + "\n")
    files = {
        sample.filename or release.name: text,
        "timestamp.txt": LATE if sample.expected.late else ON_TIME,
    }
    # An unchanged file keeps its date, so that nothing is graded again for nothing.
    now = {path.name: path.read_text(encoding="utf-8") for path in _files(folder)}
    if now == files:
        return False
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for name, content in files.items():
        (folder / name).write_text(content, encoding="utf-8")
    return True


def _files(folder: Path) -> Iterator[Path]:
    return (path for path in folder.glob("*") if path.is_file())


def _release(folder: Path) -> Path:
    found = sorted((folder / "exercises" / ASSIGNMENT).glob("*.ipynb"))
    if len(found) != 1:
        raise SampleClassError(
            f"{folder}/exercises/{ASSIGNMENT} should hold one notebook and holds {len(found)}: run "
            f"`nbgrader generate_assignment {ASSIGNMENT}` there first."
        )
    return found[0]


def _cell(notebook: Notebook, name: str, path: Path) -> dict[str, Any]:
    for cell in notebook["cells"]:
        if _grade_id(cell) == name:
            found: dict[str, Any] = cell
            return found
    raise SampleClassError(f"{path} has no cell with the nbgrader id {name!r}: generate it again.")


def _grade_id(cell: dict[str, Any]) -> str:
    return str(cell["metadata"].get("nbgrader", {}).get("grade_id", ""))


def _is_test(cell: dict[str, Any]) -> bool:
    return _grade_id(cell).startswith("test_")
