"""Grading a class through the sandbox against stock nbgrader, on one machine.

    python -m benchmarks.grading [--students 200] [--stock 6] [--rounds 3] [--only numpy]

Both grade the same notebook of eight cells, with NumPy alone and then with torch, too, through
`nbgrader autograde`. They take turns; stock nbgrader gets fewer submissions a turn, since it takes
seconds for each. Every submission differs from all others, so nothing is found among earlier
results. Ratios are those of the medians of the rounds, each divided by its number of submissions.

"Execution only" is the running of cells and tests, without reading, saving and the start of
processes: nbgrader's Execute step on one notebook after the other, as it does, beside the
engine on a class with all cores, and on one notebook with nothing beside it.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, writes
from nbgrader_sandbox.engine.grade import close, grade
from nbgrader_sandbox.engine.job import Cell, Job, Kind
from nbgrader_sandbox.engine.pool import grade_all
from nbgrader_sandbox.outcome import Outcome
from nbgrader_sandbox.settings import SandboxSettings

from benchmarks.memory import held_by

ASSIGNMENT, NOTEBOOK = "bench", "notebook"

CONFIG = """
c = get_config()
c.CourseDirectory.course_id = "bench"
c.CourseDirectory.root = {root!r}
c.CourseDirectory.db_url = "sqlite:///" + {root!r} + "/gradebook.db"
c.Application.log_level = "WARN"
"""
ENGINE = "import nbgrader_sandbox.plugin\nnbgrader_sandbox.plugin.load(get_config())\n"

#: A cell: its name, nbgrader's flags, its source.
Cells = list[tuple[str, dict[str, Any], str]]


def _cells(setup: str, layer: str, shape: str, again: str) -> Cells:
    """Return eight cells, four of them tests; what makes a layer, and tests it, is given."""
    return [
        ("setup", {"locked": True}, setup),
        ("gate", {"solution": True}, "def gate(x, w):\n    return 1 / (1 + np.exp(-(x @ w)))"),
        (
            "test_gate",
            {"grade": True, "locked": True, "points": 3},
            "import numpy as np\nx = np.linspace(-1, 1, 12).reshape(3, 4)\n"
            "np.testing.assert_allclose(gate(x, np.eye(4)), 1 / (1 + np.exp(-x)))",
        ),
        ("keep", {"solution": True}, "def keep(f, c):\n    return f * c"),
        (
            "test_keep",
            {"grade": True, "locked": True, "points": 2},
            "import numpy as np\nassert np.all(keep(np.arange(3.0), np.ones(3)) == np.arange(3.0))",
        ),
        ("layer", {"solution": True}, layer),
        ("test_layer", {"grade": True, "locked": True, "points": 3}, shape),
        ("test_again", {"grade": True, "locked": True, "points": 2}, again),
    ]


#: By the packages that they need.
CELLS: dict[str, Cells] = {
    "numpy": _cells(
        "import numpy as np",
        "weight = np.linspace(-1, 1, 6).reshape(3, 2)\ndef apply(x):\n    return x @ weight",
        "import numpy as np\nassert np.shape(apply(np.ones((5, 3)))) == (5, 2)",
        "import numpy as np\nassert np.array_equal(apply(np.ones((1, 3))), apply(np.ones((1, 3))))",
    ),
    "numpy and torch": _cells(
        "import numpy as np\nimport torch",
        "layer = torch.nn.Linear(3, 2)\ndef apply(x):\n    return layer(x).detach()",
        "import torch\nassert tuple(apply(torch.ones(5, 3)).shape) == (5, 2)",
        "import torch\nassert torch.equal(apply(torch.ones(1, 3)), apply(torch.ones(1, 3)))",
    ),
}


def notebook(packages: str, answer: str = "") -> Any:
    """Return the notebook; `answer` is added to the first solution."""
    cells = [new_markdown_cell("# A class to grade")]
    for name, flags, source in CELLS[packages]:
        metadata = {"grade": False, "solution": False, "locked": False, "task": False}
        metadata |= {"schema_version": 3, "grade_id": name, **flags}
        text = f"{source}\n# {answer}" if answer and name == "gate" else source
        cells.append(new_code_cell(text, metadata={"nbgrader": metadata}))
    return new_notebook(
        cells=cells,
        metadata={"kernelspec": {"name": "python3", "display_name": "", "language": "python"}},
    )


@dataclass
class Course:
    """A course in a folder of its own, graded by one of the two."""

    root: Path
    engine: bool
    packages: str
    seconds: list[float] = field(default_factory=list)
    memory: int = 0

    def make(self) -> None:
        """Write the course and release its assignment."""
        source = self.root / "source" / ASSIGNMENT
        source.mkdir(parents=True)
        (source / f"{NOTEBOOK}.ipynb").write_text(writes(notebook(self.packages)), encoding="utf-8")
        config = CONFIG.format(root=str(self.root)) + (ENGINE if self.engine else "")
        (self.root / "nbgrader_config.py").write_text(config, encoding="utf-8")
        self.nbgrader("generate_assignment", "--create")

    def turn(self, number: int, students: int, *, watched: bool = False) -> None:
        """Hand in `students` new submissions, and grade them: by the clock, or `watched`.

        To look at the memory of all processes takes time from them, so it is never both.
        """
        for folder in ("submitted", "autograded"):
            shutil.rmtree(self.root / folder, ignore_errors=True)
        for k in range(students):
            name = f"student{number:02}{k:04}"
            folder = self.root / "submitted" / name / ASSIGNMENT
            folder.mkdir(parents=True)
            made = writes(notebook(self.packages, name))
            (folder / f"{NOTEBOOK}.ipynb").write_text(made, encoding="utf-8")
        began = time.perf_counter()
        self.nbgrader("autograde", watched=watched)
        if not watched:
            self.seconds.append((time.perf_counter() - began) / students)
        graded = list((self.root / "autograded").glob(f"*/{ASSIGNMENT}/{NOTEBOOK}.ipynb"))
        assert len(graded) == students, f"{len(graded)} of {students} were graded"

    def scores(self) -> set[float]:
        """Return the different scores in the gradebook."""
        from nbgrader.api import Gradebook

        with Gradebook(f"sqlite:///{self.root / 'gradebook.db'}", "bench") as gradebook:
            return {float(one.score) for one in gradebook.assignment_submissions(ASSIGNMENT)}

    def nbgrader(self, command: str, *options: str, watched: bool = False) -> None:
        """Run a command of nbgrader; note the most memory that it took, if it is `watched`."""
        programs = str(Path(sys.executable).parent)
        environment = {**os.environ, "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}"}
        with (self.root / "log").open("w") as log:
            process = subprocess.Popen(
                [f"{programs}/nbgrader", command, ASSIGNMENT, *options],
                cwd=self.root,
                env=environment,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
            while watched and process.poll() is None:
                self.memory = max(self.memory, held_by(process.pid))
                time.sleep(0.25)
            if process.wait():
                raise SystemExit((self.root / "log").read_text()[-3000:])


def _stock_execution(packages: str, root: Path, times: int) -> float:
    """Return the median seconds that nbgrader's Execute step takes for one notebook."""
    from nbgrader.preprocessors import Execute

    taken = []
    for _ in range(times):
        nb = notebook(packages, "execution")
        began = time.perf_counter()
        Execute().preprocess(nb, {"metadata": {"path": str(root)}})
        taken.append(time.perf_counter() - began)
    return median(taken)


