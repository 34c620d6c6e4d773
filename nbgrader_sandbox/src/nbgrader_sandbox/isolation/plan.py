"""What a sandbox is asked for: the level of isolation, what a worker may use, what it sees."""

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

MIB = 1 << 20


class SandboxError(RuntimeError):
    """A worker cannot be had; the message says why, and what would mend it."""


class Level(enum.Enum):
    """How a worker is kept apart, the strongest first."""

    NAMESPACES = "bwrap + namespaces"
    LANDLOCK = "Landlock + seccomp + limits"
    CONTAINER = "container"
    NONE = "own process, no isolation"


@dataclass(frozen=True)
class Resources:
    """What one worker may use, with all that it starts. Raises ValueError where not positive.

    `memory` is what it may use above the warm zygote; in sum where there are control groups,
    else by each process. `cpu_seconds` likewise.
    """

    cpu_seconds: int = 20
    wall_seconds: float = 60
    memory: int = 2048 * MIB
    processes: int = 128  # and threads; 64 of them may be moments that the worker keeps
    file_bytes: int = 64 * MIB
    disk_bytes: int = 256 * MIB
    open_files: int = 256

    def __post_init__(self) -> None:
        for name, value in vars(self).items():
            if value <= 0:
                raise ValueError(f"{name} is {value}; a worker needs more than nothing")


@dataclass(frozen=True)
class Plan:
    """What a sandbox is made from.

    Attributes:
        level: the level to use, or None for the strongest that this machine has.
        resources: what each worker may use.
        warm: modules that are imported before the first worker is forked, or
            "module:function" to be called then.
        public: folders that workers see, read-only, and import from; by any short name.
        hidden: top-level names of first-party packages, which workers may import from the
            public folders alone, even where pip put them beside the third-party ones.
        allow_unsafe: whether Level.NONE may be used.
        image: the container image with Python and all that exercises import, for
            Level.CONTAINER.
        entry: what runs in the worker, "module:function"; called with the worker's socket.
    """

    level: Level | None = None
    resources: Resources = field(default_factory=Resources)
    warm: tuple[str, ...] = ()
    public: Mapping[str, Path] = field(default_factory=dict)
    hidden: tuple[str, ...] = ()
    allow_unsafe: bool = False
    image: str = ""
    entry: str = "nbgrader_sandbox.worker.serve:serve"
