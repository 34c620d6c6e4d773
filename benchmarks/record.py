"""Writes timings where the book reads them: `--json FILE`, a part of the file for each script.

The file is one JSON object. Under the script's name (`numpy_layer`, `torch_layer`) stand

    command, date, machine, versions {"python": …, "numpy": …, "torch": …}
    times    [{"ours": what was timed, "dtype": …, "threads": …, "rows": [
                 {"shape": [T, B, I, H], "ours_ms": …, "theirs_ms": …, "ratio": …}, …]}, …]
    memory   the same with ours_mib and theirs_mib; absent where it was not measured

`ratio` is ours to theirs, and theirs is torch.nn.LSTM: below 1, ours is the better.
"""

import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from lstm_ref.history import processor, provenance, write_whole

__all__ = ["processor", "provenance", "row", "write"]


def row(shape: Sequence[int], ours: float, theirs: float, unit: str) -> dict[str, Any]:
    """Return one row; `unit` is "ms" or "mib". Four digits are more than a time is good for."""
    return {
        "shape": list(shape),
        f"ours_{unit}": float(f"{ours:.4g}"),
        f"theirs_{unit}": float(f"{theirs:.4g}"),
        "ratio": float(f"{ours / theirs:.4g}"),
    }


def write(path: str | os.PathLike[str], name: str, record: dict[str, Any]) -> None:
    """Put `record` under `name`, and leave what other scripts have written as it is."""
    path = Path(path)
    parts = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    parts[name] = record
    text = json.dumps(dict(sorted(parts.items())), indent=1, ensure_ascii=False)
    write_whole(path, f"{text}\n".encode())  # never half a file, where two scripts end at once
