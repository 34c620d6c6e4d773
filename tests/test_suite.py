"""The suite itself: what shares something dear is run by one process."""

import subprocess
import sys
from pathlib import Path

TWO_FILES = {
    "test_one.py": "def test_a(): pass\ndef test_b(): pass\n",
    "test_two.py": "def test_a(): pass\ndef test_b(): pass\n",
    "conftest.py": "from tests.conftest import pytest_collection_modifyitems\n",
}


def test_a_file_is_run_by_one_process(root: Path, tmp_path: Path) -> None:
    """Where pytest and pytest-xdist don't fit each other, groups fall apart without a word."""
    for name, text in TWO_FILES.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-v",
        "-n",
        "2",
        "--dist",
        "loadgroup",
        str(tmp_path),
    ]
    done = subprocess.run(
        command, cwd=tmp_path, env={"PYTHONPATH": str(root)}, capture_output=True, text=True
    )
    ran = [line.split() for line in done.stdout.splitlines() if " PASSED " in line]
    assert len(ran) == 4, done.stdout + done.stderr
    for name in ("test_one.py", "test_two.py"):
        assert len({line[0] for line in ran if name in line[-1]}) == 1, done.stdout
        assert any(line[-1].endswith(name) and "@" in line[-1] for line in ran), done.stdout
