"""Grades one notebook: its cells in a sandboxed worker, its test cells here.

`grade` is what a grader process runs. That process keeps one sandbox warm for
each plan, and ends with it.
"""

import atexit
import os
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from nbgrader_sandbox.clean.allowance import Allowance
from nbgrader_sandbox.clean.outputs import clean_outputs
from nbgrader_sandbox.context import GradingContext, providing
from nbgrader_sandbox.engine import keys
from nbgrader_sandbox.engine.course_check import check_imports
from nbgrader_sandbox.engine.job import Cell, Job, Kind
from nbgrader_sandbox.engine.remote import Place, TestEnded, Worker, WorkerEnded
from nbgrader_sandbox.engine.trusted import error_output, run_test
from nbgrader_sandbox.helpers import acting_on
from nbgrader_sandbox.isolation import Connection, Plan, Sandbox, SandboxError, Zygote
from nbgrader_sandbox.outcome import Evidence, Outcome, Score
from nbgrader_sandbox.worker.shell import CapturingShell

#: Seconds over the limit of a notebook after which a test itself must be at fault.
_PATIENCE = 30.0

_NOT_KEPT = "no process was left for this test; it met the notebook as it was at its end"

#: How a process can end of itself: by which signal or status, it can choose, and so tell of inputs.
_CHOSEN = {"was killed by signal": "was killed by a signal", "exited": "exited"}

_sandboxes: dict[str, Sandbox] = {}
_shared: dict[str, Zygote] = {}
_shell: list[CapturingShell] = []
_one_at_a_time = threading.Lock()  # the shell is one a process


def grade(job: Job) -> Outcome:
    """Grade `job`. Whatever the notebook does, this returns an outcome.

    Raises SandboxError where this machine cannot give the isolation that was asked for, and
    CourseFault where a test cannot be run on anything.
    """
    with _one_at_a_time:
        # A test cell that never ends takes its process with it; the pool starts another.
        watchdog = threading.Timer(2 * job.times.notebook + _PATIENCE, os._exit, [70])
        watchdog.daemon = True
        watchdog.start()
        try:
            return _grade(job)
        finally:
            watchdog.cancel()


def _grade(job: Job) -> Outcome:
    began = time.monotonic()
    for cell in job.cells:
        if cell.kind is Kind.TEST:
            check_imports(cell.name, cell.source)
    sandbox = _sandbox(job.plan)
    run = _run(job, sandbox)
    if not sandbox.alive():  # it was killed, and the worker with it: no fault of the notebook
        run = _run(job, sandbox)
    return Outcome(
        assignment=job.assignment,
        notebook=job.notebook,
        student=job.student,
        key=job.key,
        level=sandbox.level.value,
        scores=tuple(run.scores.values()),
        outputs=tuple(tuple(cell) for cell in run.outputs),
        evidence=tuple(dict.fromkeys(run.evidence)),
        seconds=round(time.monotonic() - began, 3),
        cpu_seconds=run.cpu_seconds,
        stopped=run.stopped,
        modules=keys.used(),
    )


def _run(job: Job, sandbox: Sandbox) -> "_Run":
    run = _Run(job)
    run.in_worker(sandbox)
    if run.stopped and 0 < run.end < len(job.cells) and sandbox.alive():
        # The tests before the cell that ended the worker deserve to be run, so do without it. Where
        # a test ended it, there is no second try: an answer may have seen that it was wrong.
        run.in_worker(sandbox)
    return run


def share(plan: Plan, zygote: Zygote) -> None:
    """Take workers for this plan from a zygote that other grader processes use, too."""
    _shared[repr(plan)] = zygote


def close() -> None:
    """End all sandboxes of this process."""
    while _sandboxes:
        _sandboxes.popitem()[1].__exit__(None, None, None)


atexit.register(close)


