"""Markdown from a student: HTML, links and pictures in it made safe, maths and code as they are.

Markdown cannot be judged without the program that renders it. So the source is cleaned with what
Markdown's rules say, then rendered by nbconvert, which the formgrader and the feedback use, and
judged there. A source that is not safe even so is shown as plain text.
"""

import html
import re
from collections.abc import Callable
from functools import lru_cache

from nbgrader_sandbox.clean.markup import address, beside, clean_tag, is_safe
from nbgrader_sandbox.clean.plain import add_note, clean_text

#: The most characters of one text: rendering takes quadratic time in the worst case.
CHARACTERS = 20_000

#: Attached pictures of a cell by name, each a dict of MIME type and base64, already cleaned.
Attachments = dict[str, dict[str, str]]

#: Parts that are not HTML: code first, then maths as nbconvert finds it.
_CODE = (
    r"(?P<fence>^[ >]*(?P<ticks>`{3,}|~{3,})[^\n]*(?:\n(?![ >]*(?P=ticks))[^\n]*)*(?:\n[^\n]*|\Z))"
    r"|(?P<block>(?:\A|(?<=\n\n))(?:(?: {4}|\t)[^\n]*\n?)+)"
    r"|(?P<code>(?<![`\\])(?P<tick>`+)(?!`)(?:(?!\n\n).)+?(?<!`)(?P=tick)(?!`))"
)
_MATHS = (
    r"(?P<maths>(?<!\\)\$\$(?:(?!\$\$).){0,5000}\$\$|(?<![$\\])\$(?:(?!\n\n)[^$]){1,2000}(?<!\\)\$"
    r"|\\\\[\[(](?:(?!\\\\[\])]).){0,5000}\\\\[\])]"
    r"|\\begin\{(?P<environment>[a-z]{1,20}\*?)\}.{0,5000}?\\end\{(?P=environment)\})"
)
_MARKUP = (
    r"(?P<comment><!--(?:(?!-->).){0,5000}-->)"
    r"|(?P<dropped><(?P<name>script|style)\b[^>]{0,1000}>(?:(?!</?(?P=name)).)*</(?P=name)\s*>)"
    r"|(?P<autolink><(?:https?://[^\s<>\"'`]{1,1000}|[\w.+-]{1,100}@[\w.-]{1,100})>)"
    r"|(?P<tag></?[a-zA-Z][^<>]{0,2000}>)"
    r"|(?P<other><(?=[a-zA-Z/!?]))"
)
_PARTS = re.compile(f"{_CODE}|{_MATHS}|{_MARKUP}", re.MULTILINE | re.DOTALL | re.IGNORECASE)

_PICTURE = re.compile(
    r"!\[(?P<alt>[^\[\]]{0,500})\](?P<to>\(\s*<?(?P<address>[^\s()<>]{1,2000})>?"
    r"(?:\s+(?:\"[^\"\n]{0,200}\"|'[^'\n]{0,200}'))?\s*\))?"
)
_LINK = re.compile(
    r"(?P<before>\]\(\s*|^[ >]*\[[^\]\n]{1,500}\]:\s*)"
    r"(?P<address><[^<>\n]{0,2000}>|[^\s()<>]+(?:\([^\s()<>]*\)[^\s()<>]*)*)",
    re.MULTILINE,
)

#: TeX that makes links, styles, or loads extensions; also with its backslash as an entity.
_UNSAFE_TEX = re.compile(
    r"(?:\\|&#0*92;?|&#x0*5c;?|&bsol;)"
    r"(?=(?:href|url|style|class|cssId|require|data|html[A-Z]\w*|unicode|includegraphics)\b)",
    re.IGNORECASE,
)


def clean_markdown(
    source: str,
    notes: list[str],
    attachments: Attachments | None = None,
) -> str:
    """Return Markdown that nbconvert and JupyterLab can show; notes are added to `notes`."""
    attachments = attachments or {}
    if len(source) > CHARACTERS:
        add_note(notes, f"cut a text of {len(source)} characters")
        source = source[:CHARACTERS] + "\n\n*(The text is cut here.)*"
    source = clean_text(source, notes).replace("\x1b", "")
    if renders_safely(source, attachments):
        return source
    cleaned = _Source(notes, attachments).clean(source)
    if renders_safely(cleaned, attachments):
        return cleaned
    add_note(notes, "showed a text as it was typed, since it could not be made safe as Markdown")
    return as_typed(source)


def as_typed(source: str) -> str:
    """Return Markdown that shows `source` letter by letter, in one line of HTML."""
    letters = (c if (c.isalnum() and c.isascii()) or c == " " else f"&#{ord(c)};" for c in source)
    return f"<pre>{''.join(letters)}</pre>"


