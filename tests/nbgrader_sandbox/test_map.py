"""The map of the engine, docs/engine.md, is true: of modules, words and arrows."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "nbgrader_sandbox" / "src" / "nbgrader_sandbox"
MAP = (ROOT / "docs" / "engine.md").read_text(encoding="utf-8")

MODULES = {str(p.relative_to(PACKAGE)) for p in PACKAGE.rglob("*.py") if "__" not in p.name}

#: Which package may import of which other; a package's own modules are free to.
ARROWS = {
    "wire": set(),
    "worker": {"wire"},
    "isolation": {"worker"},  # what a worker is locked in with is asked for by its numbers
    "clean": set(),
    "engine": {"clean", "isolation", "wire", "worker"},
    "reporting": {"engine"},
    "exporting": {"reporting"},
    "lms": {"engine", "exporting"},
}

#: All that the reports need of the engine.
OF_THE_ENGINE = {"engine.store", "engine.submission"}


def imported(path: Path) -> set[str]:
    """Return which of the engine's modules a file imports: `wire.codec`."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and str(node.module).startswith("nbgrader_sandbox"):
            inner = str(node.module).removeprefix("nbgrader_sandbox").strip(".")
            for alias in node.names:
                name = f"{inner}.{alias.name}".strip(".")
                found.add(name if name.replace(".", "/") + ".py" in MODULES else inner)
    return found


def test_every_module_is_on_the_map_and_nothing_else() -> None:
    named = set(re.findall(r"`((?:\w+/)?\w+\.py)`", MAP))
    own = {name for name in named if not name.startswith(("attack", "nbgrader_config"))}
    assert own == MODULES


def test_no_two_modules_have_one_name_but_for_a_package_s_door() -> None:
    names = [name.split("/")[-1] for name in MODULES if "/" in name]
    twice = {name for name in names if names.count(name) > 1}
    # The converter and its page; a worker's socket has two ends, each with a name of its own.
    assert twice == {"feedback.py"}


@pytest.mark.parametrize("package", ARROWS)
def test_the_arrows_point_one_way(package: str) -> None:
    for path in (PACKAGE / package).rglob("*.py"):
        others = {name.split(".")[0] for name in imported(path) if "." in name} - {package}
        assert others <= ARROWS[package], f"{path.name} imports of {others}"


def test_reports_and_exports_need_little_of_the_engine() -> None:
    needed = {
        name
        for package in ("reporting", "exporting", "lms")
        for path in (PACKAGE / package).rglob("*.py")
        for name in imported(path)
        if name.startswith("engine.")
    }
    assert needed == OF_THE_ENGINE


def test_each_file_of_attacks_is_on_the_map() -> None:
    files = {p.name for p in Path(__file__).parent.joinpath("hostile").glob("attacks_*.py")}
    assert set(re.findall(r"`(attacks_\w+\.py)`", MAP)) == files
