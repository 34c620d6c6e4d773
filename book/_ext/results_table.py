"""{results} NAME: a table of what an experiment gave, from book/results/NAME.json.

    ```{results} forget_bias
    :rows: length
    :columns: bias
    :value: right
    ```

`:rows:` and `:columns:` are settings of the experiment; a cell has the median of all seeds, and
from where to where they go. Without `:columns:` each seed has a column. `:names:` puts words in the
place of a column's or a row's value: `None = plain network, 0.0 = bias 0`. Below the table stands
where the numbers come from.
"""

from collections.abc import Sequence
from statistics import median
from typing import Any

import measured
from docutils import nodes
from docutils.parsers.rst import directives
from speed_table import table
from sphinx.application import Sphinx
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective
from worked_example import three_digits

from lstm_ref.experiments.results import Results

_LOG = logging.getLogger(__name__)


class ResultsTable(SphinxDirective):
    """The runs of one experiment, by its settings."""

    required_arguments = 1
    option_spec = {  # noqa: RUF012 (docutils reads it so)
        "rows": directives.unchanged_required,
        "columns": directives.unchanged_required,
        "value": directives.unchanged_required,
        "names": directives.unchanged,
    }

    def run(self) -> list[nodes.Node]:
        """Return the table; an unknown experiment, setting or value is a build error."""
        name = self.arguments[0]
        self.env.note_dependency(str(measured.FOLDER / f"{name}.json"))
        try:
            results = measured.read(name)
            missing = [key for key in ("rows", "value") if key not in self.options]
            if missing:
                raise ValueError(f"it lacks :{missing[0]}:")
            return [*self._table(results), _origin(results)]
        except (ValueError, KeyError) as error:
            what = f"no run has {error}" if isinstance(error, KeyError) else str(error)
            _LOG.error("{results} %s: %s", name, what, location=self.get_location())
            return []

    def _table(self, results: Results) -> list[nodes.Node]:
        rows, columns, value = (self.options.get(key) for key in ("rows", "columns", "value"))
        names = _names(self.options.get("names", ""))
        cells: dict[Any, dict[Any, list[float]]] = {}
        for run in results.runs:
            column = run["settings"][columns] if columns else f"seed {run['seed']}"
            row = cells.setdefault(run["settings"][rows], {})
            row.setdefault(column, []).append(run["result"][value])
        heads = list(dict.fromkeys(column for row in cells.values() for column in row))
        lines = [
            [names.get(str(row), str(row)), *(_cell(found.get(head, [])) for head in heads)]
            for row, found in cells.items()
        ]
        shown = [names.get(str(rows), str(rows)), *(names.get(str(h), str(h)) for h in heads)]
        # A median with its ends is words: such a table may scroll where it is narrow.
        left = {*range(len(shown))} if columns else {0}
        return [table(shown, lines, left=left)]


def _names(text: str) -> dict[str, str]:
    pairs = (pair.split("=", 1) for pair in text.split(",") if "=" in pair)
    return {name.strip(): words.strip() for name, words in pairs}


def _cell(values: Sequence[float]) -> str:
    if not values:
        return ""
    if min(values) == max(values):
        return three_digits(values[0])
    ends = f"{three_digits(min(values))} … {three_digits(max(values))}"
    return f"{three_digits(median(values))} ({ends})"


def _origin(results: Results) -> nodes.Node:
    last = results.origins[-1]
    seeds = len({run["seed"] for run in results.runs})
    said = nodes.paragraph(classes=["results-origin"])
    said += nodes.Text(f"{seeds} seeds. Made by ")
    said += nodes.literal("", last["command"])
    said += nodes.Text(f" on {last['date']}, with torch {last['versions']['torch']}.")
    return said


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the directive."""
    app.add_directive("results", ResultsTable)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
