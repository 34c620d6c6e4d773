"""The feedback page as a browser shows it: legible in the light, in the dark and on a phone."""

import base64
import shutil
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from matplotlib.figure import Figure
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output
from playwright.sync_api import Browser

from tests.book.visits import violations
from tests.nbgrader_sandbox import pages
from tests.nbgrader_sandbox.clean.pages import write_feedback
from tests.nbgrader_sandbox.conftest import course_at, released_notebook

pytestmark = pytest.mark.browser

CODE = '''
"""What a module says."""
import numpy as np  # the usual name

@decorated
class Gate(Base):
    bias: float = 1.5e-3

    def __call__(self, x, *, scale=None):
        text = f"{x!r}\\n" + 'y' + rb"z"
        if x is not None and True:
            raise ValueError(text, len(x), self.bias, 0x1F)
        return lambda: x @ self.W.T + a_name_that_is_so_long_that_no_telephone_has_a_line_for_it
$ wrong
'''

#: Each text's contrast with what is behind it, where that is below 4.5.
FAINT = """
() => {
  const light = ([r, g, b]) => [r, g, b].map((v) => v / 255)
    .map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4))
    .reduce((sum, v, n) => sum + v * [0.2126, 0.7152, 0.0722][n], 0);
  const parts = (colour) => colour.match(/[0-9.]+/g).map(Number);
  const behind = (one) => {
    const ground = parts(getComputedStyle(one).backgroundColor);
    return ground[3] === 0 && one.parentElement ? behind(one.parentElement) : ground;
  };
  const found = [];
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const one = texts.currentNode.parentElement;
    if (!texts.currentNode.data.trim() || !one.getClientRects().length) continue;
    const [a, b] = [light(parts(getComputedStyle(one).color)), light(behind(one))];
    const contrast = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (contrast < 4.5) found.push(`${one.outerHTML.slice(0, 80)}: ${contrast.toFixed(2)}`);
  }
  return found;
}
"""

#: What scrolls sideways within itself.
SCROLLS = """
() => [...document.querySelectorAll("body, body *")].filter(
  (one) => one.scrollWidth > one.clientWidth
    && ["auto", "scroll"].includes(getComputedStyle(one).overflowX)
).map((one) => one.className || one.tagName)
"""

TEXT = """
# Words, `code`, a [link](https://example.org) and $f_t = \\sigma(z)$

> A quotation, with <font color="navy">words of another colour</font> and
> <span style="background-color: yellow">a ground of their own</span>.

| quantity | symbol | what it is |
|---|---|---|
| share | $f_t$ | `a_long_name_in_code` and more words than a narrow column has room for |

$$c_t = f_t \\odot c_{t-1} + i_t \\odot g_t
+ \\sum_{k=1}^{t} \\left( \\prod_{j=k+1}^{t} f_j \\right) i_k g_k
+ (f_1 f_2 f_3 f_4) c_0 + (f_1 f_2 f_3 f_4) c_0$$

```python
for x in "abc":
    print(x)
```
"""

TABLE = "".join(
    [
        '<table border="1" class="dataframe"><thead><tr style="text-align: right;"><th></th>',
        *(f"<th>column {n}</th>" for n in range(12)),
        "</tr></thead><tbody><tr><th>0</th>",
        *(f"<td>{n * 1.2345}</td>" for n in range(12)),
        "</tr></tbody></table>",
    ]
)

#: Each of the sixteen colours in front, in bold, and behind; two of the 256; and exchanged.
COLOURS = "".join(
    f"\x1b[{code}m word \x1b[0m"
    for code in [
        *(f"{kind}{n}" for kind in ("3", "1;3", "9", "4") for n in range(8)),
        *("43;34", "38;5;18", "48;5;230", "7", "7;31", "4"),
    ]
)


def _figure() -> dict[str, str]:
    """A figure with nothing behind its lines and letters."""
    figure = Figure(figsize=(5, 2))
    figure.subplots().plot([0, 1, 0], "k")
    figure.suptitle("a title in black")
    file = BytesIO()
    figure.savefig(file, format="png", transparent=True)
    return {"image/png": base64.b64encode(file.getvalue()).decode(), "text/plain": "<Figure>"}


def _everything() -> Any:
    """An autograded notebook with all that has a colour of its own."""
    nb = released_notebook()
    cells = {c.metadata.nbgrader.grade_id: c for c in nb.cells if "nbgrader" in c.metadata}
    cells["gate"].source = CODE
    cells["gate"].outputs = [
        new_output("stream", name="stdout", text=COLOURS + "\n" + "=" * 200),
        new_output("stream", name="stderr", text="a warning"),
        new_output("display_data", _figure()),
        new_output("execute_result", {"text/html": TABLE, "text/plain": "x"}),
    ]
    wrong = "where is the bias? " * 20
    cells["test_gate"].outputs = [
        new_output(
            "error",
            ename="AssertionError",
            evalue=wrong,
            traceback=[f"\x1b[31mAssertionError\x1b[39m: {wrong}", COLOURS],
        )
    ]
    nb.cells += [new_markdown_cell(TEXT), new_code_cell("1 + 1")]
    nb.metadata["nbgrader_sandbox"] = {"stopped": "the notebook stopped in code cell 10."}
    return nb


@pytest.fixture(scope="module")
def address(new_gradebook: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    root = tmp_path_factory.mktemp("feedback")
    shutil.copy(new_gradebook, root / "gradebook.db")
    comments = {"why": "Well said: $f_t$"}
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(root)
        return write_feedback(course_at(root), root, _everything(), comments).as_uri()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 375])
def test_legible_in_any_light_and_width_and_asks_nobody(
    browser: Browser, address: str, axe: str, theme: Any, width: int
) -> None:
    found = pages.opened(browser, address, theme=theme, width=width)
    page, asked, said = found.page, found.asked, found.said
    assert ([url for url in asked if not url.startswith("data:")], said) == ([address], [])
    assert page.evaluate(FAINT) == []
    # The empty corner of a table is pandas' own.
    complaints = [one for one in violations(page, axe) if "empty-table-header" not in one]
    assert not complaints, "\n\n".join(complaints)
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    scrolling = page.evaluate(SCROLLS)
    assert all("output_html" in one or one == "math" for one in scrolling), scrolling
    ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert ground == ("rgb(20, 24, 30)" if theme == "dark" else "rgb(255, 255, 255)")
    page.context.close()


def test_what_has_colours_of_its_own_keeps_a_light_ground(browser: Browser, address: str) -> None:
    page = browser.new_context(color_scheme="dark").new_page()
    page.goto(address)
    own = (".output_png img", "font", "[style='color: rgb(0,0,135)']")
    for one in own:
        ground = f"getComputedStyle(document.querySelector({one!r})).backgroundColor"
        assert page.evaluate(ground) == "rgb(255, 255, 255)", one
    page.context.close()


def test_paper_is_white(browser: Browser, address: str) -> None:
    page = browser.new_context(color_scheme="dark").new_page()
    page.goto(address)
    page.emulate_media(media="print")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert page.evaluate(FAINT) == []
    page.context.close()


def test_faint_words_are_found(browser: Browser) -> None:
    """The check itself can fail."""
    page = browser.new_page()
    page.set_content("<body style='background: #fff'><p style='color: #777'>faint <b>too</b></p>")
    assert len(page.evaluate(FAINT)) == 2
    page.close()
