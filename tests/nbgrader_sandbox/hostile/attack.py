"""What an attack is: a submission with wrong answers that wants points, harm or secrets."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from tests.nbgrader_sandbox.hostile.parts import PARTS, POINTS

Notebook = dict[str, Any]
Edit = Callable[[Notebook], None]

#: What a thief prints; no notebook's text holds it in one piece.
STOLEN = "STOL" + "EN:"

#: What a page must never run.
SCRIPT_MARK = "hostile_script"


@dataclass(frozen=True)
class Attack:
    """One hostile submission.

    Attributes:
        name: short; the student is called `x-` and this.
        what: what it does, in one line.
        code: the text of a cell of the student's own, put where `at` says: "start" (before all
            answers), "end", or the name of a part (right after that part's test). In it,
            `@COURSE@` is the course's folder, `@PORT@` a port that somebody listens on,
            `@NAME@` the attack's name.
        answers: answers in the place of the wrong ones, by part.
        edit: further changes of the notebook, after the cells were put in.
        files: writes further files into the submission's folder, or spoils the notebook there.
        honest: parts that are answered rightly, and must keep their points.
        may_lose: parts that may lose their points, too, as the attack ends its own notebook.
        evidence: kinds of evidence of which one at least must be kept.
        says: a pattern for a reason, or for why the notebook stopped.
        stock: whether the table shows it under stock nbgrader too.
        left_out: whether nothing can be known of it but that it was left out.
    """

    name: str
    what: str
    code: str = ""
    at: str = "start"
    answers: Mapping[str, str] = field(default_factory=dict)
    edit: Edit | None = None
    files: Callable[[Path], None] | None = None
    honest: tuple[str, ...] = ()
    may_lose: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()
    says: str = ""
    stock: bool = True
    left_out: bool = False
    theme: str = ""

    @property
    def student(self) -> str:
        return f"x-{self.name}"

    def allowed(self) -> dict[str, float]:
        """Return the points that each part deserves."""
        return {name: points * (name in self.honest) for name, points in POINTS.items()}


def cell(source: str, kind: str = "code", **metadata: Any) -> dict[str, Any]:
    """Return a cell of the student's own."""
    made: dict[str, Any] = {"cell_type": kind, "metadata": metadata, "source": source}
    if kind == "code":
        made |= {"outputs": [], "execution_count": None}
    return made


def find(notebook: Notebook, name: str) -> dict[str, Any]:
    """Return the cell with this nbgrader id."""
    for one in notebook["cells"]:
        if one["metadata"].get("nbgrader", {}).get("grade_id") == name:
            return one
    raise KeyError(name)


def put(notebook: Notebook, at: str, *cells: dict[str, Any]) -> None:
    """Put cells where `Attack.at` says."""
    everything = notebook["cells"]
    if at == "start":
        where = 1
    elif at == "end":
        where = len(everything)
    else:
        where = everything.index(find(notebook, f"test_{at}")) + 1
    everything[where:where] = cells


def write(attack: Attack, release: Path, folder: Path, words: Mapping[str, str]) -> None:
    """Write the submission into `folder`, from the released notebook."""
    notebook = json.loads(release.read_text(encoding="utf-8"))
    for one in notebook["cells"]:
        one["source"] = "".join(one["source"])  # a list of lines in the file
    for part in PARTS:
        answer = part.right if part.name in attack.honest else part.wrong
        find(notebook, part.name)["source"] = attack.answers.get(part.name, answer).strip()
    if attack.code:
        put(notebook, attack.at, cell(attack.code.strip()))
    for one in notebook["cells"]:
        one.pop("id", None)
    notebook["nbformat_minor"] = 4  # in which cells have no ids
    if attack.edit is not None:
        attack.edit(notebook)
    for one in notebook.get("cells", ()):
        if isinstance(one["source"], str):
            one["source"] = filled(one["source"], {**words, "NAME": attack.name})
    folder.mkdir(parents=True)
    text = json.dumps(notebook, ensure_ascii=True)
    (folder / release.name).write_text(text, encoding="utf-8")
    if attack.files is not None:
        attack.files(folder)


def filled(text: str, words: Mapping[str, str]) -> str:
    """Put words in the place of `@WORD@`."""
    for name, value in words.items():
        text = text.replace(f"@{name}@", value)
    return text


def theme(name: str, *attacks: Attack) -> tuple[Attack, ...]:
    """Name the theme of these attacks."""
    return tuple(replace(attack, theme=name) for attack in attacks)
