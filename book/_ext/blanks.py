"""{blanks}: worked numbers that the reader fills in, and the page checks.

    ```{blanks}
    | | unit 1 | unit 2 |
    |:--|--:|--:|
    | sum | [[? z2[0] ; sum of unit 1 ; the first row of each matrix ?]] | [[ z2[1] ]] |
    ```

The body is {worked} text. `[[? number ; name ; where to look ?]]` is a blank: an expression, what a
screen reader calls the field, and what stands in "Not yet. Look at …". The option `:decimals:` says
how many digits after the point are asked for; an answer counts that is right to these.

Where no script runs, and on paper, a blank is a line to write on. The answers stand folded below;
the script (blanks.js, only on pages with blanks) takes that fold away, and shows a single answer
when asked, after two tries.
"""

import re
from html import escape
from typing import Any, ClassVar

from docutils import nodes
from docutils.parsers.rst import directives
from docutils.statemachine import StringList
from sphinx.application import Sphinx
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective
from worked import depend
from worked_example import PlaceholderError, evaluate, fill, names, shown

_LOG = logging.getLogger(__name__)
_NAMES = names()
_BLANK = re.compile(r"\[\[\?\s(.+?)\s\?\]\]", re.DOTALL)
#: What stands where the field will be.
LINE = "______"
#: Of one unit in the last digit asked: half for rounding, and a little for rounding on the way.
SLACK = 0.6


class Blanks(SphinxDirective):
    """Text with blanks, and the same text filled in, folded."""

    has_content = True
    option_spec: ClassVar = {"decimals": directives.nonnegative_int}

    def run(self) -> list[nodes.Node]:
        """Return the nodes of both texts; a blank that cannot be made is a build error."""
        depend(self)
        decimals = self.options.get("decimals", 2)
        text = "\n".join(self.content)
        try:
            asked = fill(_BLANK.sub(lambda found: field(found[1], decimals), text), _NAMES)
            answers = fill(
                _BLANK.sub(lambda found: f"**[[ {_parts(found[1])[0]} ]]**", text), _NAMES
            )
        except PlaceholderError as error:
            _LOG.error("{blanks}: %s", error, location=self.get_location())
            return []
        if asked == answers:
            _LOG.error(
                "{blanks}: there is no blank [[? number ; name ; where to look ?]] in it; "
                "for text without blanks use {worked}",
                location=self.get_location(),
            )
        self.env.metadata[self.env.docname]["blanks"] = "yes"
        box = nodes.container(classes=["blanks"])
        self._read(asked, box)
        fold = "`````{dropdown} The answers\n:class-container: blanks-answers\n\n"
        self._read(f"{fold}{answers}\n`````", box)
        return [box]

    def _read(self, text: str, into: nodes.Element) -> None:
        source, _ = self.get_source_info()
        self.state.nested_parse(StringList(text.splitlines(), source), self.content_offset, into)


def field(blank: str, decimals: int) -> str:
    """Return the HTML of one blank: "expression ; name ; where to look"."""
    expression, name, look = _parts(blank)
    value = evaluate(expression, _NAMES)
    answer = shown(value, formal=False)
    try:
        number = float(value)
    except (TypeError, ValueError) as error:
        raise PlaceholderError(
            f"the blank {expression!r} came to {answer}; expected one number"
        ) from error
    within = SLACK * 10.0**-decimals
    if abs(number) <= 2 * within:
        raise PlaceholderError(
            f"the blank {expression!r} is {answer}, so that 0 is right to {decimals} decimals; "
            "ask for more decimals, or for another number"
        )
    data = {"value": repr(number), "within": repr(within), "answer": answer}
    data |= {"name": name, "look": look}
    attributes = " ".join(f'data-{key}="{escape(text)}"' for key, text in data.items())
    return f'<span class="blank" {attributes}>{LINE}</span>'


def _parts(blank: str) -> list[str]:
    parts = [part.strip() for part in blank.split(" ; ")]
    if len(parts) != 3 or not all(parts):
        raise PlaceholderError(
            f"the blank [[? {blank} ?]] has {len(parts)} parts; "
            "expected three, with a semicolon between: number ; name ; where to look"
        )
    return parts


def _add_script(
    app: Sphinx, page: str, _template: str, _context: dict[str, Any], _tree: nodes.document | None
) -> None:
    if "blanks" in app.env.metadata.get(page, {}):
        app.add_js_file("blanks.js", loading_method="defer")


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the directive; its script goes to the pages that use it."""
    app.add_directive("blanks", Blanks)
    app.connect("html-page-context", _add_script)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
