"""A real JupyterHub with its proxy: each person has a server, and nbgrader's exchange is between.

All servers run on the account of the one who runs this, and nbgrader is told who is who: what one
person may not do to another's files is the hub's affair, and not tried here. What nbgrader and the
engine do is the same.
"""

import json
import os
import secrets
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.servers import end, free_ports
from tools.node import find_node

ROOT = Path(__file__).resolve().parents[2]
PROGRAMS = Path(sys.executable).parent
PROXY = ROOT / "node_modules" / "configurable-http-proxy" / "bin" / "configurable-http-proxy"
COURSE = "lstm"

_SETTINGS = """\
c.JupyterHub.bind_url = {address!r}
c.JupyterHub.hub_port = {hub}
c.JupyterHub.db_url = {database!r}
c.JupyterHub.cookie_secret_file = {cookies!r}
c.ConfigurableHTTPProxy.api_url = "http://127.0.0.1:{proxy}"
c.ConfigurableHTTPProxy.command = {command!r}
c.ConfigurableHTTPProxy.pid_file = {pid!r}
c.JupyterHub.authenticator_class = "dummy"
c.DummyAuthenticator.password = {password!r}
c.Authenticator.allowed_users = {people!r}
c.JupyterHub.spawner_class = "simple"
c.SimpleLocalProcessSpawner.home_dir_template = {home!r}
c.Spawner.cmd = [{single!r}, "--allow-root"]
c.Spawner.environment = {environment!r}
c.Spawner.default_url = "/lab"
c.Spawner.start_timeout = c.Spawner.http_timeout = 120
c.JupyterHub.services = [{{"name": "test", "api_token": {token!r}}}]
c.JupyterHub.load_roles = [
    {{
        "name": "test",
        "services": ["test"],
        "scopes": ["admin:users", "admin:servers", "access:servers"],
    }}
]
"""


@dataclass(frozen=True)
class Hub:
    """Where a hub listens, and what lets in: a password for people, a token for programs."""

    address: str
    folder: Path
    password: str
    token: str

    def home(self, person: str) -> Path:
        """Return a person's own folder."""
        return self.folder / "home" / person

    def ask(self, path: str, method: str = "GET", sent: Mapping[str, Any] | None = None) -> Any:
        """Ask the hub, or with `user/NAME/…` somebody's server; return the JSON of the answer."""
        request = urllib.request.Request(
            f"{self.address}/{path}",
            method=method,
            data=None if sent is None else json.dumps(sent).encode(),
            headers={"Authorization": f"token {self.token}", "Content-Type": "application/json"},
        )
        try:
            with urllib.request.urlopen(request, timeout=300) as answer:
                return json.loads(answer.read() or "null")
        except urllib.error.HTTPError as error:
            raise AssertionError(f"{method} {path}: {error}: {error.read()[:2000]!r}") from error

    def start_server(self, person: str) -> None:
        """Start a person's server, and wait for it."""
        self.ask(f"hub/api/users/{person}/server", "POST")
        give_up = time.monotonic() + 180
        while not self.ask(f"hub/api/users/{person}")["servers"].get("", {}).get("ready"):
            assert time.monotonic() < give_up, self.log.read_text()[-5000:]
            time.sleep(0.2)

    @property
    def log(self) -> Path:
        """What the hub, the proxy and all servers wrote."""
        return self.folder / "hub.log"


def _extensions(*names: str) -> str:
    on = {f"nbgrader.server_extensions.{name}": True for name in names}
    return json.dumps({"ServerApp": {"jpserver_extensions": on}})


def _shared_settings(folder: Path) -> Path:
    """Write what an administrator puts into /etc/jupyter; return its folder."""
    exchange = folder / "exchange"
    exchange.mkdir()
    exchange.chmod(0o777)
    etc = folder / "etc"
    etc.mkdir()
    (etc / "jupyter_server_config.json").write_text(
        _extensions("assignment_list", "validate_assignment")
    )
    (etc / "nbgrader_config.py").write_text(
        f"c = get_config()\nc.CourseDirectory.course_id = {COURSE!r}\n"
        f"c.Exchange.root = {str(exchange)!r}\n"
    )
    return etc


def call_by_name(hub: Hub, person: str) -> None:
    """Let nbgrader know a student by their name on the hub: it would ask for the account's."""
    text = f"c = get_config()\nc.CourseDirectory.student_id = {person!r}\n"
    (hub.home(person) / "nbgrader_config.py").write_text(text)


def give_formgrader(hub: Hub, person: str) -> None:
    """Give the formgrader to one person, as an administrator does."""
    settings = hub.home(person) / ".jupyter"
    settings.mkdir(parents=True)
    (settings / "jupyter_server_config.json").write_text(_extensions("formgrader"))


@contextmanager
def started(folder: Path, people: set[str]) -> Iterator[Hub]:
    """Start a hub whose files are in `folder`; end it, and all servers, afterwards."""
    address, *others = free_ports(3)
    hub = Hub(f"http://127.0.0.1:{address}", folder, secrets.token_hex(8), secrets.token_hex(16))
    for person in people:
        hub.home(person).mkdir(parents=True)
    etc = _shared_settings(folder)
    environment = {
        "PATH": f"{PROGRAMS}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'nbgrader_sandbox' / 'src'}",
        "JUPYTER_CONFIG_PATH": str(etc),
    }
    settings = folder / "jupyterhub_config.py"
    settings.write_text(
        _SETTINGS.format(
            address=hub.address,
            hub=others[0],
            proxy=others[1],
            database=f"sqlite:///{folder / 'hub.sqlite'}",
            cookies=str(folder / "cookies"),
            command=[find_node(), str(PROXY)],
            pid=str(folder / "proxy.pid"),
            password=hub.password,
            people=people,
            home=str(hub.home("{username}")),
            single=str(PROGRAMS / "jupyterhub-singleuser"),
            environment=environment,
            token=hub.token,
        )
    )
    with ExitStack() as stack:
        output = stack.enter_context(hub.log.open("wb"))
        process = subprocess.Popen(
            [str(PROGRAMS / "jupyterhub"), "--config", str(settings)],
            cwd=folder,
            env={**os.environ, **environment},
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        stack.callback(end, process)  # which ends its proxy and all servers, too
        _wait_for(hub, process)
        yield hub


def _wait_for(hub: Hub, process: subprocess.Popen[bytes]) -> None:
    give_up = time.monotonic() + 120
    while True:
        try:
            hub.ask("hub/api/")
            return
        except (urllib.error.URLError, ConnectionError, AssertionError):
            said = hub.log.read_text()
            assert process.poll() is None, said
            assert time.monotonic() < give_up, said
            time.sleep(0.2)
