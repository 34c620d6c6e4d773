"""The processes that a test's own process started, found by a word in their command."""

import contextlib

import psutil


def below(word: str, process: int | None = None) -> list[psutil.Process]:
    """Return what was started by `process`, or by this one, and has the word in its command."""
    found = []
    for one in psutil.Process(process).children(recursive=True):
        with contextlib.suppress(psutil.NoSuchProcess):  # workers end at any time
            if any(word in part for part in one.cmdline()):
                found.append(one)
    return found


def kill(*processes: psutil.Process) -> None:
    """Kill processes; one may be gone already, ended by itself or with one before it."""
    for one in processes:
        with contextlib.suppress(psutil.NoSuchProcess):
            one.kill()
