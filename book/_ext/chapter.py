"""What each chapter ends with: its notebook, and the chapter that comes next.

    ```{notebook} 02-forget-gate
    What it asks for, in a sentence or two.
    ```

    ```{next-chapter} input-candidate
    The input gate and the candidate
    ```

{notebook} links to the released notebook (a copy goes into the book, so that the link needs no
server) and says what is in it, from the course's table. {next-chapter} names the next chapter, and
links to it once there is one; the page's own "Next" goes there too, and nowhere where there is
none yet.
"""

from pathlib import Path
from typing import Any

from book_root import LSTM_REF
from docutils import nodes
from docutils.statemachine import StringList
from sphinx.addnodes import pending_xref
from sphinx.application import Sphinx
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective

from lstm_ref.checks.course import Assignment, assignment

_LOG = logging.getLogger(__name__)

_NOTEBOOK = """
{{download}}`Download the notebook {file} </../exercises/{name}/{file}>`

{asks}

{words}

`````{{dropdown}} How to open it
:name: {page}-open-the-notebook

- On a hub, it lies in your course's folder already.
- On your own machine, make an environment as [Doing the exercises](student-guide.md) says; then, in
  the folder of the course: `jupyter lab exercises/{name}/{file}`.
- In VS Code, open the file and choose that environment as its kernel.

Write where it says `YOUR CODE HERE`, then run the cell below:
`check` says at once whether it is right and, if not, what is wrong; `hint` helps, each time a
little more.
Both cost nothing, as often as you like.
`````
"""


class Notebook(SphinxDirective):
    """The link to an assignment's notebook, and what it asks for."""

    required_arguments = 1
    has_content = True

    def run(self) -> list[nodes.Node]:
        """Return link, points and the body; an unknown assignment is a build error."""
        self.env.note_dependency(str(LSTM_REF / "checks" / "course.py"))
        try:
            asked = assignment(self.arguments[0])
        except ValueError as error:
            _LOG.error("{notebook}: %s", error, location=self.get_location())
            return []
        text = _NOTEBOOK.format(
            file=f"{asked.notebook}.ipynb",
            name=asked.name,
            asks=_asks(asked),
            words="\n".join(self.content),
            page=Path(self.env.docname).name,
        )
        box = nodes.container(classes=["notebook"])
        source, _ = self.get_source_info()
        self.state.nested_parse(StringList(text.splitlines(), source), self.content_offset, box)
        return [box]


def _asks(asked: Assignment) -> str:
    things = [f"`{part.name}` ({part.points})" for part in asked.parts]
    if asked.question:
        things.append(f"a question in words ({asked.question.counted})")
    return f"{asked.points} points: {', '.join(things[:-1])} and {things[-1]}."


class NextChapter(SphinxDirective):
    """The chapter that comes next, by its file's name; the body is its title."""

    required_arguments = 1
    has_content = True

    def run(self) -> list[nodes.Node]:
        """Return one line: a link, or the title alone where there is no such chapter yet."""
        name, title = self.arguments[0], " ".join(self.content).strip()
        if not title:
            _LOG.error(
                "{next-chapter}: %s has no title; write it into the body",
                name,
                location=self.get_location(),
            )
            return []
        self.env.metadata[self.env.docname]["next_chapter"] = name
        line = nodes.paragraph(classes=["next-chapter"])
        line += nodes.Text("Next: ")
        if name in self.env.found_docs:
            line += pending_xref(
                "",
                nodes.inline("", title),
                refdomain="std",
                reftype="doc",
                reftarget=f"/{name}",
                refexplicit=True,
                refwarn=True,
            )
        else:
            line += [nodes.strong("", title), nodes.Text(" (in the making)")]
        return [line]


def _lead_on(
    app: Sphinx, page: str, _template: str, context: dict[str, Any], _tree: nodes.document | None
) -> None:
    """Let the page's "Next" agree with its last line."""
    name = app.env.metadata.get(page, {}).get("next_chapter")
    if name is None:
        return
    context["next"] = None
    if name in app.env.titles:
        title = app.env.titles[name].astext()
        context["next"] = {"link": app.builder.get_relative_uri(page, name), "title": title}


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the directives, and the page's "Next"."""
    app.add_directive("notebook", Notebook)
    app.add_directive("next-chapter", NextChapter)
    app.connect("html-page-context", _lead_on)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
