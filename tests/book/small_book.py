"""A book of one page with some of the real one's extensions, and these extensions by themselves."""

import importlib.util
import multiprocessing
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from types import ModuleType

#: Each build is a child of one process that has loaded what all of them need: torch takes longer
#: than a page does.
_LOADED = multiprocessing.get_context("forkserver")
_LOADED.set_forkserver_preload(
    ["sphinx.cmd.build", "sphinx.builders.html", "myst_parser.sphinx_ext.main", "torch"]
)

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
    options = ["-W", "--keep-going", "-E", "-q", "-b", builder, str(folder), str(folder / builder)]
    said = folder / "said"
    process = _LOADED.Process(target=_build, args=(options, said))
    process.start()
    process.join()
    assert process.exitcode is not None
    return subprocess.CompletedProcess(
        options, process.exitcode, "", said.read_text(encoding="utf-8")
    )


def _build(options: list[str], said: Path) -> None:
    """Build here; what is said goes to a file."""
    from sphinx.cmd.build import main

    with said.open("w", encoding="utf-8") as file, redirect_stdout(file), redirect_stderr(file):
        code = main(options)
    sys.exit(code)
