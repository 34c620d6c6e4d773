"""{conventions} blocks | table | details: how each library writes an LSTM's weights down.

All three are made from `lstm_ref.conventions`, the objects that do the translation, so the page
cannot disagree with the code. `blocks` draws the weights of the input, `table` sets the
conventions side by side, and `details` gives the rest library by library.
"""

from collections.abc import Sequence
from html import escape
from typing import Any

from book_root import LSTM_REF, modules
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective

from lstm_ref.conventions import CONVENTIONS, Convention

_LOG = logging.getLogger(__name__)

#: The columns that stand side by side, as `Convention.row` names them; the rest is `details`.
COMPARED = ("order of the gates", "in this course's letters", "a unit is", "biases", "states")
#: One block of the drawing, and the gap where each gate has an array of its own.
THICK, LONG, GAP, EDGE = 26, 58, 7, 4


class Conventions(SphinxDirective):
    """One of three views of all conventions."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Return the view; an unknown one is a build error."""
        for path in modules(LSTM_REF / "conventions", ".py"):
            self.env.note_dependency(path)
        views = {"blocks": _blocks, "table": _table, "details": _details}
        view = views.get(self.arguments[0])
        if view is None:
            _LOG.error(
                "{conventions}: there is no view %s; expected one of %s",
                self.arguments[0],
                ", ".join(views),
                location=self.get_location(),
            )
            return []
        return view(CONVENTIONS)


def _blocks(conventions: Sequence[Convention]) -> list[nodes.Node]:
    cells = "\n".join(
        f"<li>{drawing(one)}<b>{escape(one.name)}</b><span>{_layout(one)}</span></li>"
        for one in conventions
    )
    return [nodes.raw("", f'<ul class="packings">\n{cells}\n</ul>', format="html")]


def _layout(convention: Convention) -> str:
    lines = "columns" if convention.columns else "rows"
    words = f"{'four arrays' if convention.split else 'one array'}, {lines}"
    other = [
        f"{letter} is this book’s {gate}"
        for gate, letter in zip(convention.order, convention.letters, strict=True)
        if gate != letter
    ]
    return "<br>".join([words, *other])


def drawing(convention: Convention) -> str:
    """Return an SVG of the input weights: a block for each gate, in the library's order.

    Blocks lie below each other where a unit is a row, and side by side where it is a column.
    """
    gap = GAP if convention.split else 0
    length = 4 * THICK + 3 * gap
    size = (length, LONG) if convention.columns else (LONG, length)
    shapes = []
    for k, (gate, letter) in enumerate(zip(convention.order, convention.letters, strict=True)):
        along = k * (THICK + gap)
        x, y = (along, 0) if convention.columns else (0, along)
        w, h = (THICK, LONG) if convention.columns else (LONG, THICK)
        shapes.append(
            f'<rect x="{x}" y="{y}" width="{w}" height="{h}" fill="var(--lstm-{gate})" '
            'stroke="var(--lstm-ground)" stroke-width="1.5"/>'
            f'<text x="{x + w / 2:g}" y="{y + h / 2 + 6:g}">{escape(letter)}</text>'
        )
    where = "from left to right" if convention.columns else "from top to bottom"
    words = f"{convention.name}, {where}: {', '.join(convention.letters)}"
    return (
        f'<svg viewBox="{-EDGE} {-EDGE} {size[0] + 2 * EDGE} {size[1] + 2 * EDGE}" role="img" '
        f'style="width: {(size[0] + 2 * EDGE) / 16:g}rem" aria-label="{escape(words)}">'
        f"{''.join(shapes)}</svg>"
    )


def _table(conventions: Sequence[Convention]) -> list[nodes.Node]:
    rows = [convention.row() for convention in conventions]
    table = nodes.table(classes=["conventions"])
    group = nodes.tgroup(cols=1 + len(COMPARED))
    table += group
    group += [nodes.colspec(colwidth=1) for _ in ("library", *COMPARED)]
    group += nodes.thead("", _row([nodes.Text(name) for name in ("library", *COMPARED)]))
    body = nodes.tbody()
    group += body
    for convention, row in zip(conventions, rows, strict=True):
        body += _row([nodes.Text(row["library"]), *(_entry(convention, row, c) for c in COMPARED)])
    return [table]


def _row(cells: Sequence[nodes.Node]) -> nodes.row:
    row = nodes.row()
    for cell in cells:
        row += nodes.entry("", nodes.paragraph("", "", cell))
    return row


def _entry(convention: Convention, row: dict[str, str], column: str) -> nodes.Node:
    if column == "in this course's letters":
        marks = "".join(f'<b class="quantity quantity-{g}">{g}</b> ' for g in convention.order)
        return nodes.raw("", f'<span class="gates">{marks.strip()}</span>', format="html")
    if column == "biases":
        count, names = row[column].split(": ", 1)
        together = nodes.inline("", f"{count}: ")
        together += _codes(names)
        return together
    if column in ("order of the gates", "states"):
        return nodes.literal("", row[column])
    return nodes.Text(row[column].replace(" ", "\N{NO-BREAK SPACE}"))


def _codes(names: str) -> list[nodes.Node]:
    parts: list[nodes.Node] = []
    for name in names.split(", "):
        parts += [nodes.Text(", ")] if parts else []
        parts.append(nodes.literal("", name))
    return parts


def _details(conventions: Sequence[Convention]) -> list[nodes.Node]:
    rows = [convention.row() for convention in conventions]
    listed = nodes.definition_list(classes=["simple"])
    for row in rows:
        lines = nodes.bullet_list()
        for column, text in row.items():
            if text and column not in ("library", *COMPARED):
                paragraph = nodes.paragraph("", "", nodes.emphasis("", column), nodes.Text(": "))
                paragraph += nodes.literal("", text) if column == "weights" else nodes.Text(text)
                lines += nodes.list_item("", paragraph)
        term = nodes.term("", "", nodes.strong("", row["library"]))
        listed += nodes.definition_list_item("", term, nodes.definition("", lines))
    return [listed]


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the directive."""
    app.add_directive("conventions", Conventions)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
