"""Assembles the folder of modules that a submission may import: the public part of a course.

Only the files that the configuration names are copied, so a reference stays out of reach. Some
may be replaced: a check that compares with the reference by one that says "checked when graded".
What depends on the assignment is asked of the course: a file made by a function of its own, and
the names that an assignment forbids.
"""

import importlib
import shutil
from collections.abc import Iterable, Mapping
from hashlib import blake2b
from importlib.util import find_spec
from pathlib import Path, PurePosixPath


class PublicError(ValueError):
    """The configuration names what is not there; the message says which setting."""


def assemble(
    into: Path,
    packages: Mapping[str, Iterable[str]],
    replaced: Mapping[str, str],
    root: Path,
    made: Mapping[str, str] | None = None,
) -> Path:
    """Return a folder below `into` that holds the chosen modules; made anew where they changed.

    `packages` maps a package to patterns of files in it (`*.py`, `datasets/**/*.py`); `replaced`
    maps a file such as `course/checks/__init__.py` to the one that takes its place, below `root`;
    `made` maps a file to its text, which wins over both. Raises PublicError.
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
    files |= {name: text.encode() for name, text in (made or {}).items()}
    return _write(into, files)


def made_for(assignment: str, made: Mapping[str, str]) -> dict[str, str]:
    """Ask the course for the text of each file of the setting `made`, for one assignment.

    `made` maps a file's path to the `module:function` that returns its text. Raises PublicError.
    """
    texts = {}
    for name, function in made.items():
        setting = f"SandboxSettings.made[{name!r}]"
        path = PurePosixPath(name)
        if path.is_absolute() or ".." in path.parts or str(path) != name or name == ".":
            raise PublicError(
                f"{setting} is no path of a file in a package: write it like 'course/given.py'"
            )
        text = _asked(setting, function, assignment)
        if not isinstance(text, str):
            raise PublicError(
                f"{setting}: {function} gave {type(text).__name__} for {assignment!r}: let it "
                "return the file's text"
            )
        try:
            content = text.encode()
            if path.suffix == ".py":
                compile(content, name, "exec", dont_inherit=True)
        except (SyntaxError, ValueError) as error:  # a lone surrogate is a ValueError
            raise PublicError(
                f"{setting}: what {function} gave for {assignment!r} is no Python ({error})"
            ) from None
        texts[name] = text
    return texts


def forbidden_for(assignment: str, function: str) -> dict[str, str]:
    """Ask the course, by a `module:function`, which names an assignment forbids.

    Returns the message for each name; none for no function. Raises PublicError.
    """
    if not function:
        return {}
    setting = "SandboxSettings.forbidden_by"
    found = _asked(setting, function, assignment)
    if not isinstance(found, Mapping) or not all(
        isinstance(name, str) and isinstance(message, str) for name, message in found.items()
    ):
        raise PublicError(
            f"{setting}: {function} gave no table of texts for {assignment!r}: let it return "
            "{'torch.nn.LSTM': 'write it yourself'}"
        )
    return dict(found)


def check_cells(assignment: str, function: str, cells: Mapping[str, tuple[str, float]]) -> None:
    """Ask the course, by a `module:function`, whether its gradebook holds what it should.

    `cells` maps each graded cell to its text and points. Raises PublicError with what is wrong.
    """
    if not function:
        return
    said = _asked("SandboxSettings.checked_by", function, assignment, cells)
    if said:
        raise PublicError(f"{assignment} is not graded: {said}")


def _asked(setting: str, function: str, assignment: str, *more: object) -> object:
    """Call a function of the course with an assignment's name. Raises PublicError."""
    module, _, name = function.partition(":")
    try:
        call = getattr(importlib.import_module(module), name)
    except Exception as error:  # the course's own code is run, and can stumble over anything
        raise PublicError(
            f"{setting} names {function!r}, which cannot be loaded ({type(error).__name__}: "
            f"{error}): write it as 'module:function'"
        ) from None
    try:
        return call(assignment, *more)
    except Exception as error:
        raise PublicError(
            f"{setting}: {function} gives nothing for the assignment {assignment!r}: "
            f"{error or type(error).__name__}"
        ) from error


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
