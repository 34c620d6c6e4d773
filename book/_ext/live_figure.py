"""{live-figure} NAME: a live figure, with a still picture where no script runs and in print.

    ```{live-figure} forget_gate
    The caption, in MyST.
    ```

The figure is one ES module from `lstm_ref.figures`. It stands inside the page, since modules
are not loaded from file://, so a page saved or opened from disk is as live as a served one.
"""

import json
from html import escape
from typing import Any

from book_root import LSTM_REF, modules
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective

from lstm_ref import figures
from tools.node import find_node

_LOG = logging.getLogger(__name__)

#: Turns the text of the module into a module, and puts its figure in the picture's place. If
#: anything fails, the picture stays and the console says why.
_MOUNT = """
const box = document.getElementById(%(id)s);
const text = box.querySelector("script.live-source").textContent;
const address = URL.createObjectURL(new Blob([JSON.parse(text)], { type: "text/javascript" }));
try {
  const stage = document.createElement("div");
  stage.className = "live";
  const figure = await import(address);
  box.prepend(stage);
  try {
    figure.mount(stage, %(state)s);
    box.classList.add("is-live");
  } catch (error) {
    stage.remove();
    throw error;
  }
} catch (error) {
  console.error("The live figure stays a picture:", error);
} finally {
  URL.revokeObjectURL(address);
}
"""


class LiveFigure(SphinxDirective):
    """A figure by name; the body is its caption."""

    required_arguments = 1
    has_content = True

    def run(self) -> list[nodes.Node]:
        """Return the figure: picture, caption, module; an unknown name is a build error."""
        name = self.arguments[0]
        for path in modules(LSTM_REF / "figures", ".py", ".js", ".css", ".json"):
            self.env.note_dependency(path)
        try:
            picture = figures.fallback(name, find_node())
            source, state = figures.source(name), figures.state(name)
        except (ValueError, RuntimeError) as error:
            _LOG.error("{live-figure}: %s", error, location=self.get_location())
            return []
        place = f"figure-{name.replace('_', '-')}"
        parts: list[nodes.Node] = [
            _raw(
                f'<figure class="live-figure" id="{place}">\n<div class="still">{picture}</div>\n'
                f'<p class="still-words visually-hidden">{escape(figures.describe(name))}</p>\n'
                "<figcaption>"
            )
        ]
        caption = nodes.container()
        self.state.nested_parse(self.content, self.content_offset, caption)
        parts += caption.children
        mount = _MOUNT % {"id": in_script(place), "state": in_script(state)}
        parts.append(
            _raw(
                '</figcaption>\n<script type="application/json" class="live-source">'
                f"{in_script(source)}</script>\n"
                f'<script type="module">{mount}</script>\n</figure>'
            )
        )
        return parts


def in_script(value: Any) -> str:
    """Return a value as JSON that may stand inside a <script>: no `</` and no `<!--` in it."""
    return json.dumps(value, ensure_ascii=False).replace("<", "\\u003c")


def _raw(html: str) -> nodes.raw:
    return nodes.raw("", html, format="html")


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the directive."""
    app.add_directive("live-figure", LiveFigure)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
