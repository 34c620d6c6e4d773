"""Fixtures that the whole suite shares, and the one rule for missing tools.

A test that needs a tool which this machine lacks is skipped with the reason; where CI=true
it fails instead, so that nothing is left untested unseen. One tool is excused: a program that
runs containers, which the machines of CI cannot all have.
"""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest
from playwright.sync_api import Browser, sync_playwright

from tools.browser import ARGUMENTS
from tools.node import find_node

ROOT = Path(__file__).resolve().parent.parent

# Several processes run at once: with as many threads each as there are cores they would wait for
# one another; and sums come out the same. It is read where NumPy or torch is loaded, in what tests
# start, too.
for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ[variable] = "1"

# A busy machine is no bug, so examples have no deadline. In CI they are the same each time, so
# that a change is judged by what it changed; elsewhere each run draws new ones.
hypothesis.settings.register_profile(
    "course",
    deadline=None,
    derandomize=os.environ.get("CI") == "true",
    suppress_health_check=[hypothesis.HealthCheck.too_slow],
)
hypothesis.settings.load_profile("course")


def missing(what: str, *, excused: bool = False) -> None:
    if os.environ.get("CI") == "true" and not excused:
        pytest.fail(f"{what} (in CI this is a failure)")
    pytest.skip(what)


@pytest.hookimpl(tryfirst=True)  # before pytest-xdist reads the groups
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark by need: the quick loop leaves out what wants the built book or a browser."""
    for item in items:
        needs = getattr(item, "fixturenames", [])
        for fixture, mark in (("built_book", "book"), ("chromium_path", "browser")):
            if fixture in needs:
                item.add_marker(mark)
        if "isolation" in item.path.parts:  # these count processes, and use up what is there
            item.add_marker("alone")
        # Of two processes one runs all of a file, which may share a class or a server; pages,
        # parts and whole assignments share nothing dear, and are what takes long.
        kill, gate = (item.get_closest_marker(mark) for mark in ("kill", "gate"))
        spread = "book" in item.path.parts or kill or (gate and "course" in item.path.parts)
        if not spread:
            item.add_marker(pytest.mark.xdist_group(str(item.path)))


@pytest.fixture(scope="session")
def root() -> Path:
    return ROOT


@pytest.fixture(scope="session")
def chromium_path() -> str:
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if path := shutil.which(name):
            return path
    missing("no Chromium here: install it with `apt-get install chromium`")
    raise AssertionError


@pytest.fixture(scope="session")
def browser(chromium_path: str) -> Iterator[Browser]:
    """One headless Chromium for the whole run; each test opens pages of its own."""
    with sync_playwright() as player:
        chromium = player.chromium.launch(executable_path=chromium_path, args=ARGUMENTS)
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def node_path() -> str:
    try:
        return find_node()
    except RuntimeError as error:
        missing(str(error))
        raise AssertionError from error


@pytest.fixture(scope="session")
def built_book(root: Path) -> Path:
    html = root / "_build" / "html"
    if not (html / "index.html").is_file():
        pytest.fail("the book is not built: run `make book` first")
    return html
