"""Inline SVG without styles or scripts of its own: lengths across are shares of the width.

So a chart fits any screen while its letters keep their size. Colours are classes of page.css.
"""

from collections.abc import Sequence

from nbgrader_sandbox.reporting.numbers import Bin
from nbgrader_sandbox.reporting.words import count, number

_PLOT = 150  # px from the highest bar's top to the axis
_TOP, _FOOT = 20, 40  # px above and below it

#: What a bar for "some of the points" is filled with, so that colour is not its only sign.
PATTERNS = (
    '<svg class="patterns" width="0" height="0" aria-hidden="true"><defs>'
    '<pattern id="some" width="6" height="6" patternUnits="userSpaceOnUse" '
    'patternTransform="rotate(45)"><rect class="ground" width="6" height="6"/>'
    '<rect class="bar" width="2.5" height="6"/></pattern></defs></svg>'
)


def histogram(bins: Sequence[Bin], name: str) -> str:
    """Draw how many scores lie in each bin; `name` is the id of the element that names it."""
    most = max(one.students for one in bins) or 1
    wide = 100 / len(bins)
    base = _TOP + _PLOT
    parts = [f'<line class="axis" x1="0" x2="100%" y1="{base + 0.5}" y2="{base + 0.5}"/>']
    for k, one in enumerate(bins):
        middle = f"{(k + 0.5) * wide:.2f}%"
        height = _PLOT * one.students / most
        if one.students:
            height = max(height, 2.0)
            parts.append(
                f'<rect class="bar" x="{k * wide + 0.08 * wide:.2f}%" '
                f'width="{0.84 * wide:.2f}%" y="{base - height:.1f}" height="{height:.1f}"/>'
            )
        parts.append(
            f'<text class="count" x="{middle}" y="{base - height - 6:.1f}">'
            f"{count(one.students)}</text>"
        )
    for k, edge in _edges(bins):
        kind = "first" if k == 0 else "last" if k == len(bins) else f"edge-{k % 2}"
        parts.append(
            f'<text class="{kind}" x="{k * wide:.2f}%" y="{base + 18}">{number(edge)}</text>'
        )
    parts.append(f'<text class="label" x="50%" y="{base + 37}">points</text>')
    return (
        f'<svg class="histogram" role="img" aria-labelledby="{name}" width="100%" '
        f'height="{base + _FOOT}">{"".join(parts)}</svg>'
    )


def _edges(bins: Sequence[Bin]) -> list[tuple[int, float]]:
    """Return where the bins begin and end; a last step that is cut short has its end alone."""
    edges = [(k, one.low) for k, one in enumerate(bins)]
    last, first = bins[-1], bins[0]
    if len(bins) > 1 and last.high - last.low < 0.99 * (first.high - first.low):
        edges.pop()
    return [*edges, (len(bins), last.high)]


def bar(share: float) -> str:
    """Draw a bar that fills `share` of the width. It only repeats a number beside it."""
    return _bar(f'<rect class="bar" width="{100 * share:.2f}%" height="100%"/>')


def stacked(full: float, part: float) -> str:
    """Draw shares of a class: all points filled, some points hatched, none empty."""
    return _bar(
        f'<rect class="bar" width="{100 * full:.2f}%" height="100%"/>'
        f'<rect class="some" x="{100 * full:.2f}%" width="{100 * part:.2f}%" height="100%"/>'
        '<rect class="frame" width="100%" height="100%"/>'
    )


def _bar(inside: str) -> str:
    return f'<svg class="share" aria-hidden="true" width="100%" height="10">{inside}</svg>'
