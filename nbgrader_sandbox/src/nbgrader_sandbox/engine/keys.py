"""What an outcome depends on: a key that is known beforehand, and the modules that were loaded.

The key is a hash of the student's cells and files, the test cells, the secret, the limits, this
engine, the versions of all packages, and the data in each first-party package that test cells
import. Which modules of the course the tests used is known when they have run (`used`); an outcome
holds as long as the sources of these are the same (`unchanged`).
"""

import ast
import contextlib
import json
import sys
import time
from collections.abc import Iterable, Mapping
from functools import cache
from hashlib import blake2b
from importlib.metadata import distributions
from importlib.util import find_spec
from pathlib import Path
from platform import python_version

from nbgrader_sandbox.engine.job import Job, Kind

_ENGINE = Path(__file__).resolve().parent.parent
_BEGAN = time.time()


def key(job: Job) -> str:
    """Return the key of what grading `job` will give."""
    digest = blake2b(digest_size=16, key=blake2b(job.secret).digest())
    cells = [[c.kind.name, c.source, c.number, c.name, c.points] for c in job.cells]
    about = [job.assignment, job.notebook, job.student, cells, repr(job.plan)]
    about += [repr(job.times), sorted(job.forbidden.items()), sorted(job.asked)]
    digest.update(json.dumps(about).encode("utf-8", "surrogatepass"))
    for path, content in sorted(job.files.items()):
        digest.update(f"{path}:{len(content)}:".encode("utf-8", "surrogatepass") + content)
    tests = [cell.source for cell in job.cells if cell.kind is Kind.TEST]
    for name in sorted(first_party(tests)):
        digest.update(_data(name).encode())
    for _, folder in sorted(job.plan.public.items()):
        digest.update(_folder(Path(folder)).encode())
    digest.update(environment().encode())
    return digest.hexdigest()


def used() -> dict[str, str]:
    """Return the first-party modules that this process has loaded, each with its source's hash.

    An empty hash is that of no source: where one was changed since this process began, nobody
    knows which of the two was loaded.
    """
    loaded = {name: name.partition(".")[0] for name in list(sys.modules)}
    ours = {top for top in set(loaded.values()) if _is_first_party(top)}
    paths = {name: _source(name) for name, top in loaded.items() if top in ours}
    return {
        name: _hash(path) if path.stat().st_mtime < _BEGAN else ""
        for name, path in sorted(paths.items())
        if path is not None
    }


def unchanged(modules: Mapping[str, str]) -> bool:
    """Whether the sources of these modules are still those with these hashes."""
    return all(
        known and (path := _source(name)) and _hash(path) == known
        for name, known in modules.items()
    )


def _origin(name: str) -> str | None:
    """Return the file of a top-level module or package, None where there is none."""
    with contextlib.suppress(ImportError, ValueError):
        spec = find_spec(name)
        return spec.origin if spec else None
    return None


@cache
def _source(name: str) -> Path | None:
    """Return the file of a first-party module, without importing what it is in."""
    top, *parts = name.split(".")
    if (origin := _origin(top)) is None:
        return None
    path = Path(origin)
    if parts and path.name == "__init__.py":
        path = path.parent.joinpath(*parts)
        path = path / "__init__.py" if path.is_dir() else path.with_name(f"{parts[-1]}.py")
    return path if path.is_file() else None


@cache
def _hash(path: Path) -> str:
    return blake2b(path.read_bytes(), digest_size=16).hexdigest()


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
    if name in sys.stdlib_module_names or name.startswith("__") or name == "nbgrader_sandbox":
        return False
    origin = _origin(name)
    installed = ("site-packages", "dist-packages")
    return bool(origin) and not any(part in str(origin) for part in installed)


def installed_from_a_folder(name: str) -> bool:
    """Whether a package was installed by pip from a folder or file of this machine's user."""
    return name in _installed_from_folders()


@cache
def _installed_from_folders() -> frozenset[str]:
    found: set[str] = set()
    for one in distributions():
        with contextlib.suppress(ValueError, OSError):
            where = json.loads(one.read_text("direct_url.json") or "{}")
            if not str(where.get("url", "")).startswith("file:"):
                continue
            # Only of these few are all files looked through, which takes long for large packages.
            found.update((one.read_text("top_level.txt") or "").split())
            tops = {path.parts[0].removesuffix(".py") for path in one.files or ()}
            found.update(top for top in tops if top.isidentifier())
    return frozenset(found)


@cache
def _package(name: str) -> str:
    """Hash all of a first-party package, or of a module."""
    if (path := _source(name)) is None:
        return ""
    return _tree(path.parent if path.name == "__init__.py" else path)


@cache
def _data(name: str) -> str:
    """Hash the files of a first-party package that are not modules."""
    path = _source(name)
    return _tree(path.parent, but=".py") if path and path.name == "__init__.py" else ""


@cache
def _folder(path: Path) -> str:
    """Hash a folder of modules, which is made when a run begins."""
    return _tree(path)


def _tree(top: Path, but: str = "") -> str:
    """Hash a module, or the modules and data of a package; files that end with `but` are left."""
    digest = blake2b(digest_size=16)
    paths = sorted(top.rglob("*")) if top.is_dir() else [top]
    for path in paths:
        if path.is_file() and "__pycache__" not in path.parts and path.suffix != (but or None):
            content = path.read_bytes()
            digest.update(f"{path.relative_to(top)}:{len(content)}:".encode() + content)
    return digest.hexdigest()


def _installed() -> dict[str, str]:
    """Return the versions of the packages in site-packages.

    Not of all on the path: setuptools puts copies of others there, once it is imported.
    """
    path = [entry for entry in sys.path if Path(entry).name in ("site-packages", "dist-packages")]
    found: dict[str, str] = {}
    for one in distributions(path=path):
        found.setdefault(one.name, one.version)  # the first one is the one that is imported
    return found


@cache
def environment() -> str:
    """Hash this engine and the names and versions of Python and all packages."""
    packages = sorted(f"{name} {version}" for name, version in _installed().items())
    about = json.dumps([sys.version, packages, _tree(_ENGINE)])
    return blake2b(about.encode(), digest_size=16).hexdigest()


def versions(job: Job | None = None) -> dict[str, str]:
    """Return what scores depend on here, a version or a hash by name, to be compared elsewhere.

    With a job, also the course's packages that its tests and its submission can import.
    """
    found = dict(_versions())
    if job is not None:
        tests = [cell.source for cell in job.cells if cell.kind is Kind.TEST]
        found |= {f"the course's package {name}": _package(name) for name in first_party(tests)}
        found |= {f"the folder {path}": _folder(Path(path)) for path in job.plan.public.values()}
    return found


@cache
def _versions() -> dict[str, str]:
    return {**_installed(), "Python": python_version(), "nbgrader_sandbox": _tree(_ENGINE)}


def forget() -> None:
    """Read packages and versions anew; called when a run begins, as files may have changed."""
    for cached in (
        *(_is_first_party, _installed_from_folders, _source, _hash, _package, _data, _folder),
        *(environment, _versions),
    ):
        cached.cache_clear()
