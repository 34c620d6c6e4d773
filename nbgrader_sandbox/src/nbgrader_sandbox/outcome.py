"""What grading one notebook of one student gave, as data that outlives the run.

The engine makes an `Outcome`; the store keeps it beside the gradebook; the class report reads it.
All of it is plain JSON. Text that comes from a student's code is cut before it gets here.
"""

from dataclasses import asdict, dataclass, field
from typing import Any

#: The level of isolation of what was never run.
NOT_RUN = "not run"

#: What evidence can be about, and how a report says it.
KINDS = {
    "network": "tried to open a network connection",
    "forbidden-path": "tried to read a file outside of its own folder",
    "process": "tried to start another program",
    "forged-frame": "sent the grader a message outside of the protocol",
    "forbidden-name": "used what this question forbids",
    "unknown-name": "the course forbids a name that stands for nothing",
    "course-fault": "the course's own fault, and no student's",
    "released-cell": "a cell that was handed out stopped",
    "edited-cell": "a locked cell had been changed",
    "missing-cell": "a graded cell was missing",
    "duplicate-cell": "a graded cell stood there more than once",
    "forged-metadata": "the metadata of cells differed from the release",
    "renamed": "handed in a file under another name or in a folder of its own",
    "limit": "was stopped at a limit",
    "cleaned": "content was left out of the graded copy",
}


@dataclass(frozen=True)
class Evidence:
    """One thing that an instructor should know. `cell` counts from 1; 0 means none in particular.

    `kind` is a key of KINDS; `detail` is one line, 200 characters at most.
    """

    kind: str
    detail: str
    cell: int = 0

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"there is no kind of evidence {self.kind!r}; there are {list(KINDS)}")
        line = "".join(letter if letter.isprintable() else " " for letter in self.detail)
        object.__setattr__(self, "detail", line if len(line) <= 200 else line[:199] + "…")


@dataclass(frozen=True)
class Score:
    """Points for one graded cell. `reason` says why an engine gave zero, where it did.

    `points` is None where a person has to grade the cell.
    """

    name: str
    points: float | None
    of: float
    reason: str = ""


@dataclass(frozen=True)
class Outcome:
    """One notebook's grading. `outputs` has for each cell its cleaned outputs, in nbformat's form.

    `key` and `modules` are what the scores depend on (see `engine.keys`); `level` the level of
    isolation; `seconds` the wall time of the run, `cpu_seconds` the worker's processor time,
    where known.
    """

    assignment: str
    notebook: str
    student: str
    key: str
    level: str
    scores: tuple[Score, ...]
    outputs: tuple[tuple[dict[str, Any], ...], ...]
    evidence: tuple[Evidence, ...] = ()
    seconds: float = 0.0
    cpu_seconds: float | None = None
    stopped: str = ""  # why the worker ended before the notebook did
    modules: dict[str, str] = field(default_factory=dict)  # hashes of sources, by name

    def to_json(self) -> dict[str, Any]:
        """Return plain data, as `from_json` reads it."""
        return {"version": 1, **asdict(self)}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "Outcome":
        """Read what `to_json` wrote. Raises ValueError where it is something else."""
        try:
            found = dict(data)
            if found.pop("version") != 1:
                raise ValueError("it is of another version")
            found["scores"] = tuple(Score(**score) for score in found["scores"])
            found["evidence"] = tuple(Evidence(**one) for one in found["evidence"])
            found["outputs"] = tuple(tuple(cell) for cell in found["outputs"])
            return cls(**found)
        except (KeyError, TypeError, AttributeError, ValueError) as error:
            raise ValueError(f"this is no outcome of a grading run: {error}") from None
