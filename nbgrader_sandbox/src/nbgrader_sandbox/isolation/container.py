"""The command that starts a zygote in a container, for machines where namespaces are not to be had.

Each worker has a container of its own, since nothing in a container keeps two of them apart.
Works with docker and podman, where they run on this machine's own kernel. Source: docker-run(1).
"""

import os
import shutil
from collections.abc import Mapping
from pathlib import Path

from nbgrader_sandbox.isolation.paths import ENGINE, SHOWN
from nbgrader_sandbox.isolation.plan import MIB, Resources

BOX = "/sandbox"
PACKAGE = f"/engine/{ENGINE.name}"
PUBLIC = "/public"
CONTROL = "/control"
SOCKET = "socket"
WARM = 1024 * MIB  # what the imports may take, beside the worker's own memory
NOBODY = 65534


def find() -> str | None:
    return shutil.which("docker") or shutil.which("podman")


def command(
    program: str,
    image: str,
    name: str,
    control: Path,
    public: Mapping[str, Path],
    environment: Mapping[str, str],
    resources: Resources,
) -> list[str]:
    """Return the command line up to Python's own arguments.

    Args:
        program: docker or podman.
        image: what holds Python and the third-party packages, and nothing of the course.
        name: what the container will be called.
        control: the folder with the socket that the zygote is to connect to.
        public: name and real path of each public folder.
        environment: all the variables that there will be.
        resources: limits of the one worker.
    """
    user = os.geteuid() or NOBODY
    memory = resources.memory + WARM
    size = f"rw,nosuid,nodev,size={resources.disk_bytes},mode=1777"
    mounts = {control: CONTROL}
    mounts |= {ENGINE / shown: f"{PACKAGE}/{shown}" for shown in SHOWN}
    mounts |= {path: f"{PUBLIC}/{label}" for label, path in public.items()}
    return [
        *(program, "run", "--rm", "--name", name, "--pull", "never"),
        *("--network", "none", "--ipc", "none", "--read-only"),
        *("--cap-drop", "ALL", "--security-opt", "no-new-privileges"),
        *("--user", f"{user}:{user}", "--hostname", "sandbox", "--workdir", BOX),
        *("--memory", str(memory), "--memory-swap", str(memory)),
        *("--pids-limit", str(resources.processes + 4), "--ulimit", "core=0"),
        *("--tmpfs", f"{BOX}:{size}", "--tmpfs", f"/tmp:{size}"),
        *(word for pair in environment.items() for word in ("--env", "=".join(pair))),
        *(word for pair in mounts.items() for word in ("--mount", _mount(*pair))),
        *("--entrypoint", "python3", image),
    ]


def _mount(source: Path, target: str) -> str:
    return f"type=bind,source={source},target={target},readonly"
