"""Drawings from a student: SVG with shapes and text, and nothing that runs or loads."""

import re
from xml.etree.ElementTree import ParseError, fromstring

import nh3

from nbgrader_sandbox.clean.allowance import Allowance
from nbgrader_sandbox.clean.plain import add_note

#: Characters and tags of one drawing.
BYTES = 2**20
TAGS = 20_000

_ELEMENTS = {
    *("svg", "g", "defs", "symbol", "use", "path", "rect", "circle", "ellipse", "line"),
    *("polyline", "polygon", "text", "tspan", "clipPath", "mask", "linearGradient"),
    *("radialGradient", "stop", "pattern", "marker"),
}
_ATTRIBUTES = {
    *("id", "class", "x", "y", "x1", "y1", "x2", "y2", "cx", "cy", "r", "rx", "ry", "fx"),
    *("fy", "d", "points", "width", "height", "viewBox", "version", "dx", "dy"),
    *("preserveAspectRatio", "transform", "rotate", "offset", "href", "fill", "stroke"),
    *("color", "opacity", "style", "fill-opacity", "fill-rule", "stroke-width"),
    *("stroke-opacity", "stroke-linecap", "stroke-linejoin", "stroke-miterlimit"),
    *("stroke-dasharray", "stroke-dashoffset", "stop-color", "stop-opacity", "clip-path"),
    *("clip-rule", "mask", "font-family", "font-size", "font-weight", "font-style"),
    *("text-anchor", "text-decoration", "dominant-baseline", "letter-spacing"),
    *("gradientUnits", "gradientTransform", "patternUnits", "patternTransform"),
    *("patternContentUnits", "clipPathUnits", "maskUnits", "spreadMethod", "markerWidth"),
    *("markerHeight", "markerUnits", "orient", "refX", "refY", "marker-start"),
    *("marker-mid", "marker-end", "textLength", "vector-effect", "visibility", "display"),
    *("xml:space", "overflow"),
}
_STYLES = {
    *("fill", "stroke", "color", "opacity", "fill-opacity", "fill-rule", "stroke-width"),
    *("stroke-opacity", "stroke-linecap", "stroke-linejoin", "stroke-miterlimit"),
    *("stroke-dasharray", "stroke-dashoffset", "stop-color", "stop-opacity", "clip-path"),
    *("font", "font-family", "font-size", "font-weight", "font-style", "text-anchor", "mask"),
    *("display", "visibility", "writing-mode", "white-space"),
}
_LOCAL = re.compile(r"url\(\s*['\"]?#[\w.:-]+['\"]?\s*\)")
_LOADS = re.compile(r"url|expression|script|import|image|\\|@|//|&", re.IGNORECASE)

_ROOT = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'


def clean_svg(source: object, notes: list[str], allowance: Allowance | None = None) -> str | None:
    """Return an SVG document of shapes and text only, or None where nothing is left of it.

    Scripts, styles, embedded HTML and pictures, animation, and references to anything but the
    document's own parts are gone.
    """
    if not isinstance(source, str) or len(source) > BYTES:
        add_note(notes, f"removed a drawing that is no text, or of more than {BYTES} characters")
        return None
    if not (allowance or Allowance()).parses(source, TAGS):
        add_note(notes, f"removed a drawing of {len(source)} characters with too many parts")
        return None
    cleaned = nh3.clean(
        source,
        tags=_ELEMENTS,
        clean_content_tags={"script", "style", "foreignObject", "title", "desc", "metadata"},
        attributes={"*": _ATTRIBUTES},
        attribute_filter=_attribute,
        filter_style_properties=_STYLES,
        url_schemes=set(),
        link_rel=None,
    ).replace("&nbsp;", "&#160;")  # the one name that XML does not know
    # What stands around the drawing would be text, and two roots no document.
    start, end = cleaned.find("<svg"), cleaned.rfind("</svg>")
    cleaned = _ROOT + cleaned[start + len("<svg") : end] + "</svg>" if 0 <= start < end else ""
    try:
        fromstring(cleaned)  # what nh3 writes has no declarations, so nothing can expand in it
    except (ParseError, ValueError):
        add_note(notes, "removed a drawing that is no SVG")
        return None
    return cleaned


def _attribute(tag: str, name: str, value: str) -> str | None:
    if name in ("href", "xlink:href"):
        return value if re.fullmatch(r"#[\w.:-]+", value) else None
    return None if _LOADS.search(_LOCAL.sub("", value)) else value
