"""Makes what pages and notebooks load of the live figures: `python -m tools.figures`.

lstm_ref/figures/made/ holds one kit.js and kit.css, and for each figure a NAME.js, a NAME.json
(what Python knows of it) and a NAME.svg (the picture where there is no widget). They are kept
with the sources, so that who installs the package needs no node; a test holds them in step.
DATA, what figures read beside their code, is made first; the drawings of book/figures last.
"""

import json
import subprocess
import sys
from pathlib import Path

from lstm_ref import figures
from lstm_ref.figures import (
    ablations,
    codes,
    counting,
    inside,
    limits,
    long_lags,
    training,
    worked,
)
from tools.node import find_node

ROOT = Path(__file__).resolve().parent.parent
FIGURES = ROOT / "lstm_ref" / "figures"

#: What figures read: the worked example's numbers, networks drawn and trained, lines of code, what
#: was measured.
DATA = {
    "worked.json": worked.worked_text,
    "hundred.json": training.drawn_text,
    "codes.json": codes.codes_text,
    "lags.json": long_lags.lags_text,
    "counted.json": counting.counted_text,
    "parts.json": ablations.measured_text,
    "limits.json": limits.measured_text,
    "inside.json": inside.net_text,
}


def main() -> None:
    """Make all of it anew."""
    for name, text in DATA.items():
        (FIGURES / name).write_text(text(), encoding="utf-8")
    make(FIGURES / "made")
    run("tools/drawings.mjs", "book/figures")
    print(f"live figures: {', '.join(sources())}")


def sources() -> list[str]:
    """Return the names of all figures: what has both a NAME.js and a NAME.py."""
    return sorted(path.stem for path in FIGURES.glob("*.js") if path.with_suffix(".py").is_file())


def make(to: Path) -> None:
    """Write the bundles, pictures and descriptions of all figures to a folder."""
    to.mkdir(parents=True, exist_ok=True)
    run("tools/figures.mjs", str(FIGURES), str(to), *sources())
    for name in sources():
        drawn = figures.still(name, node=find_node())
        known = {key: drawn[key] for key in ("title", "words", "inputs", "presets")}
        text = json.dumps(known, ensure_ascii=False, indent=1) + "\n"
        (to / f"{name}.json").write_text(text, encoding="utf-8")
        (to / f"{name}.svg").write_text(drawn["svg"]["wide"] + "\n", encoding="utf-8")
    kept = {f"{name}{kind}" for name in sources() for kind in (".js", ".json", ".svg")}
    for path in to.iterdir():
        if path.name not in kept | {"kit.js", "kit.css"}:
            path.unlink()


def run(script: str, *arguments: str) -> None:
    """Run one of the tools that are written in JavaScript; stop with its words if it fails."""
    done = subprocess.run(
        [find_node(), script, *arguments], cwd=ROOT, capture_output=True, text=True
    )
    if done.returncode != 0:
        raise SystemExit(f"node {script} failed:\n{done.stderr}")


if __name__ == "__main__":
    sys.exit(main())
