"""One run of grading: which submissions are due, what they need, and where it goes.

`nbgrader autograde`, the formgrader's button and `nbgrader-sandbox grade` all come here.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import Enum
from logging import Logger
from pathlib import Path

from nbformat.notebooknode import NotebookNode
from nbgrader.api import Gradebook

from nbgrader_sandbox.apart import Apart
from nbgrader_sandbox.engine import keys
from nbgrader_sandbox.engine.course_check import check, common_faults, missing_packages
from nbgrader_sandbox.engine.earlier import Copy, copies
from nbgrader_sandbox.engine.job import Cell, Job
from nbgrader_sandbox.engine.pool import given_up, grade_all
from nbgrader_sandbox.engine.prepare import prepare
from nbgrader_sandbox.engine.public import check_cells
from nbgrader_sandbox.engine.release import Release, read_releases
from nbgrader_sandbox.engine.save import (
    Penalty,
    draft_copy,
    enter,
    fill_in,
    lateness_stands,
    put_in_place,
    save_grades,
)
from nbgrader_sandbox.engine.store import Store
from nbgrader_sandbox.engine.submission import (
    LEFT_BEHIND,
    OwnFiles,
    beside,
    linked,
    read_files,
)
from nbgrader_sandbox.engine.timestamps import read_timestamp
from nbgrader_sandbox.isolation import Plan
from nbgrader_sandbox.outcome import NOT_RUN, Evidence, Outcome
from nbgrader_sandbox.secret import read_or_make
from nbgrader_sandbox.settings import SandboxSettings

#: Pieces of evidence of one kind that are kept of a notebook.
_EVIDENCE = 40


class Why(Enum):
    """Why a submission is looked at."""

    NEW = "new"  # it has no graded copy yet
    ASKED = "asked for"  # by --force, by a newer timestamp, or since a run was interrupted
    IF_CHANGED = "if it changed"  # it was graded, and is again where something is not as it was


@dataclass(frozen=True)
class Submission:
    """One student's folder, and where its graded copy goes. `only` names notebooks, if not all."""

    student: str
    folder: Path
    graded: Path
    only: frozenset[str] | None = None
    why: Why = Why.ASKED


@dataclass
class _Waiting:
    """A submission whose notebooks are being graded."""

    submission: Submission
    handed_in: datetime | None
    files: dict[str, bytes]
    earlier: dict[str, Copy]
    notebooks: dict[str, NotebookNode] = field(default_factory=dict)
    shown: dict[str, tuple[int, ...]] = field(default_factory=dict)
    evidence: dict[str, list[Evidence]] = field(default_factory=dict)
    outcomes: dict[str, Outcome] = field(default_factory=dict)
    is_due: bool = True


