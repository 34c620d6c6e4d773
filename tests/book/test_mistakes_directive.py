"""The mistakes on a page are those that the checks know."""

import subprocess
import sys
from html import unescape
from pathlib import Path

import pytest

from lstm_ref.checks import exercise


def build(book: Path, page: str, root: Path) -> subprocess.CompletedProcess[str]:
    (book / "index.md").write_text(page, encoding="utf-8")
    (book / "conf.py").write_text(
        f"import sys\nsys.path.insert(0, {str(root / 'book' / '_ext')!r})\n"
        "extensions = ['myst_parser', 'sphinx_design', 'mistakes', 'live_figure', 'chapter']\n",
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
    for mistake in mistakes:  # exercises have mistakes of one name: the page needs both
        assert f'id="mistake-forget_gate-{mistake.name}"' in page, mistake.name
    words = " ".join(unescape(page).split())
    assert not any(hint in words for mistake in mistakes for hint in mistake.hints[-1:])


def test_one_mistake_has_the_checks_title_and_the_page_s_numbers(
    root: Path, tmp_path: Path
) -> None:
    body = "Unit 1 keeps [[ 1 - f1[0] ]]."
    one = "# Page\n\n```{mistake} forget_gate share-forgotten\n" + body + "\n```\n"
    done = build(tmp_path, one, root)
    assert done.returncode == 0, done.stderr
    page = (tmp_path / "html" / "index.html").read_text(encoding="utf-8")
    (title,) = (m.title for m in exercise("forget_gate").mistakes if m.name == "share-forgotten")
    assert title[1:] in unescape(page)
    assert "Unit 1 keeps 0.0497." in page

    for wrong, what in (("share-forgotten", "bad-share"), ("f1[0]", "f7[0]")):
        done = build(tmp_path, one.replace(wrong, what), root)
        assert done.returncode != 0
        assert "index.md:3" in done.stderr
        assert what in done.stderr


@pytest.mark.parametrize("directive", ["mistakes", "live-figure", "mistake", "notebook"])
def test_an_unknown_name_stops_the_build_and_is_named(
    root: Path, tmp_path: Path, directive: str
) -> None:
    done = build(
        tmp_path,
        f"# Page\n\n```{{{directive}}} forgot_gate{' x' * (directive == 'mistake')}\n```\n",
        root,
    )
    assert done.returncode != 0
    assert "index.md:3" in done.stderr
    assert "forgot_gate" in done.stderr
