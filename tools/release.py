"""Makes exercises/ from solutions/ through nbgrader, or proves that the two are in step.

python -m tools.release           # make what is missing or different
python -m tools.release --check   # compare, also with git; change nothing

A notebook whose points or cells are not those of the course's table is not released. nbgrader runs
in a folder of its own under _build/, so the gradebook of a real class is not touched; where that
still holds an older form, the command that brings it in step is printed.
"""

import argparse
import contextlib
import filecmp
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import nbformat

from lstm_ref.checks import course
from tools import cells
from tools.notes import Notes, hash_of

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "_build" / "release"

#: What nbgrader says of an assignment that somebody has handed in, and that has other cells now.
_OTHER_CELLS = "Cannot add or remove cells"


class ReleaseError(RuntimeError):
    """An assignment cannot be released; the message says why and how to mend it."""


def assignments(root: Path) -> list[str]:
    """Return the names of all assignments, in the order of the course."""
    return sorted(folder.name for folder in (root / "solutions").iterdir() if folder.is_dir())


def refuse_other_points(root: Path, assignment: str) -> None:
    """Raise ReleaseError where a solution notebook is not as the course's table says."""
    try:
        asked = course.assignment(assignment)
        path = cells.path_of(asked, root / "solutions")
        notebook: Any = nbformat.read(path, as_version=4)
        in_step = cells.written(notebook, asked) == notebook
    except FileNotFoundError as error:
        raise ReleaseError(f"{assignment} has no notebook {error.filename}: add it") from None
    except ValueError as error:  # of the table, of the cells, or of a file that is no notebook
        raise ReleaseError(f"{assignment} cannot be released: {error}") from None
    if not in_step:
        raise ReleaseError(
            f"{path.relative_to(root)} has other points or cells than the course's table "
            "(lstm_ref/checks/course.py), so it is not released: run `python -m tools.cells "
            f"{assignment}`, which writes what the table says"
        )


def course_folder(folder: Path) -> Path:
    """Make a course of its own in a folder, with the project's configuration and solutions/.

    nbgrader keeps its gradebook, and all that it makes, there.
    """
    folder.mkdir(parents=True, exist_ok=True)
    config = folder / "nbgrader_config.py"
    if not config.is_file() or not filecmp.cmp(ROOT / config.name, config, shallow=False):
        shutil.copy(ROOT / config.name, config)
    solutions = folder / "solutions"
    if solutions.resolve() != (ROOT / "solutions").resolve():  # the project may have moved
        solutions.unlink(missing_ok=True)
        solutions.symlink_to(ROOT / "solutions", target_is_directory=True)
    return folder


def release(folder: Path, assignment: str) -> None:
    """Release an assignment into `folder`/exercises where it is out of date. Raises ReleaseError.

    `folder` is one of `course_folder`: its gradebook, if that has to begin anew, is nobody's.
    """
    refuse_other_points(ROOT, assignment)
    notes, grading = Notes(folder / "notes.json"), folder / "grading"
    used = [folder / "solutions" / assignment, folder / "nbgrader_config.py"]
    made = folder / "exercises" / assignment
    if (grading / "gradebook.db").is_file() and notes.get(assignment) == hash_of([*used, made]):
        return
    try:
        _generate(folder, assignment)
    except ReleaseError as error:
        if _OTHER_CELLS not in str(error):
            raise
        shutil.rmtree(grading)
        _generate(folder, assignment)
    notes.note(assignment, hash_of([*used, made]))


def _generate(folder: Path, assignment: str) -> None:
    """Run `nbgrader generate_assignment` in a folder. Raises ReleaseError with its last words."""
    command = [sys.executable, "-m", "nbgrader", "generate_assignment", assignment]
    # nbgrader looks for `alembic` on PATH.
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"
    done = subprocess.run(
        [*command, "--force", "--create"],
        cwd=folder,
        capture_output=True,
        text=True,
        env={**os.environ, "PATH": path},
    )
    if done.returncode:
        raise ReleaseError(f"{assignment} could not be released:\n{done.stderr[-2000:]}")


def make_all(folder: Path) -> Path:
    """Make the whole release in a folder of its own, and return its exercises/."""
    course_folder(folder)
    names = assignments(ROOT)
    for name in names:
        release(folder, name)
    made = folder / "exercises"
    for old in made.iterdir():
        if old.name not in names:
            shutil.rmtree(old)
    return made


