"""What workers can import: third-party packages, public folders, and nothing else of a course."""

import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from nbgrader_sandbox.isolation import Connection, Plan, Sandbox, SandboxError, paths

from tests.nbgrader_sandbox.isolation.conftest import ask

IMPORT = "import importlib; answer = importlib.import_module({!r}).__name__"


def test_third_party_packages_are_there(worker: Connection) -> None:
    for name in ("numpy", "IPython"):
        assert ask(worker, IMPORT.format(name)) == name


def test_the_course_and_the_engine_are_not(worker: Connection) -> None:
    for name in ("lstm_ref", "conftest", "_editable_impl_lstm_ref"):
        assert str(ask(worker, IMPORT.format(name))).startswith("ModuleNotFoundError"), name
    for name in ("course", "engine", "isolation.plan", "secret", "report", "classroom"):
        answer = ask(worker, IMPORT.format(f"nbgrader_sandbox.{name}"))
        assert str(answer).startswith(("ModuleNotFoundError", "PermissionError")), name
    assert ask(worker, IMPORT.format("nbgrader_sandbox.worker.kernel"))


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder in which pip has installed a course and a library."""
    folder = tmp_path / "site-packages"
    for name in ("course_pkg", "library", "course_pkg-1.0.dist-info", "other"):
        (folder / name).mkdir(parents=True)
        (folder / name / "__init__.py").write_text(f"where = 'site {name}'")
    (folder / "course_pkg" / "answers.py").write_text("answer = 42")
    (folder / "course_tool.py").write_text("where = 'site'")
    (folder / "other.pth").write_text(f"import sys; sys.path.append('{tmp_path}')")
    monkeypatch.setattr(sys, "path", [*sys.path, str(folder)])
    return folder


def test_hidden_packages_come_from_the_public_folders_alone(
    make: Callable[..., Sandbox], public: Path, site: Path
) -> None:
    (public / "course_pkg").mkdir()
    (public / "course_pkg" / "__init__.py").write_text("where = 'public'")
    with (
        make(hidden=("course_pkg", "course_tool")) as sandbox,
        sandbox.worker({}) as worker,
    ):
        assert ask(worker, "import library; answer = library.where") == "site library"
        assert ask(worker, "import course_pkg; answer = course_pkg.where") == "public"
        for name in ("course_tool", "course_pkg.answers"):
            assert str(ask(worker, IMPORT.format(name))).startswith("ModuleNotFoundError"), name
        # Nor are their files there for code that looks past Python's import.
        for file in ("course_pkg/answers.py", "course_pkg/__init__.py", "course_tool.py"):
            answer = ask(worker, f"answer = open('{site}/{file}').read()")
            assert answer == "" or str(answer).startswith(("FileNotFound", "Permission")), file
        assert ask(worker, f"answer = open('{site}/library/__init__.py').read()")


def test_without_hiding_it_would_be_found(
    make: Callable[..., Sandbox], public: Path, site: Path
) -> None:
    with make() as sandbox, sandbox.worker({}) as worker:
        assert ask(worker, "import course_pkg.answers as a; answer = a.answer") == 42


def test_what_is_masked_is_found_under_each_of_its_names(site: Path, tmp_path: Path) -> None:
    names = {path.name for path in paths.needed(["course-pkg", "course_tool"]).masked}
    assert {"course_pkg", "course_pkg-1.0.dist-info", "course_tool.py"} <= names
    assert "library" not in names


def test_modules_are_imported_once_beforehand(make: Callable[..., Sandbox], public: Path) -> None:
    (public / "slow.py").write_text(
        "import os\nmade_by = os.getpid()\ndef go(): made.append(1)\nmade = []"
    )
    with make(warm=("slow", "slow:go", "no_such_module")) as sandbox:
        assert list(sandbox.missing) == ["no_such_module"]
        assert "ModuleNotFoundError" in sandbox.missing["no_such_module"]
        made = []
        for _ in range(2):
            with sandbox.worker({}) as worker:
                made.append(ask(worker, "import slow; answer = [slow.made_by, slow.made]"))
        assert made[0] == made[1]
        assert made[0][1] == [1]


def test_numpy_ipython_and_plots_work_after_the_fork(make: Callable[..., Sandbox]) -> None:
    warm = ("numpy", "IPython.core.interactiveshell", "matplotlib.pyplot")
    code = """
        import io
        import numpy as np
        import matplotlib.pyplot as plt
        from IPython.core.interactiveshell import InteractiveShell
        plt.plot(np.linalg.solve(np.eye(64), np.ones(64)))
        plt.savefig(picture := io.BytesIO())
        shell = InteractiveShell.instance()
        shell.run_cell("x = 1 + 1")
        answer = [len(picture.getvalue()) > 1000, shell.user_ns["x"]]
    """
    with make(warm=warm) as sandbox, sandbox.worker({}) as worker:
        assert sandbox.missing == {}
        assert ask(worker, code) == [True, 2]


def test_threads_in_the_warm_process_are_told(make: Callable[..., Sandbox], public: Path) -> None:
    (public / "threaded.py").write_text(
        "import threading\nthreading.Thread(target=threading.Event().wait, daemon=True).start()"
    )
    with make(warm=("threaded",)) as sandbox:
        assert "the warm process has 2 threads" in sandbox.reason


def test_a_public_folder_has_to_exist(plan: Plan, make: Callable[..., Sandbox]) -> None:
    with pytest.raises(SandboxError, match="an existing folder under a plain name"):
        make(public={"a": Path("/nowhere")})


@pytest.mark.parametrize("name", ["../a", "/etc/a", "a/../../b", ""])
def test_a_file_stays_in_the_working_directory(sandbox: Sandbox, name: str) -> None:
    with pytest.raises(ValueError, match="relative path"), sandbox.worker({name: b""}):
        pass


def test_files_that_do_not_fit_are_an_error_in_words(sandbox: Sandbox) -> None:
    clash = {"a": b"", "a/b": b""}
    with pytest.raises(SandboxError, match="could not be locked in"), sandbox.worker(clash):
        pass
    with sandbox.worker({}) as worker:
        assert ask(worker, "answer = 1") == 1


def test_an_entry_that_is_not_there_is_an_error_in_words(make: Callable[..., Sandbox]) -> None:
    with pytest.raises(SandboxError, match="ModuleNotFoundError: No module named 'no_such'"):
        make(entry="no_such:serve")
