"""Follows the guide "Teach a class" word for word: python -m tools.guide

Its pages are read in the order of the contents. What is done, by the class of a block:

    tried           commands after `$ `, each followed by what it prints; `fails` beside it: they do
    file            written to the path of the caption
    append, change  put at the end of that file, or in the place of its lines of the same names
    not-tried       left out, and said so on the page

In what is printed, … stands for anything, and on a line by itself for any lines. A line of a page
`% then: WORDS` is done by the caller: what a person, an LMS or a student does there.
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parent.parent
BOOK = ROOT / "book"
PART = "Teaching"

#: A path of the guide that no test writes to; it gets one beside the course.
EXCHANGE = "/srv/nbgrader/exchange"

KINDS = ("tried", "file", "append", "change", "not-tried")

_BLOCK = re.compile(
    r"^```\{code-block\} \w+\n(?P<options>(?::[^\n]*\n)*)\n?(?P<body>.*?)^```$"
    r"|^% then: (?P<then>[^\n]+)$",
    re.MULTILINE | re.DOTALL,
)


class GuideError(ValueError):
    """A page that cannot be followed; the message says where and why."""


@dataclass(frozen=True)
class Block:
    """One block of a page, or a thing that somebody else does (`then`)."""

    page: str
    line: int
    classes: frozenset[str] = frozenset()
    caption: str = ""
    body: str = ""
    then: str = ""

    @property
    def where(self) -> str:
        return f"{self.page}:{self.line}"

    def commands(self) -> Iterator[tuple[str, list[str]]]:
        """Yield each command with the lines that it prints."""
        command, printed = "", []
        for line in self.body.splitlines():
            if line.startswith("$ "):
                if command:
                    yield command, printed
                command, printed = line.removeprefix("$ "), []
            elif command.endswith("\\"):
                command += f"\n{line.removeprefix('> ')}"
            elif command:
                printed.append(line)
            else:
                raise GuideError(f"{self.where}: the block begins with no command after `$ `")
        if command:
            yield command, printed


def pages(book: Path = BOOK) -> list[Path]:
    """Return the guide's pages, in the order of the contents."""
    parts = yaml.safe_load((book / "_toc.yml").read_text(encoding="utf-8"))["parts"]
    found = [one["file"] for p in parts if p["caption"] == PART for one in p["chapters"]]
    return [book / f"{name}.md" for name in found]


def blocks(page: Path) -> Iterator[Block]:
    """Yield what is to be done on a page. Raises GuideError for a block of no known kind."""
    text = page.read_text(encoding="utf-8")
    for found in _BLOCK.finditer(text):
        line = text.count("\n", 0, found.start()) + 1
        if found["then"]:
            yield Block(page.name, line, then=found["then"].strip())
            continue
        options = dict(re.findall(r"^:([\w-]+):\s*(.*)$", found["options"], re.MULTILINE))
        block = Block(
            page.name,
            line,
            frozenset(options.get("class", "").split()),
            options.get("caption", ""),
            found["body"],
        )
        if len(block.classes & set(KINDS)) != 1:
            raise GuideError(f"{block.where}: a block has one of the classes {', '.join(KINDS)}")
        yield block


