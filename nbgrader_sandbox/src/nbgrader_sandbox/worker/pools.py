"""Thread pools that a cell made work in the forks of the worker, too, where tests run.

A fork has one thread alone, and a pool would wait for its others for ever.
"""

import threading
import weakref
from concurrent.futures import ThreadPoolExecutor
from queue import SimpleQueue
from typing import Any

_pools: "weakref.WeakSet[ThreadPoolExecutor]" = weakref.WeakSet()


def prepare() -> None:
    """Note from now on which pools are made; called once, before workers are forked."""
    kind: Any = ThreadPoolExecutor
    if getattr(kind.__init__, "noted", False):
        return
    make = kind.__init__

    def noting(self: ThreadPoolExecutor, *args: Any, **kwargs: Any) -> None:
        make(self, *args, **kwargs)
        _pools.add(self)

    noting.noted = True  # type: ignore[attr-defined]
    kind.__init__ = noting


def revive() -> None:
    """Let pools start threads anew; called in a fork."""
    for pool in list(_pools):
        one: Any = pool
        one._threads = set()
        one._work_queue = SimpleQueue()
        one._idle_semaphore = threading.Semaphore(0)
        one._shutdown_lock = threading.Lock()
