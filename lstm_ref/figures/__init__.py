"""Live figures: one spec each, shown by the book, by notebooks, and as still pictures.

A figure NAME is two files: NAME.js (its spec) and NAME.py (`compute` once more, in Python); what
pages and notebooks load is made from them into made/ by `python -m tools.figures`. The functions
here take a figure's name, one of `names()`. Importing this needs NumPy alone: `still`
runs node, `widget` imports anywidget and needs no node.
"""

import json
import subprocess
from collections.abc import Mapping
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

from lstm_ref.figures.tokens import colours, matplotlib_style, tokens_css

__all__ = [
    "colours",
    "compute",
    "known",
    "made",
    "matplotlib_style",
    "module",
    "names",
    "picture",
    "start",
    "still",
    "tokens_css",
    "widget",
]

_FOLDER = Path(__file__).parent


@cache
def names() -> tuple[str, ...]:
    """Return the names of all figures that were made."""
    return tuple(sorted(path.stem for path in (_FOLDER / "made").glob("*.json")))


def made(file: str) -> str:
    """Return the text of a file that `python -m tools.figures` makes, such as "kit.js"."""
    return (_FOLDER / "made" / file).read_text(encoding="utf-8")


@cache
def known(name: str) -> dict[str, Any]:
    """Return what Python knows of a figure: `title`, `words`, `inputs` and `presets`."""
    found: dict[str, Any] = json.loads(made(f"{_figure(name)}.json"))
    return found


def start(name: str, preset: str | None = None) -> dict[str, Any]:
    """Return the state that a figure starts in, or that of one of its presets."""
    state: dict[str, Any] = {given["name"]: given["start"] for given in known(name)["inputs"]}
    if preset is None:
        return state
    presets = known(name)["presets"]
    if preset not in presets:
        there = ", ".join(presets) or "none"
        raise ValueError(f"the figure {name} has no preset {preset!r}; there are: {there}")
    return {**state, **presets[preset]["state"]}


def compute(name: str, state: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the figure shows at a state, worked out by `lstm_ref`, not by its script."""
    side = import_module(f"lstm_ref.figures.{_figure(name)}")
    computed: dict[str, Any] = side.compute(state)
    return computed


def picture(name: str) -> str:
    """Return the figure's first state as the text of one <svg>, in the light colours."""
    return made(f"{_figure(name)}.svg")


def module(name: str) -> str:
    """Return kit, shell and figure as one ES module, as a notebook's widget wants it."""
    script = made(f"{_figure(name)}.js")
    shown = f"export default lstmFigures.widget({name!r}, lstmFigures.specs.{name});"
    return "\n".join([made("kit.js"), script, shown, ""])


def still(name: str, preset: str | None = None, id: str = "figure", node: str = "node") -> Any:
    """Draw a figure with no browser, by `node` of version 20 or later.

    Returns `html` (the figure as a page holds it before its script runs), `svg` (its `wide` and
    `narrow` picture), `words` (the text alternative), `values`, `title`, `inputs`, `presets`.
    Raises ValueError for an unknown figure, RuntimeError when node is not there, or with its
    words when it fails.
    """
    asked = json.dumps({"figure": name, "preset": preset, "id": id})
    if not (_FOLDER / f"{name}.js").is_file():
        raise ValueError(f"there is no figure {name!r}; there are: {', '.join(names())}")
    command = [node, "--no-warnings", str(_FOLDER / "still.js")]
    try:
        done = subprocess.run(
            command, input=asked, capture_output=True, check=True, encoding="utf-8", timeout=60
        )
    except FileNotFoundError:
        raise RuntimeError(
            f"cannot draw {name}: there is no program {node!r}; install Node 20 or later, "
            "or give its path as node="
        ) from None
    except subprocess.CalledProcessError as error:
        raise RuntimeError(f"cannot draw {name}: node failed:\n{error.stderr}") from None
    return json.loads(done.stdout)


def widget(name: str, preset: str | None = None) -> Any:
    """Return the figure as a notebook widget: display it, move it, read its `values`.

    `widget.set(x2=1)` moves it from Python. Where anywidget is not installed, and where a page
    shows no widgets, the figure's picture is shown.
    Raises ValueError for an unknown figure or preset.
    """
    first = start(name, preset)
    try:
        from lstm_ref.figures.notebook import figure_widget
    except ModuleNotFoundError:
        return Picture(name)
    return figure_widget(name, first)


class Picture:
    """A figure that cannot move: its picture, and a line that says what is missing."""

    def __init__(self, name: str) -> None:
        self.name = name

    def _repr_html_(self) -> str:
        hint = 'To move it, run pip install "lstm-ref[student]" and restart the kernel.'
        return f"{picture(self.name)}<p>{hint}</p>"

    def __repr__(self) -> str:
        return f"{known(self.name)['title']}. {known(self.name)['words']}"


def _figure(name: str) -> str:
    if name not in names():
        raise ValueError(f"there is no figure {name!r}; there are: {', '.join(names())}")
    return name