def scratch_course(folder: Path, root: Path = ROOT) -> Path:
    """Copy the course's files, as git knows them, to folder/lstm: a class may begin there."""
    listed = ["ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    done = subprocess.run(["git", "-C", str(root), *listed], capture_output=True, check=True)
    course = folder / "lstm"
    for name in filter(None, os.fsdecode(done.stdout).split("\0")):
        if (root / name).is_file():
            (course / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(root / name, course / name)
    _environment_in(course)
    return course


def _environment_in(course: Path) -> None:
    """Lend the course the environment that this runs in, so that `make setup` has nothing to do."""
    (course / ".venv").mkdir()
    for path in Path(sys.prefix).iterdir():
        if path.name != ".ready":
            (course / ".venv" / path.name).symlink_to(path)
    (course / ".venv" / ".ready").touch()  # newer than all that it is made from


@dataclass
class Walk:
    """Follows blocks in a course; `doing` is what others do, by the words of the page."""

    course: Path
    doing: Mapping[str, Callable[[Path], None]] = field(default_factory=dict)
    echo: bool = False

    def follow(self, todo: Sequence[Block]) -> Iterator[str]:
        """Yield what was not as the page says, as texts."""
        for block in todo:
            if block.then:
                if block.then not in self.doing:
                    raise GuideError(f"{block.where}: nobody knows how to do {block.then!r}")
                self.doing[block.then](self.course)
            elif "tried" in block.classes:
                yield from self._run(block)
            elif "not-tried" not in block.classes:
                self._write(block)

    def _run(self, block: Block) -> Iterator[str]:
        folder, fails = self.course, "fails" in block.classes
        for command, due in block.commands():
            code, printed, folder = self._shell(command, folder)
            if self.echo:
                print(f"--- {block.where}\n$ {command}\n{printed}", flush=True)
            if bool(code) is not fails:
                yield f"{block.where}: `{command}` ended with {code}:\n{printed}"
            elif not matches(due, printed):
                said = "\n".join(due)
                yield f"{block.where}: `{command}` printed\n{printed}\nand the page has\n{said}"

    def _shell(self, command: str, folder: Path) -> tuple[int, str, Path]:
        """Run one command; return its code, what it printed, and the folder it ended in."""
        where = self.course.parent / ".where"
        done = subprocess.run(
            ["bash", "-c", f"{self._here(command)}\ncode=$?; pwd > {where}; exit $code"],
            cwd=folder,
            env=self._environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
        )
        printed = done.stdout.replace(str(self.course), "…")
        printed = printed.replace(str(self.course.parent / "exchange"), EXCHANGE)
        return done.returncode, printed.rstrip(), Path(where.read_text().strip())

    def _here(self, text: str) -> str:
        return text.replace(EXCHANGE, str(self.course.parent / "exchange"))

    def _environment(self) -> dict[str, str]:
        """The environment of somebody who has activated .venv in this course."""
        modules = [self.course, self.course / "nbgrader_sandbox" / "src"]
        programs = self.course / ".venv" / "bin"
        ours = {
            "PATH": f"{programs}{os.pathsep}{os.environ.get('PATH', os.defpath)}",
            "PYTHONPATH": os.pathsep.join(map(str, modules)),
            "HOME": str(self.course.parent),  # no settings of whoever tries this
        }
        # A make that runs the tests would have the makes in them say where they are.
        left = {"NBGRADER_EXECUTION", "MAKEFLAGS", "MFLAGS", "MAKELEVEL"}
        return {k: v for k, v in os.environ.items() if k not in left} | ours

    def _write(self, block: Block) -> None:
        path = self.course / block.caption
        body = self._here(block.body)
        if "file" in block.classes:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(body, encoding="utf-8")
            return
        text = path.read_text(encoding="utf-8")
        if "append" in block.classes:
            path.write_text(f"{text}\n{body}", encoding="utf-8")
            return
        for line in body.splitlines():
            name = line.partition(" = ")[0]
            text, count = re.subn(rf"^{re.escape(name)} = .*$", lambda _: line, text, flags=re.M)  # noqa: B023
            if count != 1:
                raise GuideError(f"{block.where}: {block.caption} has {count} lines of {name!r}")
        path.write_text(text, encoding="utf-8")


def matches(due: Sequence[str], printed: str) -> bool:
    """Whether what was printed is what a page shows, where … stands for anything."""
    parts = [
        r"(?:.*\n)*?" if line.strip() == "…" else re.escape(line.rstrip()).replace("…", ".*") + "\n"
        for line in due
    ]
    lines = "".join(f"{line.rstrip()}\n" for line in printed.splitlines())
    return re.fullmatch("".join(parts), lines) is not None


def main(arguments: Sequence[str] | None = None) -> int:
    """Follow the guide in a folder of its own, and show all that is printed."""
    from tools.guide_people import DOING

    parser = argparse.ArgumentParser(description=str(__doc__).split("\n")[0])
    parser.add_argument("page", nargs="*", help="these pages alone, such as teach.md")
    asked = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        walk = Walk(scratch_course(Path(folder)), DOING, echo=True)
        todo = [b for p in pages() if p.name in asked.page or not asked.page for b in blocks(p)]
        wrong = list(walk.follow(todo))
    print("\n\n".join(wrong) or "All is as the guide says.")
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
