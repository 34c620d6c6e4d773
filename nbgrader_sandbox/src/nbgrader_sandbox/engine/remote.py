"""The trusted end of the connection to one worker. Nothing that comes from there is believed.

Whatever a worker sends, what is raised here is WorkerEnded, a StudentError, a NameError or a
TypeError in words.
"""

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from nbgrader_sandbox.engine.line import Connection, TestEnded, WorkerEnded
from nbgrader_sandbox.engine.proxies import Handle, StudentError
from nbgrader_sandbox.engine.questions import Test
from nbgrader_sandbox.engine.replies import as_list, cell_reply
from nbgrader_sandbox.outcome import Evidence

__all__ = [
    "CellDone",
    "Handle",
    "Place",
    "StudentError",
    "Test",
    "TestEnded",
    "Worker",
    "WorkerEnded",
]


@dataclass(frozen=True)
class CellDone:
    """What one cell did; `error` is a name, a text and the line of the notebook that raised it."""

    outputs: list[dict[str, Any]]
    error: tuple[str, str, str] | None
    evidence: list[Evidence]
    seconds: float


@dataclass(frozen=True)
class Place:
    """A moment between two cells that the worker keeps, for a test to be run in later."""

    number: int

    @property
    def kept(self) -> bool:
        return self.number >= 0


class Worker(Connection):
    """One worker at the other end of `sock`.

    `identifiers` are the names, `lines` the lines (stripped) that stand in the notebook: only
    these pass in the texts of errors. `deadline` is the moment of `time.monotonic` at which all
    has to be done.
    """

    _cell_seconds = 20.0

    def start(
        self,
        *,
        seed: int,
        cwd: str = "",
        cell_seconds: float = 20.0,
        test_seconds: float = 20.0,
        output_bytes: int = 2**22,
        forbidden: Sequence[Mapping[str, str]] = (),
    ) -> tuple[str, ...]:
        """Prepare the worker; return the forbidden names that stand for nothing there."""
        rules: list[object] = [
            {"name": str(rule["name"]), "message": str(rule["message"])} for rule in forbidden
        ]
        self.messages = frozenset(str(rule["message"]) for rule in forbidden)
        self._cell_seconds = cell_seconds
        body: dict[str, object] = {
            "seed": seed,
            "cwd": cwd,
            "cell_seconds": float(cell_seconds),
            "test_seconds": float(test_seconds),
            "output_bytes": output_bytes,
            "forbidden": rules,
        }
        # Where packages that a rule names are not loaded yet, they are loaded now.
        reply = self.request("start", body, cell_seconds + 30.0, "started")
        unknown = reply.body.get("unknown", [])
        known = {str(rule["name"]) for rule in forbidden}
        return tuple(
            sorted(known.intersection(one for one in as_list(unknown) if type(one) is str))
        )

    def run_cell(self, source: str, number: int) -> CellDone:
        """Run one cell of the notebook."""
        body: dict[str, object] = {"source": source, "number": number}
        reply = self.request("cell", body, self._cell_seconds, "done")
        with self.believing():
            outputs, error, notes, seconds = cell_reply(reply.body)
        if error is not None and error[0] == "CellTimeout":
            notes.append(Evidence("limit", error[1]))
        return CellDone(outputs, error, notes, seconds)

    def keep(self) -> Place:
        """Keep this moment, for one test to be run in after the last cell.

        What that test leaves behind (files, memory that processes share) no cell is left to tell.
        Where nothing could be kept, the place is the end of the notebook.
        """
        reply = self.request("keep", {}, 0.0, "kept")
        place = reply.body.get("place")
        if type(place) is not int:
            self.ended("sent what it was not asked for", forged=True)
        return Place(place)

    @contextlib.contextmanager
    def test(
        self, seed: int, seconds: float, at: Place | None = None, *, last: bool = False
    ) -> "Iterator[Test]":
        """Begin a test in a fork of the worker, as it is now or was at a kept place.

        `seconds` is the time that all calls of the test have together. Where its process ended
        before it did, that is raised at the end, too: a checker may have taken it for an answer.
        The `last` one needs no fork: with it the worker ends.
        """
        place = -1 if at is None else at.number
        body: dict[str, object] = {"seed": seed, "seconds": float(seconds), "place": place}
        body["last"] = last
        test = Test(self, seconds)
        self.trouble = None
        try:
            self.request("begin", body, seconds, "ready")
            yield test
        finally:
            if self.alive:
                test.end()
        if self.trouble is not None:
            raise self.trouble