def _jobs(packages: str, count: int) -> list[Job]:
    """Return `count` notebooks to execute, as a run of the engine makes them."""
    sources = [source for _, _, source in CELLS[packages]]
    plan = SandboxSettings().plan(ASSIGNMENT, sources, None)
    cells = tuple(
        Cell(Kind.TEST, source, number, name, float(flags["points"]))
        if flags.get("grade")
        else Cell(Kind.STUDENT, source, number)
        for number, (name, flags, source) in enumerate(CELLS[packages], start=1)
    )
    return [Job(ASSIGNMENT, NOTEBOOK, f"s{k}", cells, plan, b"s" * 32) for k in range(count)]


def _engine_class(packages: str, students: int) -> float:
    """Return the seconds a notebook when a class is executed, on all cores; warm processes."""
    processes = SandboxSettings().processes()
    warm_up = 4 * processes
    outcomes = grade_all(_jobs(packages, students + warm_up), processes)
    for _ in range(warm_up):
        next(outcomes)
    began = time.perf_counter()
    assert all(_whole(outcome) for outcome in outcomes)
    return (time.perf_counter() - began) / students


def _engine_alone(packages: str, times: int) -> float:
    """Return the median seconds of one notebook in a warm process, with nothing beside it."""
    first, *jobs = _jobs(packages, times + 1)
    grade(first)
    taken = []
    for job in jobs:
        began = time.perf_counter()
        assert _whole(grade(job))
        taken.append(time.perf_counter() - began)
    close()
    return median(taken)


def _whole(outcome: Outcome) -> bool:
    return all(score.points == score.of for score in outcome.scores)


def compare(packages: str, students: int, few: int, rounds: int) -> None:
    """Print the ratios for one notebook; stock nbgrader grades a `few` students a turn."""
    print(f"{students} notebooks with {packages}", flush=True)
    with tempfile.TemporaryDirectory(dir=Path.cwd() / "_build") as folder:
        stock = Course(Path(folder, "stock"), False, packages)
        engine = Course(Path(folder, "engine"), True, packages)
        for course in (stock, engine):
            course.make()
        for number in range(rounds):
            stock.turn(number, few)
            engine.turn(number, students)
            print(
                f"round {number + 1}: stock {stock.seconds[-1]:.2f} s a submission, "
                f"sandbox {engine.seconds[-1]:.3f} s",
                flush=True,
            )
        stock.turn(rounds, few, watched=True)
        engine.turn(rounds, students, watched=True)
        assert stock.scores() == engine.scores() == {10.0}, (stock.scores(), engine.scores())
        theirs, ours = median(stock.seconds), median(engine.seconds)
        print(f"end to end:     {theirs:.2f} s / {ours:.3f} s = {theirs / ours:.1f} times")
        theirs = _stock_execution(packages, Path(folder), rounds)
        ours = median(_engine_class(packages, students) for _ in range(rounds))
        print(f"execution only: {theirs:.2f} s / {ours:.4f} s = {theirs / ours:.1f} times, a class")
        ours = _engine_alone(packages, 40)
        print(
            f"                {theirs:.2f} s / {ours:.4f} s = {theirs / ours:.1f} times, one alone"
        )
        print(
            f"most memory:    stock {stock.memory / 2**20:.0f} MiB, "
            f"sandbox {engine.memory / 2**20:.0f} MiB, with {os.cpu_count()} cores",
            flush=True,
        )


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.grading")
    parser.add_argument("--students", type=int, default=200)
    parser.add_argument("--stock", type=int, default=6, help="submissions a turn of stock nbgrader")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", choices=CELLS, help="one of the notebooks, by its packages")
    options = parser.parse_args()
    for packages in [options.only] if options.only else CELLS:
        compare(packages, options.students, options.stock, options.rounds)


if __name__ == "__main__":
    main()