def differences(made: Path, kept: Path) -> list[str]:
    """Return one line for each file that is missing, too many, or different."""
    names = {p.relative_to(top) for top in (made, kept) for p in top.rglob("*") if p.is_file()}
    lines = []
    for name in sorted(names):
        if not (kept / name).is_file():
            lines.append(f"exercises/{name} is missing")
        elif not (made / name).is_file():
            lines.append(f"exercises/{name} is made from nothing in solutions/")
        elif not filecmp.cmp(made / name, kept / name, shallow=False):
            lines.append(f"exercises/{name} differs from what solutions/ gives")
    return lines


def uncommitted(root: Path) -> list[str]:
    """Return one line for each file of exercises/ that git holds in another form, or not at all.

    `make exercises` writes exercises/, so only git knows what was handed over.
    """
    if not (root / ".git").exists():
        return []
    command = ["git", "-C", str(root), "status", "--porcelain", "--untracked-files=all"]
    done = subprocess.run([*command, "exercises"], capture_output=True, text=True, check=True)
    changed = [line for line in done.stdout.splitlines() if line[1] != " "]
    return [f"{line[3:]} is not in git as solutions/ gives it: `git add` it" for line in changed]


def behind(root: Path, folder: Path) -> list[str]:
    """Return what to do for each assignment of which the class in `root` has an older form.

    `folder` holds the release as it is now. Nothing is written; where there is no class, or it
    does not have an assignment yet, there is nothing to say.
    """
    if not (root / "grading").is_dir():
        return []
    now, theirs = _gradebook_cells(folder), _gradebook_cells(root)
    lines = []
    for name, (due, _) in now.items():
        held, handed_in = theirs.get(name, (due, False))
        if held == due or not held:
            continue
        if handed_in and held.keys() != due.keys():
            lines.append(
                f"The gradebook of your class has {name} with other cells, and students have "
                "handed it in: it cannot hold both, so bring back the older form, or move grading/ "
                "away and begin anew."
            )
            continue
        changed = sorted({cell for cell, _ in held.items() ^ due.items()})
        lines.append(
            f"The gradebook of your class has an older {name} ({', '.join(changed)}): "
            f"`nbgrader generate_assignment {name} --force` brings it in step, and grading again "
            "gives the points that are due."
        )
    return lines


_SQLITE = "sqlite:///"
_Cells = dict[str, tuple[str, float | None]]


def _gradebook_cells(folder: Path) -> dict[str, tuple[_Cells, bool]]:
    """Return, of each assignment in a course's gradebook, its cells and whether it is handed in.

    Of each cell: the text, and the most points.
    """
    from nbgrader_sandbox.course import Course  # loads nbgrader, which takes a while

    found = {}
    with contextlib.chdir(folder):
        there = Course.here()
    if there.db_url.startswith(_SQLITE) and not Path(there.db_url.removeprefix(_SQLITE)).is_file():
        return {}  # to open it would make it
    with there.gradebook() as gradebook:
        for one in gradebook.assignments:
            cells_of: _Cells = {}
            for notebook in one.notebooks:
                points = {cell.name: cell.max_score for cell in notebook.grade_cells}
                for cell in notebook.source_cells:
                    cells_of[cell.name] = (cell.source, points.get(cell.name))
            found[one.name] = (cells_of, bool(one.submissions))
    return found


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=str(__doc__).split("\n")[0])
    parser.add_argument("--check", action="store_true", help="compare only")
    check = parser.parse_args(arguments).check
    kept = ROOT / "exercises"
    try:
        if check:
            with tempfile.TemporaryDirectory() as folder:
                lines = [*differences(make_all(Path(folder)), kept), *uncommitted(ROOT)]
        else:
            made = make_all(FOLDER)
            if lines := differences(made, kept):
                shutil.copytree(made, kept, dirs_exist_ok=True)
                lines = differences(made, kept)
            for line in behind(ROOT, FOLDER):
                print(line)
    except ReleaseError as error:
        print(error, file=sys.stderr)
        return 1
    if not lines:
        print("exercises/ is in step with solutions/.")
        return 0
    print("\n".join([*lines, "`make exercises` makes it; what is too many is yours to remove."]))
    return 1


if __name__ == "__main__":
    sys.exit(main())
