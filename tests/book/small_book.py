"""A book of one page with some of the real one's extensions, and these extensions by themselves."""

import importlib.util
import subprocess
import sys
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).resolve().parents[2]
EXTENSIONS = ROOT / "book" / "_ext"


def extension(name: str) -> ModuleType:
    """Return one of the book's own modules, which find each other beside themselves."""
    return module(EXTENSIONS / f"{name}.py")


def module(path: Path) -> ModuleType:
    """Load a file that is in no package, anew each time."""
    sys.path.insert(0, str(path.parent))
    try:
        spec = importlib.util.spec_from_file_location(path.stem, path)
        assert spec is not None
        assert spec.loader is not None
        made = importlib.util.module_from_spec(spec)
        sys.modules[path.stem] = made  # dataclasses ask for their module by name
        spec.loader.exec_module(made)
    finally:
        sys.path.remove(str(path.parent))
    return made


def build(
    folder: Path, page: str, *extensions: str, before: str = "", builder: str = "html"
) -> subprocess.CompletedProcess[str]:
    """Build the page into `folder`/BUILDER, warnings being errors; `before` goes into conf.py."""
    (folder / "index.md").write_text(page, encoding="utf-8")
    (folder / "conf.py").write_text(
        f"import sys\nsys.path.insert(0, {str(EXTENSIONS)!r})\n{before}\n"
        f"extensions = {['myst_parser', *extensions]!r}\n",
        encoding="utf-8",
    )
    command = [sys.executable, "-m", "sphinx", "-W", "-E", "-q", "-b", builder]
    return subprocess.run(
        [*command, str(folder), str(folder / builder)], capture_output=True, text=True
    )
