"""Says how far a run is, how long the rest takes, and which isolation it had."""

import sys
from collections import Counter
from collections.abc import Mapping
from logging import Logger

from tqdm import tqdm

from nbgrader_sandbox.outcome import Outcome


class Progress:
    """A bar with an estimate on a terminal; the log gets what was wrong, and a last line."""

    def __init__(self, assignment: str, total: int, log: Logger) -> None:
        self.assignment, self.log = assignment, log
        self.levels: Counter[str] = Counter()
        self.total = total
        quiet = not sys.stderr.isatty()
        self.bar = tqdm(total=total, unit="notebook", desc=assignment, disable=quiet, leave=False)

    def done(self, outcome: Outcome, left_alone: int) -> None:
        """Count one notebook; so many others of the total are as they were."""
        self.levels[outcome.level] += 1
        self.bar.total = self.total - left_alone
        self.bar.update()
        if outcome.stopped:
            self.log.warning("%s: %s", outcome.student, outcome.stopped)

    def end(self, seconds: float, counts: Mapping[str, int]) -> None:
        """Close the bar, and say what became of the notebooks, and how they were isolated.

        `counts` are those that were new, changed, kept (they had not to be run) and skipped.
        """
        self.bar.close()
        new, changed, kept = (counts.get(name, 0) for name in ("new", "changed", "kept"))
        line = (
            f"{self.assignment}: {new + changed} notebooks graded in {seconds:.1f} s "
            f"({new} new, {changed} changed), {kept} kept as before"
        )
        if late := counts.get("late", 0):
            line += f", lateness reckoned again for {late}"
        if skipped := counts.get("skipped", 0):
            line += f", {skipped} NOT graded again though changed (c.SandboxSettings.regrade)"
        print(line)
        for level, number in self.levels.most_common():
            print(f"  isolation of {number}: {level}")
