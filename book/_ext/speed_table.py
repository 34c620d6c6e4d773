"""{speed} SCRIPT VIEW: timings from results/speed.json, which `benchmarks` writes with --json.

    ```{speed} numpy_layer summary
    ```

SCRIPT is a part of the file. `summary` says when, where and how it was measured, says so where
the packages have changed since, and gives a row for each dtype and number of threads; `picture`
draws the ratios, `numbers` and `memory` give all of them. What the file holds is described in
benchmarks/record.py.
"""

import json
import math
import platform
from collections.abc import Callable, Iterable, Mapping, Sequence
from html import escape
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from statistics import median
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective
from worked_example import three_digits

_LOG = logging.getLogger(__name__)
_NAMES = {"python": "Python", "numpy": "NumPy", "torch": "torch"}
#: Two times this near to each other are called level: a shared machine tells no less apart.
LEVEL = 1.05


class Speed(SphinxDirective):
    """One view of one script's timings."""

    required_arguments = 2

    def run(self) -> list[nodes.Node]:
        """Return the view; what is missing in the file, or an unknown name, is a build error."""
        path = Path(self.env.srcdir) / "results" / "speed.json"
        self.env.note_dependency(str(path))
        script, view = self.arguments
        try:
            if view not in _VIEWS:
                raise ValueError(f"there is no view {view}; expected one of {', '.join(_VIEWS)}")
            return _VIEWS[view](read(path, script))
        except (OSError, ValueError, KeyError) as error:
            what = f"it lacks {error}" if isinstance(error, KeyError) else str(error)
            _LOG.error("{speed}: %s: %s", path.name, what, location=self.get_location())
            return []


def read(path: Path, script: str) -> dict[str, Any]:
    """Return one script's part of the file; ValueError where it is not there."""
    parts: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    if script not in parts:
        raise ValueError(
            f"there is no {script} in it; run `python -m benchmarks.{script} --json FILE`"
        )
    found: dict[str, Any] = parts[script]
    return found


def changed(measured: Mapping[str, str], now: Callable[[str], str]) -> list[tuple[str, str, str]]:
    """Return (name, version then, version now) where a package is another than at the timing.

    Of Python the first two numbers count, of a package all but what follows a plus sign.
    """
    found = []
    for name, then in measured.items():
        here = now(name)
        parts = slice(0, 2) if name == "python" else slice(None)
        if then.split("+")[0].split(".")[parts] != here.split("+")[0].split(".")[parts]:
            found.append((_NAMES.get(name, name), then, here))
    return found


def _version(name: str) -> str:
    if name == "python":
        return platform.python_version()
    try:
        return version(name)
    except PackageNotFoundError:
        return "none"


def _summary(part: dict[str, Any]) -> list[nodes.Node]:
    versions = ", ".join(f"{_NAMES.get(k, k)} {v}" for k, v in part["versions"].items())
    said = nodes.paragraph("", f"Measured on {part['date']} with ")
    said += nodes.literal("", part["command"])
    said += nodes.Text(f", on one machine: {part['machine']}; {versions}.")
    parts: list[nodes.Node] = [said]
    if old := changed(part["versions"], _version):
        then = ", ".join(f"{name} {before}" for name, before, _ in old)
        here = ", ".join(f"{name} {after}" for name, _, after in old)
        note = nodes.admonition("", nodes.title("", "Older than the book"), classes=["warning"])
        note += nodes.paragraph(
            "", f"These times were taken with {then}; the book was built with {here}."
        )
        parts.append(note)
    rows = []
    for group in part["times"]:
        ratios = [row["ratio"] for row in group["rows"]]
        spread = f"{min(ratios):.2f} to {max(ratios):.2f}"
        rows.append([*_labels(part, group), f"{median(ratios):.2f}", spread, winners(group)])
    heads = [*_labels(part), "median ratio", "from … to", "faster, in so many shapes"]
    return [*parts, table(heads, rows, left={*range(heads.index("threads")), len(heads) - 1})]


def winners(group: Mapping[str, Any]) -> str:
    """Say who is faster in how many shapes: "NumPy 3, level 1, torch 1"."""
    ratios = [row["ratio"] for row in group["rows"]]
    ours = sum(ratio < 1 / LEVEL for ratio in ratios)
    theirs = sum(ratio > LEVEL for ratio in ratios)
    counts = {group["ours"]: ours, "level": len(ratios) - ours - theirs, "torch": theirs}
    return ", ".join(f"{who} {count}" for who, count in counts.items() if count)


def _labels(part: Mapping[str, Any], group: Mapping[str, Any] | None = None) -> list[str]:
    """What a row of the summary begins with; the layer's name only where there are several."""
    keys = {"ours": "layer", "dtype": "dtype", "threads": "threads"}
    if len({one["ours"] for one in part["times"]}) == 1:
        del keys["ours"]
    return [name if group is None else str(group[key]) for key, name in keys.items()]


def _numbers(part: dict[str, Any]) -> list[nodes.Node]:
    return _all_rows(part["times"], "ms", "ms")


def _memory(part: dict[str, Any]) -> list[nodes.Node]:
    return _all_rows(part["memory"], "mib", "MiB")


