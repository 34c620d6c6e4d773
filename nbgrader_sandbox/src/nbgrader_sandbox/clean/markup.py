"""HTML from a student: which elements, attributes and addresses a page may show.

`clean_html` parses as a browser does (nh3, that is Ammonia and html5ever) and builds anew what is
allowed. `is_safe` judges HTML that somebody else will show as it is, for instance nbconvert's
rendering of a Markdown cell.
"""

import html
import re
from collections.abc import Callable

import nh3

_INLINE = (
    "a abbr b br code dfn del em font i img input ins kbd mark q s samp small span strike strong "
    "sub sup tt u var"
)
_BLOCK = (
    "blockquote center dd details div dl dt figcaption figure h1 h2 h3 h4 h5 h6 hr li ol p pre "
    "section summary ul"
)
_TABLE = "caption col colgroup table tbody td tfoot th thead tr"

#: No element of these starts a script, loads a file by itself (`img` is looked at below), covers
#: the page, or makes a browser read what follows as anything but HTML.
TAGS = frozenset(f"{_INLINE} {_BLOCK} {_TABLE}".split())

_EVERYWHERE = {"class", "style", "title", "align", "dir", "lang"}
_ATTRIBUTES: dict[str, set[str]] = {
    "a": {"href"},
    "font": {"color"},
    "img": {"src", "alt", "width", "height"},
    "td": {"colspan", "rowspan", "valign"},
    "th": {"colspan", "rowspan", "valign", "scope"},
    "col": {"span"},
    "colgroup": {"span"},
    "ol": {"start", "type", "reversed"},
    "ul": {"type"},
    "li": {"value"},
    "table": {"border", "cellpadding", "cellspacing"},
    "details": {"open"},
    "input": {"type", "disabled", "checked"},
    **{f"h{level}": {"id"} for level in range(1, 7)},
}

#: Classes of Markdown, tables and highlighted code. Others could be those of the page's own
#: menus and layers, and cover it.
_CLASSES = frozenset(
    {
        *("alert", "alert-block", "alert-danger", "alert-info", "alert-success"),
        *("alert-warning", "anchor-link", "blank_value", "col_heading", "data", "dataframe"),
        *("highlight", "index_name", "row_heading", "table", "task-list-item"),
        *("task-list-item-checkbox", "tex"),
    }
)
_HIGHLIGHT = re.compile(r"[a-z][a-z0-9]{0,2}|language-[a-z0-9+#-]{1,20}")

_STYLE = re.compile(
    r"(?:\s*(?:text-align|vertical-align|font-weight|font-style|text-decoration|color|"
    r"background-color)\s*:\s*(?:[\w#.%-]+|rgba?\([\d., %]+\))(?:\s*;|\s*$))*\s*",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"[0-9]{1,4}(?:\.[0-9]{1,3})?(?:px|%|em)?")
_WORD = re.compile(r"#?[\w -]{1,40}")
_HEADING = re.compile(r"[^\s<>\"]{0,1000}")

_WEB = re.compile(r"(?:https?://[^\s<>\"'`\\]{1,2000}|mailto:[\w.+%@-]{1,200})", re.IGNORECASE)
#: A file beside the notebook: no scheme, no other server, no way up.
_BESIDE = re.compile(r"(?!.*(?:\.\.|//))[\w-][\w ./%+-]{0,300}")
_FRAGMENT = re.compile(r"#[^\s<>\"]{0,1000}")

#: What `[A-Za-z/!?]` after `<` begins; all other `<` are text.
_MARKUP = re.compile(
    r"<(?P<end>/?)(?P<tag>[a-zA-Z][a-zA-Z0-9]*)"
    r"(?P<attributes>(?:\s+[a-zA-Z][\w-]*(?:=(?:\"[^\"<>]*\"|'[^'<>]*'|[^\s\"'=<>`]+))?)*)"
    r"\s*/?>"
)
_ATTRIBUTE = re.compile(
    r"(?P<name>[a-zA-Z][\w-]*)(?:=(?:\"(?P<a>[^\"]*)\"|'(?P<b>[^']*)'|(?P<c>\S+)))?"
)

#: Given the address of an embedded picture, the one to show, or None.
Picture = Callable[[str], str | None]


def no_picture(address: str) -> str | None:
    """Show no embedded picture."""
    return None


def address(value: str) -> str | None:
    """Return where a link may go, or None: the web, a mail, a heading, a file beside the page."""
    value = value.strip()
    for form in (_WEB, _FRAGMENT, _BESIDE):
        if form.fullmatch(value):
            return f"#{_own(value[1:])}" if form is _FRAGMENT else value
    return None


def _own(name: str) -> str:
    """Return the name of a place in a text, which is that of no cell and no part of the page."""
    return name if not name or name.startswith(_PLACE) else f"{_PLACE}{name}"


