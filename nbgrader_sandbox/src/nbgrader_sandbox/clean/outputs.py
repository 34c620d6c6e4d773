"""A cell's outputs: text, tables and pictures, in nbformat's form, and nothing that is alive."""

import re
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from nbgrader_sandbox.clean.allowance import Allowance
from nbgrader_sandbox.clean.markdown import CHARACTERS, clean_markdown
from nbgrader_sandbox.clean.markup import clean_html
from nbgrader_sandbox.clean.pictures import clean_data_address, clean_picture
from nbgrader_sandbox.clean.plain import add_note, clean_text, cut
from nbgrader_sandbox.clean.svg import clean_svg
from nbgrader_sandbox.finding import MIME_TYPE, Finding, FindingError

#: The most outputs of one cell, bytes of its pictures together, lines of one traceback, tags of one
#: table.
OUTPUTS = 100
PICTURE_BYTES = 8 * 2**20
TRACEBACK_LINES = 60
TAGS = 10_000

#: Bytes that an output takes beside its text.
_OVERHEAD = 100

_PICTURES = ("image/png", "image/jpeg", "image/svg+xml")
_SIZES = ("width", "height")

#: What is worth a note when it goes from an HTML output; a table's own styles are not.
_ALIVE = re.compile(
    r"<\s*(?:script|iframe|frame|object|embed|form|input|button|svg|math|link|meta|base|textarea)"
    r"|\bon\w+\s*=|(?:java|vb)script:|https?://|\bposition\s*:|\bsrc\s*=",
    re.IGNORECASE,
)


def clean_outputs(
    outputs: object,
    *,
    limit_bytes: int = 200_000,
    max_lines: int = 200,
    trusted: bool = False,
    allowance: Allowance | None = None,
) -> tuple[list[dict[str, Any]], list[str]]:
    """Return a cell's outputs as they may be shown and stored, and what was taken out, in words.

    `outputs` is what a worker said they are, so of any form; what is no output is left out.
    `limit_bytes` and `max_lines` bound the text of all outputs together, `allowance` those of all
    cells of a notebook. A finding (see
    `nbgrader_sandbox.finding`) is kept with `trusted` only, which says that a cell of the
    instructor made these outputs in the grader process.
    """
    allowance = allowance or Allowance()
    cleaner = _Cleaner(limit_bytes, max_lines, trusted, allowance)
    if not isinstance(outputs, list | tuple):
        add_note(cleaner.notes, "removed outputs that are no list")
        return [], cleaner.notes
    if outputs and allowance.text <= 0:
        add_note(cleaner.notes, "removed outputs of which there were too many in the notebook")
        outputs = outputs[-1:]  # which says why a cell stopped
    kept = [cleaner.output(output) for output in _joined(outputs[:OUTPUTS])]
    if len(outputs) > OUTPUTS:
        add_note(cleaner.notes, f"removed outputs after the first {OUTPUTS}")
    cleaner.account(len(kept))
    return [output for output in kept if output is not None], cleaner.notes


