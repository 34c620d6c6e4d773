"""Grades jobs on several processes at once: here, or on a Dask cluster.

Only grading happens there. One process alone, the one that calls, writes the gradebook.
"""

import logging
import multiprocessing
from collections.abc import Iterable, Iterator
from concurrent.futures import (
    FIRST_COMPLETED,
    BrokenExecutor,
    Executor,
    Future,
    ProcessPoolExecutor,
    wait,
)
from contextlib import contextmanager
from itertools import chain, islice
from typing import Any

from nbgrader_sandbox.engine.grade import grade
from nbgrader_sandbox.engine.job import Job, Kind
from nbgrader_sandbox.isolation import SandboxError
from nbgrader_sandbox.outcome import NOT_RUN, Outcome, Score

_LOG = logging.getLogger(__name__)

#: How many jobs are handed out for each process, so that none waits for the next one.
_AHEAD = 4


class ClusterError(RuntimeError):
    """The cluster cannot be used; the message says why."""


@contextmanager
def executor(processes: int, cluster: str = "") -> Iterator[Executor]:
    """Give an executor: Dask's for an address such as tcp://host:8786, else local processes.

    Raises ClusterError where the address does not answer or Dask is not installed.
    """
    if cluster:
        with _dask(cluster) as found:
            yield found
        return
    # Spawned, not forked: nbgrader's formgrader calls from a server with threads.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(processes, mp_context=context) as found:
        yield found


@contextmanager
def _dask(address: str) -> Iterator[Executor]:
    try:
        from distributed import Client
    except ImportError:
        raise ClusterError(
            "A cluster was asked for, but Dask is not installed: "
            "pip install 'nbgrader-sandbox[cluster]', or leave --cluster out."
        ) from None
    try:
        client: Any = Client(address, timeout=10)
    except (OSError, ValueError, TimeoutError) as error:
        raise ClusterError(
            f"No Dask scheduler answers at {address} ({error}): start one with `dask scheduler`, "
            "or leave --cluster out."
        ) from None
    with client:
        yield client.get_executor(pure=False)


def grade_all(jobs: Iterable[Job], processes: int, cluster: str = "") -> Iterator[Outcome]:
    """Yield the outcome of each job as it is done, in any order; `jobs` is read as needed.

    Where a grader process dies, the jobs that it may have died of are tried again, each in a
    process of its own; one that ends that, too, gets zero points.
    """
    feed, suspects = iter(jobs), list[Job]()
    for first in feed:  # no process is started for nothing
        futures: dict[Future[Outcome], Job] = {}
        ahead = chain([first], feed)
        try:
            with executor(processes, cluster) as pool:
                while True:
                    for job in islice(ahead, _AHEAD * processes - len(futures)):
                        futures[pool.submit(grade, job)] = job
                    if not futures:
                        break
                    done, _ = wait(futures, return_when=FIRST_COMPLETED)
                    for future in done:
                        yield _outcome(future, futures[future])
                        del futures[future]
        except BrokenExecutor:
            suspects += futures.values()
    for job in suspects:
        try:
            with executor(1, cluster) as pool:
                yield _outcome(pool.submit(grade, job), job)
        except BrokenExecutor:
            yield given_up(job, "grading it ended the grader process twice")


def _outcome(future: Future[Outcome], job: Job) -> Outcome:
    """Return what a job gave. A failure of the grader itself costs one student, not the class."""
    try:
        return future.result()
    except (BrokenExecutor, SandboxError):
        raise
    except Exception as error:
        _LOG.exception("%s: the grader failed", job.student)
        why = f"the grader failed ({type(error).__name__}); this is no fault of the submission"
        return given_up(job, why)


def given_up(job: Job, why: str) -> Outcome:
    """Return the outcome of a notebook that could not be run: zero points, with the reason."""
    tests = (cell for cell in job.cells if cell.kind is Kind.TEST)
    return Outcome(
        assignment=job.assignment,
        notebook=job.notebook,
        student=job.student,
        key="",  # so that it is tried again next time
        level=NOT_RUN,
        scores=tuple(Score(cell.name, 0.0, cell.points, why) for cell in tests),
        outputs=tuple(() for _ in job.cells),
        stopped=why,
    )
