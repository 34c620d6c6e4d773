"""Grader processes, as the run sees them: each grades one notebook after another, then ends.

They are forked from one parent a run, which holds what they share (`engine/grader.py` is what runs
in both). One belongs to one run and to one thread, here or in a worker of a cluster. The
processes of Dask outlive a run, and would keep the course's packages as they were once imported;
bubblewrap ends with the thread that started it; a test that never ends takes its process along.
Those of `multiprocessing` import the program that runs first, nbgrader or a Jupyter server, all
over again, and stay when that is killed.
"""

import contextlib
import os
import select
import signal
import subprocess
import sys
import sysconfig
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from multiprocessing import Pipe
from multiprocessing.reduction import recv_handle, send_handle
from pathlib import Path
from typing import Any

from nbgrader_sandbox.engine.job import Job
from nbgrader_sandbox.isolation import ONE_THREAD, Plan
from nbgrader_sandbox.outcome import Outcome

_PROGRAM = "nbgrader_sandbox.engine.grader"


class RefusedError(RuntimeError):
    """Nothing can be graded on this machine; the message says why."""


class StartError(RefusedError):
    """A process ended before it was asked for anything."""


@dataclass(frozen=True)
class Home:
    """The course as the run sees it: its folder, and where its packages are found.

    `run` is another text for each run; `plan` is how its workers are isolated.
    """

    run: str
    folder: str
    path: tuple[str, ...]
    plan: Plan

    @classmethod
    def here(cls, run: str, plan: Plan) -> "Home":
        """Return the folder that this process is in, and the part of its path beside Python's."""
        paths = sysconfig.get_paths()
        own = [Path(paths[name]).resolve() for name in ("stdlib", "platstdlib", "purelib")]
        found = [Path(entry).resolve() for entry in sys.path]
        path = [
            str(entry)
            for entry in found
            if entry.is_dir() and not any(entry.is_relative_to(top) for top in own)
        ]
        return cls(run, os.getcwd(), tuple(dict.fromkeys(path)), plan)


class _Parent:
    """The process that the graders of a run are forked from. Raises RefusedError, StartError."""

    def __init__(self, home: Home) -> None:
        if not Path(home.folder).is_dir():
            raise RefusedError(
                f"the course's folder {home.folder} is not there; have it under the same path"
            )
        self.home = home
        self._one_at_a_time = threading.Lock()
        self._control, theirs = Pipe()
        try:
            with theirs:
                self._process = subprocess.Popen(
                    [sys.executable, "-P", "-m", _PROGRAM, str(theirs.fileno())],
                    stdin=subprocess.DEVNULL,
                    cwd=home.folder,
                    env={**ONE_THREAD, **os.environ},  # there is a grader for each core
                    pass_fds=[theirs.fileno()],
                )
        except OSError as error:
            raise RefusedError(f"no grader process can be started: {error}") from None
        with contextlib.suppress(OSError):  # that it has ended is met by whoever wants a fork
            self._control.send(home)

    def fork(self, channel: int) -> int:
        """Have a grader forked that answers on this channel; return a pidfd of it."""
        with self._one_at_a_time:
            try:
                send_handle(self._control, channel, None)
                return recv_handle(self._control)
            except (EOFError, OSError):
                self._end()
        code = self._process.returncode
        raise StartError(f"a grader process ended as it started (status {code})")

    def alive(self) -> bool:
        return self._process.poll() is None

    def _end(self) -> None:
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(timeout=10)
        self._process.kill()
        self._process.wait()

    def close(self) -> None:
        """End it, and what it started; while it starts, at once."""
        if starting := not self._one_at_a_time.acquire(blocking=False):
            self._process.kill()
            self._one_at_a_time.acquire()
        try:
            self._control.close()
            if not starting:
                self._end()
            self._process.wait()
        finally:
            self._one_at_a_time.release()  # a thread may have it still, and ask for a fork


