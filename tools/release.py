"""Makes exercises/ from solutions/ through nbgrader, or proves that the two are in step.

python -m tools.release           # make what is missing or different
python -m tools.release --check   # compare, also with git; change nothing
"""

import argparse
import filecmp
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def assignments(root: Path) -> list[str]:
    """Return the names of all assignments, in the order of the course."""
    return sorted(folder.name for folder in (root / "solutions").iterdir() if folder.is_dir())


def generate(root: Path, assignment: str) -> None:
    """Run `nbgrader generate_assignment` in `root`. Raises RuntimeError with its last words."""
    command = [sys.executable, "-m", "nbgrader", "generate_assignment", assignment]
    # nbgrader looks for `alembic` on PATH.
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"
    done = subprocess.run(
        [*command, "--force", "--create"],
        cwd=root,
        capture_output=True,
        text=True,
        env={**os.environ, "PATH": path},
    )
    if done.returncode:
        raise RuntimeError(f"{assignment} could not be released:\n{done.stderr[-2000:]}")


def make_elsewhere(folder: Path) -> Path:
    """Make the whole release in an empty folder and return its exercises/."""
    shutil.copy(ROOT / "nbgrader_config.py", folder)
    shutil.copytree(ROOT / "solutions", folder / "solutions")
    for assignment in assignments(folder):
        generate(folder, assignment)
    return folder / "exercises"


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

    Grading makes exercises/ anew, so only git knows what was handed over.
    """
    if not (root / ".git").exists():
        return []
    command = ["git", "-C", str(root), "status", "--porcelain", "--untracked-files=all"]
    done = subprocess.run([*command, "exercises"], capture_output=True, text=True, check=True)
    changed = [line for line in done.stdout.splitlines() if line[1] != " "]
    return [f"{line[3:]} is not in git as solutions/ gives it: `git add` it" for line in changed]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="compare only")
    check = parser.parse_args().check
    with tempfile.TemporaryDirectory() as folder:
        # Elsewhere, since nbgrader changes no cells of an assignment that somebody handed in.
        made = make_elsewhere(Path(folder))
        lines = differences(made, ROOT / "exercises")
        if lines and not check:
            shutil.copytree(made, ROOT / "exercises", dirs_exist_ok=True)
            lines = differences(made, ROOT / "exercises")
    if check:
        lines += uncommitted(ROOT)
    if not lines:
        print("exercises/ is in step with solutions/.")
        return 0
    print("\n".join([*lines, "`make exercises` makes it; what is too many is yours to remove."]))
    return 1


if __name__ == "__main__":
    sys.exit(main())
