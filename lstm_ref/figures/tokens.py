"""The colours of the course, from one file: `tokens.json` beside this module.

CSS custom properties, a matplotlib style and the ES modules of the figures are all made from
it, so that each quantity has one colour in every picture.
"""

import json
from functools import cache
from pathlib import Path
from typing import Any, Literal

Theme = Literal["light", "dark"]

PATH = Path(__file__).with_name("tokens.json")


@cache
def _load() -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(PATH.read_text(encoding="utf-8"))
    return loaded


def colours(theme: Theme = "light") -> dict[str, str]:
    """Return `{"f": "#B8460B", …, "text": …}`: every colour of one theme, quantities first."""
    if theme not in ("light", "dark"):
        raise ValueError(f"there is no theme {theme!r}: ask for 'light' or 'dark'")
    tokens = _load()
    return {
        key: value[theme] for group in ("quantities", "ink") for key, value in tokens[group].items()
    }


def tokens_css() -> str:
    """Return the style sheet that sets `--lstm-f` … `--lstm-panel` on a page.

    Light stands under `:root`, dark under `html[data-theme="dark"]` (the switch of
    pydata-sphinx-theme), and print is light whatever the screen shows.
    """

    def rule(selector: str, theme: Theme, indent: str = "") -> str:
        lines = [f"{indent}  --lstm-{key}: {value};" for key, value in colours(theme).items()]
        return "\n".join([f"{indent}{selector} {{", *lines, f"{indent}}}"])

    both = ':root, html[data-theme="dark"]'
    return "\n".join(
        [
            "/* Made from lstm_ref/figures/tokens.json. */",
            rule(":root", "light"),
            rule('html[data-theme="dark"]', "dark"),
            "@media print {",
            rule(both, "light", indent="  "),
            "}",
            "",
        ]
    )


def matplotlib_style(theme: Theme = "light") -> dict[str, Any]:
    """Return rcParams in the colours of the course: `plt.rcParams.update(matplotlib_style())`.

    The colour cycle is f, i, g, o, c, h. It is given as text, which matplotlib reads, so that
    matplotlib need not be installed here.
    """
    colour = colours(theme)
    cycle = [colour[key] for key in _load()["quantities"]]
    return {
        "axes.prop_cycle": f"cycler('color', {cycle!r})",
        "axes.edgecolor": colour["muted"],
        "axes.facecolor": colour["ground"],
        "axes.grid": True,
        "axes.labelcolor": colour["text"],
        "axes.spines.right": False,
        "axes.spines.top": False,
        "axes.titlecolor": colour["text"],
        "figure.facecolor": colour["ground"],
        "grid.color": colour["line"],
        "grid.linewidth": 0.6,
        "legend.frameon": False,
        "lines.linewidth": 2.0,
        "savefig.facecolor": colour["ground"],
        "svg.fonttype": "none",
        "text.color": colour["text"],
        "xtick.color": colour["muted"],
        "ytick.color": colour["muted"],
    }
