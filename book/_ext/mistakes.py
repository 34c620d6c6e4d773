"""{mistakes} NAME: the named mistakes of one exercise, each with its first hint folded.

The list is the one that the checks use, so a page cannot name a mistake that no check knows.
"""

from html import escape
from typing import Any

from book_root import LSTM_REF, modules
from docutils import nodes
from docutils.statemachine import StringList
from sphinx.application import Sphinx
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective

_LOG = logging.getLogger(__name__)


class Mistakes(SphinxDirective):
    """A list of the mistakes of one exercise."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Return one folded item for each mistake; an unknown exercise is a build error."""
        for path in modules(LSTM_REF / "checks", ".py"):
            self.env.note_dependency(path)
        from lstm_ref.checks import exercise

        try:
            asked = exercise(self.arguments[0])
        except ValueError as error:
            _LOG.error("{mistakes}: %s", error, location=self.get_location())
            return []
        box = nodes.container(classes=["mistakes"])
        for mistake in asked.mistakes:
            title = self._inline(_sentence(mistake.title))
            box += _raw(f'<details class="mistake" id="mistake-{escape(mistake.name)}"><summary>')
            box += title
            box += _raw("</summary>")
            self._read(mistake.hints[0], box)
            box += _raw("</details>")
        return [box]

    def _inline(self, text: str) -> list[nodes.Node]:
        """Read one line of MyST, without the paragraph around it."""
        holder = nodes.container()
        self._read(text, holder)
        first = holder.children[0] if holder.children else None
        return list(first.children) if isinstance(first, nodes.paragraph) else list(holder.children)

    def _read(self, text: str, into: nodes.Element) -> None:
        source, _ = self.get_source_info()
        self.state.nested_parse(StringList(text.splitlines(), source), self.content_offset, into)


def _sentence(title: str) -> str:
    """Begin with a capital, but leave a symbol as it is: "f is added", "σ is missing"."""
    return title if len(title.split()[0]) == 1 else title[0].upper() + title[1:]


def _raw(html: str) -> nodes.raw:
    return nodes.raw("", html, format="html")


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the directive."""
    app.add_directive("mistakes", Mistakes)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
