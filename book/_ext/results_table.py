"""{results} NAME: a table or a picture of what an experiment gave, from book/results/NAME.json.

    ```{results} forget_bias
    :rows: length
    :columns: bias
    :value: right
    ```

`:rows:` and `:columns:` are settings of the experiment; a cell has the median of all seeds, and
from where to where they go. `:rows:` may name several settings. Without `:columns:` each seed has
a column, or each value where `:value:` names several: `ours_ms, theirs_ms, ratio`.

    ```{results} forget_bias
    :plot: right
    :along: length
    :lines: bias
    ```

draws the median of all seeds along a setting, in a band from the least to the most of them, a line
for each value of another setting. Where the setting along has values that are no numbers, each has
a row of dots, one for each seed. A result that is a list is a curve: `:along:` is a list beside it,
or is left out; then its places are 1, 2, … times `:every:`. `:log: along, up` says which axes are
logarithmic, `:across:` and `:up:` what is written at them.

In both, `:names:` puts words in the place of a value or a setting: `None = plain network, 0.0 =
bias 0`, and `:where:` takes some runs alone: `length = 50, bias = 0.0 | 1.0`. Below stands where
the numbers come from. `:timed:` says that they are times: on which machine they were taken, with
what, and whether the book was built with other packages.
"""

import platform
import re
from collections.abc import Callable, Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from statistics import median
from typing import Any

import measured
import results_plot
from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.application import Sphinx
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective
from worked_example import three_digits

from lstm_ref.experiments.results import Results

_LOG = logging.getLogger(__name__)


Runs = Sequence[Mapping[str, Any]]


class ResultsTable(SphinxDirective):
    """The runs of one experiment, by its settings."""

    required_arguments = 1
    option_spec = {  # noqa: RUF012 (docutils reads it so)
        **dict.fromkeys(("rows", "columns", "value", "plot"), directives.unchanged_required),
        **dict.fromkeys(("along", "lines", "where"), directives.unchanged_required),
        **dict.fromkeys(("names", "across", "up", "log", "every"), directives.unchanged),
        "timed": directives.flag,
    }

    def run(self) -> list[nodes.Node]:
        """Return table or picture; an unknown experiment, setting or value is a build error."""
        name = self.arguments[0]
        self.env.note_dependency(str(measured.FOLDER / f"{name}.json"))
        try:
            results = measured.read(name)
            needed = () if "plot" in self.options else ("rows", "value")
            missing = [key for key in needed if key not in self.options]
            if missing:
                raise ValueError(f"it lacks :{missing[0]}:")
            runs = _chosen(results.runs, self.options.get("where", ""))
            shown, how = self._picture(runs) if "plot" in self.options else self._table(runs)
            return [shown, _origin(results, runs, how, timed="timed" in self.options)]
        except (ValueError, KeyError) as error:
            what = f"no run has {error}" if isinstance(error, KeyError) else str(error)
            _LOG.error("{results} %s: %s", name, what, location=self.get_location())
            return []

    def _table(self, runs: Runs) -> tuple[nodes.Node, str]:
        rows = [row.strip() for row in self.options["rows"].split(",")]
        columns = self.options.get("columns")
        values = [value.strip() for value in self.options["value"].split(",")]
        if columns and len(values) > 1:
            raise ValueError("it has :columns:, so that :value: is one name")
        names = _names(self.options.get("names", ""))
        cells: dict[Any, dict[Any, list[float]]] = {}
        for run in runs:
            row = cells.setdefault(tuple(run["settings"][name] for name in rows), {})
            seed = f"seed {run['seed']}"
            for value in values:
                column = run["settings"][columns] if columns else value if values[1:] else seed
                row.setdefault(column, []).append(run["result"][value])
        heads = list(dict.fromkeys(column for row in cells.values() for column in row))
        lines = [
            [*(names.get(str(r), str(r)) for r in row), *(_cell(found.get(h, [])) for h in heads)]
            for row, found in cells.items()
        ]
        shown = [names.get(str(head), str(head)) for head in (*rows, *heads)]
        # A median with its ends is words: such a table may scroll where it is narrow.
        left = {*range(len(shown if columns else rows))}
        return _columns(shown, lines, left=left), "{} seeds."

    def _picture(self, runs: Runs) -> tuple[nodes.Node, str]:
        value, along, line = (self.options.get(key) for key in ("plot", "along", "lines"))
        names = _names(self.options.get("names", ""))
        found = results_plot.gathered(
            runs, value, along, line, float(self.options.get("every", "1"))
        )
        colours = results_plot.colours([str(key) for key in found])
        lines = [
            results_plot.Line(
                names.get(str(key), str(key)),
                colours[str(key)],
                [(names.get(str(place), place), seeds) for place, seeds in places],
            )
            for key, places in found.items()
        ]
        log = frozenset(part.strip() for part in self.options.get("log", "").split(",") if part)
        if log - {"along", "up"}:
            raise ValueError(f":log: is {', '.join(sorted(log))}; expected along, up, or both")
        axes = results_plot.Axes(
            self.options.get("across", names.get(str(along), along or "")),
            self.options.get("up", names.get(str(value), str(value))),
            log,
        )
        drawn = results_plot.picture(lines, axes)
        rows = "A dot for each of {} seeds, a stroke at the median."
        how = "The median, and from the least to the most, of {} seeds."
        return nodes.raw("", drawn, format="html"), rows if results_plot.in_rows(lines) else how


