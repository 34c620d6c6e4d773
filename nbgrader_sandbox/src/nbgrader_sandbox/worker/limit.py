"""Ends code of a student that runs for too long, by an exception in the main thread."""

import contextlib
import signal
import threading
from collections.abc import Callable, Iterator
from types import FrameType

#: Code that catches the exception gets it again after so many seconds.
_AGAIN = 0.5


def give_time(seconds: float) -> None:
    """Let code that is about to be ended say why: no limit strikes before `seconds` have passed."""
    if (
        threading.current_thread() is threading.main_thread()
        and 0 < signal.getitimer(signal.ITIMER_REAL)[0] < seconds
    ):
        signal.setitimer(signal.ITIMER_REAL, seconds, _AGAIN)


class CellTimeout(BaseException):
    """A cell ran for too long. No Exception, so that `except Exception` does not stop it."""


@contextlib.contextmanager
def time_limit(seconds: float | None, late: Callable[[], BaseException]) -> Iterator[None]:
    """Raise what `late` makes in the code within, when `seconds` of wall time have passed.

    Code that holds the interpreter (one long call into C) is not stopped: the sandbox's own
    limits are for that. Does nothing without `seconds`, or outside the main thread.
    """
    if seconds is None or threading.current_thread() is not threading.main_thread():
        yield
        return
    running = True

    def ring(_signal: int, _frame: FrameType | None) -> None:
        if running:
            raise late()

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, max(seconds, 1e-3), _AGAIN)
    try:
        yield
    finally:
        running = False
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
