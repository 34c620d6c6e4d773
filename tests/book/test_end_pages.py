"""The cheat sheet is one printed page; text beside a formula stays where it was written."""

import re
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from docutils import nodes
from docutils.utils import new_document
from playwright.sync_api import Browser


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_cheat_sheet_prints_on_one_page_of_a4(browser: Browser, site: str, theme: Any) -> None:
    page = browser.new_context(color_scheme=theme).new_page()
    page.goto(f"{site}cheat-sheet.html")
    printed = page.pdf(format="A4", prefer_css_page_size=True)
    page.context.close()
    assert len(re.findall(rb"/Type\s*/Page\b", printed)) == 1


def test_only_the_mark_behind_the_formula_joins_it(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(str(root / "book" / "_ext"))
    typography = import_module("typography")
    document: Any = new_document("page")
    document += nodes.paragraph("", "", nodes.emphasis("", "shown"), nodes.Text("."),
                                nodes.math("", "y"), nodes.Text("."))  # fmt: skip
    typography.KeepPunctuation(document).run()
    assert document.astext() == "shown.y."
    (together,) = document.findall(nodes.inline)
    assert together.astext() == "y."
