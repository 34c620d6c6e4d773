"""{learning-map}: the way through the book, chapter by chapter, with the exercise of each.

Made from _toc.yml, which says what chapters there are, and from the course's table in
`lstm_ref.checks.course`, which says what is asked and for how many points. A chapter stands on the
map when it stands in the contents, outside of what is for instructors; an exercise always does, and
where its chapter or its notebook is not written yet, the map says so in words.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from book_root import LSTM_REF, ROOT
from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from lstm_ref.checks.course import COURSE, Assignment

#: Parts of the contents that are no part of the learner's way.
NOT_LEARNT = ("Teaching",)


@dataclass
class Station:
    """A chapter with the assignments that it ends in; without a chapter, one still to come."""

    chapter: str | None
    assignments: list[Assignment] = field(default_factory=list)


@dataclass
class Group:
    """A part of the contents: its caption, and its stations in order."""

    caption: str
    stations: list[Station]


class LearningMap(SphinxDirective):
    """The whole map. It takes nothing: all of it is known elsewhere."""

    def run(self) -> list[nodes.Node]:
        """Return the map as lists with links, for CSS to lay out."""
        contents = Path(self.env.srcdir) / "_toc.yml"
        for path in (contents, LSTM_REF / "checks" / "course.py"):
            self.env.note_dependency(str(path))
        groups = stations(yaml.safe_load(contents.read_text(encoding="utf-8")), COURSE)
        drawn = nodes.container(classes=["learning-map"])
        for group in groups:
            drawn += nodes.paragraph("", group.caption, classes=["map-caption"])
            listed = nodes.bullet_list(classes=["map-stations"])
            listed += [_drawn(station, self.env.docname) for station in group.stations]
            drawn += listed
        return [drawn]


def chapters(contents: dict[str, Any]) -> Iterator[tuple[str, list[str]]]:
    """Yield the caption and the pages of each part of a _toc.yml, without the first page."""
    for part in contents.get("parts", [contents]):
        yield part.get("caption", ""), list(_pages(part))


def _pages(entry: dict[str, Any]) -> Iterator[str]:
    for below in (*entry.get("chapters", ()), *entry.get("sections", ())):
        if "file" in below:
            yield below["file"].removesuffix(".md")
        yield from _pages(below)


def stations(contents: dict[str, Any], course: Sequence[Assignment]) -> list[Group]:
    """Return the map: each chapter of the contents, each assignment at the last of its chapters.

    An assignment that has no chapter yet stands behind the one before it, or, where there is none
    before it, ahead of the next.
    """
    groups = [
        Group(caption, [Station(page) for page in pages])
        for caption, pages in chapters(contents)
        if caption not in NOT_LEARNT
    ]
    places = {s.chapter: (g, s) for g in groups for s in g.stations}
    at: dict[str, tuple[Group, Station]] = {}
    for one in course:
        written = [chapter for chapter in one.chapters if chapter in places]
        if written:
            # Of several chapters the last in the contents' order, whatever the table's.
            last = max(written, key=list(places).index)
            at[one.name] = places[last]
            places[last][1].assignments.append(one)
    for k, one in enumerate(course):
        if one.name in at:
            continue
        station = Station(None, [one])
        before = [other for other in course[:k] if other.name in at]
        after = [other for other in course[k + 1 :] if other.name in at]
        neighbour = before[-1] if before else after[0] if after else None
        if neighbour is None:
            group = groups[-1]
            index = len(group.stations)
        else:
            group, beside = at[neighbour.name]
            index = group.stations.index(beside) + bool(before)
        group.stations.insert(index, station)
        at[one.name] = (group, station)
    return groups


def _drawn(station: Station, page: str) -> nodes.list_item:
    ready = station.chapter is not None
    item = nodes.list_item(classes=["station", "is-ready" if ready else "is-coming"])
    chapter = nodes.paragraph(classes=["station-chapter"])
    if station.chapter is not None:
        link = addnodes.pending_xref(
            "",
            nodes.inline(),
            refdomain="std",
            reftype="doc",
            reftarget=f"/{station.chapter}",
            refexplicit=False,
            refwarn=True,
            refdoc=page,
        )
        chapter += link
    else:
        chapter += nodes.Text(station.assignments[0].title)
    item += chapter
    if station.assignments:  # words and symbols, or the references, are just there
        state = "chapter ready" if ready else "chapter in the making"
        item += nodes.paragraph("", state, classes=["station-state"])
    for one in station.assignments:
        item += _exercise(one)
    return item


def _exercise(one: Assignment) -> nodes.container:
    number = one.name.partition("-")[0]
    written = (ROOT / "solutions" / one.name / f"{one.notebook}.ipynb").is_file()
    asked = [(nodes.literal("", part.name), part.points) for part in one.parts]
    box = nodes.container(classes=["station-exercise"])
    head = nodes.paragraph("", "", nodes.strong("", f"Exercise {number}"))
    state = "ready" if written else "in the making"
    head += nodes.Text(f", {one.points} points, {state}")
    parts = nodes.bullet_list(classes=["station-parts"])
    for name, points in asked:
        parts += nodes.list_item("", nodes.paragraph("", "", name, nodes.Text(f" {points}")))
    if one.question and one.question.counted:
        words = f"a question in words {one.question.counted}"
        parts += nodes.list_item("", nodes.paragraph("", words))
    box += [head, parts]
    return box


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the directive."""
    app.add_directive("learning-map", LearningMap)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