def renders_safely(source: str, attachments: Attachments) -> bool:
    """Whether nbconvert makes HTML of it that can be shown as it is."""
    return _renders_safely(source, attachments) if attachments else _seen_before(source)


@lru_cache(512)
def _seen_before(source: str) -> bool:
    """The texts of a release stand in all submissions."""
    return _renders_safely(source, {})


def _renders_safely(source: str, attachments: Attachments) -> bool:
    # Imported late: it takes a while, and most outputs hold no Markdown.
    from nbconvert.filters import strings
    from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

    strip_files_prefix: Callable[[str], str] = strings.strip_files_prefix

    pictures = {
        f"data:{kind};base64,{data}"
        for attached in attachments.values()
        for kind, data in attached.items()
    }
    try:
        renderer = IPythonRenderer(escape=False, attachments=attachments)
        rendered = strip_files_prefix(MarkdownWithMath(renderer=renderer).render(source))
    # Rendering raises for a picture that is not attached, and a parser of others for what not.
    except Exception:
        return False
    text = html.unescape(re.sub(r"(?s)<pre\b.*?</pre>|<code\b.*?</code>", "", rendered))
    return not _UNSAFE_TEX.search(text) and is_safe(
        rendered, lambda found: found if found in pictures else None
    )


class _Source:
    """Cleans the source of one text, part by part; no part is looked at twice."""

    def __init__(self, notes: list[str], attachments: Attachments) -> None:
        self.notes = notes
        self.attachments = attachments

    def clean(self, source: str) -> str:
        made, at = [], 0
        for found in _PARTS.finditer(source):
            made += [self.prose(source[at : found.start()]), self.part(found)]
            at = found.end()
        return "".join([*made, self.prose(source[at:])])

    def part(self, found: re.Match[str]) -> str:
        text = found[0]
        match found.lastgroup and next(key for key in _KINDS if found[key] is not None):
            case "fence":
                # nbconvert writes the content of such a block into the page unescaped.
                return re.sub(r"(?i)\A([ >]*[`~]+\s*)mermaid", r"\1text", text)
            case "block" | "code" | "autolink":
                return text
            case "maths":
                return self.tex(text)
            case "comment":
                return ""
            case "dropped":
                add_note(self.notes, "removed scripts or styles from a text")
                return ""
            case "tag":
                return self.tag(text)
        return "&lt;" + text[1:]

    def tag(self, text: str) -> str:
        image = re.match(r"(?i)<img\b", text)
        cleaned = clean_tag(text)
        if image and (cleaned is None or " src=" not in cleaned):
            web = re.search(r"(?i)\bsrc\s*=\s*[\"']?(https?://[^\s\"'<>]+)", text)
            add_note(self.notes, "turned a picture from elsewhere into a link")
            to = address(html.unescape(web[1])) if web else None
            return f'<a href="{html.escape(to)}">(a picture)</a>' if to else "(a picture)"
        if cleaned is None:
            add_note(self.notes, "showed HTML as text that a page must not hold")
            return html.escape(text, quote=False)
        if len(re.findall(r"[\w-]=", cleaned)) < len(re.findall(r"[\w-]\s*=", text)):
            add_note(self.notes, "removed attributes of HTML that a page must not hold")
        return cleaned

    def prose(self, text: str) -> str:
        return self.tex(_LINK.sub(self.link, _PICTURE.sub(self.picture, text)))

    def tex(self, text: str) -> str:
        if _UNSAFE_TEX.search(text):
            add_note(self.notes, "removed TeX commands that make links or styles")
        return _UNSAFE_TEX.sub("", text)

    def picture(self, found: re.Match[str]) -> str:
        """Keep a picture that is attached or a file beside the notebook; link to all others."""
        to = _decoded(found["address"] or "")
        if to.startswith("attachment:"):
            if to.removeprefix("attachment:") in self.attachments:
                return found[0]
            add_note(self.notes, "removed a picture that is not attached")
            return f"[{found['alt']} (a picture)](#)"
        if beside(to):
            return found[0]
        add_note(self.notes, "turned a picture from elsewhere into a link")
        return f"[{found['alt'] or 'a picture'}]{found['to'] or ''}"

    def link(self, found: re.Match[str]) -> str:
        to = _decoded(found["address"].strip("<>"))
        if address(to) or to.removeprefix("attachment:") in self.attachments:
            return found[0]
        add_note(self.notes, "removed where a link led to")
        return found["before"] + "#"


_KINDS = ("fence", "block", "code", "maths", "comment", "dropped", "autolink", "tag", "other")


def _decoded(source: str) -> str:
    """Return an address as a browser will have it: entities and escapes decoded."""
    plain = re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", html.unescape(source))
    return re.sub(r"[\x00-\x20\x7f]", "", plain)