class GraderProcess:
    """A process that grades one job after another. Raises EOFError where it has ended.

    Raises RefusedError where it does not come up.
    """

    def __init__(self, home: Home) -> None:
        self.home = home
        self._busy = False
        self._channel, theirs = Pipe()
        with theirs:
            self._process = _parent(home).fork(theirs.fileno())  # a pidfd
        try:
            self._ask(None, {})
        except EOFError:
            self.close()
            raise StartError("a grader process ended as it started") from None

    def alive(self) -> bool:
        return self._process >= 0 and not self._busy and not self._ended_within(0)

    def meet(self, expected: Mapping[str, str]) -> None:
        """Raise RefusedError where packages differ from the `expected` ones."""
        self._ask(None, expected)

    def grade(self, job: Job, expected: Mapping[str, str]) -> Outcome:
        """Grade a job. Raises RefusedError where packages differ or nothing isolates workers."""
        outcome: Outcome = self._ask(job, expected)
        return outcome

    def _ask(self, job: Job | None, expected: Mapping[str, str]) -> Any:
        self._busy = True
        try:
            self._channel.send((job, dict(expected)))
            kind, answer = self._channel.recv()
        except OSError:
            raise EOFError("the grader process ended") from None
        self._busy = False
        if kind == "refused":
            raise RefusedError(answer)
        if kind == "failed":
            raise RuntimeError(answer)
        return answer

    def _ended_within(self, seconds: float) -> bool:
        poll = select.poll()
        poll.register(self._process, select.POLLIN)
        return bool(poll.poll(seconds * 1000))

    def _kill(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            signal.pidfd_send_signal(self._process, signal.SIGKILL)

    def stop(self) -> None:
        """Tell it to end; a job that it grades is lost."""
        if self._busy:
            self._kill()
        with contextlib.suppress(OSError):
            self._channel.send(None)

    def close(self) -> None:
        """End it, and all that it started."""
        if self._process < 0:
            return
        self.stop()
        if not self._ended_within(10):
            self._kill()
            self._ended_within(10)
        os.close(self._process)
        self._process = -1
        self._channel.close()


_mine = threading.local()
_all: dict[GraderProcess, None] = {}
_parents: dict[str, _Parent] = {}
_looking = threading.Lock()


def _parent(home: Home) -> _Parent:
    """Return the parent of a run, a new one where there is none, or none any more."""
    with _looking:
        found = _parents.get(home.run)
        if found is None or not found.alive():
            if found is not None:
                found.close()
            found = _parents[home.run] = _Parent(home)
        return found


def of_this_thread(home: Home) -> GraderProcess:
    """Return the process of this thread and run, a new one where there is none."""
    found: GraderProcess | None = getattr(_mine, "process", None)
    if found is not None and found.home == home and found.alive():
        return found
    if found is not None:
        _all.pop(found, None)
        found.close()
    try:
        made = GraderProcess(home)
    except StartError:  # it may have been killed
        made = GraderProcess(home)
    _mine.process = made
    _all[made] = None
    return made


def grade_apart(job: Job, home: Home, expected: Mapping[str, str] | None = None) -> Outcome:
    """Grade a job in the process of this thread; see GraderProcess for what is raised."""
    return of_this_thread(home).grade(job, expected or {})


def end(home: Home) -> None:
    """End all processes of a run that this one started."""
    mine = [one for one in list(_all) if one.home == home]
    for found in mine:
        found.stop()
    for found in mine:
        _all.pop(found, None)
        found.close()
    with _looking:
        parent = _parents.pop(home.run, None)
    if parent is not None:
        parent.close()


def difference(expected: Mapping[str, str], found: Mapping[str, str]) -> str:
    """Say in words how what was found differs from what was expected; "" for not at all."""
    differ = sorted(name for name in {*expected, *found} if expected.get(name) != found.get(name))
    said = []
    for name in differ[:3]:
        theirs, ours = found.get(name, "missing"), expected.get(name, "missing")
        hashes = max(len(theirs), len(ours)) > 30  # which say nothing to people
        said.append(f"{name} differs" if hashes else f"{name} is {theirs}, not {ours}")
    more = [f"{len(differ) - 3} more differ"] if len(differ) > 3 else []
    return ", ".join(said + more)
