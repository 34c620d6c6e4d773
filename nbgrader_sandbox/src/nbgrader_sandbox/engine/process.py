"""Grader processes: each grades one notebook after another in its main thread, then ends.

One belongs to one run and to one thread, here or in a worker of a cluster. The processes of
Dask outlive a run, and would keep the course's packages as they were once imported; bubblewrap
ends with the thread that started it; a test that never ends takes its process along. Those of
`multiprocessing` import the program that runs first, nbgrader or a Jupyter server, all over
again, and stay when that is killed.
"""

import contextlib
import os
import queue
import signal
import subprocess
import sys
import sysconfig
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from nbgrader_sandbox.engine import keys
from nbgrader_sandbox.engine.course_check import CourseFault
from nbgrader_sandbox.engine.job import Job
from nbgrader_sandbox.isolation import SandboxError
from nbgrader_sandbox.outcome import Outcome

#: Seconds without a job after which the process ends: the run may be over, or killed.
_IDLE = 60.0


class RefusedError(RuntimeError):
    """Nothing can be graded on this machine; the message says why."""


class StartError(RefusedError):
    """A process ended before it was asked for anything."""


@dataclass(frozen=True)
class Home:
    """The course as the run sees it: its folder, and where its packages are found.

    `run` is another text for each run.
    """

    run: str
    folder: str
    path: tuple[str, ...]

    @classmethod
    def here(cls, run: str) -> "Home":
        """Return the folder that this process is in, and the part of its path beside Python's."""
        paths = sysconfig.get_paths()
        own = [Path(paths[name]).resolve() for name in ("stdlib", "platstdlib", "purelib")]
        found = [Path(entry).resolve() for entry in sys.path]
        path = [
            str(entry)
            for entry in found
            if entry.is_dir() and not any(entry.is_relative_to(top) for top in own)
        ]
        return cls(run, os.getcwd(), tuple(dict.fromkeys(path)))


class GraderProcess:
    """A process that grades one job after another. Raises EOFError where it has ended.

    Raises RefusedError where it does not come up.
    """

    def __init__(self, home: Home) -> None:
        if not Path(home.folder).is_dir():
            raise RefusedError(
                f"the course's folder {home.folder} is not there; have it under the same path"
            )
        self.home = home
        self._busy = False
        self._channel, theirs = Pipe()
        try:
            with theirs:
                self._process = subprocess.Popen(
                    [sys.executable, "-P", "-m", __name__, str(theirs.fileno())],
                    stdin=subprocess.DEVNULL,
                    cwd=home.folder,
                    pass_fds=[theirs.fileno()],
                )
        except OSError as error:
            raise RefusedError(f"no grader process can be started: {error}") from None
        try:
            self._ask(home, {})
        except EOFError:
            self.close()
            code = self._process.returncode
            raise StartError(f"a grader process ended as it started (status {code})") from None

    def alive(self) -> bool:
        return not self._busy and self._process.poll() is None

    def meet(self, expected: Mapping[str, str]) -> None:
        """Raise RefusedError where packages differ from the `expected` ones."""
        self._ask(None, expected)

    def grade(self, job: Job, expected: Mapping[str, str]) -> Outcome:
        """Grade a job. Raises RefusedError where packages differ or nothing isolates workers."""
        outcome: Outcome = self._ask(job, expected)
        return outcome

    def _ask(self, job: Job | Home | None, expected: Mapping[str, str]) -> Any:
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

    def stop(self) -> None:
        """Tell it to end; a job that it grades is lost."""
        if self._busy:
            self._process.kill()
        with contextlib.suppress(OSError):
            self._channel.send(None)

    def close(self) -> None:
        """End it, and all that it started."""
        self.stop()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(timeout=10)
        self._process.kill()
        self._process.wait()
        self._channel.close()


_mine = threading.local()
_all: dict[GraderProcess, None] = {}


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


def _serve(handle: int) -> None:
    """Grade what comes until nobody is there who asks; the main thread does the grading."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # at Ctrl-C the one who asks ends this, too
    channel = Connection(handle)
    home: Home = channel.recv()[0]
    sys.path[:] = [*home.path, *(entry for entry in sys.path if entry not in home.path)]
    from nbgrader_sandbox.engine.grade import close, grade  # with the path as it is now

    channel.send(("done", None))
    orders: queue.SimpleQueue[tuple[Job | None, dict[str, str]] | None] = queue.SimpleQueue()

    def listen() -> None:
        try:
            while (order := channel.recv()) is not None:
                orders.put(order)
        except (EOFError, OSError):
            os._exit(71)  # whoever asked has ended, killed or not
        orders.put(None)

    threading.Thread(target=listen, daemon=True).start()
    while True:
        try:
            order = orders.get(timeout=_IDLE)
        except queue.Empty:
            order = None
        if order is None:
            close()
            return
        job, expected = order
        try:
            if expected and (wrong := difference(expected, keys.versions(job))):
                channel.send(("refused", f"packages differ from the grader's: {wrong}"))
            else:
                channel.send(("done", None if job is None else grade(job)))
        except (SandboxError, CourseFault) as error:
            channel.send(("refused", str(error)))
        except Exception as error:
            channel.send(("failed", f"{type(error).__name__}: {error}"))


if __name__ == "__main__":
    _serve(int(sys.argv[1]))
    os._exit(0)  # to take torch apart takes longer than all else here
