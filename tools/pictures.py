"""Takes README's pictures from what was built and graded: `make pictures`."""

import html
import shutil
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from tools.browser import ARGUMENTS

ROOT = Path(__file__).resolve().parent.parent
IMAGES = ROOT / "docs/images"


def chapter(page: Page) -> None:
    """The live figure of the forget gate, as the chapter shows it."""
    page.set_viewport_size({"width": 1280, "height": 1000})
    page.goto((ROOT / "_build/html/forget-gate.html").as_uri())
    page.locator("#see-it-move").scroll_into_view_if_needed()
    page.locator("#see-it-move").evaluate("node => node.scrollIntoView()")
    page.wait_for_timeout(1000)
    page.screenshot(path=IMAGES / "chapter.png")


def scores(page: Page) -> None:
    """The class report, as the terminal shows it."""
    report = [sys.executable, "-m", "nbgrader_sandbox", "report", "02-forget-gate"]
    text = subprocess.run(report, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    style = "margin:0;padding:24px;background:#14171f;color:#e8eaf0;font:15px/1.35 monospace"
    page.set_content(f'<pre style="{style};display:inline-block">{html.escape(text)}</pre>')
    page.locator("pre").screenshot(path=IMAGES / "scores.png")


def main() -> None:
    IMAGES.mkdir(parents=True, exist_ok=True)
    chromium = shutil.which("chromium")
    if chromium is None:
        raise SystemExit("no Chromium here: install it with `apt-get install chromium`")
    with sync_playwright() as player:
        browser = player.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        for picture in (chapter, scores):
            page = browser.new_page()
            picture(page)
            page.close()
        browser.close()


if __name__ == "__main__":
    main()
