"""What both ways of training share: where mini-batches come from, and what a run leaves behind.

`lstm_ref.numpy_training` and `lstm_ref.training` (torch) take the same `Batches` and return the
same `History`. A history that is kept says where it comes from: `provenance`.
"""

import json
import os
import platform
import shlex
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from lstm_ref.arrays import Array

#: Mini-batches come from a function of the generator alone: (xs, targets), xs (T, B, I).
Batches = Callable[[np.random.Generator], tuple[Array, NDArray[Any]]]


@dataclass
class History:
    """What happened, mini-batch by mini-batch.

    `losses` and `norms` have an entry for each: the loss before its step, and the length of the
    gradient before it was clipped. `validations` are (mini-batches so far, value). `origin`
    tells what the numbers come from; it is empty unless the loop fills it in.
    """

    losses: list[float] = field(default_factory=list)
    norms: list[float] = field(default_factory=list)
    validations: list[tuple[int, float]] = field(default_factory=list)
    seconds: float = 0.0
    origin: dict[str, Any] = field(default_factory=dict)

    def to_json(self) -> str:
        """Return all of it as text; numbers come back bit for bit."""
        return json.dumps(asdict(self), ensure_ascii=False) + "\n"

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Return the history that `to_json` wrote. Raises ValueError for other text."""
        try:
            found = cls(**json.loads(text))
        except (TypeError, ValueError) as error:
            raise ValueError(f"this is no history as to_json writes it: {error}") from error
        found.validations = [(int(step), float(value)) for step, value in found.validations]
        return found

    def write(self, path: str | os.PathLike[str]) -> None:
        """Write it to a file, whole or not at all."""
        write_whole(path, self.to_json().encode())


def provenance(command: str, packages: Sequence[str]) -> dict[str, Any]:
    """Return command, date, machine and versions: what a number means nothing without."""
    return {
        "command": command,
        "date": datetime.now(UTC).date().isoformat(),
        "machine": f"{processor()}, {os.cpu_count()} cores, {platform.system()}",
        "versions": {
            "python": platform.python_version(),
            **{package: version(package) for package in packages},
        },
    }


def command_line() -> str:
    """Return the command that runs now as one would type it: `python -m NAME` for a module."""
    main = sys.modules.get("__main__")
    spec = getattr(main, "__spec__", None)
    script = ["-m", spec.name.removesuffix(".__main__")] if spec else sys.argv[:1]
    return shlex.join(["python", *filter(None, script), *sys.argv[1:]])


def processor() -> str:
    """Return the CPU's name as the system gives it."""
    info = Path("/proc/cpuinfo")
    lines = info.read_text(encoding="utf-8").splitlines() if info.is_file() else []
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()


def write_whole(path: str | os.PathLike[str], content: bytes) -> None:
    """Write a file so that at no moment, a power cut too, there is half of it."""
    path = Path(path)
    new = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with new.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(new, path)
    finally:
        new.unlink(missing_ok=True)
