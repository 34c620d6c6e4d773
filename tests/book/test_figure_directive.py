"""{live-figure} and the links that set a figure's state, on small books of their own."""

import re
import subprocess
from html import unescape
from pathlib import Path

import pytest

from tests.book import small_book

TWO = """# Page

```{live-figure} forget_gate
The first.
```

```{live-figure} forget_gate
:preset: unit-2-step-1

The second.
```

[Press the *reset*](figure:forget_gate?x2=1&press=5), or take
[another](figure:forget_gate/unit-2-step-1?preset=unit-1-step-1).
"""


def build(book: Path, page: str) -> subprocess.CompletedProcess[str]:
    return small_book.build(book, page, "live_figure")


@pytest.mark.usefixtures("node_path")
def test_two_figures_have_their_own_ids_states_and_links(tmp_path: Path) -> None:
    done = build(tmp_path, TWO)
    assert done.returncode == 0, done.stderr
    page = (tmp_path / "html" / "index.html").read_text(encoding="utf-8")
    ids = re.findall(r'\bid="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    assert {"figure-forget-gate", "figure-forget-gate-unit-2-step-1"} <= set(ids)
    assert 'data-preset="unit-2-step-1"' in page
    links = re.findall(r'<a class="figure-link" href="#([^"]+)" data-state="([^"]+)">', page)
    assert [(place, unescape(state)) for place, state in links] == [
        ("figure-forget-gate", '{"x2": 1, "press": 5}'),
        ("figure-forget-gate-unit-2-step-1", '{"preset": "unit-1-step-1"}'),
    ]
    assert "Press the <em>reset</em></a>" in page
    scripts = re.findall(r'<script defer="defer" src="_static/figures/(\w+)\.js', page)
    assert scripts == ["kit", "forget_gate"]
    assert (tmp_path / "html" / "_static" / "figures" / "kit.css").is_file()


FIGURE = "```{live-figure} forget_gate\nA caption.\n```\n"


@pytest.mark.usefixtures("node_path")
@pytest.mark.parametrize(
    ("text", "says"),
    [
        (f"{FIGURE}\n{FIGURE}", "has a figure figure-forget-gate already; give this one an :id:"),
        ("```{live-figure} forget_gate\n:preset: none\n```\n", "has no preset 'none'"),
        (f"{FIGURE}\n[a](figure:forget_gate?y=1)\n", "has no input 'y'; it has: c, press"),
        (f"{FIGURE}\n[a](figure:forget_gate?x2=7)\n", "x2=7; expected a number from 0 to 1"),
        (f"{FIGURE}\n[a](figure:gate?x2=1)\n", "this page has no figure figure-gate"),
    ],
)
def test_what_leads_nowhere_stops_the_build_and_is_named(
    tmp_path: Path, text: str, says: str
) -> None:
    done = build(tmp_path, f"# Page\n\n{text}")
    assert done.returncode != 0
    assert "index.md" in done.stderr
    assert says in done.stderr
