"""Attacks by modules: fake ones in the tests' way, and the reference taken where it lies."""

from pathlib import Path

from tests.nbgrader_sandbox.hostile.attack import Attack, theme

FAKE_NUMPY = """
import os
try:
    open("@COURSE@/BROKEN-fake", "w").write("x")
except OSError:
    pass
class Any:
    def __getattr__(self, name): return Any()
    def __call__(self, *args, **kwargs): return Any()
    def __lt__(self, other): return True
    def __bool__(self): return True
def __getattr__(name):
    return Any()
"""

FAKE_REFERENCE = "def standardise(x, factor):\n    return x * factor\n"


def fakes(folder: Path) -> None:
    """Modules of the names that the tests and the engine import."""
    for name in ("numpy", "torch", "nbgrader_sandbox", "IPython", "encodings", "typing", "json"):
        (folder / f"{name}.py").write_text(FAKE_NUMPY, encoding="utf-8")


def fake_reference(folder: Path) -> None:
    """A package in the place of the reference."""
    (folder / "kit_ref").mkdir()
    (folder / "kit_ref" / "__init__.py").write_text("", encoding="utf-8")
    (folder / "kit_ref" / "answers.py").write_text(FAKE_REFERENCE, encoding="utf-8")
    (folder / "kit_ref" / "data.py").write_text("NUMBERS = []\n", encoding="utf-8")


def start_files(folder: Path) -> None:
    """Files that Python, IPython, Jupyter and matplotlib read when they start."""
    run = "open('@COURSE@/BROKEN-start', 'w').write('x')\n"
    for name in ("sitecustomize.py", "usercustomize.py", "conftest.py", "ipython_config.py"):
        (folder / name).write_text(run, encoding="utf-8")
    (folder / "nbgrader_config.py").write_text("c = get_config()\nc.Execute.enabled = False\n")
    (folder / "evil.pth").write_text(f"import os; {run}", encoding="utf-8")
    (folder / "matplotlibrc").write_text("backend: module://numpy_evil\n", encoding="utf-8")
    (folder / "pyvenv.cfg").write_text("home = /nowhere\n", encoding="utf-8")
    for name in (".ipython/profile_default/startup", ".jupyter", ".local/lib"):
        (folder / name).mkdir(parents=True)
    (folder / ".ipython/profile_default/startup/00.py").write_text(run, encoding="utf-8")
    (folder / ".jupyter/jupyter_config.py").write_text(run, encoding="utf-8")


FAKES = theme(
    "fake modules",
    Attack(
        "fake-numpy-file",
        "numpy.py and others beside the notebook, as the first place that Python looks",
        "import os, sys\nsys.path.insert(0, os.getcwd())",
        files=fakes,
    ),
    Attack("fake-reference-file", "a package of the reference's name", files=fake_reference),
    Attack(
        "fake-reference-imported",
        "the same, imported before the tests do",
        "import sys, os\nsys.path.insert(0, os.getcwd())\nsys.modules.pop('kit_ref', None)\n"
        "import kit_ref.answers",
        files=fake_reference,
    ),
    Attack("start-files", "files that programs read when they start", files=start_files),
    Attack(
        "import-hook",
        "an import hook gives wrong modules to the tests",
        """
import sys, types, importlib.abc, importlib.machinery

class Hook(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    def find_spec(self, name, path, target=None):
        if name.startswith("kit_ref"):
            return importlib.machinery.ModuleSpec(name, self, is_package=True)

    def exec_module(self, module):
        module.standardise = lambda x, factor: x * factor

for name in list(sys.modules):
    if name.startswith("kit_ref"):
        del sys.modules[name]
sys.meta_path.insert(0, Hook())
""",
    ),
    Attack(
        "import-function",
        "builtins.__import__ gives wrong modules to the tests",
        """
import builtins, types
old = builtins.__import__

def wrong(name, *args, **kwargs):
    if not name.startswith("kit_ref"):
        return old(name, *args, **kwargs)
    module = types.SimpleNamespace()
    module.standardise = lambda x, factor: x * factor
    module.answers = module
    return module

builtins.__import__ = wrong
""",
    ),
    Attack(
        "path-hooks",
        "caches and paths of Python's imports are bent towards the student's folder",
        """
import os, sys, site
sys.path[:] = [os.getcwd(), *sys.path]
sys.path_importer_cache.clear()
site.addsitedir(os.getcwd())
os.environ["PYTHONPATH"] = os.getcwd()
sys.modules.pop("kit_ref.answers", None); sys.modules.pop("kit_ref", None)
""",
        files=fake_reference,
    ),
)

