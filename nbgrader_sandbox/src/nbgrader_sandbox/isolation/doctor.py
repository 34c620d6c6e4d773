"""`doctor` tries each level of isolation on this machine, with a worker that tries to get out."""

import json
import os
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from nbgrader_sandbox.isolation.launch import obstacle
from nbgrader_sandbox.isolation.plan import MIB, Level, Plan, Resources, SandboxError
from nbgrader_sandbox.isolation.sandbox import Sandbox

_SMALL = Resources(
    cpu_seconds=10, wall_seconds=30, memory=256 * MIB, processes=16, disk_bytes=16 * MIB
)
#: A level without one of these is no isolation; the others are limits.
WALLS = ("network", "read", "write", "program", "processes")
_PATIENCE = 25.0


@dataclass(frozen=True)
class Diagnosis:
    """What one level of isolation is worth on this machine.

    Attributes:
        level: which one.
        available: whether it starts, and every wall of it held.
        why: why it is not available, or what it lacks; "" for nothing.
        broken: what the worker achieved that it should not have, by attempt.
    """

    level: Level
    available: bool
    why: str
    broken: Mapping[str, str] = field(default_factory=dict)


def doctor(secrets: tuple[Path, ...] = (), image: str = "") -> list[Diagnosis]:
    """Try every level for real; `secrets` are files that a worker must not read.

    `image` is the container image to try, see `Plan.image`. Takes about a second.
    """
    return [diagnose(level, secrets, image) for level in Level]


def diagnose(level: Level, secrets: tuple[Path, ...] = (), image: str = "") -> Diagnosis:
    """Try one level."""
    if level is Level.NONE:
        why = "protects nothing, so it is not tried; it has to be allowed by name (allow_unsafe)"
        return Diagnosis(level, False, why)
    plan = Plan(level, _SMALL, image=image, entry="nbgrader_sandbox.worker.trial:run")
    untested = "untested on this machine: " if level is Level.CONTAINER else ""
    if why := obstacle(level, plan):
        return Diagnosis(level, False, untested + why)
    try:
        broken, reason = _attempts(plan, secrets)
    except (SandboxError, OSError, ValueError) as error:
        return Diagnosis(level, False, untested + str(error))
    words = [f"a worker got: {what}" for what in broken.values()]
    held = not any(name in broken for name in WALLS)
    return Diagnosis(level, held, "; ".join([*words, *([reason] if reason else [])]), broken)


def _attempts(plan: Plan, secrets: tuple[Path, ...]) -> tuple[dict[str, str], str]:
    """Run the trial; return what it achieved, and what the sandbox says of itself."""
    with tempfile.TemporaryDirectory(prefix="nbgrader-doctor-") as name, Sandbox(plan) as sandbox:
        folder = Path(name)
        folder.chmod(0o777)  # so that only the sandbox stands in the way
        secret = folder / "gradebook"
        secret.write_text("secret")
        secret.chmod(0o666)
        task = {
            "secret": ["/etc/shadow", *map(str, (secret, *secrets))],
            "folder": name,
            "grader": os.getpid(),
            "memory": plan.resources.memory,
            "disk": plan.resources.disk_bytes,
            "processes": plan.resources.processes,
        }
        with sandbox.worker({}) as connection:
            connection.socket.settimeout(_PATIENCE)
            with connection.socket.makefile("rwb") as stream:
                stream.write(json.dumps(task).encode() + b"\n")
                stream.flush()
                answer = stream.readline()
                if not answer:
                    time.sleep(0.5)
                    raise SandboxError(f"the worker that tries it {connection.ending()}")
        found: dict[str, str] = json.loads(answer)
        return {name: what for name, what in found.items() if what}, sandbox.reason
