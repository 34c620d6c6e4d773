"""What a page weighs: the bytes that a browser asks for, compressed as hosts send them."""

import gzip
from functools import cache
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from tests.book.visits import EACH_WIDTH, HTML, Visit, Visits

pytestmark = pytest.mark.browser

FIRST, NEXT = 350_000, 120_000
#: Compressed in themselves.
COMPRESSED = {".woff2", ".png", ".jpg", ".webp"}


def files(seen: Visit) -> set[Path]:
    """Return the files of a page that were asked for by who has none of them yet."""
    asked = map(urlsplit, seen.asked)
    return {HTML / unquote(url.path).lstrip("/") for url in asked if url.scheme == "http"}


@cache
def sent(file: Path) -> int:
    body = file.read_bytes()
    return len(body if file.suffix in COMPRESSED else gzip.compress(body, 6))


def weight(asked: set[Path]) -> tuple[int, str]:
    """Return the bytes of files, and the heaviest ones in words."""
    heaviest = sorted(asked, key=sent, reverse=True)[:8]
    return sum(map(sent, asked)), ", ".join(f"{file.name} {sent(file)}" for file in heaviest)


@EACH_WIDTH
def test_the_first_page_and_the_next_are_light(visits: Visits, width: int) -> None:
    text = {seen.name: (HTML / seen.name).read_text(encoding="utf-8") for seen in visits(width)}
    chapters = [seen for seen in visits(width) if "live-figure" in text[seen.name]]
    assert chapters
    complaints = []
    for seen in chapters:
        total, heaviest = weight(files(seen))
        assert total > 50_000, f"{seen.name}: {total} bytes are no page: is the count right?"
        if total > FIRST:
            complaints.append(f"{seen.name} weighs {total}: {heaviest}")
    kept = files(chapters[0])
    for seen in visits(width):
        total, heaviest = weight(files(seen) - kept)
        if total > NEXT:
            complaints.append(
                f"{seen.name}, visited after {chapters[0].name}, weighs {total}: {heaviest}"
            )
    assert not complaints, "\n".join(complaints)
