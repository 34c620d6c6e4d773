"""Which level a sandbox takes, what it says of that, and what `doctor` finds."""

import json
import os
import shutil
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from nbgrader_sandbox.isolation import (
    Level,
    Plan,
    Resources,
    Sandbox,
    SandboxError,
    container,
    diagnose,
    doctor,
    launch,
)
from nbgrader_sandbox.worker import landlock, trial

from tests.conftest import missing
from tests.nbgrader_sandbox.isolation.conftest import SMALL, ask, need

ROOT = Path(__file__).resolve().parents[3]


def without(monkeypatch: pytest.MonkeyPatch, *programs: str) -> None:
    """Make this machine one on which `programs` cannot be found."""
    which = shutil.which
    monkeypatch.setattr(shutil, "which", lambda name: None if name in programs else which(name))


def test_the_strongest_is_taken_without_a_word(plan: Plan) -> None:
    need(Level.NAMESPACES)
    with Sandbox(plan) as sandbox:
        assert sandbox.level is Level.NAMESPACES
        assert "not to be had" not in sandbox.reason


def test_a_weaker_one_is_taken_with_the_reason(plan: Plan, monkeypatch: pytest.MonkeyPatch) -> None:
    need(Level.LANDLOCK)
    without(monkeypatch, "bwrap")
    with Sandbox(plan) as sandbox, sandbox.worker({}) as worker:
        assert sandbox.level is Level.LANDLOCK
        assert "bwrap + namespaces is not to be had: bubblewrap is not there" in sandbox.reason
        assert "apt-get install bubblewrap" in sandbox.reason
        assert ask(worker, "answer = 1") == 1


