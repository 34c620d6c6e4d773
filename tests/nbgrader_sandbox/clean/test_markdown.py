"""Markdown: judged where it is shown, that is in nbconvert's own rendering."""

import base64
import html
import io
from pathlib import Path

import nbformat
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from nbconvert.filters.strings import strip_files_prefix
from nbgrader_sandbox.clean.markdown import CHARACTERS, as_typed, clean_markdown
from PIL import Image

from tests.nbgrader_sandbox.clean.attacks import HTML, MARKDOWN, RUN
from tests.nbgrader_sandbox.clean.audit import audit


def _picture() -> str:
    made = io.BytesIO()
    Image.effect_noise((4, 4), 90).save(made, "PNG")
    return base64.b64encode(made.getvalue()).decode()


ATTACHED = {"gate.png": {"image/png": _picture()}}


def rendered(source: str, attachments: dict[str, dict[str, str]] | None = None) -> str:
    """Render as the formgrader does."""
    renderer = IPythonRenderer(escape=False, attachments=attachments or {})
    return str(strip_files_prefix(MarkdownWithMath(renderer=renderer).render(source)))


def test_the_attacks_of_these_tests_would_succeed() -> None:
    unharmed = [attack for attack in [*HTML, *MARKDOWN] if "missing" not in attack]
    assert sum(bool(audit(rendered(attack))) for attack in unharmed) > 100


@pytest.mark.parametrize("attack", [*HTML, *MARKDOWN])
def test_no_attack_survives(attack: str) -> None:
    for source in (
        attack,
        f"text {attack} text",
        f"> {attack}\n\n- {attack}",
        f"| a |\n|---|\n| {attack} |",
        f"# {attack}",
        f"<div>\n{attack}\n</div>",
        f"$x$ {attack} $y$",
        f"`x` {attack} `y`",
        f"[{attack}](y)",
        f"\\begin{{align}}{attack}\\end{{align}}",
        f"```\n{attack}\n```\n{attack}",
    ):
        cleaned = clean_markdown(source, [])
        assert not audit(rendered(cleaned)), (source, cleaned)
        assert clean_markdown(cleaned, []) == cleaned


_pieces = st.sampled_from(
    [
        *HTML,
        *MARKDOWN,
        *"`$\n<>[]()!\\ \t|*_~#>-&;:\"'",
        "```",
        "~~~",
        "$$",
        "\n\n",
        "    ",
        "](",
        "<b",
        "\\begin{a}",
        "\\end{a}",
        "javascript:",
        "<a href='",
        "<!--",
        "-->",
        "&lt;",
        "](<",
    ]
)


@given(st.lists(_pieces, max_size=12))
@settings(max_examples=400)
def test_no_mixture_of_attacks_survives(parts: list[str]) -> None:
    cleaned = clean_markdown("".join(parts), [])
    assert not audit(rendered(cleaned))
    assert clean_markdown(cleaned, []) == cleaned


@pytest.mark.parametrize(
    "source",
    [
        "# The gate\n\n**f** says *how much* stays: $f_t = \\sigma(W x_t < b)$, `a < b` and a < b.",
        "$$\n\\begin{aligned} a &= b \\\\ c&<d\\end{aligned}\n$$\n\n\\begin{align}x&<y\\end{align}",
        "```python\nprint('<script>', [x](javascript:y))\n```\n\n~~~\n<iframe>\n~~~\n\n``<b> ` ``",
        "    if a < b:\n        print('<script>')\n",
        '<div class="alert alert-info">\n<b>Note</b> 3 < 4 & 5 > 4\n</div>',
        "<img src='gate.png' width=300> <br>\n\n<details><summary>a</summary>b</details>",
        '[a](https://a.org/b?c=1&d=2 "t") <https://a.org> <a@b.org> [b](other.ipynb) [c](#part)',
        "![a gate](gate.png) ![a gate](attachment:gate.png)",
        "| a | b |\n|:-:|--:|\n| $x_t$ | `a<b` |\n\n- [ ] a\n\n1. x\n\n> q\n\n---\n\nt\n: d",
        "Größe: 5 € – „ja“, 日本, עברית, 🙂",
    ],
)
def test_what_is_harmless_stays_letter_by_letter(source: str) -> None:
    notes: list[str] = []
    assert clean_markdown(source, notes, ATTACHED) == source
    assert not notes


def test_the_texts_of_this_course_stay_letter_by_letter(root: Path) -> None:
    for path in (root / "solutions").glob("*/*.ipynb"):
        for cell in nbformat.read(path, as_version=4).cells:
            if cell.cell_type == "markdown":
                assert clean_markdown(cell.source, []) == cell.source


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("a ![x](https://a.org/x.png) b", "a [x](https://a.org/x.png) b"),
        ("![](https://a.org/x.png)", "[a picture](https://a.org/x.png)"),
        ("<img src='https://a.org/x.png'>", '<a href="https://a.org/x.png">(a picture)</a>'),
        ("[x](javascript:y) $a<b$ `<b>`", "[x](#) $a<b$ `<b>`"),
        ("<b onclick=x()>bold</b> `<script>`", "<b>bold</b> `<script>`"),
        (f"a <script>{RUN}</script> b", "a  b"),
        ("a <iframe src=x> $x_t$", "a &lt;iframe src=x&gt; $x_t$"),
        ("```mermaid\ngraph TD\n```", "```text\ngraph TD\n```"),
        ("![x](attachment:other.png)", "[x (a picture)](#)"),
        ("$\\href{https://a.org}{x}$", "$href{https://a.org}{x}$"),
    ],
)
def test_as_little_as_possible_is_changed(source: str, expected: str) -> None:
    if "mermaid" in source:
        source, expected = source + "\n<svg>", expected + "\n&lt;svg&gt;"
    assert clean_markdown(source, [], ATTACHED) == expected


def test_the_last_resort_shows_every_letter_as_it_was_typed() -> None:
    source = "a\n\n<b>`$[x](y)\\ & &amp; # *σ* 🙂"
    page = rendered(as_typed(source))
    assert html.unescape(page).strip() == f"<pre>{source}</pre>"


def test_a_text_that_is_too_long_is_cut() -> None:
    notes: list[str] = []
    cleaned = clean_markdown("word " * 100_000, notes)
    assert len(cleaned) < CHARACTERS + 100
    assert "cut" in cleaned
    assert clean_markdown(cleaned, []) == cleaned
    assert notes
