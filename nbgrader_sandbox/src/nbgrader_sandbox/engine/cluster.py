"""Grades on a Dask cluster: `dask scheduler` on one machine, `dask worker` on as many as there are.

Scheduler and workers run with the same packages as the grader, and workers where the course's
folder lies under the same path; differences are found and refused. Each thread of a worker
grades one notebook at a time. Whoever can reach the scheduler can run code on all of them and
read what is graded: start it in a closed network, or with Dask's TLS.
"""

import contextlib
import logging
import secrets
import socket
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import CancelledError, Executor, Future
from typing import Any

from nbgrader_sandbox.engine import keys
from nbgrader_sandbox.engine.job import Job
from nbgrader_sandbox.engine.process import (
    Home,
    RefusedError,
    end,
    grade_apart,
    of_this_thread,
)
from nbgrader_sandbox.isolation import Plan
from nbgrader_sandbox.outcome import Outcome

#: Seconds: for the scheduler to listen, for it to answer (it may be busy), for a first worker to be
#: there, for all to get ready, and how long a run goes on without any worker.
LISTEN, ANSWER, COME, READY, WITHOUT = 5.0, 30.0, 30.0, 120.0, 60.0


class ClusterError(RuntimeError):
    """The cluster cannot be used; the message says why."""


class LostError(RuntimeError):
    """A job came back without an outcome, for a reason that is not its own."""


class Cluster:
    """A cluster whose workers can grade this course. Made by `connect`."""

    def __init__(self, client: Any, address: str, home: Home) -> None:
        self._client, self._address, self._home = client, address, home
        self._executor: Executor = client.get_executor(pure=False)
        self._seen = time.monotonic()
        self.size = self._greet()

    def _greet(self) -> int:
        """Start a grader process on each worker; return how many threads there are."""
        threads: dict[str, int] = {}
        give_up = time.monotonic() + COME
        while not (threads := self._threads()):
            if time.monotonic() > give_up:
                raise ClusterError(
                    f"The Dask scheduler at {self._address} has no workers: start some with "
                    f"`dask worker {self._address}`, in the course's folder."
                )
            time.sleep(0.2)
        expected = keys.versions()
        greetings = {
            worker: self._client.submit(
                _meet, self._home, expected, workers=[worker], pure=False, retries=0
            )
            for worker in threads
        }
        for worker, greeting in greetings.items():
            try:
                refused = greeting.result(timeout=READY)
            except Exception as error:  # whatever Dask, or a worker without this engine, says
                refused = (
                    f"it cannot run the engine ({type(error).__name__}: {error}); scheduler and "
                    "workers need the same packages as the grader"
                )
            if refused:
                raise _refusal(worker, refused)
        return sum(threads.values())

    def submit(self, job: Job) -> "Future[Outcome | str]":
        """Have a job graded; see `outcome` for what that gives."""
        return self._executor.submit(_grade, job, self._home, keys.versions(job))

    def outcome(self, future: "Future[Outcome | str]") -> Outcome:
        """Return what a job gave. Raises LostError, or ClusterError where all is lost."""
        try:
            found = future.result()
        except CancelledError:
            raise self._lost() from None
        except RefusedError as error:
            raise ClusterError(str(error)) from None
        except Exception as error:
            raise LostError(f"{type(error).__name__}: {error}") from None
        if isinstance(found, str):
            raise LostError(found)
        return found

    def check(self) -> None:
        """Raise ClusterError where nobody is there any more who could grade."""
        if self._client.status not in ("running", "connecting"):
            raise self._lost()
        if threads := self._threads():
            self.size, self._seen = sum(threads.values()), time.monotonic()
        elif time.monotonic() - self._seen > WITHOUT:
            raise self._lost()

    def _threads(self) -> dict[str, int]:
        """Return the threads of each worker; none while the scheduler does not answer."""
        if self._client.status == "running":
            with contextlib.suppress(OSError):
                return dict(self._client.nthreads())
        return {}

    def _lost(self) -> ClusterError:
        return ClusterError(
            f"The cluster at {self._address} is gone, or has no workers left: start it and run "
            "this again; what was graded is kept."
        )

    def close(self) -> None:
        """End the grader processes of this run; those that cannot be told end by themselves."""
        if self._client.status == "running":
            with contextlib.suppress(OSError):
                self._client.run(end, self._home, on_error="ignore")


@contextlib.contextmanager
def connect(address: str, plan: Plan) -> Iterator[Cluster]:
    """Give the cluster whose scheduler is at `address`. Raises ClusterError."""
    try:
        from distributed import Client
    except ImportError:
        raise ClusterError(
            "A cluster was asked for, but Dask is not installed: "
            "pip install 'nbgrader-sandbox[cluster]', or leave --cluster out."
        ) from None
    # What ends a run is said in one sentence, by a ClusterError.
    for name in ("distributed", "distributed.client"):  # Dask sets a level for each of these
        logging.getLogger(name).setLevel(logging.CRITICAL)
    try:
        _knock(address)
        client: Any = Client(address, timeout=ANSWER, set_as_default=False)
    except (OSError, ValueError) as error:
        raise ClusterError(
            f"No Dask scheduler answers at {address} ({error}): start one with `dask scheduler`, "
            "give the address that it shows, or leave --cluster out."
        ) from None
    with client:
        cluster = Cluster(client, address, Home.here(secrets.token_hex(8), plan))
        try:
            yield cluster
        finally:
            cluster.close()


def _knock(address: str) -> None:
    """Raise OSError or ValueError where nobody listens at `address`; Dask's client says more."""
    from distributed.comm import get_address_host_port

    host, port = get_address_host_port(address, strict=True)
    give_up = time.monotonic() + LISTEN
    while True:
        try:
            socket.create_connection((host, port), timeout=LISTEN).close()
            return
        except ConnectionRefusedError:  # it may be starting
            if time.monotonic() > give_up:
                raise
            time.sleep(0.2)


# --- on a worker -------------------------------------------------------------------------


def _meet(home: Home, expected: Mapping[str, str]) -> str:
    """Return why nothing can be graded on this worker, "" where all is well."""
    try:
        of_this_thread(home).meet(expected)
    except RefusedError as error:
        return str(error)
    return ""


def _grade(job: Job, home: Home, expected: Mapping[str, str]) -> Outcome | str:
    """Grade a job in a process of this worker; return in words why that failed, where it did."""
    try:
        return grade_apart(job, home, expected)
    except EOFError as error:
        return str(error)
    except RefusedError as error:
        from distributed import get_worker

        raise RefusedError(str(_refusal(get_worker().address, str(error)))) from None


def _refusal(worker: str, why: str) -> ClusterError:
    return ClusterError(f"The worker at {worker} cannot grade this course: {why}.")
