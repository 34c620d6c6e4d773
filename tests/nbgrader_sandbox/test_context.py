"""The three sources of a grading context, in their order, and the seeds made from it."""

import contextlib
import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nbgrader_sandbox.context import GradingContext, GradingContextError, current, providing, seed

from nbgrader_sandbox import context

words = st.lists(st.text() | st.integers(), max_size=4)


@pytest.fixture
def autograding(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stand where `nbgrader autograde` starts the kernel of ada's 02-gate."""
    folder = tmp_path / "grading" / "autograded" / "ada" / "02-gate"
    folder.mkdir(parents=True)
    (tmp_path / "grading" / "gradebook.db").touch()
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    monkeypatch.setattr(context, "_started_in", folder)
    return folder


def test_outside_of_grading_the_context_is_public(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NBGRADER_EXECUTION", raising=False)
    assert current() == GradingContext(None, None, b"public")
    # Anybody may write this number down, so it must never change.
    assert seed("forget_gate") == 863088145746587207


def test_under_autograde_the_folder_names_student_and_assignment(autograding: Path) -> None:
    found = current()
    assert (found.assignment, found.student, len(found.secret)) == ("02-gate", "ada", 32)
    assert current() == found
    secret = autograding.parents[2] / "secret"
    assert bytes.fromhex(secret.read_text().strip()) == found.secret
    assert secret.stat().st_mode & 0o777 == 0o600


def test_what_an_engine_provides_comes_first(autograding: Path) -> None:
    outer, inner = GradingContext("a", "b", b"c"), GradingContext("d", "e", b"f")
    with providing(outer):
        with contextlib.suppress(ZeroDivisionError), providing(inner):
            assert current() is inner
            1 / 0  # noqa: B018
        assert current() is outer
    assert current().student == "ada"


def test_a_gradebook_in_the_submission_itself_is_not_looked_at(autograding: Path) -> None:
    (autograding / "gradebook.db").touch()
    (autograding / "secret").write_text("00" * 32)
    assert current().secret != bytes(32)


def test_a_run_without_gradebook_says_so(autograding: Path) -> None:
    (autograding.parents[2] / "gradebook.db").unlink()
    with pytest.raises(GradingContextError, match=r"no folder above holds gradebook\.db"):
        current()


def test_a_started_kernel_finds_its_folder_after_chdir(autograding: Path) -> None:
    program = (
        "from nbgrader_sandbox.context import current; import os; os.chdir('/');"
        "print(current().student, current().secret.hex())"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=autograding,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split() == ["ada", current().secret.hex()]


def test_the_secret_is_not_shown() -> None:
    assert "key" not in repr(GradingContext("a", "b", b"key"))


@given(words, words)
def test_different_words_give_different_seeds(
    first: list[str | int], second: list[str | int]
) -> None:
    own = GradingContext("a", "b", b"key")
    assert (own.seed(*first) == own.seed(*second)) == (
        [(type(word), word) for word in first] == [(type(word), word) for word in second]
    )
    assert 0 <= own.seed(*first) < 2**64


def test_each_of_student_assignment_and_secret_changes_the_seed() -> None:
    contexts = [
        GradingContext("a", "b", b"key"),
        GradingContext("a", "c", b"key"),
        GradingContext("c", "b", b"key"),
        GradingContext("a", "b", b"other"),
        GradingContext("a", None, b"key"),
        GradingContext("a", "None", b"key"),
    ]
    assert len({one.seed("part") for one in contexts}) == len(contexts)
