"""A small class in a folder of its own, with NumPy alone, graded by nbgrader's real commands.

What each student deserves is known beforehand, from how the answer was made.
"""

import os
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nbformat import read, validate
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, writes
from nbgrader.api import Gradebook

ASSIGNMENT, NOTEBOOK = "01-sums", "sums"

CONFIG = """
import os, sys

c = get_config()
c.CourseDirectory.course_id = "small"
c.CourseDirectory.root = {root!r}
c.CourseDirectory.db_url = {db_url!r}
c.Application.log_level = "WARN"
import nbgrader_sandbox.plugin
nbgrader_sandbox.plugin.load(c)
c.SandboxSettings.warm = ["numpy"]
c.SandboxSettings.public = {{}}
c.SandboxSettings.hidden = ["small_checks"]
{more}
"""

#: A package of the course, which lies in its folder and which only test cells may import.
CHECKS = """
import numpy as np

def points(answer, right, of):
    x = np.arange(6.0).reshape(2, 3)
    return float(of) if np.allclose(answer(x), right(x)) else 0.0
"""

RIGHT = {"double": "return 2 * x", "total": "return x.sum()"}
TESTS = {
    "double": (3, "from small_checks import points\npoints(double, lambda x: x + x, 3)"),
    "total": (2, "import numpy as np\nassert total(np.ones((2, 4))) == 8"),
}
LEAVES = "import os\nos._exit(3)"


@dataclass(frozen=True)
class Student:
    """Answers by name, code of an own cell before the second, and what both tests give."""

    double: str
    total: str
    scores: tuple[float, float]
    between: str = ""
    readable: bool = True


SLOW = "import numpy as np, time; time.sleep(0.5)"

KINDS = (
    Student(RIGHT["double"], RIGHT["total"], (3, 2)),
    Student(RIGHT["double"], "return x.size", (3, 2)),  # right for ones, as it happens
    Student("return x ** 2", RIGHT["total"], (0, 2)),
    Student("raise ValueError('not yet')", "return 0", (0, 0)),
    Student(RIGHT["double"], RIGHT["total"], (3, 2), "print('é' * 2000)\nnp.random.rand(3)"),
    Student(RIGHT["double"], RIGHT["total"], (3, 0), LEAVES),  # the process ends in between
    Student("", "", (0, 0), readable=False),
    Student("return np.add(x, x)", "return float('nan')", (3, 0)),
)


def class_of(number: int) -> dict[str, Student]:
    """Return `number` students of all kinds, by name."""
    return {f"student{k:03}": KINDS[k % len(KINDS)] for k in range(number)}


