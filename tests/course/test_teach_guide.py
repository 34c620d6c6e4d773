"""The guide "Teach a class" is followed word for word, and prints what its pages show."""

import ast
import re
from pathlib import Path

import nbgrader
import pytest

import nbgrader_sandbox
from tools import guide
from tools.guide_people import DOING

ROOT = Path(__file__).resolve().parents[2]
PAGES = [page.name for page in guide.pages()]


@pytest.mark.gate
def test_each_step_does_what_its_page_says(tmp_path: Path) -> None:
    walk = guide.Walk(guide.scratch_course(tmp_path), DOING)
    todo = [block for page in guide.pages() for block in guide.blocks(page)]
    assert sum(len(list(one.commands())) for one in todo if "tried" in one.classes) > 30
    wrong = list(walk.follow(todo))
    assert not wrong, "\n\n".join(wrong)


def test_what_is_not_tried_is_said() -> None:
    for page in guide.pages():
        text = page.read_text(encoding="utf-8")
        left = [one for one in guide.blocks(page) if "not-tried" in one.classes]
        commands = [one for one in left if "$ " in one.body or "RUN " in one.body]
        assert len(re.findall(r"\b[Nn]ot tried (?:here|on this page)", text)) >= len(commands), page


def test_each_part_of_the_course_that_is_named_is_there() -> None:
    for page in guide.pages():
        text = page.read_text(encoding="utf-8")
        for name in re.findall(r"`((?:lstm_ref|solutions|exercises|tools)/[\w/.-]+)`", text):
            assert (ROOT / name).exists(), f"{page.name}: {name}"


@pytest.mark.parametrize(
    ("due", "printed", "holds"),
    [
        (["a", "b"], "a\nb", True),
        (["a", "b"], "a", False),
        (["a"], "a\nb", False),
        (["a … c"], "a b c", True),
        (["a … c"], "a b d", False),
        (["…", "c"], "a\nb\nc", True),
        (["…", "c"], "c", True),
        (["a", "…"], "b", False),
        ([], "", True),
        ([], "a", False),
        (["(3) new*"], "(3) new*", True),
    ],
)
def test_what_is_printed_is_compared(due: list[str], printed: str, holds: bool) -> None:
    assert guide.matches(due, printed) is holds


def test_a_block_without_a_kind_is_refused(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("```{code-block} console\n:class: other\n\n$ ls\n```\n")
    with pytest.raises(guide.GuideError, match=r"page.md:1: a block has one of the classes"):
        list(guide.blocks(page))


def test_a_wrong_page_is_told(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(
        "```{code-block} console\n:class: tried\n\n$ echo one\ntwo\n$ false\n```\n"
        "```{code-block} console\n:class: tried fails\n\n$ true\n```\n"
    )
    (tmp_path / "lstm").mkdir()
    first, second, third = guide.Walk(tmp_path / "lstm").follow(list(guide.blocks(page)))
    assert first.startswith("page.md:1: `echo one` printed\none\n")
    assert second.startswith("page.md:1: `false` ended with 1")
    assert third.startswith("page.md:8: `true` ended with 0")


def said(folder: Path) -> list[str]:
    """Return all texts in a package, with … in the place of what is filled in."""
    found = []
    for path in folder.rglob("*.py"):
        if "tests" in path.parts:
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.JoinedStr):
                parts = [str(p.value) if isinstance(p, ast.Constant) else "…" for p in node.values]
                found.append("".join(parts))
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                found.append(node.value.replace("{}", "…"))
    return found


def plain(text: str) -> str:
    return re.sub(r"['\s]+", " ", text)


def test_the_messages_are_those_that_are_printed() -> None:
    page = (ROOT / "book" / "teach-wrong.md").read_text(encoding="utf-8")
    messages = re.findall(r"^`(.+)`\n: ", page, re.MULTILINE)
    assert len(messages) > 12
    places = (nbgrader_sandbox, nbgrader)
    texts = [t for one in places for t in said(Path(str(one.__file__)).parent)]
    texts += said(ROOT / "lstm_ref" / "checks")
    texts = [plain(text) for text in texts]
    for message in messages:
        # A value may stand in quotation marks, or be a part of a sentence that is put together.
        pieces = [piece.strip(" :.") for piece in plain(message).split("…")]
        assert any(all(piece in text for piece in pieces) for text in texts), message
