"""A page in a real browser, with all that it asks for and says."""

from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Browser, Page


@dataclass
class Opened:
    """An open page; `asked` are the addresses that it fetched, `said` what its console shows."""

    page: Page
    asked: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)


def opened(browser: Browser, address: str, *, theme: Any, width: int) -> Opened:
    """Open an address in a window of that width, in a light or dark theme."""
    page = browser.new_context(
        viewport={"width": width, "height": 800}, color_scheme=theme
    ).new_page()
    found = Opened(page)
    page.on("request", lambda request: found.asked.append(request.url))
    page.on("console", lambda message: found.said.append(message.text))
    page.goto(address)
    return found
