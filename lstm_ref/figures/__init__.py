"""Live figures: one ES module each, shown by the book, by notebooks, and as still pictures.

`source`, `state`, `picture`, `describe` and `widget` take a figure's name, one of `names()`.
Importing this needs NumPy alone: `picture` runs node, `widget` imports anywidget.
"""

import json
import subprocess
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lstm_ref.figures.bundle import bundle
from lstm_ref.figures.tokens import colours, matplotlib_style, tokens_css

if TYPE_CHECKING:
    import anywidget

__all__ = [
    "colours",
    "describe",
    "fallback",
    "matplotlib_style",
    "names",
    "picture",
    "source",
    "state",
    "tokens_css",
    "widget",
]

_FOLDER = Path(__file__).parent
#: For each figure the class of its widget. Its Python side is the module of its own name, which is
#: imported when it is asked for: it calculates, so that it needs the reference.
_FIGURES = {"forget_gate": "lstm_ref.figures.forget_gate_widget:ForgetGate"}

_WIDE, _NARROW = 720, 343
_CHANGE_AT = 600  # pixels of the window: narrower, and the narrow picture is shown


def names() -> tuple[str, ...]:
    """Return the names of all figures."""
    return tuple(_FIGURES)


@cache
def source(name: str) -> str:
    """Return the figure as one self-contained ES module.

    Its default export is `{ render({ model, el }) }`, as anywidget wants; it also exports
    `initial(given)`, `picture(state, options)`, `compute(state)` and `mount(el, state)`.
    """
    _figure(name)
    return bundle(_FOLDER / f"{name}.js")


def state(name: str) -> dict[str, Any]:
    """Return the figure's first state, as JSON, from the worked example."""
    first: dict[str, Any] = _side(name).state()
    return first


def describe(name: str) -> str:
    """Return the figure's text alternative."""
    words: str = _side(name).describe()
    return words


def picture(name: str, node: str = "node", width: int = _WIDE) -> str:
    """Return the figure's first state as the text of one <svg>, drawn by the figure's module.

    `node` is the program to run; `width` the pixels that the picture is laid out for. The
    colours are the page's tokens, or the light ones where a page has none.
    Raises RuntimeError when node is not there or fails.
    """
    asked = json.dumps({"state": state(name), "options": {"width": width}})
    script = f"{source(name)}\nprocess.stdout.write(picture(...Object.values({asked})));\n"
    command = [node, "--input-type=module", "-"]
    try:
        done = subprocess.run(
            command, input=script, capture_output=True, check=True, encoding="utf-8", timeout=60
        )
    except FileNotFoundError:
        raise RuntimeError(
            f"cannot draw {name}: there is no program {node!r}; install Node 20 or later, "
            "or give its path as node="
        ) from None
    except subprocess.CalledProcessError as error:
        raise RuntimeError(f"cannot draw {name}: node failed:\n{error.stderr}") from None
    return done.stdout


def fallback(name: str, node: str = "node") -> str:
    """Return HTML for a page without JavaScript: a wide and a narrow picture, one shown.

    The window's width chooses, by a style sheet inside each picture, so that letters keep
    their size on a telephone.
    """
    hidden = "display:none!important"
    wide = f"@media (max-width:{_CHANGE_AT}px){{.lstm-wide{{{hidden}}}}}"
    narrow = f"@media (min-width:{_CHANGE_AT + 1}px),print{{.lstm-narrow{{{hidden}}}}}"
    pictures = []
    for width, kind, sheet in ((_WIDE, "lstm-wide", wide), (_NARROW, "lstm-narrow", narrow)):
        drawn = picture(name, node, width).replace('class="', f'class="{kind} ', 1)
        pictures.append(drawn.replace("</desc>", f"</desc><style>{sheet}</style>", 1))
    return "\n".join(pictures)


def widget(name: str) -> "anywidget.AnyWidget":
    """Return the figure as a notebook widget; display it, move it, read its traits.

    Raises ImportError when anywidget is not installed.
    """
    module, _, class_name = _figure(name).partition(":")
    try:
        made: anywidget.AnyWidget = getattr(import_module(module), class_name)()
    except ModuleNotFoundError as error:
        raise ImportError(
            f"the live figure needs {error.name}, which is not installed: "
            'run pip install "lstm-ref[student]"'
        ) from error
    return made


def _side(name: str) -> Any:
    _figure(name)
    return import_module(f"lstm_ref.figures.{name}")


def _figure(name: str) -> str:
    if name not in _FIGURES:
        raise ValueError(f"there is no figure {name!r}; there are: {', '.join(_FIGURES)}")
    return _FIGURES[name]
