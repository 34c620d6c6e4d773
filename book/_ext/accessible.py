"""Mends what the theme and the writers leave inaccessible in a page's own text.

The rest (names of buttons, landmarks, contrast) is mended in _templates and _assets. Whether
all is well is for tests/book/test_axe.py to say.
"""

import re
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx

_EMPTY_HEADER = re.compile(r'<th class="head[^"]*"><p></p></th>')
# A header that is a formula alone: not every screen reader takes MathML for a header's text.
_FORMULA_HEADER = re.compile(
    r'<th class="(?P<classes>head[^"]*)"><p>(?P<formula><span class="math[^"]*">(?:(?!</th>).)*?'
    r'<annotation encoding="application/x-tex">(?P<tex>[^<]*)</annotation>'
    r"(?:(?!</th>).)*)</p></th>",
    re.DOTALL,
)
_SPOKEN_HEADER = (
    r'<th class="\g<classes>"><p><span class="visually-hidden">\g<tex></span>'
    r'<span aria-hidden="true">\g<formula></span></p></th>'
)
_CITATIONS = ((' role="doc-biblioentry"', ""), ('<div role="list" class="citation-list">', "<div>"))


def mend(body: str) -> str:
    """Return a page's HTML without what a screen reader stumbles over.

    An empty corner of a table is no header; a bibliography is no list of list items (docutils
    marks it as one and puts other things inside).
    """
    body = _EMPTY_HEADER.sub("<td></td>", body)
    body = _FORMULA_HEADER.sub(_SPOKEN_HEADER, body)
    for old, new in _CITATIONS:
        body = body.replace(old, new)
    return body


def _mend_page(
    _app: Sphinx, _page: str, _template: str, context: dict[str, Any], _tree: nodes.document | None
) -> None:
    if "body" in context:
        context["body"] = mend(context["body"])


def setup(app: Sphinx) -> dict[str, Any]:
    """Mend each page before it is written."""
    app.connect("html-page-context", _mend_page)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
