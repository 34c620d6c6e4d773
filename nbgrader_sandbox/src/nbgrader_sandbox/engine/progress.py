"""Says how far a run is, how long the rest takes, and which isolation it had."""

import sys
from collections import Counter
from logging import Logger

from tqdm import tqdm

from nbgrader_sandbox.outcome import Outcome


class Progress:
    """A bar with an estimate on a terminal; the log gets what was wrong, and a last line."""

    def __init__(self, assignment: str, total: int, log: Logger) -> None:
        self.assignment, self.log = assignment, log
        self.levels: Counter[str] = Counter()
        quiet = not sys.stderr.isatty()
        self.bar = tqdm(total=total, unit="notebook", desc=assignment, disable=quiet, leave=False)

    def done(self, outcome: Outcome) -> None:
        """Count one notebook."""
        self.levels[outcome.level] += 1
        self.bar.update()
        if outcome.stopped:
            self.log.warning("%s: %s", outcome.student, outcome.stopped)

    def end(self, seconds: float, kept: int) -> None:
        """Close the bar, and say how the notebooks were isolated; `kept` had not to be run."""
        self.bar.close()
        count = sum(self.levels.values())
        print(
            f"{self.assignment}: {count} notebooks graded in {seconds:.1f} s, {kept} kept as before"
        )
        for level, number in self.levels.most_common():
            print(f"  isolation of {number}: {level}")
