"""Make one self-contained ES module out of a figure and the files beside it that it imports.

A page and a notebook widget each take a module as one text, and neither can fetch a second
file beside it. So what a figure imports (the drawing kit, and the kit's tokens and style sheet)
is placed before its own text, each file once. Two forms of `import` and three of `export` are
rewritten, and any other form is refused: a figure that bundles also runs.
"""

import json
import re
from collections.abc import Mapping
from pathlib import Path

_IMPORT = re.compile(r"^import\b[^;]*;[ \t]*\n?", re.MULTILINE)
_OF_NAMES = re.compile(r'import\s*\{(?P<names>[^}]*)\}\s*from\s*"\./(?P<file>[\w-]+\.js)"\s*;\s*')
_OF_DATA = re.compile(
    r'import\s+(?P<name>\w+)\s+from\s*"\./(?P<file>[\w.-]+)"\s*'
    r'with\s*\{\s*type:\s*"(?P<type>json|text)"\s*\}\s*;\s*'
)
_LEFT_OVER = re.compile(r"^\s*import\b.*|^.*\bimport\s*(?:\(|\.\s*meta).*", re.MULTILINE)
_EXPORT = re.compile(
    r"^export[ \t]+(?=(?:(?:async[ \t]+)?function\*?|const|class)[ \t]+(?P<name>[\w$]+))",
    re.MULTILINE,
)
_ANY_EXPORT = re.compile(r"^\s*export\b.*", re.MULTILINE)
_DECLARED = re.compile(
    r"^(?:export[ \t]+)?(?:(?:async[ \t]+)?function\*?|const|let|var|class)[ \t]+([\w$]+)",
    re.MULTILINE,
)


class BundleError(ValueError):
    """A figure's module uses something that cannot be put into one text."""


def bundle(figure: Path) -> str:
    """Return the module at `figure` as one text, with the files beside it that it imports.

    Raises BundleError, naming the file and the statement, for an import or export that it does
    not understand, for a name that the imported file does not export, for a file that is not
    there, for a circle of imports, and for a name that two files declare at their top level.
    """
    beside = [path for path in figure.parent.iterdir() if path.suffix in (".js", ".json", ".css")]
    return join(figure.name, {path.name: path.read_text(encoding="utf-8") for path in beside})


def join(entry: str, files: Mapping[str, str]) -> str:
    """Return one module from `files` (name to text), starting at `entry`. Raises as `bundle`.

    Only what `entry` exports is exported; the imported files come first, each once.
    """
    done: dict[str, str] = {}
    _visit(entry, files, done, path=())
    declared: dict[str, str] = {}
    for name, text in done.items():
        for declaration in _DECLARED.findall(text):
            if declaration in declared:
                raise BundleError(
                    f"{name}: declares {declaration}, which {declared[declaration]} declares "
                    "too; rename it in one of them"
                )
            declared[declaration] = name
    return "\n".join(text.strip() + "\n" for text in done.values())


def _visit(
    name: str, files: Mapping[str, str], done: dict[str, str], path: tuple[str, ...]
) -> None:
    """Add the plain text of `name` to `done`, after the text of all that it imports."""
    if name in path:
        raise BundleError(f"{name}: imports itself, by way of {' → '.join((*path, name))}")
    if name in done:
        return

    def rewrite(found: re.Match[str]) -> str:
        statement = _OF_NAMES.fullmatch(found[0]) or _OF_DATA.fullmatch(found[0])
        if statement is None:
            raise _refusal(name, found[0])
        file = statement["file"]
        if file not in files:
            raise BundleError(f"{name}: imports ./{file}, and there is no such file beside it")
        if statement.re is _OF_DATA:
            value = json.loads(files[file]) if statement["type"] == "json" else files[file]
            return f"const {statement['name']} = {json.dumps(value, ensure_ascii=False)};\n"
        exported = {export["name"] for export in _EXPORT.finditer(files[file])}
        for asked in filter(None, map(str.strip, statement["names"].split(","))):
            if asked not in exported:
                raise BundleError(
                    f"{name}: imports {asked!r} from ./{file}, which exports no such name"
                )
        _visit(file, files, done, (*path, name))
        return ""

    text = _IMPORT.sub(rewrite, files[name])
    if left := _LEFT_OVER.search(text):
        raise _refusal(name, left[0])
    if path:  # imported by another file: its names are now simply there
        text = _EXPORT.sub("", text)
        if left := _ANY_EXPORT.search(text):
            raise BundleError(
                f"{name}: cannot inline {left[0].strip()!r}; an imported file may say "
                "`export function`, `export const` or `export class`"
            )
    done[name] = text


def _refusal(name: str, statement: str) -> BundleError:
    return BundleError(
        f"{name}: cannot inline {statement.strip()!r}; the imports understood are "
        'import { names } from "./file.js"; and '
        'import name from "./file" with { type: "json" }; (or "text")'
    )
