"""Processes, found by a word in their command: any of them may end while one looks."""

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


def running(word: str) -> list[psutil.Process]:
    """Return all processes of this machine that have the word in their command, oldest first."""
    every = psutil.process_iter(["cmdline", "create_time"])
    found = [one for one in every if any(word in part for part in one.info["cmdline"] or ())]
    return sorted(found, key=lambda one: (one.info["create_time"], one.pid))


def kill(*processes: psutil.Process) -> None:
    """Kill processes; one may be gone already, ended by itself or with one before it."""
    for one in processes:
        with contextlib.suppress(psutil.NoSuchProcess):
            one.kill()
