"""Fetches and lays out what the book serves from its own folder: `python tools/assets.py`.

KaTeX's style sheet, script and fonts, the text fonts, and the licences of both go from
node_modules to book/_assets/vendor/; the colours go from lstm_ref to book/_assets/tokens.css.
A second run does nothing where all is up to date; an interrupted one can be run again.
"""

import hashlib
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # so that the script runs without the package being installed

from lstm_ref.figures import tokens_css  # noqa: E402
from tools.node import find_node  # noqa: E402

MODULES = ROOT / "node_modules"
ASSETS = ROOT / "book" / "_assets"
LAYOUT = "5"  # raise it when what is copied changes

#: The fonts: package and styles. Labels and captions have no italic of their own: a browser slants
#: the upright, and 28 kB stay away.
FONTS = (
    ("source-serif-4", ("normal", "italic")),
    ("source-sans-3", ("normal",)),
    ("source-code-pro", ("normal",)),
)
SUBSETS = ("latin", "latin-ext", "greek")


@dataclass(frozen=True)
class Fallback:
    """A font that the reader's machine has, made as wide and as high as the one that is coming.

    `size` is how wide the coming font sets English text beside the local one, in per cent: measured
    in Chromium, and again by a test. `ascent` and `descent` are the coming font's own.
    """

    family: str
    local: tuple[str, ...]
    ascent: float
    descent: float
    size: float
    weight: str = "400"
    style: str = "normal"

    def rule(self) -> str:
        """Return the @font-face rule."""
        names = ", ".join(f'local("{name}")' for name in self.local)
        return (
            f'@font-face {{\n  font-family: "{self.family}";\n  font-style: {self.style};\n'
            f"  font-weight: {self.weight};\n  src: {names};\n  size-adjust: {self.size:g}%;\n"
            f"  ascent-override: {100 * self.ascent / self.size:.1f}%;\n"
            f"  descent-override: {100 * self.descent / self.size:.1f}%;\n"
            "  line-gap-override: 0%;\n}"
        )


_SERIF = ("Times New Roman", "Liberation Serif", "Tinos")
_SANS = ("Arial", "Liberation Sans", "Arimo")
_CODE = ("Courier New", "Liberation Mono", "Cousine")


def _in(names: tuple[str, ...], style: str) -> tuple[str, ...]:
    return tuple(f"{name} {style}" for name in names)


FALLBACKS = (
    Fallback("Serif meanwhile", _SERIF, 103.6, 33.5, 115.1),
    Fallback("Serif meanwhile", _in(_SERIF, "Bold"), 103.6, 33.5, 113, weight="600 900"),
    Fallback("Serif meanwhile", _in(_SERIF, "Italic"), 103.6, 33.5, 107.4, style="italic"),
    Fallback("Sans meanwhile", _SANS, 102.4, 40, 92.3),
    Fallback("Sans meanwhile", _in(_SANS, "Bold"), 102.4, 40, 90.6, weight="600 900"),
    Fallback("Code meanwhile", _CODE, 98.4, 27.3, 100),
)
_FACE = re.compile(r"/\* (?P<name>[\w-]+) \*/\s*(?P<rule>@font-face \{[^}]*\})")


def main() -> int:
    """Bring node_modules and book/_assets up to date; say what was done."""
    try:
        stamp = lock_stamp()
        installed = install(stamp)
        copied = copy(stamp)
        written = write_if_changed(ASSETS / "tokens.css", tokens_css())
    except (RuntimeError, OSError) as error:
        print(f"tools/assets.py: {error}", file=sys.stderr)
        return 1
    done = [
        "installed the packages" if installed else "",
        "copied fonts and mathematics" if copied else "",
        "wrote the colours" if written else "",
    ]
    print("book assets:", ", ".join(filter(None, done)) or "up to date")
    return 0


def lock_stamp() -> str:
    """Return what node_modules and vendor/ are made from, as one hash."""
    made_from = b"".join(
        (ROOT / name).read_bytes() for name in ("package.json", "package-lock.json")
    )
    return hashlib.sha256(LAYOUT.encode() + made_from).hexdigest()


