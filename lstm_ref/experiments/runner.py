"""Runs what is stale, on several processes at once; each run is kept the moment that it is done."""

import os
import sys
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import Executor, ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from tqdm.auto import tqdm

from lstm_ref.experiments import experiment
from lstm_ref.experiments.experiment import Experiment, Result, Unit
from lstm_ref.experiments.results import Results, miniature, stale
from lstm_ref.history import command_line, provenance


def update(
    experiments: Iterable[Experiment], folder: Path, executor: Executor, *, again: bool = False
) -> list[str]:
    """Run what is stale of these (or all, where `again`); return what went wrong, a line each.

    Whoever ends this at whatever moment loses the runs that were at work, and no other.
    """
    origin = provenance(command_line(), ["numpy", "torch"])
    files: dict[str, Results] = {}
    due: list[Unit] = []
    for one in experiments:
        results = Results.read(path(folder, one.name), one.name)
        now = miniature(one)
        units = list(one.units()) if again else stale(one, results, now)
        if len(units) == len(list(one.units())):
            results = Results(one.name)  # nothing of what is there still holds
        results.keep(one.units())
        results.miniature = now
        files[one.name] = results
        due += units
    complaints = []
    with tqdm(total=len(due), disable=not due, unit="run") as bar:
        waiting = {executor.submit(timed, unit): unit for unit in due}
        for future in as_completed(waiting):
            unit = waiting[future]
            bar.update()
            try:
                result, seconds = future.result()
            except Exception as error:
                complaints.append(f"{unit.words()}: {type(error).__name__}: {error}")
                continue
            results = files[unit.experiment]
            results.add(unit, result, seconds, origin)
            results.keep(experiment(unit.experiment).units())
            results.write(path(folder, unit.experiment))
    return complaints


def timed(unit: Unit) -> tuple[Result, float]:
    """Run one unit in this process; return its result, and the processor's seconds that it took."""
    began = time.process_time()
    result = experiment(unit.experiment).run(unit.seed, **unit.settings)
    return result, time.process_time() - began


def path(folder: Path, name: str) -> Path:
    """Return the file of an experiment's results."""
    return folder / f"{name}.json"


@contextmanager
def workers(count: int, cluster: str = "") -> Iterator[Executor]:
    """Give an executor: processes of this machine, or a Dask cluster at that address."""
    if cluster:
        from distributed import Client

        with Client(cluster) as client:
            yield client.get_executor(pure=False)
        return
    spawn = get_context("spawn")  # a fork would inherit torch's threads, which then wait for ever
    pool = ProcessPoolExecutor(count, mp_context=spawn, initializer=_one_thread)
    try:
        yield pool
    finally:
        pool.shutdown(cancel_futures=True)


def _one_thread() -> None:
    """Two processes with two threads each are slower on two cores than two with one."""
    import torch

    torch.set_num_threads(1)


def report(experiments: Iterable[Experiment], folder: Path, say: Any = print) -> int:
    """Say of each experiment what is there and what is stale; return how many runs are stale."""
    total = 0
    for one in experiments:
        results = Results.read(path(folder, one.name), one.name)
        left = len(stale(one, results, miniature(one)))
        seconds = sum(run["seconds"] for run in results.runs)
        every = len(list(one.units()))
        state = f"{left} of {every} runs are stale" if left else f"all {every} runs are fresh"
        say(f"{one.name}: {state}; those that are there took {seconds / 60:.1f} min on one core")
        total += left
    return total


def root() -> Path:
    """Return book/results of the checkout that this package stands in. Raises ValueError."""
    found = Path(__file__).resolve().parents[2] / "book" / "results"
    if not found.is_dir():
        raise ValueError(f"there is no folder {found}; say with --results where results go")
    return found


def cores() -> int:
    """Return how many processes may run at once."""
    return len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1
