"""The command that starts a zygote in a container, for machines where namespaces are not to be had.

Each worker has a container of its own, since nothing in a container keeps two of them apart.
For docker and podman, where they run on this machine's own kernel. Sources: docker-run(1),
podman-run(1).
"""

import os
import shutil
import subprocess
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
USERS = 30_000  # so that all are below 65536, which any mapping of users has


def find() -> str | None:
    """Return the program that runs containers: docker where its daemon answers, or podman."""
    docker, podman = shutil.which("docker"), shutil.which("podman")
    if docker and podman and not _answers(docker):
        return podman
    return docker or podman


def _answers(docker: str) -> bool:
    words = [docker, "version", "--format", "{{.Server.Version}}"]
    try:
        return subprocess.run(words, capture_output=True, timeout=10).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


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
    # One of its own for each grader: the kernel counts a user's processes in all containers.
    user = USERS + os.getpid() % USERS
    memory = resources.memory + WARM
    files = max(1024, resources.open_files)
    size = f"rw,nosuid,nodev,size={resources.disk_bytes},mode=1777"
    mounts = {control: CONTROL}
    mounts |= {ENGINE / shown: f"{PACKAGE}/{shown}" for shown in SHOWN}
    mounts |= {path: f"{PUBLIC}/{label}" for label, path in public.items()}
    # podman would add places to write to, without a bound.
    own = ["--read-only-tmpfs=false"] if Path(program).name == "podman" else []
    return [
        *(program, "run", *own, "--rm", "--name", name, "--pull", "never"),
        *("--stop-signal", "KILL"),  # Python as the first process hears no other
        *("--network", "none", "--ipc", "none", "--read-only"),
        *("--cap-drop", "ALL", "--security-opt", "no-new-privileges"),
        *("--user", f"{user}:{user}", "--hostname", "sandbox", "--workdir", BOX),
        *("--memory", str(memory), "--memory-swap", str(memory)),
        *("--pids-limit", str(resources.processes + 4), "--ulimit", "core=0"),
        # Left to itself, podman asks for more than an inner machine may give.
        *("--ulimit", f"nofile={files}:{files}", "--ulimit", "nproc=4096:4096"),
        *("--tmpfs", f"{BOX}:{size}", "--tmpfs", f"/tmp:{size}"),
        *(word for pair in environment.items() for word in ("--env", "=".join(pair))),
        *(word for pair in mounts.items() for word in ("--mount", _mount(*pair))),
        *("--entrypoint", "python3", image),
    ]


def _mount(source: Path, target: str) -> str:
    return f"type=bind,source={source},target={target},readonly"