class Run:
    """Grades submissions of one assignment.

    `home` is the folder of the gradebook, `released` the assignment's folder as handed out,
    `source` the instructor's, whose files travel but for the patterns `ignore`; `handed_out` are
    the folders of what all students have.
    """

    def __init__(
        self,
        gradebook: Gradebook,
        assignment: str,
        settings: SandboxSettings,
        *,
        root: Path,
        home: Path,
        source: Path,
        released: Path,
        ignore: Sequence[str],
        log: Logger,
        handed_out: Sequence[Path] = (),
        apart: Apart | None = None,
    ) -> None:
        keys.forget()
        self.gradebook, self.assignment, self.settings = gradebook, assignment, settings
        self.log = log
        self.store = Store(home / "sandbox")
        self.store.sweep(assignment)
        self.secret = read_or_make(home / "secret")
        self.releases = read_releases(gradebook, assignment, released)
        check_cells(assignment, settings.checked_by, self._graded_cells())
        # The files beside the source notebooks: a student's copies of these are replaced.
        self.course_files = read_files(source, ignore)[0] if source.is_dir() else {}
        self.own = OwnFiles((root, home, source), handed_out)
        self.plan = self._plan(root, home)
        self.forbidden = settings.forbidden_names(assignment)
        check(self.releases.values(), self.plan.hidden)
        beside_it = {name.split("/")[0].removesuffix(".py") for name in self.course_files}
        known = {*self.plan.hidden, *beside_it}
        for sentence in missing_packages(self.releases.values(), known):
            log.error(sentence)
        self._done: list[Outcome] = []
        self.apart = Apart(log.error) if apart is None else apart
        #: Notebooks by what became of them: new, changed, kept (they had not to be run), skipped;
        #: and submissions of which the lateness was reckoned again.
        self.counts: Counter[str] = Counter()
        self.left_alone = 0  # notebooks of submissions that are as they were

    def _graded_cells(self) -> dict[str, tuple[str, float]]:
        every = (cell for one in self.releases.values() for cell in one.cells.values())
        return {cell.name: (cell.source, cell.points or 0.0) for cell in every if cell.grade}

    def _plan(self, root: Path, home: Path) -> Plan:
        modules = self.settings.modules(self.assignment, home / "sandbox" / ".modules", root)
        sources = [source for one in self.releases.values() for source in one.sources]
        tests = max((len(one.tests) for one in self.releases.values()), default=0)
        return self.settings.plan(self.assignment, sources, modules, tests)

    def grade(self, submissions: Iterable[Submission], penalty: Penalty) -> Iterator[Outcome]:
        """Grade and save; yield the outcome of each notebook when its submission is saved."""
        waiting: dict[str, _Waiting] = {}
        complete: list[_Waiting] = []  # nothing to run: kept from before, or not readable

        def jobs() -> Iterator[Job]:
            for submission in submissions:
                with self.apart.keep(submission.student, "its files were read"):
                    entry, due = self._open(submission, penalty)
                if submission.student in self.apart.left_out or not entry.is_due:
                    continue
                if due:
                    waiting[submission.student] = entry
                    yield from due
                else:
                    complete.append(entry)

        for outcome in grade_all(jobs(), self.settings.processes(), self.settings.cluster):
            entry = waiting[outcome.student]
            outcome = _with_evidence(outcome, entry.evidence[outcome.notebook])
            with self.apart.keep(outcome.student, "its record was kept"):
                self.store.keep(outcome)
            entry.outcomes[outcome.notebook] = outcome
            if len(entry.outcomes) == len(entry.notebooks):
                complete.append(waiting.pop(outcome.student))
            while complete:
                yield from self._save_or_say(complete.pop(), penalty)
        while complete:
            yield from self._save_or_say(complete.pop(), penalty)
        for sentence in common_faults(self._done):
            self.log.error(sentence)

    def _open(self, submission: Submission, penalty: Penalty) -> tuple[_Waiting, list[Job]]:
        """Read a submission; return it with the jobs whose outcome is not kept from before."""
        files: dict[str, bytes] = {}
        left_out: list[str] = []
        handed_in, trouble = None, ""
        if not linked(submission.folder):
            # Not `ignore`: what the release leaves out, as scripts, a student may well have.
            files, left_out = read_files(submission.folder, LEFT_BEHIND, self.own)
            handed_in, trouble = read_timestamp(submission.folder)
        if handed_in is None:
            files.pop("timestamp.txt", None)  # nbgrader's own readers stop at what is no date
        files = beside(files, self.course_files, self.releases)
        found = _Waiting(submission, handed_in, files, copies(submission.graded, self.releases))
        notes = [Evidence("cleaned", note) for note in (*left_out[:5], trouble) if note]
        jobs = []
        for name, release in self.releases.items():
            if submission.only is not None and name not in submission.only:
                continue
            prepared = prepare(submission.folder, release, self.own)
            found.notebooks[name] = prepared.notebook
            found.shown[name] = prepared.shown
            found.evidence[name] = [*prepared.evidence, *notes]
            job = self._job(submission.student, release, prepared.cells, files)
            if prepared.trouble:
                found.outcomes[name] = _with_evidence(given_up(job, prepared.trouble), notes)
                continue
            known = self.store.find(self.assignment, submission.student, name, job.key)
            if (
                known
                and len(known.outputs) == len(prepared.cells)
                and keys.unchanged(known.modules)
            ):
                found.outcomes[name] = known
            else:
                jobs.append(job)
        return found, self._due(found, jobs, penalty)

    def _due(self, found: _Waiting, jobs: list[Job], penalty: Penalty) -> list[Job]:
        """Return the jobs that are to be run, and note whether anything is to be saved."""
        why, student = found.submission.why, found.submission.student
        left = {
            name: outcome
            for name, outcome in found.outcomes.items()
            if not found.earlier[name].holds(outcome, found.notebooks[name])
        }
        found.is_due = bool(jobs or left) or why is not Why.IF_CHANGED
        if found.is_due and why is Why.IF_CHANGED and not self.settings.regrade:
            found.is_due = False
            self.counts["skipped"] += len(found.notebooks)
            self.log.error(
                f"{student}: what was handed in, or what grades it, has changed since it was "
                "graded, and its grade is the old one: c.SandboxSettings.regrade is False. "
                f"`nbgrader autograde {self.assignment} --student {student} --force` grades it "
                "again."
            )
            return []
        if not found.is_due and not lateness_stands(
            self.gradebook, self.assignment, student, found.handed_in, penalty
        ):
            found.is_due = True  # saved again, with the same scores
            self.counts["late"] += 1
        unreadable = [outcome for outcome in left.values() if outcome.level == NOT_RUN]
        for outcome in unreadable:
            self.store.keep(outcome)
        graded = len(jobs) + len(unreadable)
        self.counts["new" if why is Why.NEW else "changed"] += graded
        self.counts["kept"] += len(found.notebooks) - graded
        self.left_alone += 0 if found.is_due else len(found.notebooks)
        return jobs

    def _job(
        self, student: str, release: Release, cells: tuple[Cell, ...], files: dict[str, bytes]
    ) -> Job:
        job = Job(
            assignment=self.assignment,
            notebook=release.name,
            student=student,
            cells=cells,
            plan=self.plan,
            secret=self.secret,
            files=files,
            forbidden={**release.forbidden(), **self.forbidden},
            asked=release.asked(),
            tests=tuple(release.tests),
            times=self.settings.times(self.assignment),
        )
        return replace(job, key=keys.key(job))

    def _save_or_say(self, entry: _Waiting, penalty: Penalty) -> Iterator[Outcome]:
        """Save; where that fails for one submission, say so and go on with the others."""
        done: list[Outcome] = []
        with self.apart.keep(entry.submission.student, "its grades were saved"):
            try:
                done = self._save(entry, penalty)
            except BaseException:
                self.gradebook.db.rollback()
                raise
        yield from done

    def _save(self, entry: _Waiting, penalty: Penalty) -> list[Outcome]:
        """Write a draft of the graded copy, then the gradebook, then put the copy in its place.

        So that a copy is there, and no draft, means that all is, wherever a run is killed.
        """
        submission = entry.submission
        for name, outcome in entry.outcomes.items():
            if outcome.level != NOT_RUN:
                fill_in(entry.notebooks[name], outcome, entry.shown[name])
        draft_copy(
            submission.graded,
            entry.notebooks,
            entry.files,
            keep_others=submission.only is not None,
        )
        record = enter(self.gradebook, self.assignment, submission.student, entry.handed_in)
        save_grades(self.gradebook, record, entry.outcomes, entry.notebooks, penalty, entry.earlier)
        put_in_place(submission.graded)
        self._done += [_without_outputs(one) for one in entry.outcomes.values()]
        return list(entry.outcomes.values())


def _without_outputs(outcome: Outcome) -> Outcome:
    """Return what is to be known of an outcome at the end, without what is large."""
    return replace(outcome, outputs=())


def _with_evidence(outcome: Outcome, more: Iterable[Evidence]) -> Outcome:
    """Return the outcome with more evidence; of very much of one kind the first pieces."""
    kept: list[Evidence] = []
    counts: Counter[str] = Counter()
    for one in dict.fromkeys((*more, *outcome.evidence)):
        counts[one.kind] += 1
        if counts[one.kind] <= _EVIDENCE:
            kept.append(one)
    return replace(outcome, evidence=tuple(kept))
