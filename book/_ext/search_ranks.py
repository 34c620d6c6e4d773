"""Gives Sphinx's search the book's own way to rank (search_scorer.js).

_config.yml cannot: Sphinx wants a path from where the build was started.
"""

from pathlib import Path
from typing import Any

from sphinx.application import Sphinx
from sphinx.config import Config


def _rank(_app: Sphinx, config: Config) -> None:
    config.html_search_scorer = str(Path(__file__).with_name("search_scorer.js"))


def setup(app: Sphinx) -> dict[str, Any]:
    """Set the path when the configuration has been read."""
    app.connect("config-inited", _rank)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