def _all_rows(groups: Iterable[Mapping[str, Any]], unit: str, shown: str) -> list[nodes.Node]:
    parts: list[nodes.Node] = []
    for group in groups:
        threads = f"{group['threads']} thread{'s' * (group['threads'] > 1)}"
        title = nodes.paragraph(
            "", "", nodes.strong("", f"{group['dtype']}, {threads}, in {shown}")
        )
        heads = ["T, B, I, H", group["ours"], "torch", "ratio"]
        rows = [
            [
                ", ".join(map(str, row["shape"])),
                three_digits(row[f"ours_{unit}"]),
                three_digits(row[f"theirs_{unit}"]),
                f"{row['ratio']:.2f}",
            ]
            for row in group["rows"]
        ]
        parts += [title, table(heads, rows, left={0})]
    return parts


def table(heads: Sequence[str], rows: Sequence[Sequence[str]], left: set[int]) -> nodes.table:
    """Return a table; columns that are not among `left` hold numbers."""

    def line(cells: Sequence[str]) -> nodes.row:
        row = nodes.row()
        for k, cell in enumerate(cells):
            classes = [] if k in left else ["text-right"]
            row += nodes.entry("", nodes.paragraph("", cell), classes=classes)
        return row

    made = nodes.table(classes=["speed"])
    group = nodes.tgroup(cols=len(heads))
    made += group
    group += [nodes.colspec(colwidth=1) for _ in heads]
    group += nodes.thead("", line(heads))
    group += nodes.tbody("", *(line(row) for row in rows))
    return made


def _picture(part: dict[str, Any]) -> list[nodes.Node]:
    return [nodes.raw("", drawing(part), format="html")]


def drawing(part: Mapping[str, Any]) -> str:
    """Return an SVG: a row for each shape, a mark for each dtype, the ratio along a log scale.

    Of the groups it takes those of the first layer with the fewest threads.
    """
    first = part["times"][0]["ours"]
    fewest = min(group["threads"] for group in part["times"])
    groups = [g for g in part["times"] if g["ours"] == first and g["threads"] == fewest]
    ratios = [row["ratio"] for group in groups for row in group["rows"]]
    ends = min(0.5, *ratios) / 1.1, max(2.0, *ratios) * 1.1
    left, right, top, step = 12.0, 348.0, 62.0, 46.0

    def across(ratio: float) -> float:
        return left + (right - left) * math.log(ratio / ends[0]) / math.log(ends[1] / ends[0])

    shapes = [row["shape"] for row in groups[0]["rows"]]
    bottom = top + step * len(shapes)
    parts = [
        f'<path d="M{across(1):.1f} {top - 12}V{bottom}" stroke="var(--lstm-text)" '
        'stroke-width="1.5"/>',
        f'<text x="{across(1) - 8:.1f}" y="{top - 22}" text-anchor="end">← {escape(first)} '
        "is faster</text>",
        f'<text x="{across(1) + 8:.1f}" y="{top - 22}">torch is faster →</text>',
    ]
    for k, shape in enumerate(shapes):
        y = top + step * (k + 0.6)
        parts += [
            f'<path d="M{left} {y}H{right}" stroke="var(--lstm-line)"/>',
            f'<text x="{left}" y="{y - 12:g}" font-size="12" fill="var(--lstm-muted)">'
            f"{', '.join(map(str, shape))}</text>",
        ]
        parts += [_mark(group["dtype"], across(group["rows"][k]["ratio"]), y) for group in groups]
    for ratio in (0.25, 0.5, 1, 2, 4, 8):
        if ends[0] <= ratio <= ends[1]:
            parts.append(
                f'<text x="{across(ratio):.1f}" y="{bottom + 20}" text-anchor="middle" '
                f'fill="var(--lstm-muted)">{ratio:g}</text>'
            )
    for k, group in enumerate(groups):
        x = left + 8 + 90 * k
        parts += [
            _mark(group["dtype"], x, 14),
            f'<text x="{x + 12}" y="18.5">{group["dtype"]}</text>',
        ]
    said = "; ".join(
        f"{group['dtype']}: "
        + ", ".join(f"{row['ratio']:.2f} at {row['shape']}" for row in group["rows"])
        for group in groups
    )
    words = (
        f"Time of {first} divided by the time of torch.nn.LSTM, {fewest} thread"
        f"{'s' * (fewest > 1)}, for five shapes T, B, I, H. {said}."
    ).replace("five", str(len(shapes)))
    return (
        f'<svg class="speed" viewBox="0 0 360 {bottom + 30:g}" role="img" '
        f'aria-label="{escape(words)}">{"".join(parts)}</svg>'
    )


def _mark(dtype: str, x: float, y: float) -> str:
    """A filled disc for float64, an open square for any other dtype."""
    if dtype == "float64":
        return f'<circle cx="{x:.1f}" cy="{y:g}" r="6" fill="var(--lstm-text)"/>'
    return (
        f'<rect x="{x - 5.5:.1f}" y="{y - 5.5:g}" width="11" height="11" '
        'fill="var(--lstm-ground)" stroke="var(--lstm-text)" stroke-width="2"/>'
    )


_VIEWS: dict[str, Callable[[dict[str, Any]], list[nodes.Node]]] = {
    "summary": _summary,
    "picture": _picture,
    "numbers": _numbers,
    "memory": _memory,
}


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the directive."""
    app.add_directive("speed", Speed)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
