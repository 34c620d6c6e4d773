"""A pool of threads that a cell made works in a test, too."""

from collections.abc import Callable

from nbgrader_sandbox.engine.remote import Worker

CELL = """
from concurrent.futures import ThreadPoolExecutor
pool = ThreadPoolExecutor(2)
made = list(pool.map(abs, [-1, -2]))
def f(x):
    return sum(pool.map(lambda k: k * x, range(4)))
"""


def test_a_pool_of_an_earlier_cell(begin: Callable[..., Worker]) -> None:
    worker = begin(CELL)
    place = worker.keep()
    for at in (place, None):
        with worker.test(1, 5.0, at=at) as test:
            f = test.lookup("f")
            assert f(2) == 12  # type: ignore[operator]
    assert worker.run_cell("list(pool.map(abs, [-3]))", 2).error is None
