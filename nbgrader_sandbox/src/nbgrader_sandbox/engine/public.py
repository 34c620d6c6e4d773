"""Assembles the folder of modules that a submission may import: the public part of a course.

Only the files that the configuration names are copied, so a reference stays out of reach. Some
may be replaced: a check that compares with the reference by one that says "checked when graded".
"""

import shutil
from collections.abc import Iterable, Mapping
from hashlib import blake2b
from importlib.util import find_spec
from pathlib import Path


class PublicError(ValueError):
    """The configuration names what is not there; the message says which setting."""


def assemble(
    into: Path, packages: Mapping[str, Iterable[str]], replaced: Mapping[str, str], root: Path
) -> Path:
    """Return a folder below `into` that holds the chosen modules; made anew where they changed.

    `packages` maps a package to patterns of files in it (`*.py`, `datasets/**/*.py`); `replaced`
    maps a file such as `course/checks/__init__.py` to the one that takes its place, below `root`.
    Raises PublicError.
    """
    files: dict[str, bytes] = {}
    for package, patterns in packages.items():
        spec = find_spec(package)
        if spec is None or not spec.submodule_search_locations:
            raise PublicError(f"SandboxSettings.public names {package!r}, which is no package here")
        home = Path(next(iter(spec.submodule_search_locations)))
        for pattern in patterns:
            found = [path for path in home.glob(pattern) if path.is_file()]
            if not found:
                raise PublicError(
                    f"SandboxSettings.public[{package!r}] has {pattern!r}, and no file in {home} "
                    "fits it"
                )
            for path in found:
                if "__pycache__" not in path.parts:
                    files[f"{package}/{path.relative_to(home).as_posix()}"] = path.read_bytes()
    for name, other in replaced.items():
        path = root / other
        if not path.is_file():
            raise PublicError(f"SandboxSettings.replaced[{name!r}] names {path}, which is no file")
        files[name] = path.read_bytes()
    return _write(into, files)


def _write(into: Path, files: Mapping[str, bytes]) -> Path:
    """Write all files into a folder that is named by their content, whole or not at all."""
    digest = blake2b(digest_size=12)
    for name, content in sorted(files.items()):
        digest.update(f"{name}:{len(content)}:".encode() + content)
    folder = into / digest.hexdigest()
    if folder.is_dir():
        return folder
    draft = into / f".{folder.name}.new"
    shutil.rmtree(draft, ignore_errors=True)
    for name, content in files.items():
        path = draft / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    for path in (into, draft, *draft.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)  # the worker is another user
    draft.rename(folder)
    return folder
