"""Tables in CSV that a spreadsheet opens without running anything, written whole or not at all."""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from nbgrader_sandbox.whole import whole

#: What a spreadsheet may take for the beginning of a formula, also in its wide Asian forms
#: (https://owasp.org/www-community/attacks/CSV_Injection).
_FORMULA = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20")
_SPACE = ("\t", "\r", "\n")

#: Text such as +4912345, -17 or @ada: no call and no link can be written with these characters.
_PLAIN = re.compile(r"[+@-]?[\w.@+-]*")


#: The same where a spreadsheet takes another sign than the comma for what is between cells.
_INSIDE = re.compile(rf"([;|\t\r\n][\s\"']*)(?=[{re.escape(''.join(_FORMULA))}])")


def harmless(text: str) -> str:
    """Return text that no spreadsheet reads as a formula: an apostrophe goes before such text."""
    text = _INSIDE.sub(r"\1'", _encodable(text))
    risky = text.lstrip().startswith(_FORMULA) or text.startswith(_SPACE)
    return f"'{text}" if risky else text


def harmless_id(text: str) -> str:
    """Do the same for an identifier, which stays as it is where its characters can do no harm."""
    return text if _PLAIN.fullmatch(text) and text.isprintable() else harmless(text)


def as_csv(rows: Iterable[Sequence[str]]) -> str:
    """Return a table of texts as CSV (RFC 4180); each row has its own line or lines."""
    file = io.StringIO(newline="")
    csv.writer(file).writerows(rows)
    return file.getvalue()


def write_whole(path: Path, text: str, *, mark: bool = False) -> None:
    """Write a file in UTF-8, with a byte order mark if asked; `path` is never half written.

    Raises OSError where the file cannot be written; what was there before is then still there.
    """
    with whole(path) as draft:
        draft.write_bytes(_encodable(text).encode("utf-8-sig" if mark else "utf-8"))


def _encodable(text: str) -> str:
    """Replace what UTF-8 cannot hold: file names that are no UTF-8 come with such characters."""
    return text.encode("utf-8", "replace").decode("utf-8")
