"""nbgrader's feedback pages: no script at all, nothing from elsewhere, no text of a hidden test.

`configure_feedback` sets all of it through nbgrader's own options. The page begins with the points
and what was wrong; Markdown becomes clean HTML, maths MathML, and the browser is told to run
nothing.
"""

import html
import re
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Any

from jinja2 import pass_context
from nbconvert.exporters import HTMLExporter
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from nbconvert.preprocessors import CSSHTMLHeaderPreprocessor, Preprocessor
from traitlets import Bool
from traitlets.config import Config

from nbgrader_sandbox.clean.cells import clean_cell_sources
from nbgrader_sandbox.clean.markdown import CHARACTERS
from nbgrader_sandbox.clean.markup import clean_html
from nbgrader_sandbox.clean.maths import to_mathml
from nbgrader_sandbox.clean.outputs import clean_outputs
from nbgrader_sandbox.clean.pictures import clean_data_address
from nbgrader_sandbox.finding import MIME_TYPE

#: Not one script, no font, frame or form; pictures in the page or beside it only.
POLICY = (
    "default-src 'none'; img-src 'self' data:; style-src 'unsafe-inline'; base-uri 'none'; "
    "form-action 'none'"
)

TEMPLATES = Path(__file__).resolve().parent / "templates"


def configure_feedback(c: Any) -> None:
    """Set up `nbgrader generate_feedback` in a configuration object, as in nbgrader_config.py."""
    from nbgrader_sandbox.clean.opening import Grades, Summarise

    c.GenerateFeedback.exporter_class = FeedbackExporter
    # Cleaning goes first: what it removes from metadata, Grades then sets from the gradebook.
    # The summary comes after the tests were hidden, so that it quotes none of them.
    c.GenerateFeedback.preprocessors = [
        CleanSubmission,
        Grades,
        HideTests,
        Summarise,
        CSSHTMLHeaderPreprocessor,
    ]
    c.FeedbackExporter.template_name = "sandbox_feedback"
    c.FeedbackExporter.extra_template_basedirs = [str(TEMPLATES)]


class FeedbackExporter(HTMLExporter):
    """Makes one page that holds all it needs, and says so to the browser."""

    @pass_context
    def markdown2html(self, context: Any, source: str) -> str:
        """Return Markdown as cleaned HTML with MathML; attachments are verified pictures."""
        cell = context.get("cell", {})
        return markdown_to_html(source, cell.get("attachments", {}))

    def from_notebook_node(
        self, nb: Any, resources: dict[str, Any] | None = None, **kw: Any
    ) -> tuple[str, dict[str, Any]]:
        """Return the page and nbconvert's resources."""
        page, resources = super().from_notebook_node(nb, resources, **kw)
        head = f'<head>\n<meta http-equiv="Content-Security-Policy" content="{POLICY}"/>'
        if page.count("<head>") != 1:
            raise ValueError("the page has no single <head> for its Content-Security-Policy")
        return page.replace("<head>", head, 1), resources

    def register_filter(self, name: str, jinja_filter: Any) -> Any:
        """Register a filter; what colours code gets no more than it can colour in time."""
        if name == "highlight_code":
            jinja_filter = _Highlight(jinja_filter)
        return super().register_filter(name, jinja_filter)  # type: ignore[no-untyped-call]


class _Highlight:
    """Colours code in a notebook; Pygments takes quadratic time for a long line."""

    LINE = 1000
    CHARACTERS = 200_000

    def __init__(self, colour: Callable[..., str]) -> None:
        self.colour = colour
        self.left = self.CHARACTERS

    def __call__(self, source: str, *args: Any, **named: Any) -> str:
        self.left -= len(source)
        if self.left < 0 or any(len(line) > self.LINE for line in source.split("\n")):
            return f'<div class="highlight"><pre>{html.escape(source)}</pre></div>'
        return self.colour(source, *args, **named)


class CleanSubmission(Preprocessor):
    """Cleans outputs, metadata and code cells; `FeedbackExporter` sees to texts and attachments."""

    enabled = Bool(True).tag(config=True)

    def preprocess(self, nb: Any, resources: Any) -> tuple[Any, Any]:
        """Clean the notebook in place."""
        about = nb.metadata.pop("nbgrader_sandbox", None)  # written by the engine
        stopped = about.get("stopped") if isinstance(about, dict) else ""
        resources["graded_apart"] = isinstance(about, dict)
        resources["stopped"] = stopped[:300] if isinstance(stopped, str) else ""
        texts = [n for n, cell in enumerate(nb.cells) if cell.get("cell_type") == "markdown"]
        notes = clean_cell_sources(nb, trusted=texts)
        for number, cell in enumerate(nb.cells, 1):
            if cell.cell_type == "code":
                for output in cell.outputs:  # findings are for the report
                    _data(output).pop(MIME_TYPE, None)
                outputs, found = clean_outputs(cell.outputs)
                cell.outputs = [type(nb)(output) for output in outputs]
                notes += [f"cell {number}: {note}" for note in found]
        for note in notes:
            self.log.warning("feedback: %s", note)
        return nb, resources


