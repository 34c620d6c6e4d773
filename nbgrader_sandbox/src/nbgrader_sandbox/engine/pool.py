"""Grades jobs on several processes at once: here, or on a Dask cluster.

Only grading happens there. One process alone, the one that calls, writes the gradebook.
"""

import logging
import secrets
from collections.abc import Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import closing, contextmanager
from itertools import chain, islice
from typing import Any

from nbgrader_sandbox.engine import process
from nbgrader_sandbox.engine.cluster import Cluster, ClusterError, LostError, connect
from nbgrader_sandbox.engine.job import Job, Kind
from nbgrader_sandbox.isolation import Plan, SandboxError
from nbgrader_sandbox.outcome import NOT_RUN, Outcome, Score

__all__ = ["ClusterError", "given_up", "grade_all"]

_LOG = logging.getLogger(__name__)

#: How many jobs are handed out for each process, so that none waits for the next one.
_AHEAD = 4

#: Seconds between looks at whether anybody is there who grades.
_LOOK = 5.0


class Local:
    """Grader processes on this machine; a thread for each hands it one job after another."""

    def __init__(self, processes: int, plan: Plan) -> None:
        self.size = processes
        self._home = process.Home.here(secrets.token_hex(8), plan)
        self._executor = ThreadPoolExecutor(processes)

    def submit(self, job: Job) -> "Future[Outcome]":
        """Have a job graded; see `outcome` for what that gives."""
        return self._executor.submit(process.grade_apart, job, self._home)

    def outcome(self, future: "Future[Outcome]") -> Outcome:
        """Return what a job gave. Raises LostError where its process ended."""
        try:
            return future.result()
        except EOFError as error:
            raise LostError(str(error)) from None
        except process.RefusedError as error:
            raise SandboxError(str(error)) from None

    def check(self) -> None:
        """Where a process ends, its thread sees it."""

    def close(self) -> None:
        """End all processes, those that grade too."""
        self._executor.shutdown(wait=False, cancel_futures=True)
        process.end(self._home)
        self._executor.shutdown()


@contextmanager
def graders(processes: int, plan: Plan, cluster: str = "") -> Iterator[Local | Cluster]:
    """Give what grades: Dask's cluster for an address like tcp://host:8786, else local processes.

    Raises ClusterError where the address does not answer or Dask is not installed.
    """
    if cluster:
        with connect(cluster, plan) as found:
            yield found
        return
    with closing(Local(processes, plan)) as local:
        yield local


def grade_all(jobs: Iterable[Job], processes: int, cluster: str = "") -> Iterator[Outcome]:
    """Yield the outcome of each job as it is done, in any order; `jobs` is read as needed.

    What is lost, with its process or by a cluster, is tried again here at the end; a job that
    ends its process then, too, gets zero points.
    """
    feed, lost = iter(jobs), list[Job]()
    for first in feed:  # no process is started for nothing
        futures: dict[Future[Any], Job] = {}
        ahead = chain([first], feed)
        with graders(processes, first.plan, cluster) as pool:
            while True:
                for job in islice(ahead, max(0, _AHEAD * pool.size - len(futures))):
                    futures[pool.submit(job)] = job
                if not futures:
                    break
                done, _ = wait(futures, timeout=_LOOK, return_when=FIRST_COMPLETED)
                for future in done:
                    job = futures.pop(future)
                    try:
                        yield _outcome(pool, future, job)
                    except LostError as error:
                        _LOG.warning("%s is graded once more: %s", job.student, error)
                        lost.append(job)
                if not done:
                    pool.check()
    if lost:
        with closing(Local(1, lost[0].plan)) as local:
            for job in lost:
                try:
                    yield _outcome(local, local.submit(job), job)
                except LostError:
                    yield given_up(job, "grading it ended the grader process twice")


def _outcome(pool: Local | Cluster, future: "Future[Any]", job: Job) -> Outcome:
    """Return what a job gave. A failure of the grader itself costs one student, not the class."""
    try:
        return pool.outcome(future)
    except (SandboxError, ClusterError, LostError):
        raise
    except Exception as error:
        _LOG.error("%s: the grader failed: %s", job.student, error)
        why = f"the grader failed ({error}); this is no fault of the submission"
        return given_up(job, why)


def given_up(job: Job, why: str) -> Outcome:
    """Return the outcome of a notebook that could not be run: zero points, with the reason."""
    tests = (cell for cell in job.cells if cell.kind is Kind.TEST)
    return Outcome(
        assignment=job.assignment,
        notebook=job.notebook,
        student=job.student,
        key="",  # kept as no outcome: whoever grades it again has it run again
        level=NOT_RUN,
        scores=tuple(Score(cell.name, 0.0, cell.points, why) for cell in tests),
        outputs=tuple(() for _ in job.cells),
        stopped=why,
    )
