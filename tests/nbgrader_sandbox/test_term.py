"""What a term needs beside grading: extensions, feedback for an LMS, a class in one file."""

import os
import shutil
import tarfile
import zipfile
from pathlib import Path

import pytest
from nbgrader.api import Gradebook

from tests.nbgrader_sandbox.engine.small_class import ASSIGNMENT, KINDS, NOTEBOOK, SmallClass

pytestmark = pytest.mark.course

LATE = "c.LateSubmissionPlugin.penalty_method = 'zero'"


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> SmallClass:
    """Ada in time, Zoë a day late, where late work gets nothing."""
    small = SmallClass(
        tmp_path_factory.mktemp("term") / "course", {"ada": KINDS[0], "zoe": KINDS[0]}
    )
    small.make(LATE)
    for name, when in (("ada", "2026-03-06 16:00 UTC"), ("zoe", "2026-03-07 16:00 UTC")):
        small.hand_in(name).with_name("timestamp.txt").write_text(when)
    with Gradebook(small.gradebook, "small") as gradebook:
        gradebook.update_or_create_assignment(ASSIGNMENT, duedate="2026-03-06 17:00 UTC")
        for name, number in (("ada", "101"), ("zoe", "102")):
            gradebook.add_student(name, first_name=name.title(), last_name="X", lms_user_id=number)
    small.autograde()
    return small


@pytest.fixture
def small(graded: SmallClass, tmp_path: Path) -> SmallClass:
    return graded.copy(tmp_path / "course")


def totals(small: SmallClass) -> dict[str, float]:
    with Gradebook(small.gradebook, "small") as gradebook:
        return {
            one.student.id: sum(
                max(0.0, n.score - (n.late_submission_penalty or 0)) for n in one.notebooks
            )
            for one in gradebook.assignment_submissions(ASSIGNMENT)
        }


def test_an_extension_a_date_and_a_policy_are_reckoned_again(small: SmallClass) -> None:
    assert totals(small) == {"ada": 5, "zoe": 0}
    assert "2 kept as before\n" in small.autograde()
    done = small.run("sandbox", "extend", ASSIGNMENT, "zoe", "--days", "1")
    assert done.returncode == 0, done.stdout
    assert "zoe: 01-sums is due 2026-03-07 17:00 UTC, not late." in done.stdout
    assert "2 kept as before, lateness reckoned again for 1" in small.autograde()
    assert totals(small) == {"ada": 5, "zoe": 5}
    done = small.run("sandbox", "extend", ASSIGNMENT, "zoe")  # taken back
    assert "and was handed in 23:00:00 late" in done.stdout
    config = small.root / "nbgrader_config.py"
    config.write_text(config.read_text().replace(LATE, ""))
    small.autograde()
    assert totals(small) == {"ada": 5, "zoe": 5}


def test_a_score_by_hand_counts_in_the_penalty(small: SmallClass) -> None:
    with Gradebook(small.gradebook, "small") as gradebook:
        grade = gradebook.find_grade("test_double", NOTEBOOK, ASSIGNMENT, "zoe")
        grade.extra_credit = 2
        gradebook.db.commit()
    assert totals(small)["zoe"] == 2  # nbgrader took 5 off, and that stands there still
    small.autograde()
    assert totals(small)["zoe"] == 0


def test_who_has_not_handed_in_gets_no_extension_yet(small: SmallClass) -> None:
    done = small.run("sandbox", "extend", ASSIGNMENT, "nobody", "--hours", "2")
    assert done.returncode == 1
    assert "has no '01-sums' of 'nobody' yet" in done.stdout
    done = small.run("sandbox", "extend", ASSIGNMENT, "zoe", "--hours", "-2")
    assert (done.returncode, "cannot be negative" in done.stdout) == (1, True)


@pytest.mark.gate
def test_feedback_goes_back_under_the_names_of_the_download(small: SmallClass) -> None:
    done = small.run("sandbox", "feedback-zip", ASSIGNMENT, "feedback.zip")
    assert done.returncode == 1
    assert "run `nbgrader generate_feedback 01-sums` first" in done.stdout
    assert not (small.root / "feedback.zip").exists()
    done = small.run("generate_feedback", ASSIGNMENT)
    assert done.returncode == 0, done.stdout
    page = {
        name: (small.root / "feedback" / name / ASSIGNMENT / "sums.html").read_bytes()
        for name in small.students
    }

    done = small.run("sandbox", "feedback-zip", ASSIGNMENT, "feedback.zip")
    assert done.stdout == "feedback.zip: feedback for 2 students.\n"
    assert packed(small.root / "feedback.zip") == {f"{n}/sums.html": page[n] for n in page}

    canvas = small.root / "submissions.zip"
    with zipfile.ZipFile(canvas, "w") as archive:
        archive.writestr("xada_101_7_sums.ipynb", "{}")
        archive.writestr("xada_101_9_sums-1.ipynb", "{}")
        archive.writestr("xzoe_LATE_102_8_work.zip", "packed by herself")
        archive.writestr("xzoe_LATE_102_8_helper.py", "")
        archive.writestr("doe_999_10_sums.ipynb", "{}")
    done = small.run("sandbox", "feedback-zip", ASSIGNMENT, "back.zip", "--like", canvas.name)
    assert done.returncode == 1
    assert "without a page here: doe." in done.stdout
    assert packed(small.root / "back.zip") == {
        "xada_101_9_sums-1.html": page["ada"],
        "xzoe_LATE_102_8_work_sums.html": page["zoe"],
    }

    moodle = small.root / "Sums.zip"
    with zipfile.ZipFile(moodle, "w") as archive:
        archive.writestr("Ada X_7_assignsubmission_file_/sums.ipynb", "{}")
        archive.writestr("Zoe X_8_assignsubmission_file_sums.ipynb", "{}")
    done = small.run("sandbox", "feedback-zip", ASSIGNMENT, "back.zip", "--like", moodle.name)
    assert done.returncode == 0, done.stdout
    assert packed(small.root / "back.zip") == {
        "Ada X_7_assignsubmission_file_/sums.html": page["ada"],
        "Zoe X_8_assignsubmission_file_sums.html": page["zoe"],
    }


