"""{live-figure} NAME: a live figure, with a still picture where no script runs.

    ```{live-figure} forget_gate
    :preset: unit-1-step-3

    The caption, in MyST.
    ```

`:preset:` names a state of the figure's spec to start from, and lets one figure stand several
times on a page; `:id:` gives the place a name of its own. A link sets the state of a figure on
the same page: `[press the reset](figure:forget_gate?x2=1)`, of a preset's instance
`(figure:forget_gate/unit-1-step-3?x2=1)`, and `?preset=NAME` loads a preset.

The page holds the figure drawn, so that nothing moves when its script replaces it. The scripts
are classic ones, so a page opened from disk is as live as a served one.
"""

import json
import shutil
from functools import cache
from html import escape, unescape
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import parse_qsl, unquote

from book_root import LSTM_REF, modules
from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective

from lstm_ref import figures
from tools.node import find_node

_LOG = logging.getLogger(__name__)
_MADE = LSTM_REF / "figures" / "made"
_SCHEME = "figure"

#: Before the first paint: with script, the picture keeps the place of controls that will come.
_WITH_SCRIPT = (
    "<script>{const still = document.currentScript.previousElementSibling.firstElementChild;"
    'still.classList.remove("lstm-still"); still.inert = true;}</script>'
)


class LiveFigure(SphinxDirective):
    """A figure by name; the body is its caption."""

    required_arguments = 1
    has_content = True
    option_spec: ClassVar = dict.fromkeys(("preset", "id"), directives.unchanged_required)

    def run(self) -> list[nodes.Node]:
        """Return figure and caption; an unknown name, preset, or id twice is a build error."""
        name, preset = self.arguments[0], self.options.get("preset")
        for path in modules(LSTM_REF / "figures", ".py", ".js", ".css", ".json"):
            self.env.note_dependency(path)
        place = self.options.get("id") or place_of(name, preset)
        here = self.env.metadata[self.env.docname].setdefault("live_figures", {})
        try:
            if place in here:
                raise ValueError(f"this page has a figure {place} already; give this one an :id:")
            figures.start(name, preset)  # says which presets there are, where this is none
            drawn = _still(name, preset, place, _newest())
        except (ValueError, RuntimeError) as error:
            _LOG.error("{live-figure}: %s", error, location=self.get_location())
            return []
        here[place] = name
        preset_data = f' data-preset="{escape(preset)}"' if preset else ""
        opened = (
            f'<figure class="live-figure" id="{place}" data-figure="{name}"{preset_data}>\n'
            f'<div class="lstm-place">{drawn["html"]}</div>{_WITH_SCRIPT}\n<figcaption>'
        )
        caption = nodes.container()
        self.state.nested_parse(self.content, self.content_offset, caption)
        return [_raw(opened), *caption.children, _raw("</figcaption>\n</figure>")]


class StateLinks(SphinxPostTransform):
    """Turn `(figure:NAME?input=value)` into a link to the figure that sets its state."""

    default_priority = 5

    def run(self, **_: Any) -> None:
        """Replace each such link; one that leads to no figure or input is a build error."""
        for link in list(self.document.findall(nodes.reference)):
            address = link.get("refuri", "")
            if not address.startswith(f"{_SCHEME}:"):
                continue
            try:
                opened = self._opened(unescape(address.removeprefix(f"{_SCHEME}:")))
            except ValueError as error:
                _LOG.error("%s: %s", address, error, location=link)
                link.replace_self(link.children)
                continue
            link.replace_self([_raw(opened), *link.children, _raw("</a>")])

    def _opened(self, address: str) -> str:
        where, _, query = unquote(address).partition("?")
        name, _, preset = where.partition("/")
        here = self.env.metadata[self.env.docname].get("live_figures", {})
        place = where if where in here else place_of(name, preset or None)
        if place not in here:
            raise ValueError(
                f"this page has no figure {place}; it has: {', '.join(here) or 'none'}"
            )
        state = state_of(here[place], query)
        data = escape(json.dumps(state, ensure_ascii=False))
        return f'<a class="figure-link" href="#{place}" data-state="{data}">'


def place_of(name: str, preset: str | None) -> str:
    """Return the id that a figure has on a page."""
    return "-".join(["figure", name.replace("_", "-"), *([preset] if preset else [])])


def state_of(name: str, query: str) -> dict[str, Any]:
    """Return what a link sets: "x2=1&press=5" gives {"x2": 1, "press": 5}.

    Raises ValueError for no setting, an unknown input or preset, or a value out of its range.
    """
    inputs = {given["name"]: given for given in figures.known(name)["inputs"]}
    state: dict[str, Any] = {}
    for key, text in parse_qsl(query, strict_parsing=True):
        if key == "preset":
            figures.start(name, text)
            state[key] = text
            continue
        if key not in inputs:
            raise ValueError(f"{name} has no input {key!r}; it has: {', '.join(inputs)}")
        try:
            state[key] = value = json.loads(text)
        except json.JSONDecodeError:
            state[key] = value = text
        low, high = inputs[key].get("min"), inputs[key].get("max")
        if low is not None and not (isinstance(value, int | float) and low <= value <= high):
            raise ValueError(f"{key}={text}; expected a number from {low} to {high}")
    return state


@cache
def _still(name: str, preset: str | None, place: str, _newest: float) -> dict[str, Any]:
    """Draw a figure once for each change of its sources."""
    drawn: dict[str, Any] = figures.still(name, preset, place, find_node())
    return drawn


def _newest() -> float:
    return max(path.stat().st_mtime for path in (LSTM_REF / "figures").iterdir())


def _links_may_set_figures(_app: Sphinx, config: Any) -> None:
    """Let MyST take `figure:` for an address and not for the name of a page."""
    given = config.myst_url_schemes
    known = given if isinstance(given, dict) else dict.fromkeys(given)
    config.myst_url_schemes = {**known, _SCHEME: None}


def _copy(app: Sphinx) -> None:
    """Lay out the bundles before the pages name them."""
    if app.builder.format == "html":
        to = Path(app.outdir) / "_static" / "figures"
        to.mkdir(parents=True, exist_ok=True)
        for path in _MADE.iterdir():
            if path.suffix in (".js", ".css"):
                shutil.copyfile(path, to / path.name)


def _load(app: Sphinx, page: str, *_: Any) -> None:
    """Name the kit and the figures of a page, and on other pages nothing."""
    here = app.env.metadata.get(page, {}).get("live_figures", {})
    if not here:
        return
    app.add_css_file("figures/kit.css")
    for name in ("kit", *sorted(set(here.values()))):
        app.add_js_file(f"figures/{name}.js", loading_method="defer")


def _raw(html: str) -> nodes.raw:
    return nodes.raw("", html, format="html")


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the directive, the links, and what a page loads."""
    app.add_directive("live-figure", LiveFigure)
    app.add_post_transform(StateLinks)
    app.connect("config-inited", _links_may_set_figures)
    app.connect("builder-inited", _copy)
    app.connect("html-page-context", _load)
    return {"version": "2", "parallel_read_safe": True, "parallel_write_safe": True}
