"""Writes timings where the book reads them: `--json FILE`, a part of the file for each script.

The file is one JSON object. Under the script's name (`numpy_layer`, `torch_layer`) stand

    command, date, machine, versions {"python": …, "numpy": …, "torch": …}
    times    [{"ours": what was timed, "dtype": …, "threads": …, "rows": [
                 {"shape": [T, B, I, H], "ours_ms": …, "theirs_ms": …, "ratio": …}, …]}, …]
    memory   the same with ours_mib and theirs_mib; absent where it was not measured

`ratio` is ours to theirs, and theirs is torch.nn.LSTM: below 1, ours is the better.
"""

import datetime
import json
import os
import platform
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any


def provenance(command: str, packages: Sequence[str]) -> dict[str, Any]:
    """Return command, date, machine and versions: what a time means nothing without."""
    return {
        "command": command,
        "date": datetime.date.today().isoformat(),
        "machine": f"{processor()}, {os.cpu_count()} cores, {platform.system()}",
        "versions": {
            "python": platform.python_version(),
            **{package: version(package) for package in packages},
        },
    }


def processor() -> str:
    """Return the CPU's name as the system gives it."""
    info = Path("/proc/cpuinfo")
    lines = info.read_text(encoding="utf-8").splitlines() if info.is_file() else []
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()


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
    new = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        new.write_text(text + "\n", encoding="utf-8")
        os.replace(new, path)  # never half a file, where a script is stopped or two end at once
    finally:
        new.unlink(missing_ok=True)
