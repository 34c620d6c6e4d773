"""Draws results: lines with a band along a number, or a row of dots for each word. No Sphinx here.

A line is the median of the seeds, its band goes from the least to the most of them. Colours are
those of the course, so that both themes and print are served by the page's own CSS; each line has
a mark and a dash of its own, too. A picture is 360 wide in its own units: a telephone's width.
"""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from statistics import median
from typing import Any

from worked_example import three_digits

#: The quantity whose colour a kind of layer has in all pictures; other lines take what is left.
COLOURS = {"lstm": "c", "rnn": "h", "None": "h", "gru": "o", "irnn": "i"}
_REST = ("c", "h", "o", "i", "f", "g", "text", "muted")
_DASHES = ("", "7 4", "2 3", "9 3 2 3", "4 3", "12 4", "1 5", "5 2 1 2")
_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
LEFT, RIGHT, HEIGHT = 12.0, 348.0, 190.0
Scale = Callable[[float], float]


@dataclass(frozen=True)
class Line:
    """What is drawn in one colour: for each place along, the values of all seeds.

    `places` are numbers (then it is a line) or words (then it is dots in rows).
    """

    name: str
    colour: str
    places: Sequence[tuple[Any, Sequence[float]]]


@dataclass(frozen=True)
class Axes:
    """The words at both axes, and which of them are logarithmic: a part of {"along", "up"}."""

    along: str
    up: str
    log: frozenset[str] = frozenset()


def picture(lines: Sequence[Line], axes: Axes) -> str:
    """Return an <svg>. Raises ValueError where there is nothing to draw, or a log of no number."""
    values = [value for line in lines for _, seeds in line.places for value in seeds]
    if not values:
        raise ValueError("no run fits what is asked for")
    if not all(_number(value) and math.isfinite(value) for value in values):
        bad = next(v for v in values if not (_number(v) and math.isfinite(v)))
        raise ValueError(f"a value is {bad!r}; expected finite numbers")
    return (_rows if in_rows(lines) else _lines)(lines, axes, values)


def in_rows(lines: Sequence[Line]) -> bool:
    """Say whether they are drawn as dots in rows: where a place is no number."""
    return not all(_number(place) for line in lines for place, _ in line.places)


def colours(names: Sequence[str]) -> dict[str, str]:
    """Return a colour for each name: its own where it has one, else the next that is free."""
    taken = {name: COLOURS[name] for name in names if name in COLOURS}
    free = [colour for colour in _REST if colour not in taken.values()]
    rest = [name for name in names if name not in taken]
    found = {
        **taken,
        **{name: (free or _REST)[k % len(free or _REST)] for k, name in enumerate(rest)},
    }
    return {name: found[name] for name in names}


def ticks(low: float, high: float, *, log: bool = False, most: int = 5) -> list[float]:
    """Return round numbers from low to high, `most` of them or fewer."""
    if not log:
        width = (high - low) / most
        size = 10.0 ** math.floor(math.log10(width)) if width > 0 else 1.0
        step = next((size * k for k in (1, 2, 2.5, 5) if size * k >= width * 0.999), size * 10)
        first = math.ceil(low / step - 1e-9)
        return [k * step for k in range(first, math.floor(high / step + 1e-9) + 1)]
    for digits in ((1, 2, 5), (1, 3), (1,)):
        powers = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
        found = [
            k * 10.0**p
            for p in powers
            for k in digits
            if low * 0.999 <= k * 10.0**p <= high * 1.001
        ]
        if len(found) <= most:
            return found
    every = math.ceil(len(found) / most)
    return found[::every]


def printed(value: float) -> str:
    """Return a tick's number: 0, 0.5, 30000, 10⁶, 2 · 10⁻⁵."""
    if value == 0 or 1e-3 <= abs(value) < 1e5:
        return f"{float(f'{value:.4g}'):.10g}".replace("-", "−")
    digits, power = f"{value:.1e}".split("e")
    raised = f"10{str(int(power)).translate(_RAISED)}"
    return raised if digits == "1.0" else f"{float(digits):g} · {raised}".replace("-", "−")


def words(lines: Sequence[Line], axes: Axes) -> str:
    """Say what the picture shows: the median and the ends at each place, at five of many."""
    parts = []
    for line in lines:
        every = max(1, math.ceil((len(line.places) - 1) / 4)) if len(line.places) > 8 else 1
        shown = [*line.places[:-1:every], line.places[-1]]
        said = ", ".join(f"{_said(seeds)} at {_place(place)}" for place, seeds in shown)
        parts.append(f"{line.name}: {said}" if line.name else said)
    return f"{axes.up} along {axes.along}, the median (least to most). {'; '.join(parts)}."


def _said(seeds: Sequence[float]) -> str:
    if min(seeds) == max(seeds):
        return three_digits(seeds[0])
    ends = f"{three_digits(min(seeds))} to {three_digits(max(seeds))}"
    return f"{three_digits(median(seeds))} ({ends})"


def _place(place: Any) -> str:
    return f"{place:g}" if _number(place) else str(place)


