"""Plain text that cannot move a cursor, turn a line round, or fill a page."""

import re

#: Colours and styles that are kept: each number of `ESC [ … m` on its own, colours in full.
_BYTE = r"(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])"
_STYLE = (
    rf"(?:[34]8;5;{_BYTE}|[34]8;2;{_BYTE};{_BYTE};{_BYTE}"
    r"|0?[0-579]|2[1-9]|3[0-79]|4[0-79]|9[0-7]|10[0-7])?"
)
_COLOUR = re.compile(rf"{_STYLE}(?:;{_STYLE}){{0,7}}")

#: Other programs take quadratic time in the number of colours, so a text may have so many.
_COLOURS = 1000

_ESCAPE = re.compile(
    r"\x1b(?:"
    r"\[(?P<colour>[0-9;]{0,40})m"
    r"|\[[0-?]*[ -/]*[@-~]?"  # any other control sequence: cursor, screen, mode
    r"|[\]PX^_][^\x07\x1b\n]*(?:\x07|\x1b\\)?"  # titles, links, device strings
    r"|[ -/]*[0-~]?)"
)

#: Control characters but for tab and newline; half surrogates, which no file can hold.
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1a\x1c-\x1f\x7f-\x9f\ud800-\udfff\ufff9-\ufffb]")

#: What turns the order of a line round, or is text that nobody sees.
_HIDDEN = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\U000e0000-\U000e007f]")

MARK = "\N{REPLACEMENT CHARACTER}"


def clean_text(text: str, notes: list[str]) -> str:
    """Return `text` with colours only of all terminal codes, and without invisible controls.

    A line that was written over with carriage returns is what was written last.
    """
    text = re.sub(r"\r+\n|[\x0b\x0c\x85\u2028\u2029]", "\n", text)
    text = re.sub(r"(?m)^[^\n]*\r(?=[^\r\n])", "", text).replace("\r", "")
    kept = 0

    def escape(match: re.Match[str]) -> str:
        nonlocal kept
        colour = match["colour"]
        if colour is not None and _COLOUR.fullmatch(colour):
            kept += 1
            return match[0] if kept <= _COLOURS else ""
        add_note(notes, "removed terminal codes other than colours")
        return ""

    text = _ESCAPE.sub(escape, text)
    if _CONTROL.search(text):
        add_note(notes, "replaced control characters")
        text = _CONTROL.sub(MARK, text)
    if _HIDDEN.search(text):
        add_note(notes, "replaced characters that hide text or turn it round")
        text = _HIDDEN.sub(MARK, text)
    return text


def cut(text: str, size: int, lines: int, notes: list[str], *, tail: bool = False) -> str:
    """Return `text` within `size` bytes of UTF-8 and `lines` lines; its end instead with `tail`.

    One of the lines says so where something was left out.
    """
    found = text.splitlines(keepends=True)
    if len(text.encode()) <= size and len(found) <= lines:
        return text
    said = "[… more was printed; it is cut here …]"
    size, lines = max(0, size - len(said.encode()) - 1), max(0, lines - 1)
    found = found[-lines:] if tail and lines else found[:lines]
    data = "".join(found).encode()
    data = data[-size:] if tail and size else data[:size]
    kept = data.decode(errors="ignore")
    add_note(notes, f"cut text of {len(text)} characters in {text.count(chr(10)) + 1} lines")
    if tail:
        return f"{said}\n{kept}"
    kept = re.sub(r"\x1b[^m]*\Z", "", kept)  # a colour that was cut in two
    return f"{kept}{said}" if not kept or kept.endswith("\n") else f"{kept}\n{said}"


def add_note(notes: list[str], note: str) -> None:
    """Append a note once, as one printable line; of very many notes the first twenty."""
    note = "".join(letter if letter.isprintable() else " " for letter in note)[:200]
    if note not in notes and len(notes) < 20:
        notes.append(note)
