"""One submission's trouble is its own: whatever goes wrong with it is said, and the others go on.

Each stage (collecting, reading, running, saving, feedback, report, export) does what concerns one
student within `Apart.keep`. There is no list of errors that are expected there.
"""

import errno
from collections.abc import Callable, Iterator
from contextlib import contextmanager

#: Characters of an error's text that are said.
_WORDS = 200


class CannotGoOn(RuntimeError):
    """What went wrong would go wrong with everybody; the message says how to mend it."""


class Apart:
    """Keeps the trouble of one student from the others; `left_out` says who was, and why.

    `say` is told each one sentence. Errors of the classes `ends` concern the whole run, and pass.
    """

    def __init__(
        self, say: Callable[[str], object], ends: tuple[type[Exception], ...] = ()
    ) -> None:
        self._say = say
        self._ends: tuple[type[Exception], ...] = (*ends, CannotGoOn)
        self.left_out: dict[str, str] = {}

    @contextmanager
    def keep(self, student: str, stage: str) -> Iterator[None]:
        """Do what concerns one student; `stage` completes "left out while …".

        Raises CannotGoOn where the disk is full.
        """
        try:
            yield
        except self._ends:
            raise
        except Exception as error:  # whatever it is
            if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
                raise CannotGoOn(
                    f"The disk is full ({error.filename or 'while files were written'}): make "
                    "room and run this again; what was done is kept."
                ) from error
            self.leave_out(student, stage, in_words(error))

    def leave_out(self, student: str, stage: str, why: str) -> None:
        """Note that a student was left out."""
        self.left_out.setdefault(student, why)
        self._say(f"{shown(student)} was left out while {stage}: {why}")

    def summary(self) -> str:
        """Return one sentence on who was left out; empty where nobody was."""
        if not self.left_out:
            return ""
        names = ", ".join(map(shown, sorted(self.left_out)))
        return (
            f"left out: {names}. The reasons stand above; mend them and run this again, the "
            "others are done."
        )


def in_words(error: BaseException) -> str:
    """Return an error as one line that can be shown."""
    text = "".join(letter if letter.isprintable() else " " for letter in _text(error))[:_WORDS]
    return f"{type(error).__name__}: {text}" if text.strip() else type(error).__name__


def _text(error: BaseException) -> str:
    try:
        return str(error)
    except Exception:  # it may hold anything
        return ""


def shown(student: str) -> str:
    """Return a student's name so that a line can hold it; what is no text is spelled out."""
    return "".join(
        letter if letter.isprintable() or letter in _JOINERS else ascii(letter)[1:-1]
        for letter in student
    )


_JOINERS = "\u200c\u200d\u00a0\u3000"


def can_be_named(student: str) -> bool:
    """Whether a gradebook and a page can hold this name: text without control characters.

    No-break spaces, and joiners as Persian has them, are ordinary parts of names.
    """
    return bool(student.strip()) and not any(
        ord(letter) < 32
        or 0x7F <= ord(letter) < 0xA0
        or 0xD800 <= ord(letter) < 0xE000
        or letter in "\u2028\u2029"
        for letter in student
    )
