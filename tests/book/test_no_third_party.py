"""The book asks no other host for anything: seen in the files, and seen in a browser."""

import re
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.book.visits import EACH_WIDTH, Visits

#: Attributes that make a browser fetch; on <a> and <area> an address is only a link.
FETCHING = {"src", "srcset", "poster", "data", "action", "formaction", "xlink:href", "href"}
LINKS = {"a", "area"}


class Fetches(HTMLParser):
    """Collects the addresses that a page makes the browser fetch."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name in FETCHING and value and not (tag in LINKS and name == "href"):
                self.found.append(value)
            if name == "style" and value:
                self.found += urls_in_css(value)


def urls_in_css(text: str) -> list[str]:
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)
    quoted = r"""url\(\s*['"]?([^'")]+)|@import\s+['"]([^'"]+)"""
    return [first or second for first, second in re.findall(quoted, text)]


def is_elsewhere(address: str) -> bool:
    return bool(urlsplit(address).netloc)


def test_no_page_names_another_host_to_fetch_from(built_book: Path, pages: list[str]) -> None:
    for name in pages:
        parser = Fetches()
        parser.feed((built_book / name).read_text(encoding="utf-8"))
        assert parser.found, f"{name} fetches nothing at all: is the scan still right?"
        elsewhere = [address for address in parser.found if is_elsewhere(address)]
        assert not elsewhere, f"{name} would fetch {elsewhere}"


def test_no_style_sheet_names_another_host(built_book: Path) -> None:
    sheets = list(built_book.rglob("*.css"))
    assert sheets
    for sheet in sheets:
        elsewhere = [u for u in urls_in_css(sheet.read_text(encoding="utf-8")) if is_elsewhere(u)]
        assert not elsewhere, f"{sheet.relative_to(built_book)} would fetch {elsewhere}"


def test_every_font_that_is_named_is_there(built_book: Path) -> None:
    static = built_book / "_static"
    for name in ("vendor/fonts/fonts.css", "vendor/katex/katex.min.css"):
        sheet = static / name
        addresses = urls_in_css(sheet.read_text(encoding="utf-8"))
        assert addresses
        for address in addresses:
            assert (sheet.parent / address).is_file(), f"{name} names {address}, which is not there"


def test_the_scan_would_see_another_host() -> None:
    parser = Fetches()
    parser.feed('<a href="https://doi.org/x"></a><script src="//cdn.example/x.js"></script>')
    assert [address for address in parser.found if is_elsewhere(address)] == ["//cdn.example/x.js"]
    assert urls_in_css("@import 'https://a.example/b.css'; b { c: url(d.png) }") == [
        "https://a.example/b.css",
        "d.png",
    ]


@pytest.mark.browser
@EACH_WIDTH
def test_a_reader_s_browser_asks_this_host_alone(visits: Visits, site: str, width: int) -> None:
    own = site.rstrip("/")
    for seen in visits(width):
        known = (own, f"blob:{own}", "data:")
        assert seen.asked
        assert not [url for url in seen.asked if not url.startswith(known)], seen.name
        assert not seen.failed, seen.name
