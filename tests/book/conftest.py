"""The built book, served on a local address."""

import threading
from collections.abc import Iterator
from functools import cache, partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.book.visits import Arrival, Arrivals, Visit, Visits, arrive, visit


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: Any) -> None:
        """Say nothing for each request."""


class _Server(ThreadingHTTPServer):
    def handle_error(self, *_: Any) -> None:
        """Say nothing where a browser was closed before it had read all of a page."""


@pytest.fixture(scope="session")
def site(built_book: Path) -> Iterator[str]:
    """The address of the built book, with a slash at its end."""
    server = _Server(("127.0.0.1", 0), partial(_Quiet, directory=str(built_book)))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture(scope="session")
def pages(built_book: Path) -> list[str]:
    """The file names of all pages that the build has written."""
    found = sorted(path.relative_to(built_book).as_posix() for path in built_book.rglob("*.html"))
    # The theme leaves two templates of its own among the static files; they are no pages.
    return [page for page in found if not page.startswith("_static/")]


@pytest.fixture(scope="session")
def axe(root: Path) -> str:
    """The text of axe-core, which looks for what keeps people out."""
    script = root / "node_modules" / "axe-core" / "axe.min.js"
    if not script.is_file():
        pytest.fail("axe-core is not installed: run `python tools/assets.py` first")
    return script.read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def visits(browser: Browser, site: str, pages: list[str]) -> Visits:
    """What a browser saw of every page at a width; made when it is first asked for."""

    @cache
    def at(width: int) -> list[Visit]:
        return [visit(browser, site, name, width) for name in pages]

    return at


@pytest.fixture(scope="session")
def arrivals(browser: Browser, site: str, axe: str) -> Arrivals:
    """What a browser saw of a page that was come to by a link; made when it is first asked for."""

    @cache
    def at(name: str, width: int) -> Arrival:
        return arrive(browser, site, name, width, axe)

    return at
