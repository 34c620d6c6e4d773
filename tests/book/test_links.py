"""Every link within the book leads somewhere, and every page of the book can be reached."""

from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest


class Anchors(HTMLParser):
    """Collects where a page's links lead, and the ids that one can lead to."""

    def __init__(self) -> None:
        super().__init__()
        self.links: set[str] = set()
        self.ids: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name == "id" and value:
                self.ids.append(value)
            if tag == "a" and name == "href" and value:
                self.links.add(value)


@pytest.fixture(scope="module")
def anchors(built_book: Path, pages: list[str]) -> dict[str, Anchors]:
    read = {}
    for name in pages:
        read[name] = Anchors()
        read[name].feed((built_book / name).read_text(encoding="utf-8"))
    return read


def test_every_link_within_the_book_leads_somewhere(
    built_book: Path, anchors: dict[str, Anchors]
) -> None:
    broken = []
    for name, page in anchors.items():
        for link in page.links:
            parts = urlsplit(link)
            if parts.scheme or parts.netloc:
                continue
            target = (Path(name).parent / unquote(parts.path)).as_posix() if parts.path else name
            fragment = unquote(parts.fragment)
            known = target in anchors and (not fragment or fragment in anchors[target].ids)
            if not known and not (target not in anchors and (built_book / target).is_file()):
                broken.append(f"{name}: {link}")
    assert not broken, "\n".join(broken)


def test_every_page_can_be_reached_from_the_first(anchors: dict[str, Anchors]) -> None:
    reached, ahead = set(), {"index.html"}
    while ahead:
        name = ahead.pop()
        reached.add(name)
        targets = {urlsplit(link).path for link in anchors[name].links}
        ahead |= (targets & set(anchors)) - reached
    assert set(anchors) - reached <= {"search.html", "genindex.html"}  # by the search box


def test_no_id_is_used_twice(anchors: dict[str, Anchors]) -> None:
    for name, page in anchors.items():
        twice = {one for one in page.ids if page.ids.count(one) > 1}
        assert not twice, f"{name}: {twice}"


def test_links_elsewhere_are_encrypted(anchors: dict[str, Anchors]) -> None:
    for name, page in anchors.items():
        assert not [link for link in page.links if link.startswith("http:")], name
