"""Packs what students get into one zip: notebooks, the course's package as a wheel, how to start.

python -m tools.student_package                       # all assignments that are written
python -m tools.student_package 00-set-up 02-forget-gate

Neither solutions/ nor this repository's history are in it. The wheel holds the reference and the
checks, which know the right answers: they do not lie open beside the notebooks, and they are no
secret. Grades do not rest on that: a submission is graded where it finds none of them.
"""

import argparse
import re
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

from lstm_ref.checks.course import COURSE

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "dist" / "lstm-for-students.zip"
#: The folder that the zip unpacks into.
TOP = "lstm"

START = """\
# The LSTM, gate by gate: the notebooks

With Python 3.11, 3.12 or 3.13, in a terminal in this folder (Windows: `py -3.11 -m venv .venv`,
then `.venv\\Scripts\\Activate.ps1` in the place of the first line):

    python3.11 -m venv .venv && . .venv/bin/activate
    python -m pip install -r requirements.txt
    jupyter lab exercises

Hand in the notebook under its own name. How to read a check, and what to do when something fails,
stands in the book, on the page "Doing the exercises".
"""


class PackageError(RuntimeError):
    """The zip cannot be made; the message says why and how to mend it."""


def build_wheel(into: Path, root: Path = ROOT) -> Path:
    """Build the wheel of `lstm_ref` with what is installed here. Raises PackageError."""
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps"]
    done = subprocess.run(
        [*command, "--no-build-isolation", "--wheel-dir", str(into), str(root)],
        capture_output=True,
        text=True,
    )
    found = sorted(into.glob("*.whl"))
    if done.returncode or len(found) != 1:
        raise PackageError(f"The wheel could not be built:\n{done.stderr[-2000:]}")
    return found[0]


def pack(names: list[str], target: Path = TARGET, root: Path = ROOT) -> list[str]:
    """Write the zip with these assignments' notebooks; return the names in it.

    Raises PackageError for an assignment that is not released.
    """
    exercises = root / "exercises"
    known = {one.name for one in COURSE if (exercises / one.name).is_dir()}
    for name in names:
        if name not in known:
            raise PackageError(
                f"There is no exercises/{name}; there are {', '.join(sorted(known))}. "
                f"`nbgrader generate_assignment {name} --force` makes one from solutions/."
            )
    chosen = names or sorted(known)
    target.parent.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, zipfile.ZipFile(target, "w") as archive:
        wheel = build_wheel(Path(folder), root)
        archive.write(wheel, f"{TOP}/{wheel.name}")
        # pip reads the path from the folder in which it is started, on every system.
        archive.writestr(f"{TOP}/requirements.txt", f"./{wheel.name}[student]\n")
        archive.writestr(f"{TOP}/README.md", START)
        for name in chosen:
            for path in sorted((exercises / name).rglob("*")):
                inner = path.relative_to(root)
                if path.is_file() and not any(part.startswith(".") for part in inner.parts):
                    archive.write(path, f"{TOP}/{inner.as_posix()}", zipfile.ZIP_DEFLATED)
        return archive.namelist()


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=str(__doc__).split("\n")[0])
    parser.add_argument("assignment", nargs="*", help="names such as 02-forget-gate; else all")
    asked = parser.parse_args(arguments)
    try:
        names = pack(asked.assignment)
    except PackageError as error:
        print(error, file=sys.stderr)
        return 1
    notebooks = sum(name.endswith(".ipynb") for name in names)
    version = next(m[1] for name in names if (m := re.search(r"lstm_ref-([^-]+)-", name)))
    print(f"{TARGET.relative_to(ROOT)}: {notebooks} notebooks, lstm_ref {version}.")
    print("It holds no solution notebooks. The package in it knows the answers, though not openly.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
