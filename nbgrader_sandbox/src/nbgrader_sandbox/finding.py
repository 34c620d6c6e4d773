"""A finding: what a checker saw in one part of a submission, as data beside its message.

A test cell displays one output. Its text is for the student; beside it, under the type `MIME_TYPE`,
stands the payload of a `Finding`, from which the class report counts mistakes.
"""

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

MIME_TYPE = "application/vnd.nbgrader-sandbox.finding+json"
VERSION = 1

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,79}")
_TITLE_LENGTH = 200
_POINTS = 1e6


class FindingError(ValueError):
    """A payload that is no finding; the message says which field and why."""


@dataclass(frozen=True)
class Finding:
    """One part, what was wrong with it (`mistake` None: nothing), and the points it got.

    `mistake` is a short name such as "bias-missing", or "unnamed" where an answer is wrong in
    a way that the checker does not know. `title` says it in words, on one line: a longer one
    than 200 characters is cut, and what cannot be printed becomes a space.
    Raises FindingError where a field is of the wrong kind or out of range.
    """

    part: str
    mistake: str | None
    title: str
    points: float
    of: float

    def __post_init__(self) -> None:
        _expect_name("part", self.part)
        if self.mistake is not None:
            _expect_name("mistake", self.mistake)
        if not isinstance(self.title, str):
            raise FindingError(f"title should be text, not {type(self.title).__name__}")
        # Control characters could rewrite a terminal, and bidirectional marks a line of it.
        title = "".join(letter if letter.isprintable() else " " for letter in self.title)
        if len(title) > _TITLE_LENGTH:
            title = title[: _TITLE_LENGTH - 1] + "…"
        object.__setattr__(self, "title", title)
        of = _expect_number("of", self.of, _POINTS)
        object.__setattr__(self, "points", _expect_number("points", self.points, of))
        object.__setattr__(self, "of", of)

    def to_payload(self) -> dict[str, Any]:
        """Return the finding as JSON data, as `from_payload` reads it."""
        return {"version": VERSION, **asdict(self)}

    @classmethod
    def from_payload(cls, payload: object) -> "Finding":
        """Read a finding from untrusted JSON data. Raises FindingError."""
        if not isinstance(payload, Mapping):
            raise FindingError(f"a finding should be an object, not {type(payload).__name__}")
        version = payload.get("version")
        if type(version) is not int or version != VERSION:
            raise FindingError(f"this version reads findings of version {VERSION} only")
        wanted = {"version", "part", "mistake", "title", "points", "of"}
        if set(payload) != wanted:
            raise FindingError(f"a finding should have the fields {', '.join(sorted(wanted))}")
        finding = cls(**{name: payload[name] for name in wanted - {"version"}})
        if finding.title != payload["title"]:
            raise FindingError(
                f"title should be printable text of {_TITLE_LENGTH} characters at most"
            )
        return finding


def outputs_with_findings(cell: Mapping[str, Any]) -> Iterator[tuple[Mapping[str, Any], Finding]]:
    """Yield each output of a notebook cell that carries a valid finding, with the finding.

    Payloads that are no findings are passed over: the notebook comes from a student.
    """
    outputs = cell.get("outputs")
    for output in outputs if isinstance(outputs, list) else []:
        data = output.get("data") if isinstance(output, Mapping) else None
        if isinstance(data, Mapping) and MIME_TYPE in data:
            try:
                finding = Finding.from_payload(data[MIME_TYPE])
            except FindingError:
                continue
            yield output, finding


def _expect_name(field: str, value: object) -> None:
    if not isinstance(value, str) or not _NAME.fullmatch(value):
        raise FindingError(
            f"{field} should be a short name of letters, digits, '_', '.' and '-', "
            f"not {_shown(value)}"
        )


def _expect_number(field: str, value: object, most: float) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise FindingError(f"{field} should be a number, not {_shown(value)}")
    # A huge integer does not fit a float, so compare first.
    if not 0 <= value <= most or not math.isfinite(value):
        raise FindingError(f"{field} should be from 0 to {most:g}, not {_shown(value)}")
    return float(value)


def _shown(value: object) -> str:
    """Return a value's kind, or short text or number itself, for a message."""
    shown = repr(value) if isinstance(value, str | float) else ""
    return shown if 0 < len(shown) <= 40 else type(value).__name__
