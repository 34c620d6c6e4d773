"""What runs in the grader processes of a run, and in the one that all of them are forked from.

```
run ─── control ─── parent            starts one zygote, imports what all need, then only forks
 ╚═════ channel ═══ └─ grader         grades one job after another in its main thread
 ╚═════ channel ═══ └─ grader
```

What is loaded before the fork is in memory once, torch above all. Started as
`python -m nbgrader_sandbox.engine.grader HANDLE`, by `engine/process.py`; a pidfd answers each
channel that comes.
"""

import contextlib
import gc
import importlib
import os
import queue
import signal
import sys
import threading
import warnings
from collections.abc import Callable
from functools import cache, partial
from multiprocessing.connection import Connection
from multiprocessing.reduction import recv_handle, send_handle

from nbgrader_sandbox.engine import keys
from nbgrader_sandbox.engine.course_check import CourseFault
from nbgrader_sandbox.engine.job import Job
from nbgrader_sandbox.engine.process import Home, difference
from nbgrader_sandbox.isolation import Plan, SandboxError, Zygote, start_shared
from nbgrader_sandbox.outcome import Outcome

#: Seconds without a job after which a grader ends, and without a grader after which the parent
#: does: the run may be over, or killed.
_IDLE = 60.0


def serve(control: Connection) -> None:
    """Fork a grader for each channel that comes, until nobody is there who asks."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # at Ctrl-C the one who asks ends this, too
    home: Home = control.recv()
    sys.path[:] = [*home.path, *(entry for entry in sys.path if entry not in home.path)]
    importlib.import_module("nbgrader_sandbox.engine.grade")  # with the path as it is now
    load = cache(partial(_load, home.plan))  # once
    zygote = start_shared(home.plan, meanwhile=load)  # which loads much the same on its own
    load()
    gc.collect()
    gc.freeze()
    try:
        _fork_on_demand(control, home.plan, zygote)
    finally:
        if zygote is not None:
            zygote.close()


def _fork_on_demand(control: Connection, plan: Plan, zygote: Zygote | None) -> None:
    graders: set[int] = set()
    while True:
        asked = control.poll(_IDLE)
        graders -= {one for one in graders if os.waitpid(one, os.WNOHANG)[0]}
        if not asked:
            if graders:
                continue
            return
        try:
            channel = recv_handle(control)
        except (EOFError, OSError):
            return
        grader = _fork(control, channel, plan, zygote)
        graders.add(grader)
        handle = os.pidfd_open(grader)
        with contextlib.suppress(OSError):
            send_handle(control, handle, None)
        os.close(handle)
        os.close(channel)


def _load(plan: Plan) -> None:
    """Load what takes long, as the zygote does, but for the course's own and the worker's part."""
    for name in plan.warm:
        module, _, function = name.partition(":")
        if module not in (*plan.hidden, plan.entry.partition(":")[0]):
            with contextlib.suppress(Exception):  # whoever needs it meets that again
                loaded = importlib.import_module(module)
                if function:
                    getattr(loaded, function)()


def _fork(control: Connection, channel: int, plan: Plan, zygote: Zygote | None) -> int:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of threads that a package has started
        process = os.fork()
    if process:
        return process
    status = 1
    try:
        control.close()
        _answer(Connection(channel), plan, zygote)
        status = 0
    finally:
        os._exit(status)  # to take torch apart takes longer than all else here


def _answer(channel: Connection, plan: Plan, zygote: Zygote | None) -> None:
    """Grade what comes until nobody is there who asks; the main thread does the grading."""
    from nbgrader_sandbox.engine.grade import close, grade, share

    if zygote is not None:
        share(plan, zygote)
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
        channel.send(_done(*order, grade))


def _done(
    job: Job | None, expected: dict[str, str], grade: Callable[[Job], Outcome]
) -> tuple[str, object]:
    """Return what an order comes to: a word for how it went, and what it gave."""
    try:
        if expected and (wrong := difference(expected, keys.versions(job))):
            return "refused", f"packages differ from the grader's: {wrong}"
        return "done", None if job is None else grade(job)
    except (SandboxError, CourseFault) as error:
        return "refused", str(error)
    except Exception as error:
        return "failed", f"{type(error).__name__}: {error}"


if __name__ == "__main__":
    serve(Connection(int(sys.argv[1])))
    os._exit(0)
