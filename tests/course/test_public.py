"""What submissions may import of the course can be imported, and no answer can."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from nbgrader_sandbox.settings import SandboxSettings
from traitlets.config import PyFileConfigLoader

from lstm_ref.checks import course, exercise

ROOT = Path(__file__).resolve().parent.parent.parent

LOOK = """
import sys
sys.path.insert(0, sys.argv[1])
import importlib
for name in sys.argv[2:]:
    found = importlib.import_module(name)
    assert found.__file__.startswith(sys.argv[1]), found.__file__
from lstm_ref import figures, plots
assert figures.colours() and figures.names() and plots.QUANTITIES
for secret in ("activations", "gates", "cell", "checks.parts", "checks.judge", "layer", "bptt"):
    try:
        importlib.import_module(f"lstm_ref.{secret}")
    except ModuleNotFoundError:
        continue
    raise SystemExit(f"{secret} can be imported")
"""


def public_folder(assignment: str, into: Path) -> Path:
    config: Any = PyFileConfigLoader("nbgrader_config.py", path=str(ROOT)).load_config()
    folder = SandboxSettings(config=config).modules(assignment, into / "modules", ROOT)
    assert folder is not None
    return folder


@pytest.mark.parametrize("assignment", [one.name for one in course.COURSE])
def test_each_public_module_can_be_imported_without_the_others(
    assignment: str, tmp_path: Path
) -> None:
    folder = public_folder(assignment, tmp_path)
    names = [
        ".".join(path.relative_to(folder).with_suffix("").parts).removesuffix(".__init__")
        for path in sorted(folder.rglob("*.py"))
    ]
    assert {"lstm_ref.plots", "lstm_ref.given"} <= set(names)
    done = subprocess.run(
        [sys.executable, "-c", LOOK, str(folder), *names], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("assignment", [one.name for one in course.COURSE])
def test_an_assignment_s_own_parts_and_later_ones_are_to_be_had_under_no_name(
    assignment: str, tmp_path: Path
) -> None:
    folder = public_folder(assignment, tmp_path)
    before = course.parts_before(assignment)
    own_and_later = [name for name in course.parts() if name not in before]
    for path in folder.rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        for name in own_and_later:
            assert not re.search(rf"\b(def|class) {name}\b", text), path
    given = (folder / "lstm_ref" / "given.py").read_text(encoding="utf-8")
    space: dict[str, Any] = {}
    exec(given, space)  # by itself: it imports nothing of the course
    assert {name for name in before if not exercise(name).weigh} <= set(space)
    assert "lstm_ref" not in given
