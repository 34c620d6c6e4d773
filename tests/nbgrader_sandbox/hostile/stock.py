"""Runs one attack under stock nbgrader, inside a box that `tools.attack_table` makes.

    python -m tests.nbgrader_sandbox.hostile.stock TEMPLATE COURSE NAME

Never to be run outside of such a box: nothing here holds an attack back. Writes a line of JSON.
"""

import contextlib
import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from tests.nbgrader_sandbox.hostile import look, watch
from tests.nbgrader_sandbox.hostile.attack import Attack, write
from tests.nbgrader_sandbox.hostile.course import ASSIGNMENT, Course
from tests.nbgrader_sandbox.hostile.everything import ATTACKS
from tests.nbgrader_sandbox.hostile.parts import POINTS

VICTIM = "ada"
KEPT = ("source", "release", "lib", "submitted", "nbgrader_config.py", f"autograded/{VICTIM}")
MARK = "RESULT "
LEAKS = "hidden inputs carried out"


def run(template: Path, root: Path, attack: Attack) -> dict[str, Any]:
    """Return the scores and what else happened."""
    shutil.copytree(template, root, symlinks=True)
    course = Course(root, engine=False)
    home = Path.home()
    (home / ".ssh").mkdir(parents=True, exist_ok=True)
    (home / ".ssh" / "id_key").write_text("private", encoding="utf-8")
    with watch.listening(root) as listener:
        words = {"COURSE": str(root), "PORT": str(listener.port), "HOME": str(home)}
        write(attack, course.release, course.submission(attack.student), words)
        before, scores = watch.fingerprint(root, KEPT), course.scores()
        began = time.monotonic()
        harm: list[str] = []
        try:
            code = course.nbgrader("autograde", ASSIGNMENT, "--student", attack.student, seconds=75)
        except subprocess.TimeoutExpired:
            harm.append("the run never ended")
        else:
            if code.returncode:
                harm.append(f"the run ended with code {code.returncode}")
        seconds = time.monotonic() - began
    harm += effects(course, attack, before, scores)
    if listener.heard:
        harm.append(f"reached a server by {', '.join(sorted(set(listener.heard)))}")
    after = course.scores().get(attack.student, {})
    return {"scores": {name: after.get(name) for name in POINTS}, "harm": harm, "seconds": seconds}


def effects(
    course: Course, attack: Attack, before: dict[str, str], scores: dict[str, Any]
) -> list[str]:
    """Say what is no longer as it was, or shows what it must not."""
    harm = []
    if watch.fingerprint(course.root, KEPT) != before:
        harm.append("changed files of the course")
    if watch.litter(course.root):
        harm.append("wrote outside of its folder")
    now = course.scores()
    if now.get(VICTIM) != scores.get(VICTIM):
        harm.append("changed another student's scores")
    if course.maxima() != {**POINTS, "why": 1.0}:
        harm.append("changed what the parts can give")
    copy = course.autograded(attack.student)
    with contextlib.suppress(OSError, ValueError):
        if copy.stat().st_size > 2_000_000:
            harm.append(f"left a notebook of {copy.stat().st_size / 1e6:.0f} MB")
        else:
            # Stock nbgrader shows the tests in every traceback, so that says nothing of most.
            found = look.stolen(look.notebook(copy))
            harm += [one for one in found if attack.theme == LEAKS or one.startswith("stolen")]
            with contextlib.suppress(subprocess.TimeoutExpired):
                course.nbgrader(
                    "generate_feedback", ASSIGNMENT, "--student", attack.student, seconds=40
                )
            page = course.feedback(attack.student).read_text(encoding="utf-8", errors="replace")
            if live := [one for one in look.live(page) if "student" in one or "=" in one]:
                harm.append(f"live in the feedback: {live[0]}")
    left = [words for pid, words in watch.processes(course.root).items() if not _ours(pid, words)]
    if left:
        harm.append(f"left {len(left)} processes running")
    return harm


def _ours(pid: int, words: str) -> bool:
    return pid in (1, os.getpid(), os.getppid()) or "hostile.stock" in words


def main() -> None:
    template, root, name = sys.argv[1:]
    [attack] = [one for one in ATTACKS if ascii(one.name) == name]
    result = run(Path(template), Path(root), attack)
    print(MARK + json.dumps(result), flush=True)


if __name__ == "__main__":
    main()
