"""Finds Node.js: the machine's own where it is new enough, else the one from the lock."""

import shutil
import subprocess
import sys
from pathlib import Path

OLDEST = 20


def find_node() -> str:
    """Return the path of a `node` of at least version 20, npm beside it.

    Raises RuntimeError, with what to do, where there is none.
    """
    own = Path(sys.prefix) / "bin" / "node"
    for candidate in (shutil.which("node"), str(own)):
        if candidate and Path(candidate).exists() and _major(candidate) >= OLDEST:
            return candidate
    raise RuntimeError(
        f"no Node.js of version {OLDEST} or newer: run `make setup` again, or install Debian's "
        "packages nodejs and npm"
    )


def _major(node: str) -> int:
    try:
        out = subprocess.run([node, "--version"], capture_output=True, text=True, check=True).stdout
        return int(out.strip().lstrip("v").split(".")[0])
    except (OSError, subprocess.CalledProcessError, ValueError):
        return 0
