"""The formgrader's page of a submission: formulas as MathML, and nothing asked of other servers.

nbgrader's own page loads MathJax from a public server, into the very page that shows a student's
work. `configure_formgrader` puts our macro before nbconvert's and changes nothing else of it.
"""

from pathlib import Path
from typing import Any

import nbgrader
from jinja2 import pass_context

from nbgrader_sandbox.clean.feedback import TEMPLATES, markdown_to_html

#: What nbgrader's formgrader names as its templates; asking the module loads a whole web server.
_NBGRADER = Path(nbgrader.__file__).parent / "server_extensions" / "formgrader" / "templates"


def configure_formgrader(c: Any) -> None:
    """Set up the formgrader in a configuration object, as in nbgrader_config.py.

    The formgrader takes its exporter as it finds it; settings of a file go before its own.
    """
    c.HTMLExporter.template_name = "sandbox_formgrade"
    c.HTMLExporter.extra_template_basedirs = [str(TEMPLATES), str(_NBGRADER)]
    c.HTMLExporter.filters = {"markdown2html": f"{__name__}.markdown2html"}


@pass_context
def markdown2html(context: Any, source: str) -> str:
    """Return Markdown as cleaned HTML with MathML, as in feedback."""
    return markdown_to_html(source, context.get("cell", {}).get("attachments", {}))