@dataclass(frozen=True)
class SmallClass:
    """A course in the folder `root`, with its gradebook there unless `db_url` says otherwise."""

    root: Path
    students: Mapping[str, Student]
    db_url: str = ""

    @property
    def gradebook(self) -> str:
        return self.db_url or f"sqlite:///{self.root / 'gradebook.db'}"

    def make(self, more: str = "") -> None:
        """Write the course, release the assignment and hand in; `more` adds settings."""
        source = self.root / "source" / ASSIGNMENT
        source.mkdir(parents=True)
        (source / f"{NOTEBOOK}.ipynb").write_text(writes(notebook()), encoding="utf-8")
        (source / "table.csv").write_text("1,2\n")
        (self.root / "small_checks.py").write_text(CHECKS)
        config = CONFIG.format(root=str(self.root), db_url=self.gradebook, more=more)
        (self.root / "nbgrader_config.py").write_text(config, encoding="utf-8")
        done = self.run("generate_assignment", ASSIGNMENT)
        assert done.returncode == 0, done.stdout
        for name in self.students:
            self.hand_in(name)

    def hand_in(self, name: str) -> Path:
        """Write the submission of a student; return the notebook's path."""
        student = self.students[name]
        folder = self.root / "submitted" / name / ASSIGNMENT
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{NOTEBOOK}.ipynb"
        text = writes(notebook(student, name)) if student.readable else "{"
        path.write_text(text, encoding="utf-8")
        return path

    def slow(self, *names: str) -> None:
        """Let these notebooks take their time, so that something can happen amid a run."""
        for name in names:
            path = self.root / "submitted" / name / ASSIGNMENT / f"{NOTEBOOK}.ipynb"
            text = path.read_text(encoding="utf-8")
            longer = text.replace('"import numpy as np"', f'"{SLOW}"', 1)
            path.write_text(longer, encoding="utf-8")
            assert longer != text or not self.students[name].readable

    def words(self, command: str, *options: str) -> list[str]:
        """Return the command line; `sandbox` as the first word stands for nbgrader-sandbox."""
        if command == "sandbox":
            return [sys.executable, "-m", "nbgrader_sandbox", *options]
        return [sys.executable, "-m", "nbgrader", command, *options]

    def environment(self, **more: str) -> dict[str, str]:
        programs = str(Path(sys.executable).parent)
        path = f"{programs}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
        # Where the course's own package is found; it also marks the processes of this course.
        modules = os.pathsep.join(filter(None, [str(self.root), os.environ.get("PYTHONPATH")]))
        return {**os.environ, "PATH": path, "PYTHONPATH": modules, **more}

    @contextmanager
    def start(self, command: str, *options: str, **more: str) -> "Iterator[subprocess.Popen[str]]":
        """Start a command; what it says on both streams is in `stdout`. In the end it is killed."""
        with subprocess.Popen(
            self.words(command, *options),
            cwd=self.root,
            env=self.environment(**more),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
        ) as process:
            try:
                yield process
            finally:
                process.kill()  # does nothing where it has ended and was waited for

    def run(self, command: str, *options: str, **more: str) -> "subprocess.CompletedProcess[str]":
        with self.start(command, *options, **more) as process:
            said, _ = process.communicate(timeout=300)
        return subprocess.CompletedProcess(process.args, process.returncode, said)

    def autograde(self, *options: str, **more: str) -> str:
        """Grade the class; return what was said."""
        done = self.run("autograde", ASSIGNMENT, *options, **more)
        assert done.returncode == 0, done.stdout
        return done.stdout

    def copy(self, root: Path) -> "SmallClass":
        """Copy the course into the new folder `root`."""
        shutil.copytree(self.root, root, symlinks=True)
        path = root / "nbgrader_config.py"
        path.write_text(path.read_text().replace(str(self.root), str(root)))
        return SmallClass(root, self.students)

    # --- what is there afterwards --------------------------------------------------------

    def scores(self) -> dict[str, tuple[float | None, ...]]:
        """Return each student's points for the tests, in the notebook's order."""
        with Gradebook(self.gradebook, "small") as gradebook:
            found = {}
            for submission in gradebook.assignment_submissions(ASSIGNMENT):
                (one,) = submission.notebooks
                grades = {grade.name: grade.auto_score for grade in one.grades}
                found[submission.student.id] = tuple(grades[f"test_{name}"] for name in TESTS)
            return found

    def deserved(self) -> dict[str, tuple[float | None, ...]]:
        return {name: student.scores for name, student in self.students.items()}

    def copy_of(self, name: str) -> Path:
        return self.root / "autograded" / name / ASSIGNMENT

    def whole(self, name: str) -> bool:
        """Whether the graded copy of a student has all that it should have."""
        folder = self.copy_of(name)
        if not folder.is_dir():
            return False
        assert sorted(path.name for path in folder.iterdir()) == [f"{NOTEBOOK}.ipynb", "table.csv"]
        assert (folder / "table.csv").read_text() == "1,2\n"
        nb = read(folder / f"{NOTEBOOK}.ipynb", as_version=4)
        validate(nb)
        tests = [c for c in nb.cells if c.metadata.get("nbgrader", {}).get("grade")]
        assert [c.metadata.nbgrader.grade_id for c in tests] == [f"test_{one}" for one in TESTS]
        return True

    def kept(self) -> dict[str, tuple[int, int]]:
        """Return the outcomes that are kept: by student, which file it is and when written."""
        files = (self.root / "sandbox" / ASSIGNMENT).glob(f"*/{NOTEBOOK}.json")
        return {f.parent.name: (f.stat().st_ino, f.stat().st_mtime_ns) for f in files}

    def left_over(self) -> list[str]:
        """Return the drafts and old folders that are lying about."""
        places = ("autograded", "sandbox", "submitted")
        found = [path for place in places for path in (self.root / place).rglob(".*")]
        found += [*self.root.glob(".*"), *self.root.glob("*-journal")]
        return sorted(str(path.relative_to(self.root)) for path in found)

    def check_gradebook(self) -> None:
        """Assert that the SQLite file is sound and that nothing stands there twice."""
        path = str(self.root / "gradebook.db")
        with sqlite3.connect(path) as db:
            assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
            assert db.execute("PRAGMA foreign_key_check").fetchall() == []
            count = len(self.students)
            for table, columns, times in (
                ("student", "id", 1),
                ("submitted_assignment", "student_id, assignment_id", 1),
                ("submitted_notebook", "assignment_id, notebook_id", 1),
                ("grade", "notebook_id, cell_id", len(TESTS)),
                ("comment", "notebook_id, cell_id", len(TESTS)),
            ):
                ((rows,),) = db.execute(f"SELECT count(*) FROM {table}")
                ((different,),) = db.execute(
                    f"SELECT count(*) FROM (SELECT DISTINCT {columns} FROM {table})"
                )
                assert rows == different == times * count, table
        db.close()

    def processes(self) -> list[str]:
        """Return the processes of this course that run, whichever program they are."""
        mark = f"PYTHONPATH={self.root}".encode()
        found = []
        for entry in Path("/proc").iterdir():
            if not entry.name.isdigit() or int(entry.name) == os.getpid():
                continue
            try:
                line = (entry / "cmdline").read_bytes().replace(b"\0", b" ")
                variables = (entry / "environ").read_bytes().split(b"\0")
                folder = os.readlink(entry / "cwd")
            except OSError:
                continue
            marked = any(variable.startswith(mark) for variable in variables)
            if marked or str(self.root).encode() in line or folder == str(self.root):
                found.append(f"{entry.name} {line[:100].decode(errors='replace')}")
        return found

    def all_ended(self, seconds: float = 30) -> bool:
        """Wait until no process of this course runs; False where some stay."""
        give_up = time.monotonic() + seconds
        while self.processes() and time.monotonic() < give_up:
            time.sleep(0.05)
        return not self.processes()


def notebook(student: Student | None = None, name: str = "") -> Any:
    """Return the instructor's notebook, or a student's, in which a comment has the `name`."""
    cells = [new_markdown_cell("# Sums"), new_code_cell("import numpy as np")]
    for part, (points, test) in TESTS.items():
        body = RIGHT[part] if student is None else getattr(student, part)
        mark = f"  # {name}" if name else ""
        if student is None:
            body = f"### BEGIN SOLUTION\n    {body}\n    ### END SOLUTION"
        elif part == "total" and student.between:
            cells.append(new_code_cell(student.between))
        cells.append(_cell(f"def {part}(x):{mark}\n    {body}", part, solution=True))
        cells.append(_cell(test, f"test_{part}", grade=True, locked=True, points=points))
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return new_notebook(cells=cells, metadata={"kernelspec": kernel})


def _cell(source: str, name: str, **flags: object) -> Any:
    default = {"grade": False, "solution": False, "locked": False, "task": False}
    metadata = {"schema_version": 3, "grade_id": name, **default, **flags}
    return new_code_cell(source, metadata={"nbgrader": metadata})