class _Run:
    """A notebook in a worker: first all cells, and only then the tests, each at its place.

    The worker keeps the moment of each test. So no cell runs after hidden inputs were there to
    be noted, and what a test leaves behind reaches no page.
    """

    def __init__(self, job: Job) -> None:
        self.job = job
        self.end = len(job.cells)  # the cells from here on are not run
        self.stopped = ""
        self.cpu_seconds: float | None = None
        self.scores: dict[str, Score] = {}
        self.outputs: list[list[dict[str, Any]]] = [[] for _ in job.cells]
        self.evidence: list[Evidence] = []
        self.allowance = Allowance()
        self._context = GradingContext(job.assignment, job.student, job.secret)

    def in_worker(self, sandbox: Sandbox) -> None:
        """Run the cells up to `end`, then the tests among them; the others get zero points."""
        until = time.monotonic() + self.job.times.notebook
        self.allowance = Allowance()
        with self._connect(sandbox) as connection:
            worker = self._worker(connection, until)
            places = self._cells(worker, connection)
            self._tests(worker, connection, places)
            worker.stop()
            self.cpu_seconds = connection.cpu_seconds()

    @contextmanager
    def _connect(self, sandbox: Sandbox) -> Iterator[Connection]:
        """Start a worker; where a student's files are what keeps it from starting, without them."""
        files = self.job.files
        with ExitStack() as opened:
            try:
                connection = opened.enter_context(sandbox.worker(files))
            except (SandboxError, ValueError) as error:
                if not files:
                    raise
                connection = opened.enter_context(sandbox.worker({}))
                self.evidence.append(Evidence("cleaned", f"no file of its folder: {error}"))
            yield connection

    def _worker(self, connection: Connection, until: float) -> Worker:
        # What stands in tests must show in nothing: not by being let through either.
        code = [cell.source for cell in self.job.cells if cell.kind is Kind.STUDENT]
        return Worker(
            connection.socket,
            identifiers=frozenset(word for source in code for word in _words(source)),
            lines=frozenset(line.strip() for source in code for line in source.splitlines()),
            deadline=until,
        )

    def _cells(self, worker: Worker, connection: Connection) -> dict[int, Place | None]:
        """Run the student's cells; return the places of the tests by the index of their cell.

        None is the end of the notebook, which need not be kept.
        """
        times, places = self.job.times, dict[int, Place | None]()
        index, cell = 0, None
        try:
            unknown = worker.start(
                seed=self._context.seed("worker") % 2**32,
                cell_seconds=times.cell,
                test_seconds=times.test,
                forbidden=[
                    {"name": name, "message": message}
                    for name, message in self.job.forbidden.items()
                ],
            )
            self.evidence += [Evidence("unknown-name", name) for name in unknown]
            cells = self.job.cells[: self.end]
            last = max((i for i, one in enumerate(cells) if one.kind is Kind.STUDENT), default=-1)
            for index, cell in enumerate(cells):
                if cell.kind is Kind.TEST:
                    place = places[index] = worker.keep() if index < last else None
                    if place is not None and not place.kept:
                        self.evidence.append(Evidence("limit", _NOT_KEPT, cell.number))
                elif cell.kind is Kind.STUDENT:
                    done = worker.run_cell(cell.source, cell.number)
                    self._note(done.evidence, cell)
                    self._show(index, done.outputs)
                    if done.error is not None and cell.released:
                        what = f"the released cell {cell.name!r} stopped with {done.error[0]}"
                        self.evidence.append(Evidence("released-cell", what, cell.number))
        except WorkerEnded as ended:
            self._stop(ended, connection, cell)
            self._show(index, [error_output("Stopped", self.stopped)])
            self.end = index
        return places

    def _tests(
        self, worker: Worker, connection: Connection, places: dict[int, Place | None]
    ) -> None:
        tests = self._in_order()
        last = max((at for at, (index, _) in enumerate(tests) if index in places), default=-1)
        for at, (index, cell) in enumerate(tests):
            if index in places and worker.alive:
                # Without a place it can be run in the worker itself, if no test comes after it.
                end = at == last and places[index] is None
                score, outputs = self._test(worker, connection, cell, places[index], last=end)
            else:
                why = self.stopped or "the notebook had stopped before."
                outputs = [error_output("NotRun", f"this test was not run: {why}")]
                score = Score(cell.name, 0.0, cell.points, why)
            self.scores[cell.name] = score
            self._show(index, outputs)

    def _in_order(self) -> list[tuple[int, Cell]]:
        """Return the tests in the release's order, whatever the submission's is.

        A test can put a right answer in the place of an earlier part. Were it run first, the
        student's code could keep that and hand it in for the earlier part's own test.
        """
        order = {name: place for place, name in enumerate(self.job.tests)}
        tests = [one for one in enumerate(self.job.cells) if one[1].kind is Kind.TEST]
        return sorted(tests, key=lambda one: order.get(one[1].name, len(order)))

    def _test(
        self, worker: Worker, connection: Connection, cell: Cell, place: Place | None, *, last: bool
    ) -> tuple[Score, list[dict[str, Any]]]:
        seed = self._context.seed("test", cell.name) % 2**32
        # Never the same stream there: what the test draws could be drawn once more.
        theirs = self._context.seed("worker's test", cell.name) % 2**32
        try:
            with (
                providing(self._context),
                worker.test(theirs, self.job.times.test, at=place, last=last) as test,
                acting_on(test),
            ):
                marked = run_test(
                    _trusted_shell(), cell.source, cell.points, test, seed, self.job.asked
                )
        except WorkerEnded as ended:
            if last or isinstance(ended, TestEnded):  # the other tests go on, or are done
                reason = (_ending(connection) if last else "") or ended.reason
                reason = next(
                    (said for how, said in _CHOSEN.items() if reason.startswith(how)), reason
                )
                why = f"while this was tested, your code {reason}."
                self._note_end(ended, reason, cell.number)
            else:
                self._stop(ended, connection, cell)
                why = self.stopped
            return Score(cell.name, 0.0, cell.points, why), [error_output("Stopped", why)]
        self._note(test.evidence, cell)
        if marked.fault:
            self.evidence.append(Evidence("course-fault", f"{cell.name}: {marked.fault}"))
        return Score(cell.name, marked.points, cell.points, marked.reason), marked.outputs

    def _show(self, index: int, outputs: list[dict[str, Any]]) -> None:
        cell = self.job.cells[index]
        trusted = cell.kind is Kind.TEST
        # What tests say has a share of its own, so that no cell can take it from them.
        share = None if trusted else self.allowance
        cleaned, notes = clean_outputs(outputs, trusted=trusted, allowance=share)
        self.outputs[index] = cleaned
        self.evidence += [Evidence("cleaned", note, cell.number) for note in notes[:3]]

    def _note(self, found: list[Evidence], cell: Cell) -> None:
        self.evidence += [Evidence(one.kind, one.detail, cell.number) for one in found]

    def _stop(self, ended: WorkerEnded, connection: Connection, cell: Cell | None) -> None:
        """Note why the worker ended, and make sure that it did."""
        number = cell.number if cell else 0
        where = f" in code cell {number}" if number else ""
        why = _ending(connection) or ended.reason
        connection.kill()
        self.stopped = f"the notebook stopped{where}: it {why}."
        self._note_end(ended, why, number)

    def _note_end(self, ended: WorkerEnded, why: str, number: int) -> None:
        kind = "forged-frame" if ended.forged else "limit"
        self.evidence.append(Evidence(kind, why, number))


def _ending(connection: Connection) -> str:
    """Return what the sandbox knows of the worker's end; it may learn it a moment later."""
    patience = time.monotonic() + 0.5
    while not (why := connection.ending()) and time.monotonic() < patience:
        time.sleep(0.01)
    return why


def _words(source: str) -> set[str]:
    words, word = set(), ""
    for letter in f"{source} ":
        if letter.isalnum() or letter == "_":
            word += letter
        elif word:
            words.add(word)
            word = ""
    return words


def _sandbox(plan: Plan) -> Sandbox:
    name = repr(plan)
    if name not in _sandboxes:
        close()  # one at a time: each holds the packages in memory
        _sandboxes[name] = Sandbox(plan, _shared.get(name)).__enter__()
    return _sandboxes[name]


def _trusted_shell() -> CapturingShell:
    if not _shell:
        _shell.append(CapturingShell(tracebacks=False))
    return _shell[0]
