"""What a page weighs: the bytes that a browser is sent, compressed, counted by the server."""

import gzip
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from mimetypes import guess_type
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest
from playwright.sync_api import Browser

pytestmark = pytest.mark.browser

FIRST, NEXT = 350_000, 120_000
#: Compressed in themselves.
COMPRESSED = {".woff2", ".png", ".jpg", ".webp"}


class Counter:
    """A server of static files as hosts run them: gzip, and files that the browser may keep."""

    def __init__(self, folder: Path) -> None:
        self.sent: dict[str, int] = {}
        counter = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                file = folder / unquote(urlsplit(self.path).path).lstrip("/")
                if not file.is_file():
                    self.send_error(404)
                    return
                body, squeezed = file.read_bytes(), file.suffix not in COMPRESSED
                if squeezed:
                    body = gzip.compress(body, 6)
                counter.sent[self.path] = counter.sent.get(self.path, 0) + len(body)
                self.send_response(200)
                self.send_header("Content-Type", guess_type(file.name)[0] or "font/woff2")
                self.send_header("Content-Length", str(len(body)))
                self.send_header("Cache-Control", "max-age=600")
                if squeezed:
                    self.send_header("Content-Encoding", "gzip")
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: Any) -> None:
                """Say nothing for each request."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.server.server_port}/"

    def take(self) -> tuple[int, str]:
        """Return the bytes sent since it was last asked, and the heaviest files in words."""
        heaviest = sorted(self.sent.items(), key=lambda item: -item[1])[:8]
        total = sum(self.sent.values())
        self.sent.clear()
        return total, ", ".join(f"{name} {size}" for name, size in heaviest)


@pytest.fixture
def counter(built_book: Path) -> Iterator[Counter]:
    counter = Counter(built_book)
    thread = threading.Thread(target=counter.server.serve_forever, daemon=True)
    thread.start()
    yield counter
    counter.server.shutdown()
    counter.server.server_close()
    thread.join()


@pytest.mark.gate
def test_the_first_page_and_the_next_are_light(
    browser: Browser, counter: Counter, built_book: Path, pages: list[str]
) -> None:
    chapters = [p for p in pages if "live-figure" in (built_book / p).read_text(encoding="utf-8")]
    assert chapters
    complaints = []
    for first in chapters:
        context = browser.new_context(viewport={"width": 1280, "height": 900})
        page = context.new_page()
        page.goto(counter.address + first, wait_until="networkidle")
        page.evaluate("document.fonts.ready.then(() => 0)")
        total, heaviest = counter.take()
        assert total > 50_000, f"{first}: {total} bytes are no page: is the count right?"
        if total > FIRST:
            complaints.append(f"{first} weighs {total}: {heaviest}")
        if first == chapters[0]:
            for name in pages:
                if name == first:
                    continue
                page.goto(counter.address + name, wait_until="networkidle")
                page.evaluate("document.fonts.ready.then(() => 0)")
                total, heaviest = counter.take()
                if total > NEXT:
                    complaints.append(f"{name}, visited after {first}, weighs {total}: {heaviest}")
        context.close()
    assert not complaints, "\n".join(complaints)