def test_bubblewrap_that_does_not_work_is_told_in_its_own_words(
    plan: Plan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    need(Level.LANDLOCK)
    broken = tmp_path / "bwrap"
    broken.write_text(
        "#!/bin/sh\necho 'bwrap: setting up uid map: Permission denied' >&2; exit 1\n"
    )
    broken.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    with Sandbox(plan) as sandbox:
        assert sandbox.level is Level.LANDLOCK
        assert "setting up uid map: Permission denied" in sandbox.reason


def test_none_at_all_is_an_error_and_never_silent(
    plan: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    without(monkeypatch, "bwrap", "docker", "podman")
    monkeypatch.setattr(landlock, "version", lambda: 3)
    with pytest.raises(SandboxError) as raised:
        Sandbox(plan)
    text = str(raised.value)
    for words in ("bubblewrap is not there", "version 3 and 6 is needed", "docker", "allow_unsafe"):
        assert words in text
    with Sandbox(Plan(**{**vars(plan), "allow_unsafe": True})) as sandbox:
        assert sandbox.level is Level.NONE
        assert "bubblewrap is not there" in sandbox.reason
        with sandbox.worker({"a": b"x"}) as worker:
            assert ask(worker, "answer = open('a').read()") == "x"


def test_a_level_by_name_is_taken_or_refused(plan: Plan, monkeypatch: pytest.MonkeyPatch) -> None:
    without(monkeypatch, "bwrap")
    with pytest.raises(SandboxError, match="bubblewrap is not there"):
        Sandbox(Plan(**{**vars(plan), "level": Level.NAMESPACES}))
    with pytest.raises(SandboxError, match="allow_unsafe"):
        Sandbox(Plan(**{**vars(plan), "level": Level.NONE}))


# --- containers ----------------------------------------------------------------------------


def test_a_container_gets_nothing_that_it_does_not_need(tmp_path: Path) -> None:
    words = container.command(
        "docker", "image", "name", tmp_path, {"0": Path("/some/folder")}, {"A": "b"}, SMALL
    )
    text = " ".join(words)
    for part in (
        "--network none",
        "--ipc none",
        "--read-only",
        "--cap-drop ALL",
        "--security-opt no-new-privileges",
        "--pull never",
        "--ulimit nofile=1024:1024",
        f"--pids-limit {SMALL.processes + 4}",
        f"--memory {SMALL.memory + container.WARM}",
        f"--memory-swap {SMALL.memory + container.WARM}",
        f"--tmpfs /sandbox:rw,nosuid,nodev,size={SMALL.disk_bytes}",
        "--env A=b",
        "type=bind,source=/some/folder,target=/public/0,readonly",
        "target=/engine/nbgrader_sandbox/worker,readonly",
    ):
        assert part in text, part
    assert words[words.index("--user") + 1].split(":")[0] != "0"
    assert "--read-only-tmpfs=false" not in words  # which is podman's alone
    mounts = [words[at + 1] for at, word in enumerate(words) if word == "--mount"]
    assert len(mounts) == 2 + len(launch.SHOWN)
    assert all(mount.endswith(",readonly") for mount in mounts)
    assert words[-1] == "image"
    for risk in ("--privileged", "docker.sock", "--volume", "--cap-add", "--device"):
        assert risk not in text


#: In docker's place: starts the zygote here, with the paths that the mounts would have given it.
DOCKER = """#!{python}
import os, sys, tempfile
words = sys.argv[1:]
if words[0] == "version":  # asked to see whether there is a daemon
    sys.exit()
if words[0] == "rm":
    open({log!r}, "a").write("removed " + words[-1] + chr(10))
    sys.exit()
image = words.index("{image}")
mounts = [words[at + 1] for at, word in enumerate(words) if word == "--mount"]
inner = [word.replace("/sandbox", tempfile.mkdtemp(dir={tmp!r})) for word in words[image + 1:]]
for mount in mounts:
    source, target = [part.split("=", 1)[1] for part in mount.split(",")[1:3]]
    inner = [word.replace(target, source) for word in inner]
inner = [word.replace("/engine/nbgrader_sandbox", {engine!r}) for word in inner]
open({log!r}, "a").write("started" + chr(10))
os.execv(sys.executable, [sys.executable, *inner])
"""


@pytest.fixture
def docker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A program `docker` on the path, and its log."""
    log = tmp_path / "log"
    text = DOCKER.format(
        python=sys.executable,
        image="course/image",
        log=str(log),
        tmp=str(tmp_path),
        engine=str(ROOT / "nbgrader_sandbox/src/nbgrader_sandbox"),
    )
    (tmp_path / "docker").write_text(text)
    (tmp_path / "docker").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    return log


def test_each_worker_has_a_container_of_its_own(plan: Plan, docker: Path) -> None:
    asked = Plan(**{**vars(plan), "level": Level.CONTAINER, "image": "course/image"})
    with Sandbox(asked) as sandbox:
        processes = []
        for _ in range(2):
            with sandbox.worker({"a": b"x"}) as worker:
                assert ask(worker, "answer = open('a').read()") == "x"
                assert "PermissionError" in str(ask(worker, "import socket; socket.socket()"))
                processes.append(sandbox._zygote)
        assert processes[0] is not processes[1]
    lines = docker.read_text().split("\n")
    assert lines.count("started") == 3  # one to try the level
    assert sum(line.startswith("removed nbgrader-sandbox-") for line in lines) == 3


def test_an_image_that_holds_the_course_is_refused(plan: Plan, docker: Path) -> None:
    asked = {"level": Level.CONTAINER, "image": "course/image", "hidden": ("json",)}
    with pytest.raises(SandboxError, match="the image holds json"):
        Sandbox(Plan(**{**vars(plan), **asked}))


def test_podman_makes_nothing_else_that_can_be_written(tmp_path: Path) -> None:
    words = container.command("/usr/bin/podman", "image", "name", tmp_path, {}, {}, SMALL)
    assert "--read-only-tmpfs=false" in words


@pytest.mark.parametrize(("daemon", "found"), [(0, "docker"), (1, "podman")])
def test_docker_without_its_daemon_leaves_it_to_podman(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, daemon: int, found: str
) -> None:
    for name in ("docker", "podman"):
        (tmp_path / name).write_text(f"#!/bin/sh\nexit {daemon}\n")
        (tmp_path / name).chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert container.find() == str(tmp_path / found)
    (tmp_path / "podman").unlink()
    assert container.find() == str(tmp_path / "docker")  # so that its own words are told


def test_a_container_needs_an_image(plan: Plan, docker: Path) -> None:
    with pytest.raises(SandboxError, match="no image was named"):
        Sandbox(Plan(**{**vars(plan), "level": Level.CONTAINER}))


# --- doctor --------------------------------------------------------------------------------


def test_doctor_tries_every_level_and_the_walls_hold(level: Level, tmp_path: Path) -> None:
    secret = tmp_path / "gradebook.db"
    secret.write_text("x")
    found = diagnose(level, (secret,))
    assert found.available, found
    assert set(found.broken) <= {"disk", "forks"}
    if level is Level.NAMESPACES and os.geteuid() == 0:
        assert found.broken == {}


def test_doctor_has_a_line_for_each_level(monkeypatch: pytest.MonkeyPatch) -> None:
    without(monkeypatch, "bwrap", "docker", "podman")
    monkeypatch.setattr(landlock, "version", lambda: 0)
    lines = doctor()
    assert [line.level for line in lines] == list(Level)
    assert not any(line.available for line in lines)
    assert all(line.why for line in lines)
    assert lines[list(Level).index(Level.CONTAINER)].why.startswith("untested on this machine")


def test_doctor_sees_a_wall_that_is_down(
    plan: Plan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The trial is worth nothing if it is content with any jail: here it runs in none."""
    (tmp_path / "secret").write_text("x")
    task = {
        "secret": [str(tmp_path / "secret")],
        "folder": str(tmp_path),
        "grader": os.getppid(),
        "memory": 1 << 20,
        "disk": 1 << 20,
        "processes": 4,
    }
    words = [sys.executable, "-c", TRIAL, json.dumps(task)]
    done = subprocess.run(words, capture_output=True, text=True, cwd=tmp_path, check=True)
    found = json.loads(done.stdout)
    assert all(found[name] for name in ("network", "read", "write", "program", "processes"))
    assert all(found[name] for name in ("memory", "disk", "forks"))
    assert set(found) == set(trial.ATTEMPTS)


TRIAL = """
import ctypes, json, sys
from nbgrader_sandbox.worker import trial
trial._ATTACH = 0x7FFF  # nobody's process is to be stopped by a test
trial._write = trial.ATTEMPTS["write"] = lambda task: "; ".join(
    path for path in [task["folder"] + "/left"] if trial._opens(path, 0o101))
task = json.loads(sys.argv[1])
print(json.dumps({name: trial._tried(attempt, task) for name, attempt in trial.ATTEMPTS.items()}))
"""

# --- another user --------------------------------------------------------------------------


def as_ordinary_user(*words: str) -> list[str]:
    """Return a command that runs `words` as a user with no rights, who can reach this Python."""
    hidden = {
        f"/{Path(path).parts[1]}"
        for path in (sys.base_prefix, sys.prefix, ROOT)
        if not all(above.stat().st_mode & stat.S_IXOTH for above in Path(path).parents)
    }
    view = [word for folder in hidden for word in ("--perms", "0755", "--tmpfs", folder)]
    for path in (sys.base_prefix, sys.prefix, str(ROOT)):
        if any(Path(path).is_relative_to(folder) for folder in hidden):
            for above in [*reversed(Path(path).parents)][2:]:  # bwrap's own would be shut to others
                view += ["--perms", "0755", "--dir", str(above)]
            view += ["--ro-bind", path, path]
    user = ("--reuid", "12345", "--regid", "12345", "--clear-groups", "--bounding-set=-all")
    return ["bwrap", "--dev-bind", "/", "/", *view, "--", "setpriv", *user, *words]


def test_an_ordinary_user_has_the_same_walls(level: Level) -> None:
    need(Level.NAMESPACES)
    if shutil.which("setpriv") is None:
        missing("no setpriv here: install it with `apt-get install util-linux`")
    if os.geteuid() != 0:
        pytest.skip("only root can become another user; an ordinary user's run tests it all")
    code = (
        "import sys; from nbgrader_sandbox.isolation import Level, diagnose\n"
        "found = diagnose(Level[sys.argv[1]]); print(found.available, *found.broken)\n"
        "if not found.available: print(found.why)"
    )
    words = as_ordinary_user(sys.executable, "-c", code, level.name)
    done = subprocess.run(words, capture_output=True, text=True)
    expected = {Level.NAMESPACES: "True", Level.LANDLOCK: "True disk"}
    assert (done.stdout.strip(), done.stderr) == (expected[level], "")


def test_resources_can_be_changed_one_by_one(make: Callable[..., Sandbox]) -> None:
    with make(resources=Resources(open_files=64)) as sandbox, sandbox.worker({}) as worker:
        code = "import resource; answer = resource.getrlimit(resource.RLIMIT_NOFILE)[0]"
        assert ask(worker, code) == 64
