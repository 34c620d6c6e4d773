"""Keeps a short formula and the punctuation after it on one line.

A browser may break a line between a formula and the comma that follows, and on a narrow screen
it does.
"""

from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform

_PUNCTUATION = ",.;:!?)]”’"
#: Longer formulas may have to break by themselves.
_SHORT = 24


class KeepPunctuation(SphinxPostTransform):
    """Wrap formula and punctuation together, in a span that does not break."""

    default_priority = 900
    formats = ("html",)

    def run(self, **_: Any) -> None:
        """Change the page's tree in place."""
        for formula in list(self.document.findall(nodes.math)):
            after = formula.next_node(descend=False, siblings=True)
            if not isinstance(after, nodes.Text) or len(formula.astext()) > _SHORT:
                continue
            text = after.astext()
            marks = text[: len(text) - len(text.lstrip(_PUNCTUATION))]
            if not marks:
                continue
            together = nodes.inline(classes=["together"])
            formula.replace_self(together)
            together += [formula, nodes.Text(marks)]
            # By place: `replace` would take the first text that reads the same.
            beside = together.parent
            beside[beside.index(together) + 1] = nodes.Text(text[len(marks) :])


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the transform."""
    app.add_post_transform(KeepPunctuation)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
