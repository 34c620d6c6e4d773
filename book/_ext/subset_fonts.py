"""Cuts the fonts of the built book down to the characters that stand on its pages.

A page of mathematics would ask for 60 kB of KaTeX's fonts, of which it uses a fifth. What the
pages hold is known when they are written, so that is when the fonts in the built folder are cut.
Letters that a live figure writes later are there too: see `ALWAYS`.
"""

import hashlib
import html
import json
import subprocess
from pathlib import Path
from typing import Any

from book_root import ROOT
from sphinx.application import Sphinx
from sphinx.errors import ExtensionError

from tools.node import find_node

_VENDOR = ROOT / "book" / "_assets" / "vendor"
_SCRIPT = Path(__file__).with_name("subset_fonts.js")

#: Kept in any case, since figures write them and readers type them.
ALWAYS = "".join(map(chr, range(0x20, 0x7F))) + "αβγδεθλμπσςτφωΔΣ" + "−×·…–—‘’“”→←°±²³"
#: The fonts that pages ask for. The others are small, or no page asks for them.
CUT = (
    "fonts/source-serif-4-latin-wght-normal.woff2",
    "fonts/source-serif-4-latin-wght-italic.woff2",
    "fonts/source-sans-3-latin-wght-normal.woff2",
    "fonts/source-code-pro-latin-wght-normal.woff2",
    "fonts/source-serif-4-greek-wght-normal.woff2",
    "fonts/source-sans-3-greek-wght-normal.woff2",
    "fonts/source-code-pro-greek-wght-normal.woff2",
    "katex/fonts/KaTeX_Main-Regular.woff2",
    "katex/fonts/KaTeX_Main-Bold.woff2",
    "katex/fonts/KaTeX_Math-Italic.woff2",
    "katex/fonts/KaTeX_Math-BoldItalic.woff2",
    "katex/fonts/KaTeX_AMS-Regular.woff2",
)
#: The weights that the style sheets use; the whole range is from 200 to 900.
WEIGHTS = {"wght": {"min": 400, "max": 700}}


def characters(folder: Path) -> str:
    """Return all characters on the pages in `folder`, sorted, and those that are always kept."""
    found = set(ALWAYS)
    for page in folder.rglob("*.html"):
        found |= set(html.unescape(page.read_text(encoding="utf-8")))
    return "".join(sorted(c for c in found if c.isprintable()))


def _cut(app: Sphinx, failed: Exception | None) -> None:
    if failed or app.builder.format != "html":
        return
    built = Path(app.outdir) / "_static" / "vendor"
    text = characters(Path(app.outdir))
    # What was cut before for the same text is kept: only the first build pays for it.
    kept = Path(app.doctreedir).parent / "fonts"
    kept.mkdir(parents=True, exist_ok=True)
    jobs = []
    for name in CUT:
        made_from = (_VENDOR / name).read_bytes() + text.encode() + _SCRIPT.read_bytes()
        cut = kept / f"{hashlib.sha256(made_from).hexdigest()}.woff2"
        axes = WEIGHTS if "serif" in name else None
        jobs.append({"from": str(_VENDOR / name), "to": str(cut), "axes": axes, "name": name})
    missing = [job for job in jobs if not Path(str(job["to"])).is_file()]
    if missing:
        _run({"jobs": missing, "text": text})
    for job in jobs:
        (built / str(job["name"])).write_bytes(Path(str(job["to"])).read_bytes())
    for old in set(kept.iterdir()) - {Path(str(job["to"])) for job in jobs}:
        old.unlink()


def _run(work: dict[str, Any]) -> None:
    command = [find_node(), str(_SCRIPT), str(ROOT)]
    done = subprocess.run(command, input=json.dumps(work), capture_output=True, text=True)
    if done.returncode != 0:
        raise ExtensionError(f"the fonts could not be cut: {done.stderr.strip()}")


def setup(app: Sphinx) -> dict[str, Any]:
    """Cut the fonts when all pages are written."""
    app.connect("build-finished", _cut)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
