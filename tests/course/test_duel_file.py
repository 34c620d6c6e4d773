"""Results that travel in a file beside the notebook: graded with it, and missed without it."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from nbgrader.api import Gradebook

from lstm_ref.checks import exercise
from lstm_ref.checks.kill_matrix import as_student
from lstm_ref.datasets import duel
from tools.release import course_folder, release

pytestmark = [pytest.mark.gate, pytest.mark.course]

NAME, NOTEBOOK = "09-lstm-against-rnn", "lstm-against-rnn"


def test_the_file_is_read_from_the_student_s_own_folder(root: Path, tmp_path: Path) -> None:
    release(course_folder(tmp_path), NAME)
    given = json.loads((tmp_path / "exercises" / NAME / f"{NOTEBOOK}.ipynb").read_text("utf-8"))
    for cell in given["cells"]:
        if cell["metadata"].get("nbgrader", {}).get("grade_id") == "results":
            cell["source"] = "results = {}\nresults = duel.load()"
    for student in ("ada", "without"):
        folder = tmp_path / "grading" / "submitted" / student / NAME
        folder.mkdir(parents=True)
        (folder / f"{NOTEBOOK}.ipynb").write_text(json.dumps(given), encoding="utf-8")
    results = as_student(exercise("results").source(), "results")
    duel.save(results, tmp_path / "grading" / "submitted" / "ada" / NAME / duel.FILE)
    programs = Path(sys.executable).parent
    environment = {
        **os.environ,
        "PATH": f"{programs}{os.pathsep}{os.environ.get('PATH', '')}",
        "PYTHONPATH": f"{root}{os.pathsep}{root / 'nbgrader_sandbox' / 'src'}",
    }
    command = [str(programs / "nbgrader"), "autograde", NAME, "--create"]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    with Gradebook(f"sqlite:///{tmp_path / 'grading' / 'gradebook.db'}", "lstm") as gradebook:
        scores = {
            student: gradebook.find_grade("test_results", NOTEBOOK, NAME, student).auto_score
            for student in ("ada", "without")
        }
    assert scores == {"ada": 5.0, "without": 0.0}
    graded = tmp_path / "grading" / "autograded"
    assert "under the name 'ada'" in (graded / "ada" / NAME / f"{NOTEBOOK}.ipynb").read_text(
        "utf-8"
    )
    told = (graded / "without" / NAME / f"{NOTEBOOK}.ipynb").read_text("utf-8")
    assert "Hand in the file duel.npz together with the notebook." in told