_PLACE = "text-"


def attribute(tag: str, name: str, value: str, picture: Picture = no_picture) -> str | None:
    """Return what the value of an allowed attribute may be, or None for none at all."""
    if name not in _EVERYWHERE and name not in _ATTRIBUTES.get(tag, ()):
        return None
    match name:
        case "href":
            return address(value)
        case "src":
            value = value.strip()
            return picture(value) if value.startswith("data:") else beside(value)
        case "class":
            kept = [c for c in value.split() if c in _CLASSES or _HIGHLIGHT.fullmatch(c)]
            return " ".join(kept) or None
        case "style":
            return value if len(value) <= 500 and _STYLE.fullmatch(value) else None
        case "id":
            return _own(value) if _HEADING.fullmatch(value) else None
        case "title" | "alt":
            return value[:1000]
        case "type" if tag == "input":
            return "checkbox" if value == "checkbox" else None
        case "checked" | "disabled" | "open" | "reversed":
            return ""
        case "align" | "valign" | "color" | "dir" | "lang" | "scope" | "type":
            return value if _WORD.fullmatch(value) else None
    return value if _NUMBER.fullmatch(value) else None


def beside(value: str) -> str | None:
    """Return the address of a file beside the page, or None."""
    return value if _BESIDE.fullmatch(value) else None


def clean_html(source: str, picture: Picture = no_picture, *, links: bool = True) -> str:
    """Return a fragment of HTML with the allowed elements, attributes and addresses only.

    Scripts and styles go with what is in them, other elements leave their text. `links` says
    whether addresses may lead to other servers. The result is balanced: it closes no element
    that it did not open.
    """

    def allowed(tag: str, name: str, value: str) -> str | None:
        if name == "href" and not links and not value.startswith("#"):
            return None
        return attribute(tag, name, value, picture)

    cleaned = nh3.clean(
        source,
        tags=set(TAGS),
        clean_content_tags={"script", "style", "iframe", "object", "template", "svg", "math"}
        | {"title", "textarea", "select", "noscript", "noembed", "noframes", "xmp", "head"},
        attributes={"*": set(_EVERYWHERE), **_ATTRIBUTES},
        set_tag_attribute_values={"input": {"type": "checkbox"}},
        attribute_filter=allowed,
        url_schemes={"http", "https", "mailto", "data"},
        link_rel="noopener noreferrer nofollow",
    )
    # What nh3 writes has `<` and `>` in tags only, so these are whole elements.
    return re.sub(r"<img(?![^>]* src=)[^>]*>", "", cleaned)


def clean_tag(found: str, picture: Picture = no_picture) -> str | None:
    """Return one tag as it may stand in Markdown, or None where it may not.

    What is returned has quotes round each value and neither `<` nor `>` in one, so that no
    parser can read it in two ways. Attributes of another form than HTML's usual ones are left out.
    """
    named = re.match(r"<(?P<end>/?)(?P<tag>[a-zA-Z][a-zA-Z0-9]*)(?=[\s/>])", found)
    if named is None or (tag := named["tag"].lower()) not in TAGS - {"input"}:
        return None
    if named["end"]:
        return f"</{tag}>"
    match = _MARKUP.fullmatch(found)
    written = tag
    for name, value in attributes(match["attributes"] if match else ""):
        kept = attribute(tag, name, value, picture)
        if kept is not None:
            written += f' {name}="{html.escape(kept)}"'
    return f"<{written}>"


def attributes(source: str) -> list[tuple[str, str]]:
    """Return the names and decoded values of a tag's attributes."""
    return [
        (found["name"].lower(), html.unescape(found["a"] or found["b"] or found["c"] or ""))
        for found in _ATTRIBUTE.finditer(source)
    ]


def is_safe(rendered: str, picture: Picture = no_picture) -> bool:
    """Whether HTML can be shown as it is: each `<` begins an allowed tag in its simple form.

    Since no element of `TAGS` changes how a browser reads what follows, and no value holds a `<`
    or `>`, this needs no parser to be certain. Also no element is closed that was not opened.
    """
    opened: list[str] = []
    at = 0
    while (at := rendered.find("<", at)) >= 0:
        if not re.match(r"[A-Za-z/!?]", rendered[at + 1 : at + 2]):
            at += 1
            continue
        match = _MARKUP.match(rendered, at)
        if match is None or match["tag"] not in TAGS:
            return False
        tag = match["tag"]
        for name, value in attributes(match["attributes"]):
            kept = attribute(tag, name, value, picture)
            if kept is None or (name == "class" and kept.split() != value.split()):
                return False
        if match["end"]:
            if tag not in opened:
                return False
            opened.reverse()
            opened.remove(tag)
            opened.reverse()
        else:
            opened.append(tag)
        at = match.end()
    return True
