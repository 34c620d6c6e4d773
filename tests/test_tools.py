"""The small tools that `make` runs: the local server, and what is said of a missing tool."""

import os
import re
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from tools import node

ROOT = Path(__file__).resolve().parent.parent


def test_the_local_server_shows_the_book_and_nothing_above_it(built_book: Path) -> None:
    command = [sys.executable, "-u", "-m", "tools.serve", "--port", "0"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None
            found = re.search(r"http://127\.0\.0\.1:\d+", server.stdout.readline())
            assert found is not None
            with urllib.request.urlopen(f"{found[0]}/forget-gate.html") as page:
                assert b"The forget gate" in page.read()
            for outside in ("/feedback/../../README.md", "/feedback/%2e%2e/%2e%2e/README.md"):
                with pytest.raises(urllib.error.HTTPError, match="404"):
                    urllib.request.urlopen(found[0] + outside)
        finally:
            server.terminate()


def missing_packages(tmp_path: Path, **more: str) -> subprocess.CompletedProcess[str]:
    """Run the script where there is no Chromium, no apt-get, and a user who is not root."""
    for name, text in (("id", "echo 1000"),):
        (tmp_path / name).write_text(f"#!/bin/sh\n{text}\n")
        (tmp_path / name).chmod(0o755)
    script = str(ROOT / "tools/system_packages.sh")
    environment = {"PATH": str(tmp_path), **more}
    return subprocess.run(["/bin/bash", script], env=environment, capture_output=True, text=True)


def test_without_root_each_missing_package_is_named_with_its_command(tmp_path: Path) -> None:
    done = missing_packages(tmp_path)
    assert done.returncode == 0
    assert "Left out: the browser tests" in done.stderr
    assert "sudo apt-get install chromium" in done.stderr


def test_in_ci_a_missing_package_is_a_failure(tmp_path: Path) -> None:
    assert missing_packages(tmp_path, CI="true").returncode == 1


def test_node_is_taken_from_the_machine_only_if_new_enough(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = tmp_path / "node"
    old.write_text("#!/bin/sh\necho v18.20.0\n")
    old.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    assert node.find_node() == str(Path(sys.prefix) / "bin" / "node")
    monkeypatch.setattr(sys, "prefix", str(tmp_path))
    with pytest.raises(RuntimeError, match=r"no Node\.js of version 20 or newer"):
        node.find_node()