@pytest.mark.gate
def test_feedback_is_released_to_those_of_the_exchange(small: SmallClass, tmp_path: Path) -> None:
    """nbgrader's own release stops at the first who handed in another way, the rest left out."""
    exchange = tmp_path / "exchange"
    exchange.mkdir(mode=0o777)
    exchange.chmod(0o777)
    config = small.root / "nbgrader_config.py"
    config.write_text(f"{config.read_text()}\nc.Exchange.root = {str(exchange)!r}\n")
    assert small.run("generate_feedback", ASSIGNMENT).returncode == 0
    pages = small.root / "feedback"
    for name, secret in (("ada", b"a secret of the exchange"), ("nul", b"\xff\xfe")):
        folder = pages / name / ASSIGNMENT
        if not folder.is_dir():
            shutil.copytree(pages / "ada" / ASSIGNMENT, folder)
        folder.chmod(0o700)
        (folder / "submission_secret.txt").unlink(missing_ok=True)
        (folder / "submission_secret.txt").write_bytes(secret)
    done = small.run("release_feedback", ASSIGNMENT)
    assert done.returncode == 1
    assert "01-sums: feedback for 1 in the exchange.\n" in done.stdout
    assert "Not there, since not handed in there: zoe.\n" in done.stdout
    assert "nul was left out while its feedback was released: UnicodeDecodeError" in done.stdout
    (released,) = (exchange / "small" / "feedback").iterdir()
    assert released.read_bytes() == (pages / "ada" / ASSIGNMENT / "sums.html").read_bytes()


def packed(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


KEPT = ("gradebook.db", "secret", "submitted", "autograded", "sandbox")


def test_a_class_comes_back_as_it_was(small: SmallClass) -> None:
    secret, before = (small.root / "secret").read_bytes(), totals(small)
    other = small.root / "submitted" / "ada" / "another"
    other.mkdir()
    os.link(small.root / "secret", other / "mine.txt")
    (other / "link").symlink_to(small.root / "secret")
    done = small.run("sandbox", "backup", "class.tar.gz")
    assert done.returncode == 0, done.stdout
    assert "2 students, 2 submissions" in done.stdout
    assert "Left out, since it is a link" in done.stdout
    path = small.root / "class.tar.gz"
    assert path.stat().st_mode & 0o777 == 0o600

    done = small.run("sandbox", "restore", "class.tar.gz")
    assert done.returncode == 1
    assert "a backup goes over nobody's work" in done.stdout

    for name in KEPT:
        place = small.root / name
        if place.is_dir():
            for inner in [place, *place.rglob("*")]:
                if not inner.is_symlink():
                    inner.chmod(0o700)
            shutil.rmtree(place)
        else:
            place.unlink()
    done = small.run("sandbox", "restore", "class.tar.gz")
    assert done.returncode == 0, done.stdout
    assert (small.root / "secret").read_bytes() == secret
    assert (small.root / "secret").stat().st_mode & 0o777 == 0o600
    assert totals(small) == before
    small.check_gradebook()
    said = small.autograde("--force")
    assert "0 notebooks graded" in said
    assert "2 kept as before" in said
    assert not [path for path in small.root.iterdir() if path.name.startswith(".")]


@pytest.mark.parametrize(
    "damage",
    ["cut", *(pytest.param(w, marks=pytest.mark.gate) for w in ("other", "outside", "nothing"))],
)
def test_what_is_no_backup_changes_nothing(tmp_path: Path, small: SmallClass, damage: str) -> None:
    assert small.run("sandbox", "backup", "class.tar.gz").returncode == 0
    path = small.root / "class.tar.gz"
    if damage == "cut":
        path.write_bytes(path.read_bytes()[:5000])
    elif damage == "other":
        with tarfile.open(path, "w:gz") as archive:
            archive.add(small.root / "nbgrader_config.py", "notes.txt")
    elif damage == "outside":
        with tarfile.open(path, "w:gz") as archive:
            archive.add(small.root / "gradebook.db", "gradebook.db")
            archive.add(small.root / "nbgrader_config.py", "../../mine.txt")
    else:
        path.unlink()
    empty = tmp_path / "empty"
    empty.mkdir()
    config = (small.root / "nbgrader_config.py").read_text()
    (empty / "nbgrader_config.py").write_text(config.replace(str(small.root), str(empty)))
    done = SmallClass(empty, {}).run("sandbox", "restore", str(path))
    assert done.returncode == 1
    assert str(path) in done.stdout
    assert "Traceback" not in done.stdout
    assert [one.name for one in empty.iterdir()] == ["nbgrader_config.py"]
    assert not (tmp_path / "mine.txt").exists()
