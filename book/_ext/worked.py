"""{worked}: text whose numbers are computed from the worked example when the book is built.

    ```{worked}
    The share of unit 1 is [[ f1[0] ]], so $f_1 c_0 = [[ kept1[0] ]]$.
    ```

An expression stands between `[[` and `]]`, with a space inside each. The names, and how
numbers are printed, are in worked_example.py. The role {worked}`f1[0]` does one in a sentence.
"""

from typing import Any

from book_root import LSTM_REF, modules
from docutils import nodes
from docutils.statemachine import StringList
from measured import FOLDER
from sphinx.application import Sphinx
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective, SphinxRole
from worked_example import PlaceholderError, fill, names

_LOG = logging.getLogger(__name__)
_NAMES = names()


class Worked(SphinxDirective):
    """Fill in the numbers, then read the result as MyST."""

    has_content = True

    def run(self) -> list[nodes.Node]:
        """Return the nodes of the filled-in text; a placeholder that fails is a build error."""
        depend(self)
        try:
            text = fill("\n".join(self.content), _NAMES)
        except PlaceholderError as error:
            _LOG.error("{worked}: %s", error, location=self.get_location())
            return []
        lines = text.splitlines()
        box = nodes.container(classes=["worked"])
        source, _ = self.get_source_info()
        self.state.nested_parse(StringList(lines, source), self.content_offset, box)
        # No box around it: the text belongs to the page like any other.
        return list(box.children)


class WorkedRole(SphinxRole):
    """One number in a sentence."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        """Return the number as text."""
        depend(self)
        try:
            return [nodes.Text(fill(f"[[ {self.text} ]]", _NAMES))], []
        except PlaceholderError as error:
            _LOG.error("{worked}: %s", error, location=self.get_location())
            return [], []


def depend(place: SphinxDirective | SphinxRole) -> None:
    """A page with such numbers is written again when the code that makes them has changed."""
    for name in ("arrays", "activations", "gates", "parameters", "shapes", "cell", "layer", "bptt"):
        place.env.note_dependency(str(LSTM_REF / f"{name}.py"))
    for path in modules(FOLDER, ".json"):
        place.env.note_dependency(path)
    for folder in ("cells", "datasets", "conventions", "numpy_training"):
        for path in modules(LSTM_REF / folder, ".py"):
            place.env.note_dependency(path)


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the directive and the role."""
    app.add_directive("worked", Worked)
    app.add_role("worked", WorkedRole())
    return {"parallel_read_safe": True, "parallel_write_safe": True}
