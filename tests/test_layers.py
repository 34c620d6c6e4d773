"""The arrows of the design: who may import whom, and what `import lstm_ref` may cost."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

#: Each module of the mathematical core may import those that stand before it.
CORE = ["arrays", "activations", "gates", "parameters", "shapes", "cell", "layer", "bptt", "fast"]
CORE += ["stack"]


def imports(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports are absolute"
            found |= {str(node.module), *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


def modules(package: str) -> list[Path]:
    return sorted((ROOT / package).rglob("*.py"))


@pytest.mark.parametrize("name", CORE)
def test_the_core_imports_only_what_comes_before_it_and_numpy(name: str) -> None:
    allowed = {f"lstm_ref.{before}" for before in CORE[: CORE.index(name)]}
    for found in imports(ROOT / f"lstm_ref/{name}.py"):
        top = found.split(".")[0]
        if top == "lstm_ref":
            assert ".".join(found.split(".")[:2]) in allowed | {"lstm_ref"}, found
        else:
            assert top == "numpy" or top in sys.stdlib_module_names, found


def test_what_a_submission_may_import_needs_no_answer() -> None:
    """The activations answer assignment 00: nothing that is public there may need them."""
    code = (
        "import sys; import lstm_ref.parameters, lstm_ref.trace, lstm_ref.plots, lstm_ref.figures, "
        "lstm_ref.datasets.worked_example, lstm_ref.datasets.adding, "
        "lstm_ref.datasets.embedded_reber; "
        "print(*sorted(name for name in sys.modules if name.startswith('lstm_ref.')))"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    public = ("arrays", "parameters", "datasets", "trace", "plots", "figures")
    assert {name.split(".")[1] for name in out.stdout.split()} == set(public)


def test_the_conventions_stand_on_the_parameters_alone() -> None:
    files = [*modules("lstm_ref/conventions"), ROOT / "lstm_ref/onnx_export.py"]
    for path in files:
        own = {name for name in imports(path) if name.startswith("lstm_ref.")}
        allowed = ("lstm_ref.arrays", "lstm_ref.parameters", "lstm_ref.conventions")
        assert all(name.startswith(allowed) for name in own), path


def test_nothing_uses_the_checks_but_the_checks() -> None:
    for path in modules("lstm_ref"):
        if "checks" not in path.parts and path.name != "given.py":  # which offers right answers
            assert not any(name.startswith("lstm_ref.checks") for name in imports(path)), path


def test_the_two_packages_meet_in_one_small_hook() -> None:
    for path in modules("lstm_ref"):
        if any(name.startswith("nbgrader_sandbox") for name in imports(path)):
            assert path == ROOT / "lstm_ref/checks/hook.py"
    for path in modules("nbgrader_sandbox/src"):
        assert not any(name.startswith("lstm_ref") for name in imports(path)), path


def test_importing_the_package_and_its_core_needs_numpy_alone() -> None:
    code = (
        "import sys; import lstm_ref.fast, lstm_ref.checks, lstm_ref.figures, "
        "lstm_ref.numpy_training.trainer, lstm_ref.conventions, lstm_ref.onnx_export, "
        "lstm_ref.plots, lstm_ref.gradcheck; "
        "heavy = {'torch', 'onnx', 'matplotlib', 'anywidget', 'nbgrader', 'IPython'}; "
        "print(sorted(heavy & set(sys.modules)))"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "[]"


def test_the_layer_loads_nothing_that_it_does_not_need() -> None:
    """NumPy loads its random numbers when they are asked for: 13 ms that an annotation cost."""
    code = (
        "import sys; import lstm_ref.layer, lstm_ref.bptt, lstm_ref.fast, lstm_ref.stack; "
        "print('numpy.random' in sys.modules)"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "False"


def test_the_names_of_the_package_are_those_of_its_modules_and_load_late() -> None:
    code = (
        "import sys, lstm_ref; before = [n for n in sys.modules if n.startswith('lstm_ref.')]; "
        "assert not before and 'numpy' not in sys.modules, before; "
        "assert not hasattr(lstm_ref, 'nonsense'); "
        "from lstm_ref import lstm, CELLS; assert 'torch' not in sys.modules; "
        "from lstm_ref.layer import lstm as same; assert lstm is same; "
        "names = [n for homes in lstm_ref._HOMES.values() for n in homes]; "
        "assert set(names) < set(dir(lstm_ref)); "
        "assert all(getattr(lstm_ref, n).__name__ == n for n in names if n != 'CELLS')"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.parametrize(
    "package", ["lstm_ref", "nbgrader_sandbox/src", "tools", "tests", "book", "benchmarks"]
)
def test_no_file_is_over_400_lines(package: str) -> None:
    files = [*modules(package), *(ROOT / package).rglob("*.js")]
    own = [path for path in files if "vendor" not in path.parts]
    long = {str(p): n for p in own if (n := len(p.read_text().splitlines())) > 400}
    assert long == {}


def test_a_folder_that_is_named_as_the_grader_is_not_the_grader(tmp_path: Path) -> None:
    """The course's own folder has one; a student's Python that starts there has no grader."""
    (tmp_path / "nbgrader_sandbox").mkdir()
    code = (
        "import sys, pathlib\n"
        f"sys.path[:] = [{str(tmp_path)!r}, *(p for p in sys.path if p and not "
        "(pathlib.Path(p) / 'nbgrader_sandbox').is_dir())]\n"
        "sys.meta_path[:] = [f for f in sys.meta_path if 'editable' not in repr(f).lower()]\n"
        "from lstm_ref.checks import hook\n"
        "print(hook.context)"
    )
    (tmp_path / "lstm_ref").symlink_to(ROOT / "lstm_ref")
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=tmp_path, check=False
    )
    assert done.stdout.strip() == "None", done.stderr
