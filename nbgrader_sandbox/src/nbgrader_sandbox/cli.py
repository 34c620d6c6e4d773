"""The command `nbgrader-sandbox`: run it in the folder that holds nbgrader_config.py."""

import argparse
import importlib.util
import sys
from collections.abc import Sequence
from pathlib import Path


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return its exit code."""
    parser = argparse.ArgumentParser(prog="nbgrader-sandbox", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    report = commands.add_parser("report", help="print scores and mistakes of a class")
    report.add_argument("assignment")
    report.add_argument("--csv", type=Path, metavar="FILE", help="write it as a table, too")
    settle = commands.add_parser(
        "settle", help="give zero to what could not be graded, and say why"
    )
    settle.add_argument("assignment")
    options = parser.parse_args(arguments)
    if importlib.util.find_spec("nbgrader") is None:
        return _fail("nbgrader is not installed: run `pip install nbgrader-sandbox[grading]`.")

    # What follows needs nbgrader, which `context` and `finding` do without.
    from nbgrader_sandbox import classroom
    from nbgrader_sandbox.course import Course, CourseError
    from nbgrader_sandbox.report import as_text, write_csv
    from nbgrader_sandbox.settle import settle as settle_class

    try:
        course = Course.here()
        if options.command == "settle":
            for student, why in settle_class(course, options.assignment).items():
                print(f"{student}: 0 points; {why}")
            return 0
        group = classroom.read(course, options.assignment)
    except CourseError as error:
        return _fail(str(error))
    print(as_text(group))
    if options.csv:
        write_csv(group, options.csv)
    return 0


def _fail(message: str) -> int:
    print(message, file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
