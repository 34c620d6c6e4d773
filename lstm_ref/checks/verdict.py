"""What is to be said of an answer."""

from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Verdict:
    """The name of the mistake (None: the answer is right), words, a share of the points, hints.

    `fact` is a sentence of its own that goes with any name: from which step on it is wrong.
    `own` goes on after the title with the student's own words, a line or a name: for the student
    alone, and for no report. `detail` goes on with numbers that were measured, `evidence` quotes
    inputs, and `printed` what the answer printed: for visible checks only, since hidden inputs are
    in them.
    """

    mistake: str | None
    title: str
    share: float
    hints: tuple[str, ...] = ()
    fact: str = ""
    own: str = ""
    detail: str = ""
    advice: tuple[str, ...] = ()
    printed: str = ""
    quote: Callable[[], str] = field(default=str, compare=False, repr=False)

    @property
    def evidence(self) -> str:
        """Arguments and results; made when they are asked for, which no grade does."""
        return self.quote()

    @property
    def right(self) -> bool:
        return self.mistake is None
