"""The key of an outcome: a hash of all that the scores depend on.

Those are: the student's cells and files, the test cells, the source of each first-party package
that test cells import, the secret, the limits, this engine, and the versions of all packages.
"""

import ast
import json
import sys
from collections.abc import Iterable
from functools import cache
from hashlib import blake2b
from importlib.metadata import distributions
from importlib.util import find_spec
from pathlib import Path

from nbgrader_sandbox.engine.job import Job, Kind

_ENGINE = Path(__file__).resolve().parent.parent


def key(job: Job) -> str:
    """Return the key of what grading `job` will give."""
    digest = blake2b(digest_size=16, key=blake2b(job.secret).digest())
    cells = [[c.kind.name, c.source, c.number, c.name, c.points] for c in job.cells]
    about = [job.assignment, job.notebook, job.student, cells, repr(job.plan)]
    about += [repr(job.times), sorted(job.forbidden.items())]
    digest.update(json.dumps(about).encode("utf-8", "surrogatepass"))
    for path, content in sorted(job.files.items()):
        digest.update(f"{path}:{len(content)}:".encode("utf-8", "surrogatepass") + content)
    tests = [cell.source for cell in job.cells if cell.kind is Kind.TEST]
    for name in sorted(first_party(tests)):
        digest.update(_package(name).encode())
    for _, folder in sorted(job.plan.public.items()):
        digest.update(_tree(Path(folder)).encode())
    digest.update(environment().encode())
    return digest.hexdigest()


def first_party(sources: Iterable[str]) -> set[str]:
    """Return the top-level packages that these test cells import from outside site-packages."""
    return {name for source in sources for name in imported(source) if _is_first_party(name)}


def imported(source: str) -> set[str]:
    """Return the top-level packages that a cell imports; none where it is no Python."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return set()
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names.update(alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.add(node.module.split(".")[0])
    return names


@cache
def _is_first_party(name: str) -> bool:
    if name in sys.stdlib_module_names:
        return False
    try:
        spec = find_spec(name)
    except (ImportError, ValueError):
        return False
    origin = spec.origin if spec else None
    return bool(origin) and "site-packages" not in str(origin)


@cache
def _package(name: str) -> str:
    spec = find_spec(name)
    if spec is None or spec.origin is None:
        return ""
    path = Path(spec.origin)
    return _tree(path.parent if path.name == "__init__.py" else path)


def _tree(top: Path) -> str:
    """Hash a module, or the modules and data of a package."""
    digest = blake2b(digest_size=16)
    paths = sorted(top.rglob("*")) if top.is_dir() else [top]
    for path in paths:
        if path.is_file() and "__pycache__" not in path.parts:
            content = path.read_bytes()
            digest.update(f"{path.relative_to(top)}:{len(content)}:".encode() + content)
    return digest.hexdigest()


@cache
def environment() -> str:
    """Hash this engine and the names and versions of Python and all packages."""
    packages = sorted(f"{found.name} {found.version}" for found in distributions())
    about = json.dumps([sys.version, packages, _tree(_ENGINE)])
    return blake2b(about.encode(), digest_size=16).hexdigest()


def forget() -> None:
    """Read packages and versions anew; called when a run begins, as files may have changed."""
    for cached in (_is_first_party, _package, environment):
        cached.cache_clear()