def _number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _scale(ends: tuple[float, float], to: tuple[float, float], log: bool) -> Scale:
    f: Scale = math.log10 if log else float
    width = (f(ends[1]) - f(ends[0])) or 1.0
    return lambda value: to[0] + (to[1] - to[0]) * (f(value) - f(ends[0])) / width


def _ends(values: Sequence[float], name: str, log: bool) -> tuple[float, float]:
    """The ends of an axis: with some room, and with 0 where it is near."""
    low, high = min(values), max(values)
    if log:
        if low <= 0:
            raise ValueError(f"{name} has {low:g}, which has no place on a logarithmic axis")
        return low / 1.1, high * 1.1
    if 0 < low < 0.6 * high:
        low = 0.0
    room = 0.04 * ((high - low) or abs(high) or 1.0)
    return (low if low == 0 else low - room), high + room


def _lines(lines: Sequence[Line], axes: Axes, values: Sequence[float]) -> str:
    log_x, log_y = "along" in axes.log, "up" in axes.log
    places = sorted({place for line in lines for place, _ in line.places})
    _ends(places, axes.along, log_x)  # says so where a place is none
    ends = _ends(values, axes.up, log_y)
    marks_y = ticks(*ends, log=log_y)
    left = LEFT + 6 + 7.2 * max((len(printed(y)) for y in marks_y), default=1)
    legend = _legend(lines) if any(line.name for line in lines) else ("", 0.0)
    top = legend[1] + 24
    bottom = top + HEIGHT
    y = _scale(ends, (bottom, top + 6), log_y)
    x = _scale((places[0], places[-1]), (left + 10, RIGHT - 8), log_x)
    parts = [legend[0], _note(LEFT, top - 8, axes.up)]
    for mark in marks_y:
        parts.append(f'<path d="M{left:.1f} {y(mark):.1f}H{RIGHT:g}" stroke="var(--lstm-line)"/>')
        parts.append(_note(left - 5, y(mark) + 4, printed(mark), "end"))
    parts.append(f'<path d="M{left:.1f} {bottom:.1f}H{RIGHT:g}" stroke="var(--lstm-muted)"/>')
    for mark in _apart(places, x) if len(places) <= 7 else ticks(places[0], places[-1], log=log_x):
        parts.append(_note(x(mark), bottom + 17, printed(mark), "middle"))
    parts.append(_note(RIGHT, bottom + 34, axes.along, "end"))
    for k, line in enumerate(lines):
        parts += _line(line, k, x, y)
    return _svg(parts, bottom + 42, words(lines, axes))


def _apart(places: Sequence[float], x: Scale) -> list[float]:
    """Places whose numbers do not run into each other; the last is always among them."""
    kept: list[float] = []
    for place in reversed(places):
        if (
            not kept
            or x(kept[-1]) - x(place) > 7 * (len(printed(place)) + len(printed(kept[-1]))) / 2 + 6
        ):
            kept.append(place)
    return kept


