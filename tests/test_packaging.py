"""Both wheels install and import in an empty environment; the first with NumPy alone."""

import importlib.metadata
import subprocess
import sys
import venv
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.mark.course
def test_the_wheels_install_and_import_with_numpy_alone(tmp_path: Path) -> None:
    for project in (ROOT, ROOT / "nbgrader_sandbox"):
        build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "-o", str(tmp_path)]
        subprocess.run([*build, str(project)], check=True, capture_output=True)
    wheels = sorted(map(str, tmp_path.glob("*.whl")))
    assert len(wheels) == 2

    venv.create(tmp_path / "empty", with_pip=True)
    python = str(tmp_path / "empty/bin/python")
    numpy = f"numpy=={importlib.metadata.version('numpy')}"
    pip = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, numpy], check=True)
    subprocess.run([*pip, "--no-deps", *wheels], check=True)
    code = """
import numpy as np
from lstm_ref.layer import lstm
from lstm_ref.parameters import initialise
from lstm_ref.checks import check, grade
from lstm_ref import figures
from lstm_ref.datasets import digits, own_words
from lstm_ref.given import sigmoid

params = initialise(3, 4, np.random.default_rng(0))
print(lstm(np.ones((5, 2, 3)), np.zeros((2, 4)), np.zeros((2, 4)), params)[0].shape)
print(grade("keep", lambda f, c_prev: f * c_prev, points=3))
print(all(len(figures.module(name)) > 1000 for name in figures.names()))
print(len(digits.images()[0]), len(own_words.codes()))
"""
    done = subprocess.run(
        [python, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    shape, *graded, figure, data = done.stdout.splitlines()
    assert shape == "(5, 2, 4)"
    assert graded[-1] == "3.0"
    assert figure == "True"
    assert data == "1797 16590"
