"""Makes the hostile course in a folder, and runs nbgrader's real commands in it.

With the engine or without: the two differ in three lines of nbgrader_config.py.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from nbgrader.api import Gradebook

from tests.nbgrader_sandbox.hostile.parts import KIT, PARTS

ASSIGNMENT = "01-parts"
NOTEBOOK = "parts"
FILE = f"{NOTEBOOK}.ipynb"

HEADER = "import numpy as np\nimport torch"

CONFIG = """
from pathlib import Path

c = get_config()
c.CourseDirectory.course_id = "hostile"
c.CourseDirectory.root = str(Path(__file__).resolve().parent)
c.CourseDirectory.db_url = "sqlite:///gradebook.db"
c.ClearSolutions.code_stub = {"python": "raise NotImplementedError"}
c.Application.log_level = "WARN"
"""

ENGINE = """
import nbgrader_sandbox.plugin

nbgrader_sandbox.plugin.load(c)
c.SandboxSettings.public = {"kit_ref": ["__init__.py", "data.py"]}
c.SandboxSettings.cpu_seconds = 6
c.SandboxSettings.wall_seconds = 12.0
c.SandboxSettings.cell_seconds = 3.0
c.SandboxSettings.test_seconds = 3.0
c.SandboxSettings.memory = 512
"""

#: Cells are given little time, so that the slow attacks of the table end.
STOCK = """
c.Execute.timeout = 8
c.Execute.startup_timeout = 30
"""


@dataclass(frozen=True)
class Course:
    """A course in the folder `root`. `engine` says whether the engine grades it."""

    root: Path
    engine: bool = True

    @property
    def release(self) -> Path:
        return self.root / "release" / ASSIGNMENT / FILE

    def submission(self, student: str) -> Path:
        return self.root / "submitted" / student / ASSIGNMENT

    def autograded(self, student: str) -> Path:
        return self.root / "autograded" / student / ASSIGNMENT / FILE

    def feedback(self, student: str) -> Path:
        return self.root / "feedback" / student / ASSIGNMENT / f"{NOTEBOOK}.html"

    def make(self, tests: Mapping[str, str] | None = None, config: str = "") -> None:
        """Write the source, the reference and the configuration, and release the assignment.

        `tests` has other texts for the tests of some parts; `config` adds settings.
        """
        kit = self.root / "lib" / "kit_ref"
        kit.mkdir(parents=True)
        for name, text in KIT.items():
            (kit / name).write_text(text, encoding="utf-8")
        source = self.root / "source" / ASSIGNMENT
        source.mkdir(parents=True)
        nbformat.write(_source(tests or {}), source / FILE)
        (source / "data").mkdir()
        for name in ("data/table.csv", "notes.txt"):
            (source / name).write_text("1,2\n", encoding="utf-8")
        config = CONFIG + (ENGINE if self.engine else STOCK) + config
        (self.root / "nbgrader_config.py").write_text(config, encoding="utf-8")
        done = self.nbgrader("generate_assignment", ASSIGNMENT)
        assert done.returncode == 0, done.stdout

    def environment(self) -> dict[str, str]:
        """Return the variables that nbgrader runs with."""
        programs = str(Path(sys.executable).parent)
        return {
            **os.environ,
            "PATH": f"{programs}{os.pathsep}{os.environ.get('PATH', os.defpath)}",
            "PYTHONPATH": str(self.root / "lib"),
        }

    def nbgrader(
        self, *words: str, seconds: float = 600, environment: Mapping[str, str] | None = None
    ) -> "subprocess.CompletedProcess[str]":
        """Run an nbgrader command; what it says on both streams is in `stdout`."""
        return self.run("nbgrader", *words, seconds=seconds, environment=environment)

    def run(
        self,
        module: str,
        *words: str,
        seconds: float = 600,
        environment: Mapping[str, str] | None = None,
    ) -> "subprocess.CompletedProcess[str]":
        """Run a module's command in the course's folder."""
        return subprocess.run(
            [sys.executable, "-m", module, *words],
            cwd=self.root,
            env={**self.environment(), **(environment or {})},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            timeout=seconds,
            check=False,
        )

    def scores(self) -> dict[str, dict[str, float | None]]:
        """Return what the gradebook has for each cell of each student; None without a score."""
        found: dict[str, dict[str, float | None]] = {}
        with Gradebook(f"sqlite:///{self.root / 'gradebook.db'}", "hostile") as gradebook:
            for submission in gradebook.assignment_submissions(ASSIGNMENT):
                grades = [grade for one in submission.notebooks for grade in one.grades]
                found[submission.student.id] = {
                    grade.name.removeprefix("test_"): grade.auto_score for grade in grades
                }
        return found

    def maxima(self) -> dict[str, float]:
        """Return the points that each cell can give, by the gradebook."""
        with Gradebook(f"sqlite:///{self.root / 'gradebook.db'}", "hostile") as gradebook:
            cells = gradebook.find_notebook(NOTEBOOK, ASSIGNMENT).grade_cells
            return {cell.name.removeprefix("test_"): cell.max_score for cell in cells}

    def submit(self, student: str, answers: Sequence[str], extra: Sequence[str] = ()) -> Path:
        """Hand in the parts named in `answers`, answered rightly; return the folder."""
        from tests.nbgrader_sandbox.hostile.attack import Attack, write

        made = Attack(student, "honest", code="\n".join(extra), honest=tuple(answers))
        folder = self.submission(student)
        write(made, self.release, folder, {})
        return folder

    def copy(self, root: Path) -> "Course":
        """Copy the whole course into the new folder `root`."""
        shutil.copytree(self.root, root, symlinks=True)
        return Course(root, self.engine)


def _source(tests: Mapping[str, str]) -> nbformat.NotebookNode:
    """Return the instructor's notebook."""
    cells = [new_code_cell(HEADER)]
    for part in PARTS:
        cells.append(new_markdown_cell(f"Write `{part.name}`."))
        head, _, body = part.right.strip().partition("\n")
        solution = f"{head}\n    ### BEGIN SOLUTION\n{body}\n    ### END SOLUTION"
        cells.append(_graded(new_code_cell(solution), part.name, solution=True))
        test = _graded(
            new_code_cell(tests.get(part.name, part.test).strip()),
            f"test_{part.name}",
            grade=True,
            locked=True,
            points=part.points,
        )
        cells.append(test)
    why = new_markdown_cell("Because of the mean.")
    cells.append(_graded(why, "why", grade=True, solution=True, points=1))
    metadata = {
        "kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"},
        "language_info": {"name": "python"},
    }
    return new_notebook(cells=cells, metadata=metadata)


def _graded(cell: nbformat.NotebookNode, name: str, **flags: object) -> nbformat.NotebookNode:
    default = {"grade": False, "solution": False, "locked": False, "task": False}
    cell.metadata["nbgrader"] = {"schema_version": 3, "grade_id": name, **default, **flags}
    return cell
