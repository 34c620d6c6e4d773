"""Commands of a term beside grading: extensions, feedback for an LMS, a class in one file."""

import argparse
import sys
from datetime import timedelta
from pathlib import Path

from nbgrader_sandbox.apart import shown
from nbgrader_sandbox.command import CommandError, Commands, course_here


def add(commands: Commands) -> None:
    """Add the commands."""
    extend = commands.add_parser("extend", help="give a student more time for an assignment")
    extend.set_defaults(run=_extend)
    extend.add_argument("assignment")
    extend.add_argument("student")
    extend.add_argument("--days", type=float, default=0, help="days after the due date")
    extend.add_argument("--hours", type=float, default=0, help="hours, beside the days")

    feedback = commands.add_parser("feedback-zip", help="feedback as a zip, for an LMS to hand out")
    feedback.set_defaults(run=_feedback_zip)
    feedback.add_argument("assignment")
    feedback.add_argument("zip", type=Path, help="where it is written")
    feedback.add_argument(
        "--like", type=Path, metavar="ZIP", help="the LMS's download, whose names are used"
    )

    backup = commands.add_parser("backup", help="write the class to one file")
    backup.set_defaults(run=_backup)
    backup.add_argument("file", type=Path, help="where: class.tar.gz")
    restore = commands.add_parser("restore", help="bring the class back from a backup")
    restore.set_defaults(run=_restore)
    restore.add_argument("file", type=Path, help="what `backup` wrote")


def _extend(options: argparse.Namespace) -> int:
    course = course_here()
    from nbgrader.api import MissingEntry

    more = timedelta(days=options.days, hours=options.hours)
    if more < timedelta(0):
        raise CommandError("An extension cannot be negative: change the due date instead.")
    with course.gradebook() as gradebook:
        try:
            submission = gradebook.find_submission(options.assignment, options.student)
        except MissingEntry:
            raise CommandError(
                f"The gradebook has no {options.assignment!r} of {shown(options.student)!r} yet: "
                "run `nbgrader autograde` when it was handed in, then give the extension, and "
                "autograde again."
            ) from None
        if submission.assignment.duedate is None:
            raise CommandError(
                f"{options.assignment!r} has no due date: `nbgrader db assignment add "
                f'{options.assignment} --duedate="2026-03-06 17:00 UTC"` gives it one.'
            )
        submission.extension = more or None
        gradebook.db.commit()
        due, late = submission.duedate, submission.total_seconds_late
    said = f"and was handed in {timedelta(seconds=round(late))} late" if late > 0 else "not late"
    print(
        f"{shown(options.student)}: {options.assignment} is due {due:%Y-%m-%d %H:%M} UTC, {said}."
    )
    print(f"`nbgrader autograde {options.assignment}` reckons the penalty again.")
    return 0


def _feedback_zip(options: argparse.Namespace) -> int:
    course = course_here()
    from nbgrader_sandbox.lms.packing import pack

    packed = pack(course, options.assignment, options.zip, options.like)
    print(f"{options.zip}: feedback for {len(packed.students)} students.")
    if without := sorted(packed.without - packed.students):
        names = ", ".join(map(shown, without))
        print(f"Handed in, and without a page here: {names}.", file=sys.stderr)
    return int(bool(without))


def _backup(options: argparse.Namespace) -> int:
    course = course_here()
    from nbgrader_sandbox.backup import back_up

    held = back_up(course, options.file)
    for path in held.left_out:
        print(f"Left out, since it is a link or no plain file: {path}", file=sys.stderr)
    print(
        f"{options.file}: {held.in_words()}. It holds the secret and all grades: keep it private."
    )
    return 0


def _restore(options: argparse.Namespace) -> int:
    course = course_here()
    from nbgrader_sandbox.backup import bring_back

    held = bring_back(course, options.file)
    print(f"Brought back from {options.file}: {held.in_words()}.")
    return 0
