"""Where the book's extensions find the course: import it before `lstm_ref` or `tools`."""

import sys
from pathlib import Path

#: The folder that holds book/, lstm_ref/ and tools/.
ROOT = Path(__file__).resolve().parents[2]
LSTM_REF = ROOT / "lstm_ref"

if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))


def modules(folder: Path, *kinds: str) -> list[str]:
    """Return the files in `folder` and below with these endings: what a page depends on."""
    return [str(path) for kind in kinds for path in sorted(folder.rglob(f"*{kind}"))]
