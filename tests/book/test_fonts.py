"""The fonts: cut down but whole for the pages, and what stands in for them is as wide."""

import base64
import html
import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route

from tests.book.small_book import extension
from tests.book.visits import SHIFTS, WIDTHS, new_reader

pytestmark = pytest.mark.browser

#: Loads both fonts and returns the characters that they set differently.
DIFFERENT = """
async ([whole, cut, text]) => {
  const load = async (name, data) => {
    const bytes = Uint8Array.from(atob(data), (c) => c.charCodeAt(0));
    document.fonts.add(await new FontFace(name, bytes).load());
  };
  await load("Whole", whole);
  await load("Cut", cut);
  const pen = document.createElement("canvas").getContext("2d");
  const width = (name, c) => {
    pen.font = `200px ${name}, monospace`;
    return pen.measureText(c).width;
  };
  return [...text].filter((c) => Math.abs(width("Whole", c) - width("Cut", c)) > 1);
}
"""
AS_WIDE = """
async ([coming, local, weight, text]) => {
  const width = async (name) => {
    await document.fonts.load(`${weight} 40px "${name}"`);
    const pen = document.createElement("canvas").getContext("2d");
    pen.font = `${weight} 40px "${name}"`;
    return pen.measureText(text).width;
  };
  return [await width(coming), await width(local)];
}
"""


@pytest.fixture(scope="module")
def book_text(built_book: Path, pages: list[str]) -> str:
    written = " ".join((built_book / name).read_text(encoding="utf-8") for name in pages)
    written = re.sub(r"(?s)<(script|style)\b.*?</\1>", " ", written)
    return html.unescape(re.sub(r"<[^>]*>", " ", written))


@pytest.fixture
def page(browser: Browser, site: str) -> Page:
    page = browser.new_page()
    page.goto(site)
    return page


def test_a_cut_font_sets_every_character_of_the_pages(
    root: Path, built_book: Path, page: Page, book_text: str
) -> None:
    text = "".join(sorted({c for c in book_text if c.isprintable()}))
    assert len(text) > 100
    cut_down = 0
    for whole in sorted((root / "book" / "_assets" / "vendor").rglob("*.woff2")):
        cut = built_book / "_static" / whole.relative_to(root / "book" / "_assets")
        if cut.read_bytes() == whole.read_bytes():
            continue
        cut_down += whole.stat().st_size > cut.stat().st_size
        sent = [base64.b64encode(file.read_bytes()).decode() for file in (whole, cut)]
        different = page.evaluate(DIFFERENT, [*sent, text])
        assert not different, f"{cut.name} has lost {''.join(different)}"
    page.close()
    assert cut_down >= 10


@pytest.mark.parametrize(
    ("coming", "local", "weight"),
    [
        ("Source Serif 4 Variable", "Serif meanwhile", "400"),
        ("Source Serif 4 Variable", "Serif meanwhile", "680"),
        ("Source Serif 4 Variable", "Serif meanwhile", "italic 400"),
        ("Source Sans 3 Variable", "Sans meanwhile", "400"),
        ("Source Sans 3 Variable", "Sans meanwhile", "650"),
        ("Source Code Pro Variable", "Code meanwhile", "400"),
    ],
)
def test_what_stands_in_for_a_font_is_as_wide(
    page: Page, site: str, coming: str, local: str, weight: str
) -> None:
    page.goto(site + "notation.html")
    prose = " ".join(page.locator("article > section p").all_inner_texts())
    text = " ".join(re.findall(r"[A-Za-z,.]+", prose))
    assert len(text) > 2000
    at_last, meanwhile = page.evaluate(AS_WIDE, [coming, local, weight, text])
    page.close()
    assert meanwhile == pytest.approx(at_last, rel=0.02)


#: Whether the text of the page is set in the font that it is to be set in.
SET = """
() => {
  const width = (family) => {
    const text = document.createElement("span");
    text.textContent = "What it remembers, and what it forgets";
    text.style = `position: absolute; white-space: nowrap; ${family}`;
    document.querySelector("article").append(text);
    const found = text.getBoundingClientRect().width;
    text.remove();
    return found;
  };
  const coming = width('font-family: "Source Serif 4 Variable", monospace');
  return width("") === coming && coming !== width('font-family: "Serif meanwhile"');
}
"""


def test_from_disk_too_the_text_is_set_in_the_book_s_own_font(
    browser: Browser, built_book: Path
) -> None:
    """There a font never comes in time for the first paint."""
    page = browser.new_page()
    page.goto((built_book / "cell.html").as_uri())
    page.wait_for_function(SET)
    page.close()


@pytest.mark.parametrize("width", WIDTHS)
def test_fonts_that_come_late_move_nothing(browser: Browser, site: str, width: int) -> None:
    context = new_reader(browser, width)
    context.add_init_script(SHIFTS)
    asked: list[Route] = []
    page = context.new_page()
    page.route("**/source-*.woff2", lambda route: asked.append(route))
    page.goto(site, wait_until="domcontentloaded")
    page.wait_for_timeout(700)  # the page has been painted without them
    for route in asked:
        route.continue_()
    page.evaluate("document.fonts.ready.then(() => 0)")
    page.wait_for_timeout(300)
    shifts = page.evaluate("window.shifts")
    context.close()
    assert len(asked) >= 2
    assert sum(value for value, _ in shifts) <= 0.05, shifts


def test_a_character_that_was_lost_would_be_seen(root: Path, page: Page) -> None:
    fonts = root / "book" / "_assets" / "vendor" / "fonts"
    names = ("source-serif-4-latin-wght-normal.woff2", "source-serif-4-greek-wght-normal.woff2")
    sent = [base64.b64encode((fonts / name).read_bytes()).decode() for name in names]
    assert "a" in page.evaluate(DIFFERENT, [*sent, "abc"])
    page.close()


def test_the_characters_of_a_page_are_found(tmp_path: Path) -> None:
    module = extension("subset_fonts")
    (tmp_path / "page.html").write_text("<p>&alpha; &#8853; ł</p>", encoding="utf-8")
    assert set("α⊕ł") <= set(module.characters(tmp_path))
    assert "⊗" not in module.characters(tmp_path)
