"""The command `nbgrader-sandbox`: run it in the folder that holds nbgrader_config.py."""

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

from nbgrader_sandbox import term
from nbgrader_sandbox.command import CommandError, Commands, course_here


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return its exit code."""
    parser = argparse.ArgumentParser(prog="nbgrader-sandbox", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    for add in (_add_check, _add_grade, _add_report, _add_doctor, term.add):
        add(commands)
    options = parser.parse_args(arguments)
    run: Callable[[argparse.Namespace], int] = options.run
    try:
        code = run(options)
        sys.stdout.flush()
    except CommandError as error:
        print(error, file=sys.stderr)
        return 1
    except BrokenPipeError:  # of `… | head`: who reads has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    return code


def _add_report(commands: Commands) -> None:
    report = commands.add_parser("report", help="print scores and mistakes of a class")
    report.set_defaults(run=_report)
    report.add_argument("assignment")
    report.add_argument("--csv", type=Path, metavar="FILE", help="write it as a table, too")
    report.add_argument(
        "--bom", action="store_true", help="begin the table so that Excel knows UTF-8"
    )
    report.add_argument("--html", type=Path, metavar="FILE", help="write it as a page, too")
    report.add_argument(
        "--anonymous",
        action="store_true",
        help="name no student, and nothing that was noted about one, in the text and the page",
    )


def _report(options: argparse.Namespace) -> int:
    if options.anonymous and options.csv:
        raise CommandError(
            "The table has one line a student, so there is none without names: "
            "leave --csv or --anonymous out."
        )
    course = course_here()
    # These need nbgrader, which `context` and `finding` do without.
    from nbgrader_sandbox.reporting import classroom
    from nbgrader_sandbox.reporting.page import write_page
    from nbgrader_sandbox.reporting.table import write_csv
    from nbgrader_sandbox.reporting.text import as_text

    group = classroom.read(course, options.assignment)
    try:
        if options.csv:
            write_csv(group, options.csv, mark=options.bom)
        if options.html:
            write_page(group, options.html, datetime.now(), anonymous=options.anonymous)
    except OSError as error:
        raise CommandError(
            f"The report cannot be written to {error.filename} ({error.strerror}): "
            "name a file in a folder that exists and that you may write to."
        ) from None
    said = as_text(group, anonymous=options.anonymous)
    # What is in a file is not printed as well, but for its first line.
    written = [str(path) for path in (options.csv, options.html) if path]
    print(f"{said.splitlines()[0]}\nwritten: {', '.join(written)}" if written else said)
    unread = [one for one in group.submissions if one.reason.startswith(classroom.UNREAD)]
    if unread:
        print(f"Left out of the report: {len(unread)}, see the reasons there.", file=sys.stderr)
    return int(bool(unread))


def _add_grade(commands: Commands) -> None:
    grade = commands.add_parser("grade", help="as `nbgrader autograde`, also on a Dask cluster")
    grade.set_defaults(run=_grade)
    grade.add_argument("assignment")
    grade.add_argument("--student", metavar="ID", help="this student alone")
    grade.add_argument("--force", action="store_true", help="grade what was graded before, too")
    grade.add_argument("--cluster", metavar="tcp://HOST:PORT", help="a Dask scheduler's address")
    grade.add_argument("--workers", type=int, metavar="N", help="grading processes on this machine")


def _grade(options: argparse.Namespace) -> int:
    course_here()  # says what is missing, if something is
    from nbgrader.apps import AutogradeApp

    from nbgrader_sandbox import plugin

    app = AutogradeApp()
    given = [options.assignment, *(["--force"] if options.force else [])]
    given += [f"--student={options.student}"] if options.student else []
    app.initialize(given)
    plugin.load(app.config)
    if options.cluster:
        app.config.SandboxSettings.cluster = options.cluster
    if options.workers:
        app.config.SandboxSettings.workers = options.workers
    try:
        app.start()
    except SystemExit as ended:  # nbgrader has said why
        return int(ended.code or 0) if isinstance(ended.code, int | None) else 1
    return 0


def _add_check(commands: Commands) -> None:
    check = commands.add_parser("check", help="grade an assignment's solution, before its release")
    check.set_defaults(run=_check)
    check.add_argument("assignment")


def _check(options: argparse.Namespace) -> int:
    """Say what the solution gets, and what is given for nothing; 0 where both are right."""
    course_here()
    from nbgrader_sandbox.engine.rehearsal import rehearse

    found = rehearse(options.assignment)
    for one in found.cells:
        if one.points == 0 and one.solution is not None and not one.fault:
            continue  # a check that students see
        by_hand = "read by a person" if one.solution is None else "full marks"
        print(f"{one.notebook:24} {one.cell:28} {one.points:5g}  {one.fault or by_hand}")
    for note in found.notes:
        print(f"  noted: {note}")
    if found.holds:
        print(f"{options.assignment} can be handed out.")
    return int(not found.holds)


def _add_doctor(commands: Commands) -> None:
    doctor = commands.add_parser("doctor", help="which isolation this machine gives, and why")
    doctor.set_defaults(run=_doctor)
    doctor.add_argument(
        "course", nargs="?", type=Path, help="a course's folder, to be looked through, too"
    )
    doctor.add_argument("--image", default="", help="try containers with this image, too")


def _doctor(options: argparse.Namespace) -> int:
    """Try each level, and a course where one is named; 0 where all can be graded."""
    from nbgrader_sandbox.isolation.doctor import doctor

    best = None
    for found in doctor(image=options.image):
        verdict = "yes" if found.available else "no"
        if found.available and best is None:
            best, verdict = found.level, "yes, and used"
        print(f"{found.level.value:28} {verdict:14} {found.why}".rstrip())
        for attempt, what in found.broken.items():
            print(f"{'':28} {'':14} {attempt}: {what}")
    if best is None:
        print(
            "\nNo level holds here, so nothing is graded. On Debian: apt-get install bubblewrap. "
            "To trust every submission: c.SandboxSettings.allow_unsafe = True."
        )
    sound = _course_is_sound(options.course) if options.course else True
    return 0 if best and sound else 1


def _course_is_sound(folder: Path) -> bool:
    if not (folder / "nbgrader_config.py").is_file():
        raise CommandError(f"{folder} has no nbgrader_config.py: name the course's folder.")
    os.chdir(folder)
    course_here()
    from nbgrader_sandbox.engine.course_doctor import look_through

    print()
    found = list(look_through())
    for one in found:
        print(f"{one.assignment:28} {one.said}")
    if not found:
        print("The course has no assignments yet.")
    return not any(one.fault for one in found)


if __name__ == "__main__":
    sys.exit(main())
