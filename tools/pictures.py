"""Takes README's pictures from what was built and graded: `make pictures`."""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from tools.browser import ARGUMENTS

ROOT = Path(__file__).resolve().parent.parent
IMAGES = ROOT / "docs/images"
SAMPLE_CLASS = ROOT / "_build/sample-class"
ASSIGNMENT = "02-forget-gate"


def chapter(page: Page) -> None:
    """The live figure of the forget gate, as the chapter shows it."""
    page.set_viewport_size({"width": 1280, "height": 1000})
    page.goto((ROOT / "_build/html/forget-gate.html").as_uri())
    page.locator("#see-it-move").scroll_into_view_if_needed()
    page.locator("#see-it-move").evaluate("node => node.scrollIntoView()")
    page.wait_for_timeout(1000)
    page.screenshot(path=IMAGES / "chapter.png")


def report(page: Page) -> None:
    """The class report of the sample class, as a page."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "report.html"
        command = [sys.executable, "-m", "nbgrader_sandbox", "report", ASSIGNMENT]
        command += ["--html", str(path)]
        subprocess.run(command, cwd=SAMPLE_CLASS, capture_output=True, check=True)
        page.set_viewport_size({"width": 1040, "height": 1250})
        page.goto(path.as_uri())
        page.screenshot(path=IMAGES / "report.png")


def feedback(page: Page) -> None:
    """What one student of the sample class reads: the points, and the mistake by its name."""
    path = SAMPLE_CLASS / "grading/feedback/jonas" / ASSIGNMENT / "forget-gate.html"
    page.set_viewport_size({"width": 900, "height": 360})
    page.goto(path.as_uri())
    page.screenshot(path=IMAGES / "feedback.png")


def main() -> None:
    IMAGES.mkdir(parents=True, exist_ok=True)
    chromium = shutil.which("chromium")
    if chromium is None:
        raise SystemExit("no Chromium here: install it with `apt-get install chromium`")
    with sync_playwright() as player:
        browser = player.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        for picture in (chapter, report, feedback):
            page = browser.new_page()
            picture(page)
            page.close()
        browser.close()


if __name__ == "__main__":
    main()
