"""README's commands exist, and what it points to is there."""

import ast
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from nbgrader_sandbox.settings import SandboxSettings

from lstm_ref.checks import CheckFailed, check
from lstm_ref.given import sigmoid

ROOT = Path(__file__).resolve().parent.parent
PAGES = ["README.md", "CONTRIBUTING.md", "nbgrader_sandbox/README.md"]
GUIDE = "book/student-guide.md"


def text(page: str) -> str:
    return (ROOT / page).read_text(encoding="utf-8")


def test_every_make_target_that_is_named_exists() -> None:
    targets = set(re.findall(r"^([a-z-]+):", text("Makefile"), re.MULTILINE))
    for page in PAGES:
        named = set(
            re.findall(r"\bmake ([a-z-]+)\b(?=[`\s]*(?:$|[`#&|]|\s{2,}))", text(page), re.M)
        )
        named |= set(re.findall(r"`make ([a-z-]+)`", text(page)))
        assert named <= targets, page
    assert {"course", "test"} <= set(re.findall(r"make ([a-z]+)", text("README.md")))


def test_every_local_link_and_picture_is_there() -> None:
    for page in PAGES:
        here = (ROOT / page).parent
        for target in re.findall(r"\]\((?!https?://|figure:|#)([^)#]+)\)", text(page)):
            assert (here / target).exists(), f"{page}: {target}"


def test_every_module_that_is_run_by_name_exists() -> None:
    for page in [*PAGES, "Makefile"]:
        for module in re.findall(r"-m ((?:lstm_ref|tools)\.[\w.]+)", text(page)):
            path = ROOT / Path(*module.split("."))
            assert path.with_suffix(".py").exists() or path.is_dir(), f"{page}: {module}"


def test_the_guides_stay_short() -> None:
    assert len(text("README.md").splitlines()) <= 110
    assert len(text("CONTRIBUTING.md").splitlines()) <= 180


def test_readme_and_the_student_guide_start_alike() -> None:
    """What README says in three lines are the guide's first lines, and they name what is there."""
    readme, guide = (
        [
            line
            for command in re.findall(r"^\$ (.+)", text(page), re.M)
            for line in command.split(" && ")
        ]
        for page in ("README.md", GUIDE)
    )
    start = guide[:3]
    at = readme.index(start[0])
    assert readme[at : at + 3] == start
    assert readme[at + 3] in guide
    assert (ROOT / readme[at + 3].split()[-1]).is_file()
    extras = tomllib.loads(text("pyproject.toml"))["project"]["optional-dependencies"]
    assert set(re.findall(r"\.\[(\w+)\]", text(GUIDE))) <= set(extras)


def test_the_guide_shows_what_a_check_really_says() -> None:
    def forget_gate(x: Any, h_prev: Any, W_f: Any, U_f: Any, b_f: Any) -> Any:
        return sigmoid(x @ W_f.T + h_prev @ U_f.T)

    with pytest.raises(CheckFailed) as failed:
        check("forget_gate", forget_gate)
    assert f"```text\n{str(failed.value).strip()}\n```" in text(GUIDE)


def test_every_setting_of_the_sandbox_is_listed_with_its_default() -> None:
    rows = re.findall(r"^\| `(\w+)` \| `(.*?)` \|", text("nbgrader_sandbox/README.md"), re.M)
    listed = {name: ast.literal_eval(default) for name, default in rows if name != "grading"}
    traits = SandboxSettings.class_own_traits(config=True)
    known = {name: trait.default(SandboxSettings()) for name, trait in traits.items()}
    assert listed == known


def test_the_numbers_of_attacks_are_those_of_the_table() -> None:
    summary = text("docs/attacks.md").split("\n\n")[2]
    (won, tried), (won_here, all_here) = re.findall(r"(\d+) of (\d+) attacks won", summary)
    said = " ".join(text("README.md").split())
    assert f"{all_here} hostile submissions" in said
    assert f"of the {tried} that were tried there, {won} win" in said
    assert won_here == "0"
    assert text("docs/attacks.md").count("(`") >= int(all_here)