def install(stamp: str) -> bool:
    """Run `npm ci` unless node_modules carries this stamp. The stamp is written last."""
    mark = MODULES / ".stamp"
    if mark.is_file() and mark.read_text(encoding="utf-8") == stamp:
        return False
    node = Path(find_node())
    npm = node.parent / "npm"
    if not npm.exists():
        raise RuntimeError(f"{node} has no npm beside it: install Debian's package npm")
    # npm itself runs on the `node` that is first on PATH: make that the one that was found.
    environment = os.environ | {"PATH": f"{node.parent}{os.pathsep}{os.environ.get('PATH', '')}"}
    command = [str(npm), "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    if done.returncode != 0:
        raise RuntimeError(
            "`npm ci` failed; check the connection to the npm registry and run this again. "
            f"npm said:\n{done.stderr.strip()}"
        )
    mark.write_text(stamp, encoding="utf-8")
    return True


def copy(stamp: str) -> bool:
    """Lay out book/_assets/vendor anew unless it carries this stamp.

    The new folder is made beside the old one and put in its place when complete.
    """
    vendor = ASSETS / "vendor"
    mark = vendor / ".stamp"
    if mark.is_file() and mark.read_text(encoding="utf-8") == stamp:
        return False
    fresh = ASSETS / "vendor.new"
    shutil.rmtree(fresh, ignore_errors=True)
    copy_katex(fresh / "katex")
    copy_fonts(fresh / "fonts")
    (fresh / ".stamp").write_text(stamp, encoding="utf-8")
    shutil.rmtree(vendor, ignore_errors=True)
    fresh.rename(vendor)
    return True


def copy_katex(to: Path) -> None:
    """Copy KaTeX: script (used at build), style sheet with woff2 alone, fonts, licence."""
    package = MODULES / "katex"
    (to / "fonts").mkdir(parents=True)
    shutil.copy(package / "LICENSE", to / "LICENSE")
    shutil.copy(package / "dist" / "katex.min.js", to)
    for font in sorted((package / "dist" / "fonts").glob("*.woff2")):
        shutil.copy(font, to / "fonts")
    sheet = (package / "dist" / "katex.min.css").read_text(encoding="utf-8")
    # The older formats are not copied, so they must not be named either.
    sheet = re.sub(r',url\([^)]*\.(?:woff|ttf)\) format\("[^"]*"\)', "", sheet)
    (to / "katex.min.css").write_text(sheet, encoding="utf-8")


def copy_fonts(to: Path) -> None:
    """Copy the subsets that the book needs, and write the style sheet that names them."""
    to.mkdir(parents=True)
    rules = []
    for package, styles in FONTS:
        folder = MODULES / "@fontsource-variable" / package
        shutil.copy(folder / "LICENSE", to / f"LICENSE-{package}")
        for style in styles:
            sheet = folder / ("wght.css" if style == "normal" else "wght-italic.css")
            faces = {m["name"]: m["rule"] for m in _FACE.finditer(sheet.read_text("utf-8"))}
            for subset in SUBSETS:
                name = f"{package}-{subset}-wght-{style}"
                if name not in faces:
                    raise RuntimeError(f"{sheet} names no {name}: has the package changed?")
                shutil.copy(folder / "files" / f"{name}.woff2", to)
                rules.append(faces[name].replace("./files/", ""))
    # A font that comes late is kept for the next page: nothing moves under a reader. From disk
    # they always come late, and no page after the first has them: there they may still come.
    disk, site = "\n".join(rules), "\n".join([*rules, *(one.rule() for one in FALLBACKS)])
    (to / "fonts-from-disk.css").write_text(f"{disk}\n", encoding="utf-8")
    site = site.replace("font-display: swap", "font-display: optional")
    (to / "fonts.css").write_text(f"{site}\n", encoding="utf-8")


def write_if_changed(path: Path, text: str) -> bool:
    """Write the text in one step, and only where it differs, so that make sees no change."""
    if path.is_file() and path.read_text(encoding="utf-8") == text:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(path.suffix + ".new")
    fresh.write_text(text, encoding="utf-8")
    fresh.rename(path)
    return True


if __name__ == "__main__":
    sys.exit(main())