def _line(line: Line, k: int, x: Scale, y: Scale) -> Iterator[str]:
    there = sorted(line.places, key=lambda pair: pair[0])
    upper = [f"{x(p):.1f} {y(max(seeds)):.1f}" for p, seeds in there]
    lower = [f"{x(p):.1f} {y(min(seeds)):.1f}" for p, seeds in reversed(there)]
    middle = [(x(p), y(median(seeds))) for p, seeds in there]
    ink = f"var(--lstm-{line.colour})"
    yield f'<path d="M{"L".join([*upper, *lower])}Z" fill="{ink}" fill-opacity="0.16"/>'
    way = "L".join(f"{a:.1f} {b:.1f}" for a, b in middle)
    yield (
        f'<path d="M{way}" fill="none" stroke="{ink}" stroke-width="2.25" '
        f'stroke-dasharray="{_DASHES[k % len(_DASHES)]}" stroke-linejoin="round"/>'
    )
    every = 1 if len(middle) <= 9 else math.ceil(len(middle) / 5)
    begin = 0 if every == 1 else (k * every // 3) % every  # marks of two lines stand apart
    for a, b in middle[begin::every]:
        yield _mark(k, a, b, ink)


def _mark(k: int, x: float, y: float, ink: str) -> str:
    """A sign of its own for each line, so that colour is never the only one."""
    filled = f'fill="{ink}" stroke="{ink}" stroke-width="1.5"'
    hollow = f'fill="var(--lstm-ground)" stroke="{ink}" stroke-width="1.75"'
    look = filled if k % 8 < 4 else hollow
    match k % 4:
        case 0:
            return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.6" {look}/>'
        case 1:
            return f'<rect x="{x - 3.4:.1f}" y="{y - 3.4:.1f}" width="6.8" height="6.8" {look}/>'
        case 2:
            return f'<path d="M{x:.1f} {y - 4.6:.1f}l4.4 7.8h-8.8z" {look}/>'
        case _:
            return f'<path d="M{x:.1f} {y - 4.8:.1f}l4.4 4.8l-4.4 4.8l-4.4 -4.8z" {look}/>'


def _legend(lines: Sequence[Line]) -> tuple[str, float]:
    """The lines' names, as many in a row as fit; and how high that is."""
    parts, x, y = [], LEFT, 14.0
    for k, line in enumerate(lines):
        width = 42 + 7.2 * len(line.name)
        if x > LEFT and x + width > RIGHT:
            x, y = LEFT, y + 21
        ink = f"var(--lstm-{line.colour})"
        parts.append(
            f'<path d="M{x:.1f} {y}h28" stroke="{ink}" stroke-width="2.25" '
            f'stroke-dasharray="{_DASHES[k % len(_DASHES)]}"/>{_mark(k, x + 14, y, ink)}'
            f'<text x="{x + 34:.1f}" y="{y + 4.5:g}">{escape(line.name)}</text>'
        )
        x += width + 12
    return "".join(parts), y + 14


def _rows(lines: Sequence[Line], axes: Axes, values: Sequence[float]) -> str:
    """For each place a row: its name, a dot for each seed, an upright stroke at the median."""
    log = "up" in axes.log
    ends = _ends(values, axes.up, log)
    x = _scale(ends, (LEFT + 8, RIGHT - 8), log)
    legend = _legend(lines) if any(line.name for line in lines) else ("", 0.0)
    rows: dict[str, list[tuple[int, Line, Sequence[float]]]] = {}
    for k, line in enumerate(lines):
        for place, seeds in line.places:
            rows.setdefault(_place(place), []).append((k, line, seeds))
    parts, y = [legend[0]], legend[1] + 16
    strips: list[str] = []
    for name, found in rows.items():
        strips.append(f'<text x="{LEFT:g}" y="{y:.1f}">{escape(name)}</text>')
        for k, line, seeds in found:
            y += 19
            ink = f"var(--lstm-{line.colour})"
            strips.append(f'<path d="M{LEFT:g} {y:.1f}H{RIGHT:g}" stroke="var(--lstm-line)"/>')
            strips += [
                f'<g opacity="0.75">{_mark(k, x(seed), y + shift, ink)}</g>'
                for seed, shift in _spread(seeds, x)
            ]
            middle = x(median(seeds))
            strips.append(
                f'<path d="M{middle:.1f} {y - 9:.1f}v18" stroke="var(--lstm-text)" '
                'stroke-width="2.5"/>'
            )
        y += 27
    bottom = y - 14
    for mark in ticks(*ends, log=log):
        top = legend[1] + 22
        parts.append(
            f'<path d="M{x(mark):.1f} {top:.1f}V{bottom:.1f}" stroke="var(--lstm-line)" '
            'stroke-dasharray="1 4"/>'
        )
        parts.append(_note(x(mark), bottom + 15, printed(mark), "middle"))
    parts.append(_note(RIGHT, bottom + 32, axes.up, "end"))
    return _svg([*parts, *strips], bottom + 40, words(lines, axes))


def _spread(seeds: Sequence[float], x: Scale) -> Iterator[tuple[float, float]]:
    """Each value with a shift up or down, so that equal ones do not hide each other."""
    nearby: dict[int, int] = {}
    for seed in sorted(seeds):
        place = round(x(seed) / 6)
        count = nearby[place] = nearby.get(place, -1) + 1
        yield seed, (0.0, -3.0, 3.0, -6.0, 6.0, -8.5, 8.5)[count % 7]


def _note(x: float, y: float, text: str, anchor: str = "start") -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-size="12" '
        f'fill="var(--lstm-muted)">{escape(text)}</text>'
    )


def _svg(parts: Sequence[str], height: float, said: str) -> str:
    return (
        f'<svg class="results" viewBox="0 0 360 {height:.0f}" role="img" '
        f'aria-label="{escape(said)}">{"".join(parts)}</svg>'
    )


def gathered(
    runs: Sequence[Mapping[str, Any]], value: str, along: str | None, line: str | None, every: float
) -> dict[Any, list[tuple[Any, list[float]]]]:
    """Return for each value of the setting `line` the places along, each with all seeds' values.

    `along` is a setting, or a list of the result that is as long as the value, itself a list;
    without it a list is drawn along its own places, 1, 2, … times `every`. A list that ended
    earlier than others keeps its last number. Raises KeyError for a name that no run has.
    """
    found: dict[Any, dict[Any, list[float]]] = {}
    longest = max(
        (len(v) for run in runs if isinstance(v := run["result"][value], list)), default=0
    )
    for run in runs:
        places = found.setdefault(run["settings"][line] if line else "", {})
        settings, result = run["settings"], run["result"]
        got = result[value]
        if not isinstance(got, list):
            if along is None:
                raise ValueError(f"{value} is one number; it lacks :along:, a setting")
            places.setdefault(settings[along], []).append(got)
            continue
        if along is None:
            got = [*got, *[got[-1]] * (longest - len(got))]
            where: Sequence[Any] = [every * (k + 1) for k in range(longest)]
        else:
            where = result[along]
        for place, one in zip(where, got, strict=True):
            places.setdefault(place, []).append(one)
    return {name: list(places.items()) for name, places in found.items()}
