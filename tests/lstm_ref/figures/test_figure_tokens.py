"""The colours: readable by measurement, and the same in every form that they take."""

import re
from itertools import product

import matplotlib
import pytest

from lstm_ref.figures import colours, matplotlib_style, tokens_css

QUANTITIES = ("f", "i", "g", "o", "c", "h")


def luminance(colour: str) -> float:
    """Relative luminance of #RRGGBB, as WCAG 2.2 defines it."""
    parts = [int(colour[k : k + 2], 16) / 255 for k in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def test_contrast_is_measured_rightly() -> None:
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast("#767676", "#FFFFFF") == pytest.approx(4.54, abs=0.01)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_text_and_quantities_are_readable_on_both_grounds(theme: str) -> None:
    colour = colours(theme)
    for key, ground in product([*QUANTITIES, "text", "muted"], ["ground", "panel"]):
        assert contrast(colour[key], colour[ground]) >= 4.5, (key, ground)


def test_quantities_keep_the_contrast_that_the_design_promises() -> None:
    light, dark = colours("light"), colours("dark")
    assert min(contrast(light[key], "#FFFFFF") for key in QUANTITIES) >= 5.3
    assert min(contrast(dark[key], dark["ground"]) for key in QUANTITIES) >= 7.5


def test_css_sets_each_token_in_light_dark_and_print() -> None:
    css = tokens_css()
    rules = dict(re.findall(r"^([:h][^{}]*?) \{([^{}]*)\}", css, re.MULTILINE))
    for selector, theme in ((":root", "light"), ('html[data-theme="dark"]', "dark")):
        declared = dict(re.findall(r"--lstm-(\w+): (#\w{6});", rules[selector]))
        assert declared == colours(theme)
    in_print = css.split("@media print", 1)[1]
    assert ':root, html[data-theme="dark"] {' in in_print
    assert dict(re.findall(r"--lstm-(\w+): (#\w{6});", in_print)) == colours("light")


def test_an_unknown_theme_is_named() -> None:
    with pytest.raises(ValueError, match=r"'sepia'.*'light' or 'dark'"):
        colours("sepia")  # type: ignore[arg-type]


def test_matplotlib_takes_the_style_and_its_cycle() -> None:
    with matplotlib.rc_context(matplotlib_style("dark")):
        cycle = [entry["color"] for entry in matplotlib.rcParams["axes.prop_cycle"]]
        assert matplotlib.rcParams["text.color"] == colours("dark")["text"]
    assert cycle == [colours("dark")[key] for key in QUANTITIES]
