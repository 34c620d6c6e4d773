"""A class whose gradebook is in PostgreSQL, on a real server of its own."""

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from tests.conftest import missing
from tests.nbgrader_sandbox.engine.small_class import (
    ASSIGNMENT,
    NOTEBOOK,
    SmallClass,
    class_of,
)

pytestmark = pytest.mark.course


def _programs() -> Path:
    """Return the folder of initdb and postgres, which Debian keeps off the path."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"))
    if (program := shutil.which("postgres")) and shutil.which("initdb"):
        found.append(Path(program))
    if not found:
        missing("no PostgreSQL server here: install it with `apt-get install postgresql`")
    return found[-1].parent


@pytest.fixture(scope="module")
def db_url() -> Iterator[str]:
    """A server with an empty database; it listens on a Unix socket alone."""
    programs = _programs()
    # Not in pytest's folder: as root the server runs as another user, who must get here.
    with tempfile.TemporaryDirectory(prefix="pg-") as name:
        user = "nobody" if os.geteuid() == 0 else None
        folder = Path(name, "data")
        folder.mkdir(mode=0o700)
        if user:
            for path in (folder.parent, folder):
                shutil.chown(path, user)
        words = ["--pgdata", str(folder), "--username", "teacher", "--auth", "trust", "--no-sync"]
        made = subprocess.run(
            [str(programs / "initdb"), *words, "--encoding", "UTF8", "--locale", "C"],
            user=user,
            cwd="/",
            capture_output=True,
            text=True,
            check=False,
        )
        assert made.returncode == 0, made.stderr
        server = subprocess.Popen(
            [str(programs / "postgres"), "-D", str(folder), "-k", name, "-h", "", "-F"],
            user=user,
            cwd="/",
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            with _connect(name) as connection:
                connection.execute("CREATE DATABASE gradebook")
            yield f"postgresql+psycopg://teacher@/gradebook?host={name}"
        finally:
            server.terminate()
            server.wait(timeout=30)


def _connect(folder: str) -> "psycopg.Connection[tuple[object, ...]]":
    give_up = time.monotonic() + 30
    while True:
        try:
            return psycopg.connect(host=folder, user="teacher", dbname="postgres", autocommit=True)
        except psycopg.OperationalError:
            if time.monotonic() > give_up:
                raise
            time.sleep(0.1)


@pytest.mark.gate
def test_a_class_is_graded_as_with_sqlite(db_url: str, tmp_path: Path) -> None:
    course = SmallClass(tmp_path / "course", class_of(3), db_url)
    course.make()
    assert "3 notebooks graded" in course.autograde()
    assert course.scores() == course.deserved()
    assert all(course.whole(name) for name in course.students)

    name = "student000"
    path = course.hand_in(name)
    path.write_text(path.read_text().replace("return 2 * x", "return 3 * x"))
    assert "1 notebooks graded" in course.autograde("--force", f"--student={name}")
    now = {**course.deserved(), name: (0, 2)}
    assert course.scores() == now

    done = course.run("generate_feedback", ASSIGNMENT)
    assert done.returncode == 0, done.stdout
    for name in course.students:
        page = course.root / "feedback" / name / ASSIGNMENT / f"{NOTEBOOK}.html"
        points = sum(float(score or 0) for score in now[name])
        assert f"{points:g} of 5 points" in page.read_text(encoding="utf-8")
    report = course.run("sandbox", "report", ASSIGNMENT)
    assert report.returncode == 0, report.stdout
    assert "student002" in report.stdout
    assert not list(course.root.glob("*.db"))
    assert course.left_over() == []