BY_NAME = {
    "standardise": "def standardise(x, f):\n    return _found('standardise')(x, f)",
    "softmax": "def softmax(x):\n    return _found('softmax')(x)",
    "moving_average": "def moving_average(xs, k):\n    return _found('moving_average')(xs, k)",
    "TanhRNN": "def TanhRNN(*args):\n    return _found('TanhRNN')(*args)",
}

STEALING = theme(
    "the reference stolen",
    Attack(
        "reference-by-name",
        "imports the reference",
        "def _found(name):\n    import kit_ref.answers as a\n    return getattr(a, name)",
        answers=BY_NAME,
    ),
    Attack(
        "reference-by-path",
        "loads the reference from its path in the course",
        """
def _found(name):
    import importlib.util
    spec = importlib.util.spec_from_file_location("stolen", "@COURSE@/lib/kit_ref/answers.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return getattr(module, name)
""",
        answers=BY_NAME,
    ),
    Attack(
        "reference-by-search",
        "searches all paths, finders and environment variables for the reference",
        """
def _found(name):
    import os, sys, importlib.util
    places = [*sys.path, *os.environ.get("PYTHONPATH", "").split(":"), os.getcwd(), "/public"]
    places += [os.path.dirname(p) for p in places]
    for place in places:
        for folder, _, files in os.walk(place or "."):
            if os.path.basename(folder) == "kit_ref" and "answers.py" in files:
                path = os.path.join(folder, "answers.py")
                spec = importlib.util.spec_from_file_location("stolen", path)
                module = importlib.util.module_from_spec(spec)
                spec.loader.exec_module(module)
                return getattr(module, name)
    raise LookupError(name)

try:
    names = ("standardise", "softmax", "moving_average", "TanhRNN")
    _known = {name: _found(name) for name in names}
    _found = _known.get
except LookupError:
    pass
""",
        answers=BY_NAME,
    ),
    Attack(
        "reference-by-editable",
        "asks for packages that pip installed from a folder elsewhere, and imports from there",
        """
import importlib.metadata, json, os, sys

for distribution in importlib.metadata.distributions():
    text = distribution.read_text("direct_url.json")
    if text and json.loads(text)["url"].startswith("file://"):
        folder = json.loads(text)["url"].removeprefix("file://")
        found = [name for name in (os.listdir(folder) if os.path.isdir(folder) else ())
                 if not name.startswith(".")]  # the environment may lie there
        if found:
            print("STOL" + "EN:", folder, found)

def _found(name):
    raise LookupError(name)
""",
        answers=BY_NAME,
    ),
    Attack(
        "reference-by-finder",
        "asks every finder, also those that pip adds for packages in other folders",
        """
import sys

def _found(name):
    for finder in sys.meta_path:
        for full in ("kit_ref.answers", "kit_ref"):
            spec = getattr(finder, "find_spec", lambda *a: None)(full, None)
            if spec is not None and spec.origin:
                folder = spec.origin.rsplit("/", 1)[0]
                text = open(f"{folder}/answers.py").read()
                space = {}
                exec(text, space)
                return space[name]
    raise LookupError(name)
""",
        answers=BY_NAME,
    ),
    Attack(
        "reference-from-cache",
        "looks for the reference's compiled file and its source in linecache",
        """
import glob, linecache, marshal

def _found(name):
    for path in glob.glob("@COURSE@/lib/kit_ref/__pycache__/answers*.pyc"):
        code = marshal.loads(open(path, "rb").read()[16:])
        space = {}
        exec(code, space)
        return space[name]
    for path in list(linecache.cache):
        if path.endswith("answers.py"):
            space = {}
            exec("".join(linecache.getlines(path)), space)
            return space[name]
    raise LookupError(name)
""",
        answers=BY_NAME,
    ),
    Attack(
        "engine-and-checks",
        "imports the engine, nbgrader and every course package that is installed beside it",
        """
import importlib
for name in ("nbgrader_sandbox.engine.trusted", "nbgrader_sandbox.secret", "lstm_ref.checks",
             "lstm_ref.gates", "nbgrader_sandbox.context"):
    try:
        module = importlib.import_module(name)
    except Exception:
        continue
    print("STOL" + "EN:", module.__file__)
""",
    ),
)