def _chosen(runs: Runs, where: str) -> Runs:
    """The runs whose settings are as asked. Raises KeyError for an unknown one."""
    asked = {
        name: [one.strip() for one in words.split("|")] for name, words in _names(where).items()
    }
    return [
        run
        for run in runs
        if all(str(run["settings"][name]) in allowed for name, allowed in asked.items())
    ]


def _names(text: str) -> dict[str, str]:
    """Read `a = x, b = y, z` as a: "x", b: "y, z"."""
    parts = re.split(r",(?=[^,=]*=)", text)
    pairs = (part.split("=", 1) for part in parts if "=" in part)
    return {name.strip(): words.strip() for name, words in pairs}


def _columns(heads: Sequence[str], rows: Sequence[Sequence[str]], left: set[int]) -> nodes.table:
    """Return a table; columns that are not among `left` hold numbers."""

    def line(cells: Sequence[str]) -> nodes.row:
        row = nodes.row()
        for k, cell in enumerate(cells):
            classes = [] if k in left else ["text-right"]
            row += nodes.entry("", nodes.paragraph("", cell), classes=classes)
        return row

    made = nodes.table(classes=["results"])
    group = nodes.tgroup(cols=len(heads))
    made += group
    group += [nodes.colspec(colwidth=1) for _ in heads]
    group += nodes.thead("", line(heads))
    group += nodes.tbody("", *(line(row) for row in rows))
    return made


def _cell(values: Sequence[float]) -> str:
    if not values:
        return ""
    if min(values) == max(values):
        return three_digits(values[0])
    ends = f"{three_digits(min(values))} … {three_digits(max(values))}"
    return f"{three_digits(median(values))} ({ends})"


def _origin(results: Results, runs: Runs, how: str, *, timed: bool) -> nodes.Node:
    last = results.origins[-1]
    seeds = len({run["seed"] for run in runs})
    said = nodes.paragraph(classes=["results-origin"])
    # What was drawn once is no median of seeds.
    said += nodes.Text(f"{how.format(seeds)} Made by " if seeds > 1 else "Made by ")
    said += nodes.literal("", last["command"])
    if not timed:
        said += nodes.Text(f" on {last['date']}, with torch {last['versions']['torch']}.")
        return said
    measured_with = _versions(last["versions"])
    said += nodes.Text(f" on {last['date']}, {last['machine']}, with {measured_with}.")
    if other := changed(last["versions"], _version):
        said += nodes.strong("", f" These times are older than the book: {_versions(other)} now.")
    return said


def changed(then: Mapping[str, str], now: Callable[[str], str]) -> dict[str, str]:
    """Return the packages that are others now than then, and what they are now.

    Of Python the first two numbers count, of a package all but what follows a plus sign.
    """
    found = {}
    for name, before in then.items():
        here = now(name)
        parts = slice(0, 2) if name == "python" else slice(None)
        if before.split("+")[0].split(".")[parts] != here.split("+")[0].split(".")[parts]:
            found[name] = here
    return found


def _version(name: str) -> str:
    if name == "python":
        return platform.python_version()
    try:
        return version(name)
    except PackageNotFoundError:
        return "none"


def _versions(found: Mapping[str, str]) -> str:
    names = {"python": "Python", "numpy": "NumPy"}
    return ", ".join(f"{names.get(name, name)} {which}" for name, which in found.items())


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the directive."""
    app.add_directive("results", ResultsTable)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
