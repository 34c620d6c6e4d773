"""Makes exercises/ from solutions/ through nbgrader, or proves that the two are in step.

python -m tools.release           # make it
python -m tools.release --check   # make it elsewhere, compare, change nothing
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


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="compare only")
    if not parser.parse_args().check:
        for assignment in assignments(ROOT):
            generate(ROOT, assignment)
            print(f"exercises/{assignment}")
        return 0
    with tempfile.TemporaryDirectory() as folder:
        lines = differences(make_elsewhere(Path(folder)), ROOT / "exercises")
    print("\n".join([*lines, "Run `make exercises`."]) if lines else "exercises/ is in step.")
    return int(bool(lines))


if __name__ == "__main__":
    sys.exit(main())
