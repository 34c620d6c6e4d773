"""Grades one class of attackers, and a few honest students, by one real run of nbgrader."""

import json
import os
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.nbgrader_sandbox.hostile import look, watch
from tests.nbgrader_sandbox.hostile.attack import Attack, write
from tests.nbgrader_sandbox.hostile.course import ASSIGNMENT, NOTEBOOK, Course
from tests.nbgrader_sandbox.hostile.parts import POINTS

#: What each honest student answered rightly. One hands in first, one last, one in the midst.
HONEST = {
    "aaa-all": ("softmax", "moving_average", "standardise", "TanhRNN"),
    "mmm-half": ("softmax", "TanhRNN"),
    "zzz-none": (),
    "zzzz-all": ("softmax", "moving_average", "standardise", "TanhRNN"),
}
KEPT = ("source", "release", "lib", "submitted", "nbgrader_config.py")
#: The report as a page and as a table, and the gradebook as a learning platform reads it.
REPORTS = ("report.html", "report.csv", "canvas.csv")
LARGEST = 2_000_000
MOST_EVIDENCE = 500


@dataclass
class Ran:
    """What a run left. `scores` as `Course.scores`, `outcomes` what the engine kept."""

    course: Course
    code: int
    said: str
    seconds: float
    heard: list[str]
    left: list[str]
    changed: list[str]
    litter: list[str]
    feedback_code: int
    report_code: int
    export_code: int
    scores: dict[str, dict[str, float | None]]
    maxima: dict[str, float]
    outcomes: dict[str, dict[str, Any]] = field(default_factory=dict)

    def outcome(self, attack: Attack) -> dict[str, Any]:
        return self.outcomes.get(attack.student, {})

    def reasons(self, attack: Attack) -> list[str]:
        """Return why parts got nothing, and why the notebook stopped."""
        found = self.outcome(attack)
        reasons = [score["reason"] for score in found.get("scores", ())]
        return list(dict.fromkeys(filter(None, [*reasons, found.get("stopped", "")])))

    def evidence(self, attack: Attack) -> set[str]:
        return {one["kind"] for one in self.outcome(attack).get("evidence", ())}

    def notebook(self, attack: Attack) -> Path:
        return self.course.autograded(attack.student)

    def page(self, attack: Attack) -> str:
        path = self.course.feedback(attack.student)
        return path.read_text(encoding="utf-8", errors="replace") if path.is_file() else ""

    def harm(self, attack: Attack) -> list[str]:
        """Say what this attack did beside its points; [] is as it should be."""
        harm = []
        scores = self.scores.get(attack.student)
        if attack.left_out:
            known = scores is not None or ascii(attack.student)[1:-1] not in self.said
            return ["was not left out, or silently"] if known else []
        if scores is None:
            return ["no scores at all"]
        if missing := [name for name in POINTS if scores.get(name) is None]:
            harm.append(f"no score for {', '.join(missing)}")
        path = self.notebook(attack)
        if not path.is_file():
            harm.append("no autograded copy")
        elif path.stat().st_size > LARGEST:
            harm.append(f"a notebook of {path.stat().st_size / 1e6:.1f} MB")
        else:
            harm += look.stolen(look.notebook(path))
        if (size := len(json.dumps(self.outcome(attack)))) > LARGEST:
            harm.append(f"a record of {size / 1e6:.1f} MB")
        if len(self.outcome(attack).get("evidence", ())) > MOST_EVIDENCE:
            harm.append("more evidence than anybody reads")
        page = self.page(attack)
        if page:
            harm += look.leaked(page) + look.live(page)
        elif not set("[*?") & set(attack.student):  # nbgrader takes such names for patterns
            harm.append("no feedback page")
        return harm


def run(root: Path, attacks: Sequence[Attack]) -> Ran:
    """Make the course, hand in all, grade, make feedback."""
    course = Course(root, engine=True)
    course.make()
    for student, parts in HONEST.items():
        course.submit(student, parts)
    with watch.listening(root) as listener:
        words = {"COURSE": str(root), "PORT": str(listener.port), "HOME": str(Path.home())}
        for attack in attacks:
            write(attack, course.release, course.submission(attack.student), words)
        before, running = watch.fingerprint(root, KEPT), watch.processes(root)
        began = time.monotonic()
        canary = {"HOSTILE_CANARY": "1"}
        done = course.nbgrader("autograde", ASSIGNMENT, seconds=900, environment=canary)
        seconds = time.monotonic() - began
        time.sleep(1.0)  # what was told to end may need a moment
        left = [words for pid, words in watch.processes(root).items() if pid not in running]
        after = watch.fingerprint(root, KEPT)
        changed = sorted(name for name in before | after if before.get(name) != after.get(name))
        heard = listener.heard
    pages = course.nbgrader("generate_feedback", ASSIGNMENT, seconds=900)
    page, table, list_of_all = (root / name for name in REPORTS)
    report = course.run(
        "nbgrader_sandbox", "report", ASSIGNMENT, "--html", page.name, "--csv", table.name
    )
    exporter = "nbgrader_sandbox.exporting.CanvasExporter"
    export = course.nbgrader("export", "--exporter", exporter, "--to", list_of_all.name)
    ran = Ran(
        course=course,
        code=done.returncode,
        said=done.stdout,
        seconds=seconds,
        heard=heard,
        left=left,
        changed=changed,
        litter=watch.litter(root),
        feedback_code=pages.returncode,
        report_code=report.returncode,
        export_code=export.returncode,
        scores=course.scores(),
        maxima=course.maxima(),
    )
    ran.said += pages.stdout + report.stdout + export.stdout
    for path in (root / "sandbox").rglob(f"{NOTEBOOK}.json"):
        ran.outcomes[os.fsdecode(path.parent.name)] = json.loads(path.read_text("utf-8"))
    return ran
