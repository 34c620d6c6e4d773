"""An opinion on HTML that shares nothing with the cleaner: Python's own parser and a short list."""

from html.parser import HTMLParser
from urllib.parse import urlsplit

FORBIDDEN = set(
    "script style iframe frame frameset object embed applet form button select option textarea "  # noqa: SIM905
    "link meta base svg math template noscript noembed noframes xmp plaintext title head body html "
    "video audio source picture track canvas marquee portal slot dialog isindex animate use image "
    "foreignobject".split()
)
LOADING = {
    "src",
    "srcset",
    "poster",
    "background",
    "data",
    "action",
    "formaction",
    "ping",
    "xlink:href",
}

STYLES = ("url", "position", "expression", "\\", "inset", "z-index", "binding")


class _Audit(HTMLParser):
    def __init__(self, svg: bool) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []
        self.forbidden = FORBIDDEN - {"svg", "use"} if svg else FORBIDDEN

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in self.forbidden or ":" in tag or "-" in tag:
            self.found.append(f"<{tag}>")
        for name, value in attrs:
            plain = "".join(c for c in (value or "") if c > " " and c != "\x7f").lower()
            if name.startswith("on") or name in {"srcdoc", "autofocus", "tabindex", "is"}:
                self.found.append(f"{name}={value}")
            if name == "xlink:href" and not plain.startswith("#"):
                self.found.append(f"{name}={value}")
            if name == "href" and urlsplit(plain).scheme not in ("", "http", "https", "mailto"):
                self.found.append(f"{name}={value}")
            if name in LOADING and not plain.startswith(
                ("data:image/png;", "data:image/jpeg;", "#")
            ):
                where = urlsplit(plain.replace("\\", "/"))
                if where.scheme or where.netloc or plain.startswith(("/", "\\")):
                    self.found.append(f"{name}={value}")
            if name not in ("id", "title", "alt") and not plain.startswith(("#", "http")):
                if any(word in plain for word in ("javascript:", "vbscript:", "data:text")):
                    self.found.append(f"{name}={value}")
                local = plain.replace("url(#", "").replace('url("#', "")
                if "url(" in local or (name == "style" and any(word in local for word in STYLES)):
                    self.found.append(f"{name}={value}")
            if name == "class" and {"modal", "fade", "navbar"} & set((value or "").split()):
                self.found.append(f"{name}={value}")

    def handle_comment(self, data: str) -> None:
        self.found.append(f"<!--{data}-->")

    def handle_decl(self, decl: str) -> None:
        self.found.append(f"<!{decl}>")

    def handle_pi(self, data: str) -> None:
        self.found.append(f"<?{data}>")

    def unknown_decl(self, data: str) -> None:
        self.found.append(f"<![{data}]>")


def audit(html: str, *, svg: bool = False) -> list[str]:
    """Return all that a page must not hold."""
    parser = _Audit(svg)
    parser.feed(html)
    parser.close()
    return parser.found
