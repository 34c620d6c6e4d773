"""Mathematics from the book's own folder: KaTeX renders at build, its fonts come with the site.

sphinxcontrib-katex wants an absolute path to KaTeX and a `node` on PATH; _config.yml can give
neither, since both differ from machine to machine. Load this before sphinxcontrib.katex.
"""

import contextlib
import os
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from book_root import ROOT
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.errors import ExtensionError
from sphinxcontrib import katex

from tools.node import find_node

_VENDOR = ROOT / "book" / "_assets" / "vendor"


def _start_patiently(start: Callable[[], Any], tries: int = 20) -> Any:
    """Start the server again where it was asked before it listened: its socket is there first."""
    for _ in range(tries):
        with contextlib.suppress(ConnectionRefusedError):
            return start()
    return start()


def _use_own(_app: Sphinx, config: Config) -> None:
    script = _VENDOR / "katex" / "katex.min.js"
    if not script.is_file():
        raise ExtensionError(
            "the book's fonts and mathematics are not there: run `python tools/assets.py` first"
        )
    try:
        katex.NODEJS_BINARY = find_node()
    except RuntimeError as error:
        raise ExtensionError(str(error)) from error
    os.environ["SPHINXCONTRIB_KATEX_SERVER"] = str(katex.SRC_DIR / "katex-server.js")
    katex.SCRIPT_PATH = str(Path(__file__).with_name("katex_server.js"))
    # A formula with a mistake stops the build; the default prints it in red and goes on.
    katex.KATEX_DEFAULT_OPTIONS = {"throwOnError": True, "strict": "error"}
    katex.KaTeXServer.start = partial(_start_patiently, katex.KaTeXServer.start)
    katex.STARTUP_TIMEOUT = 30.0  # a busy machine starts node slowly
    katex.RENDER_TIMEOUT = 30.0
    config.katex_prerender = True
    config.katex_js_path = str(script)
    config.katex_css_path = "vendor/katex/katex.min.css"


def setup(app: Sphinx) -> dict[str, Any]:
    """Set KaTeX's paths when the configuration has been read."""
    app.connect("config-inited", _use_own)
    # Jupyter Book sets this for an extension that asks other hosts, and that is not loaded.
    app.add_config_value("comments_config", {}, "html")
    return {"parallel_read_safe": True, "parallel_write_safe": True}
