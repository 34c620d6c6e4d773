"""`python -m lstm_ref.experiments`: run what is stale; stop it whenever you like."""

import argparse
import sys
from pathlib import Path

from lstm_ref.experiments import NAMES, experiment, runner


def main(arguments: list[str] | None = None) -> int:
    """Run or list experiments; return 0 where all that was asked for is fresh."""
    parser = argparse.ArgumentParser("python -m lstm_ref.experiments", description=__doc__)
    known = f"of {', '.join(NAMES)}; all, where none is named"
    parser.add_argument("names", nargs="*", metavar="NAME", help=known)
    parser.add_argument("--list", action="store_true", help="say what is stale, and run nothing")
    parser.add_argument("--again", action="store_true", help="run what is fresh, too")
    parser.add_argument("--workers", type=int, default=runner.cores(), help="processes at once")
    parser.add_argument("--cluster", default="", help="a Dask scheduler: tcp://HOST:8786")
    parser.add_argument("--results", type=Path, help="the folder; book/results where not given")
    asked = parser.parse_args(arguments)
    try:
        chosen = [experiment(name) for name in asked.names or NAMES]
        folder = asked.results or runner.root()
    except ValueError as error:
        parser.error(str(error))
    if not asked.list:
        with runner.workers(asked.workers, asked.cluster) as executor:
            try:
                complaints = runner.update(chosen, folder, executor, again=asked.again)
            except KeyboardInterrupt:
                print("Stopped. What was done is kept; the same command goes on.", file=sys.stderr)
                return 130
        for sentence in complaints:
            print(sentence, file=sys.stderr)
    return 1 if runner.report(chosen, folder) else 0


if __name__ == "__main__":
    sys.exit(main())
