"""{mistakes} NAME: all named mistakes of one exercise, folded: what is written, how it shows.

    ```{mistake} forget_gate share-forgotten
    At step 1 unit 1 keeps [[ 1 - f1[0] ]] of its memory.
    ```

{mistake} NAME MISTAKE is one of them, open, with its numbers: the title is the checks' own, the
body is {worked} text. Both read what the checks know, so a page names no mistake that no check
knows.
"""

import re
from collections.abc import Sequence
from html import escape
from typing import Any

from book_root import LSTM_REF, modules
from docutils import nodes
from docutils.statemachine import StringList
from mistake_library import Part, library, marked
from sphinx.application import Sphinx
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective
from worked import depend
from worked_example import PlaceholderError, fill, names

_LOG = logging.getLogger(__name__)
#: A first word that is written as it is: a letter, a name of the code such as dh, hs or h_n.
_NAME = re.compile(r"^([b-z]|[A-Z]|σ|tanh|d?[hcxzWU]s?)$|[\W_\d]")


class _OfAnExercise(SphinxDirective):
    """What both directives do: find the exercise, read MyST."""

    def _exercise(self) -> Any:
        """Return the exercise named first; None, and a build error, where there is none."""
        for path in modules(LSTM_REF / "checks", ".py"):
            self.env.note_dependency(path)
        from lstm_ref.checks import exercise

        try:
            return exercise(self.arguments[0])
        except ValueError as error:
            _LOG.error("{%s}: %s", self.name, error, location=self.get_location())
            return None

    def _inline(self, text: str) -> list[nodes.Node]:
        """Read one line of MyST, without the paragraph around it."""
        holder = nodes.container()
        self._read(text, holder)
        first = holder.children[0] if holder.children else None
        return list(first.children) if isinstance(first, nodes.paragraph) else list(holder.children)

    def _read(self, text: str, into: nodes.Element) -> None:
        source, _ = self.get_source_info()
        self.state.nested_parse(StringList(text.splitlines(), source), self.content_offset, into)


class Mistakes(_OfAnExercise):
    """All mistakes of one exercise: the wrong line beside the right one, and how it shows."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Return one folded item for each mistake; an unknown exercise is a build error."""
        asked = self._exercise()
        if asked is None:
            return []
        box = nodes.container(classes=["mistakes"])
        for found in library(asked):
            place = f"mistake-{asked.name}-{found.name}"
            box += _raw(f'<details class="mistake" id="{escape(place)}"><summary><span>')
            box += self._inline(_sentence(found.title))
            box += _raw("</span></summary>")
            right, wrong = marked(found.right, found.wrong)
            box += _lines("right", right)
            box += _lines("wrong", wrong)
            if found.shows:
                shows = nodes.paragraph(classes=["mistake-shows"])
                shows += [nodes.strong("", "How it shows: "), nodes.Text(found.shows)]
                box += shows
            if found.source:
                source = nodes.paragraph(classes=["mistake-source"])
                source += [nodes.strong("", "Where it was made: "), nodes.Text(f"{found.source}.")]
                box += source
            box += _raw("</details>")
        return [box]


class Mistake(_OfAnExercise):
    """One mistake of an exercise; the body shows its numbers."""

    required_arguments = 2
    has_content = True

    def run(self) -> list[nodes.Node]:
        """Return title and body; an unknown exercise, mistake or number is a build error."""
        depend(self)
        asked = self._exercise()
        if asked is None:
            return []
        name = self.arguments[1]
        known = {mistake.name: mistake for mistake in asked.mistakes}
        try:
            if name not in known:
                raise PlaceholderError(
                    f"{asked.name} has no mistake {name!r}; there are {', '.join(known)}"
                )
            text = fill("\n".join(self.content), names())
        except PlaceholderError as error:
            _LOG.error("{mistake}: %s", error, location=self.get_location())
            return []
        title = nodes.paragraph(classes=["one-mistake-title"])
        title += nodes.strong("", "", *self._inline(_sentence(known[name].title).rstrip(".") + "."))
        box = nodes.container(classes=["one-mistake"], ids=[f"common-mistake-{asked.name}-{name}"])
        box += title
        self._read(text, box)
        return [box]


def _lines(kind: str, parts: Sequence[Part]) -> nodes.Node:
    """Show lines of code under a word that says what they are; what differs is marked.

    Colours for the rest of the language would be forty thousand elements on this page.
    """
    code = "".join(
        f"<mark>{escape(part.text)}</mark>" if part.differs else escape(part.text) for part in parts
    )
    block = nodes.container(classes=["mistake-lines", f"mistake-{kind}"])
    block += nodes.paragraph("", kind)
    block += _raw(f"<pre>{code}</pre>")
    return block


def _sentence(title: str) -> str:
    """Begin with a capital, but leave a symbol or a name of the code: "f is added", "dh is"."""
    first = title.split()[0].rstrip(",")
    return title if _NAME.search(first) else title[0].upper() + title[1:]


def _raw(html: str) -> nodes.raw:
    return nodes.raw("", html, format="html")


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the directives."""
    app.add_directive("mistakes", Mistakes)
    app.add_directive("mistake", Mistake)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
