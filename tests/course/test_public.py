"""What submissions may import of the course can be imported, and the reference cannot."""

import subprocess
import sys
from pathlib import Path

from nbgrader_sandbox.engine.public import assemble
from traitlets.config import PyFileConfigLoader

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
for secret in ("gates", "cell", "checks.forget_gate", "figures.forget_gate"):
    try:
        importlib.import_module(f"lstm_ref.{secret}")
    except ModuleNotFoundError:
        continue
    raise SystemExit(f"{secret} can be imported")
"""


def test_each_public_module_can_be_imported_without_the_others(tmp_path: Path) -> None:
    settings = PyFileConfigLoader("nbgrader_config.py", path=str(ROOT)).load_config()
    given = settings.SandboxSettings
    folder = assemble(tmp_path / "modules", given.public, given.replaced, ROOT)
    names = [
        ".".join(path.relative_to(folder).with_suffix("").parts).removesuffix(".__init__")
        for path in sorted(folder.rglob("*.py"))
    ]
    assert "lstm_ref.plots" in names
    done = subprocess.run(
        [sys.executable, "-c", LOOK, str(folder), *names], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