class _Cleaner:
    """Cleans outputs one after the other, within a cell's bounds and the notebook's."""

    def __init__(self, size: int, lines: int, trusted: bool, allowance: Allowance) -> None:
        self.size = self._size = max(0, min(size, allowance.text))
        self.lines = lines
        self.picture_size = self._picture_size = max(0, min(PICTURE_BYTES, allowance.pictures))
        self.trusted = trusted
        self.allowance = allowance
        self.notes: list[str] = []

    def account(self, outputs: int) -> None:
        """Take what was kept from the notebook's share."""
        self.allowance.text -= self._size - self.size + _OVERHEAD * outputs
        self.allowance.pictures -= self._picture_size - self.picture_size

    def output(self, output: object) -> dict[str, Any] | None:
        kind = output.get("output_type") if isinstance(output, Mapping) else None
        try:
            match kind, output:
                case "stream", Mapping():
                    return self.stream(output)
                case ("display_data" | "execute_result") as name, Mapping():
                    return self.display(output, name)
                case "error", Mapping():
                    return self.error(output)
        except (TypeError, ValueError, KeyError, RecursionError):
            pass  # a form that nobody thought of is malformed all the same
        add_note(self.notes, "removed a malformed output")
        return None

    def text(self, source: str, *, tail: bool = False, lines: int | None = None) -> str:
        """Clean text and take it from the allowance."""
        kept = clean_text(_shortened(source, 4 * self.size, tail), self.notes)
        most = self.lines if lines is None else min(lines, self.lines)
        kept = cut(kept, self.size, most, self.notes, tail=tail)
        self.size = max(0, self.size - len(kept.encode()))
        self.lines = max(0, self.lines - len(kept.splitlines()))
        return kept

    def stream(self, output: Mapping[str, Any]) -> dict[str, Any] | None:
        name, text = output.get("name"), _as_text(output.get("text"))
        if name not in ("stdout", "stderr") or text is None:
            raise ValueError(name)
        kept = self.text(text)
        return {"output_type": "stream", "name": name, "text": kept} if kept else None

    def error(self, output: Mapping[str, Any]) -> dict[str, Any]:
        traceback = _as_text(output.get("traceback"), "\n")
        name, value = _as_text(output.get("ename")), _as_text(output.get("evalue"))
        if traceback is None or name is None or value is None:
            raise ValueError(name)
        name = " ".join(clean_text(_shortened(name, 200), self.notes).split())
        # What is left for it, and a few words at least.
        most = min(2000, max(self.size, 200))
        value = cut(clean_text(_shortened(value, 8000), self.notes), most, 20, self.notes)
        self.size = max(0, self.size - len(value.encode()))
        lines = self.text(traceback, tail=True, lines=TRACEBACK_LINES).split("\n")
        return {"output_type": "error", "ename": name, "evalue": value, "traceback": lines}

    def display(self, output: Mapping[str, Any], kind: str) -> dict[str, Any] | None:
        found, sizes = output.get("data"), output.get("metadata")
        if not isinstance(found, Mapping):
            raise ValueError("data")
        data: dict[str, Any] = {}
        metadata: dict[str, Any] = {}
        for name in sorted(map(str, found)):
            cleaned = self.content(name, found.get(name))
            if cleaned is None:
                continue
            data[name] = cleaned
            size = sizes.get(name) if isinstance(sizes, Mapping) else None
            if name in _PICTURES and isinstance(size, Mapping):
                metadata[name] = {key: size[key] for key in _SIZES if _is_length(size.get(key))}
        if not data:
            return None
        made: dict[str, Any] = {"output_type": kind, "data": data, "metadata": metadata}
        if kind == "execute_result":
            count = output.get("execution_count")
            made["execution_count"] = count if _is_length(count) else None
        return made

    def content(self, kind: str, content: object) -> object | None:
        """Return the content of one MIME type, or None where it is not kept."""
        if kind == MIME_TYPE and self.trusted:
            try:
                return Finding.from_payload(content).to_payload()
            except FindingError as error:
                add_note(self.notes, f"removed a finding: {error}")
                return None
        if kind == "text/plain":
            text = _as_text(content)
            if text is None:
                add_note(self.notes, "removed content of text/plain that is no text")
            return None if text is None else self.text(text)
        if kind == "text/html":
            return self.markup(kind, content, self.html)
        if kind == "text/markdown":
            return self.markup(kind, content, self.markdown)
        if kind in _PICTURES:
            return self.picture(kind, content)
        add_note(self.notes, f"removed content of the type {clean_text(kind, [])[:60]}")
        return None

    def markdown(self, source: str) -> str:
        if not self.allowance.renders(source[:CHARACTERS]):
            add_note(self.notes, "removed texts in Markdown of which there were too many")
            return ""
        return clean_markdown(source, self.notes)

    def html(self, source: str) -> str:
        def picture(data: str) -> str | None:
            return clean_data_address(data, self.notes, self.allowance)

        cleaned = clean_html(source, picture, links=False)
        if _ALIVE.search(source):
            add_note(self.notes, "removed scripts, forms, links or the like from an HTML output")
        return cleaned

    def markup(self, kind: str, content: object, clean: Callable[[str], str]) -> str | None:
        """Clean a document that cannot be cut: all of it fits, or none is kept."""
        text = _as_text(content)
        if text is None:
            add_note(self.notes, f"removed content of {kind} that is no text")
            return None
        # Parsing takes quadratic time in the worst case; a large table has a few thousand tags.
        too_large = len(text.encode(errors="replace")) > self.size + self.picture_size
        if too_large or not self.allowance.parses(text, TAGS):
            add_note(self.notes, f"removed a {kind} output of {len(text)} characters")
            return None
        cleaned = clean(clean_text(text, self.notes).replace("\x1b", ""))
        size = len(re.sub(r"data:image/[^\"]*", "", cleaned).encode())
        if size > self.size or len(cleaned) - size > self.picture_size:
            add_note(self.notes, f"removed a {kind} output of {len(text)} characters")
            return None
        self.size -= size
        self.picture_size -= max(0, len(cleaned) - size)
        return cleaned

    def picture(self, kind: str, content: object) -> str | None:
        text = _as_text(content)
        svg = kind == "image/svg+xml"
        if text is not None and len(text) > 2 * self.picture_size:
            add_note(self.notes, "removed pictures of which there were too many")
            return None
        clean = clean_svg if svg else partial(clean_picture, kind=kind)
        cleaned = clean(text, notes=self.notes, allowance=self.allowance)
        if cleaned is not None and len(cleaned) > self.picture_size:
            add_note(self.notes, "removed pictures of which there were too many")
            return None
        self.picture_size -= len(cleaned or "")
        return cleaned


def _joined(outputs: list[Any] | tuple[Any, ...]) -> list[Any]:
    """Join each run of outputs to the same stream, as frontends do."""
    joined: list[Any] = []
    for output in outputs:
        stream = _stream(output)
        last = _stream(joined[-1]) if joined else None
        if stream and last and stream[0] == last[0]:
            text = last[1] + stream[1]
            joined[-1] = {"output_type": "stream", "name": stream[0], "text": text}
        else:
            joined.append(output)
    return joined


def _stream(output: object) -> tuple[str, str] | None:
    """Return name and text of an output to a stream, or None."""
    if not isinstance(output, Mapping) or output.get("output_type") != "stream":
        return None
    name, text = output.get("name"), _as_text(output.get("text"))
    return (name, text) if isinstance(name, str) and text is not None else None


def _as_text(value: object, between: str = "") -> str | None:
    """Return text, or a list of texts joined, as nbformat's files have it; else None."""
    if isinstance(value, str):
        return value
    if isinstance(value, list | tuple) and all(isinstance(part, str) for part in value):
        return between.join(value)
    return None


def _shortened(text: str, most: int, tail: bool = False) -> str:
    """Bound the work on a text that is to be cut anyway."""
    return text[-most:] if tail and most else text[:most]


def _is_length(value: object) -> bool:
    return type(value) is int and 0 <= value <= 10_000