def _data(output: Any) -> dict[str, Any]:
    data = output.get("data") if isinstance(output, dict) else None
    return data if isinstance(data, dict) else {}


class HideTests(Preprocessor):
    """Puts one line in the place of each region of hidden tests, whatever the cell's flags say."""

    enabled = Bool(True).tag(config=True)

    def preprocess(self, nb: Any, resources: Any) -> tuple[Any, Any]:
        """Hide the tests in place."""
        from nbgrader.preprocessors import ClearHiddenTests

        # Its own settings alone: of the exporter's, which reach here too, it would complain.
        marks = ClearHiddenTests(config=Config(ClearHiddenTests=self.config.ClearHiddenTests))
        for cell in nb.cells:
            if marks.begin_test_delimeter in cell.source:
                secret = self._hide(cell, marks.begin_test_delimeter, marks.end_test_delimeter)
                if resources.get("graded_apart"):
                    # What is shown must not depend on whether it stands in the test: who can
                    # write a line could ask by it. Of the test's text nothing was there to show.
                    secret = []
                for output in cell.get("outputs", []):
                    _without(secret, output)
        return nb, resources

    def _hide(self, cell: Any, begin: str, end: str) -> list[str]:
        points = cell.metadata.get("nbgrader", {}).get("points")
        said = f"# hidden test: {points:g} points" if points else "# hidden test"
        kept: list[str] = []
        hidden: list[str] = []
        inside = False
        for line in cell.source.split("\n"):
            if begin in line:
                kept += [] if inside else [said]
                inside = True
            elif end in line:
                inside = False
            else:
                (hidden if inside else kept).append(line)
        cell.source = "\n".join(kept)
        # Short lines, such as a bracket, stand in many a text.
        return [line.strip() for line in hidden if len(line.strip()) >= 8]


def _without(secret: list[str], output: Any) -> None:
    """Leave out an output's lines that quote one of the secret lines."""

    def clear(text: str) -> str:
        return "\n".join(
            "(a line of a hidden test)" if any(line in plain for line in secret) else shown
            for shown, plain in ((line, _COLOUR.sub("", line)) for line in text.split("\n"))
        )

    if output.output_type == "error":
        output.evalue = clear(output.evalue)
        # A traceback shows the lines around the one that failed.
        output.traceback = [f"{output.ename}: {output.evalue}"]
    elif output.output_type == "stream":
        output.text = clear(output.text)
    else:
        for kind in set(output.data) & {"text/plain", "text/markdown", "text/html"}:
            output.data[kind] = clear(output.data[kind])


_COLOUR = re.compile(r"\x1b\[[0-9;]*m")


class _Renderer(IPythonRenderer):
    """Renders Markdown with an element in the place of each formula.

    What the element says cannot be known beforehand, so no student can write one. It is not
    empty, since nbconvert writes headings as XML, where an empty one would look otherwise.
    """

    def __init__(self, attachments: dict[str, dict[str, str]]) -> None:
        super().__init__(escape=False, attachments=attachments)
        self.key = secrets.token_hex(16)
        self.element = re.compile(rf'<span title="{self.key}-([0-9]+)">x</span>')
        self.formulas: list[str] = []

    def _place(self, tex: str, *, block: bool) -> str:
        found = to_mathml(tex, block=block)
        # A long one scrolls within its line, so the keyboard has to get there.
        found = found.replace('<math display="block"', '<math display="block" tabindex="0"', 1)
        self.formulas.append(found)
        return f'<span title="{self.key}-{len(self.formulas) - 1}">x</span>'

    def inline_math(self, body: str) -> str:
        return self._place(body, block=False)

    def block_math(self, body: str) -> str:
        return self._place(body, block=True)

    def latex_environment(self, name: str, body: str) -> str:
        return self._place(f"\\begin{{{name}}}{body}\\end{{{name}}}", block=True)

    def block_mermaidjs(self, code: str) -> str:
        return f"<pre>{html.escape(code)}</pre>"


def markdown_to_html(source: str, attachments: Any) -> str:
    """Return Markdown as HTML that is clean, with formulas as MathML."""
    if len(source) > 2 * CHARACTERS:
        return f"<pre>{html.escape(source)}</pre>"
    renderer = _Renderer(attachments if isinstance(attachments, dict) else {})
    try:
        rendered = MarkdownWithMath(renderer=renderer).render(source)
    # Rendering raises for a picture that is not attached, and a parser of others for what not.
    except Exception:
        return f"<pre>{html.escape(source)}</pre>"
    page = clean_html(rendered, lambda address: clean_data_address(address, []))
    # Quotes inside of a value are escaped, so these elements are found between tags only.
    return renderer.element.sub(lambda found: renderer.formulas[int(found[1])], page)
