"""The secret's file: made once, whole or not at all, and complained about in one sentence."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from nbgrader_sandbox.secret import GradingContextError, read_or_make

from nbgrader_sandbox import secret

_RACER = """
import sys, time
from pathlib import Path
from nbgrader_sandbox.secret import read_or_make
start = float(sys.argv[2])
while time.time() < start:
    pass
print(read_or_make(Path(sys.argv[1])).hex())
"""


def test_processes_that_race_get_the_same_secret(tmp_path: Path) -> None:
    import time

    for round_number in range(3):
        path = tmp_path / f"secret-{round_number}"
        start = time.time() + 0.5
        racers = [
            subprocess.Popen(
                [sys.executable, "-c", _RACER, str(path), str(start)],
                env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
                stdout=subprocess.PIPE,
                text=True,
            )
            for _ in range(2)
        ]
        said = {racer.communicate(timeout=60)[0].strip() for racer in racers}
        assert said == {path.read_text().strip()}
    assert len({path.read_text() for path in tmp_path.glob("secret-*")}) == 3
    assert not list(tmp_path.glob(".secret*")), "a draft was left behind"


def test_who_comes_second_keeps_the_first_secret(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "secret"
    first = "ab" * 32
    link = os.link

    def overtaken(draft: Path, target: Path) -> None:
        path.write_text(first)
        link(draft, target)

    monkeypatch.setattr(os, "link", overtaken)
    assert read_or_make(path) == bytes.fromhex(first)
    assert list(tmp_path.iterdir()) == [path]


def test_an_interrupted_write_leaves_no_secret(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(handle: int) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(secret.os, "fsync", interrupted)
        with pytest.raises(KeyboardInterrupt):
            read_or_make(tmp_path / "secret")
    assert list(tmp_path.iterdir()) == []
    assert len(read_or_make(tmp_path / "secret")) == 32


@pytest.mark.parametrize("text", ["", "ab" * 31, "ab" * 33, "zz" * 32, "ß"])
def test_a_damaged_secret_is_refused_and_left_alone(tmp_path: Path, text: str) -> None:
    path = tmp_path / "secret"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(GradingContextError, match="bring it back from a copy") as caught:
        read_or_make(path)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)
    assert not text or text not in str(caught.value), "a secret must not stand in a message"
    assert path.read_text(encoding="utf-8") == text


def test_a_secret_that_cannot_be_read_or_made_is_explained(tmp_path: Path) -> None:
    (tmp_path / "secret").mkdir()
    with pytest.raises(GradingContextError, match="cannot be read"):
        read_or_make(tmp_path / "secret")
    with pytest.raises(GradingContextError, match="cannot be made"):
        read_or_make(tmp_path / "no such folder" / "secret")
