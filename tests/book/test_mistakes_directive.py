"""The list of mistakes on a page is the list that the checks know."""

import subprocess
import sys
from html import unescape
from pathlib import Path

import pytest

from lstm_ref.checks import exercise

CHAPTERS = {"forget_gate": "forget-gate.html", "keep": "forget-gate.html"}


@pytest.mark.parametrize("name", CHAPTERS)
def test_every_mistake_stands_on_its_chapter_s_page(built_book: Path, name: str) -> None:
    page = (built_book / CHAPTERS[name]).read_text(encoding="utf-8")
    for mistake in exercise(name).mistakes:
        assert f'id="mistake-{mistake.name}"' in page, mistake.name


def build(book: Path, page: str, root: Path) -> subprocess.CompletedProcess[str]:
    (book / "index.md").write_text(page, encoding="utf-8")
    (book / "conf.py").write_text(
        f"import sys\nsys.path.insert(0, {str(root / 'book' / '_ext')!r})\n"
        "extensions = ['myst_parser', 'mistakes', 'live_figure']\n",
        encoding="utf-8",
    )
    command = [sys.executable, "-m", "sphinx", "-W", "-E", "-q", str(book), str(book / "html")]
    return subprocess.run(command, capture_output=True, text=True)


def test_each_has_its_title_and_its_first_hint_and_no_more(root: Path, tmp_path: Path) -> None:
    done = build(tmp_path, "# Page\n\n```{mistakes} forget_gate\n```\n", root)
    assert done.returncode == 0, done.stderr
    page = (tmp_path / "html" / "index.html").read_text(encoding="utf-8")
    mistakes = exercise("forget_gate").mistakes
    assert page.count("<summary>") == len(mistakes)
    words = " ".join(unescape(page).split())
    assert not any(hint in words for mistake in mistakes for hint in mistake.hints[-1:])


@pytest.mark.parametrize("directive", ["mistakes", "live-figure"])
def test_an_unknown_name_stops_the_build_and_is_named(
    root: Path, tmp_path: Path, directive: str
) -> None:
    done = build(tmp_path, f"# Page\n\n```{{{directive}}} forgot_gate\n```\n", root)
    assert done.returncode != 0
    assert "index.md:3" in done.stderr
    assert "forgot_gate" in done.stderr
