"""A real Jupyter server with nbgrader's formgrader, in the folder of a small class."""

import json
import secrets
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.nbgrader_sandbox.engine.small_class import SmallClass
from tests.servers import end, free_ports

EXTENSION = "nbgrader.server_extensions.formgrader"


@dataclass(frozen=True)
class Server:
    """Where a server listens, and what it lets in."""

    address: str
    token: str

    def ask(self, path: str, method: str = "GET") -> Any:
        """Ask the formgrader's interface; return the JSON that it answers."""
        request = urllib.request.Request(
            f"{self.address}/formgrader/api/{path}",
            method=method,
            headers={"Authorization": f"token {self.token}"},
        )
        with urllib.request.urlopen(request, timeout=120) as answer:
            return json.loads(answer.read())


@contextmanager
def started(course: SmallClass, folder: Path) -> Iterator[Server]:
    """Start a server in the course's folder, with its own files in `folder`; stop it afterwards."""
    (port,) = free_ports(1)
    server = Server(f"http://127.0.0.1:{port}", secrets.token_hex(16))
    settings = folder / "jupyter"
    settings.mkdir()
    config = {"ServerApp": {"jpserver_extensions": {EXTENSION: True}}}
    (settings / "jupyter_server_config.json").write_text(json.dumps(config))
    log = folder / "server.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [
                shutil.which("jupyter-server", path=str(Path(sys.executable).parent)) or "",
                "--no-browser",
                *("--allow-root", f"--ServerApp.root_dir={course.root}"),
                *(f"--ServerApp.port={port}", "--ServerApp.port_retries=0"),
                f"--IdentityProvider.token={server.token}",
            ],
            cwd=course.root,
            env=course.environment(JUPYTER_CONFIG_DIR=str(settings), HOME=str(folder)),
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        give_up = time.monotonic() + 60
        while True:
            try:
                server.ask("assignments")
                break
            except (urllib.error.URLError, ConnectionError):
                assert process.poll() is None, log.read_text()
                assert time.monotonic() < give_up, log.read_text()
                time.sleep(0.1)
        yield server
    finally:
        end(process)
    assert "Traceback" not in log.read_text()
