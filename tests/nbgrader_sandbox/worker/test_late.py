"""A rule about a package that is not loaded yet costs nothing, and holds once it is loaded."""

from collections.abc import Callable
from pathlib import Path

import pytest
from nbgrader_sandbox.engine.remote import Worker

from tests.nbgrader_sandbox.worker.test_policy import LSTM, MESSAGE, OPERATORS, SETUP, WAYS

pytestmark = pytest.mark.slow

Begin = Callable[..., Worker]

RULES = LSTM + OPERATORS
CALL = "torch.lstm(x, (zeros, zeros), weights, True, 1, 0., False, False, False)"
OUR_IMPORTS = "import sys\nsys.meta_path[:] = [f for f in sys.meta_path if 'nbgrader' not in {}]\n"
NO_DOOR = OUR_IMPORTS.format("type(f).__module__")

#: Ways to load torch, each before anything else did.
LOADED = {
    "import": "import torch",
    "of a part": "from torch.nn import LSTM\nimport torch",
    "importlib": "import importlib\ntorch = importlib.import_module('torch')",
    "of a part, by importlib": "import importlib, sys\nimportlib.import_module('torch.nn')\n"
    "torch = sys.modules['torch']",
    "put together": "torch = __import__('tor' + 'ch')",
    "without the finder": NO_DOOR + "import torch",
    "our code patched": "from nbgrader_sandbox.worker import policy, late\n"
    "policy._operators = policy._find = lambda *a: None\n"
    "policy.disarm = late.find_later = late.watch = policy._disarm_operator = lambda *a: []\n"
    "late.StandIn.__init__ = lambda s, n, r: s.__dict__.update(_refuse=print, _name=n)\n"
    "import torch",
    "built-in functions patched": "import builtins\n"
    "kept = sorted, list\nbuiltins.sorted = builtins.list = lambda *a, **k: []\nimport torch\n"
    "builtins.sorted, builtins.list = kept",
    "patched by the collector": "import gc, types\nfor f in gc.get_objects():\n"
    "    if isinstance(f, types.FunctionType):\n"
    "        ours = str(f.__module__).endswith(('worker.policy', 'worker.late'))\n"
    "        spared = ('find_spec', 'create_module', 'exec_module', '__init__')\n"
    "        if ours and f.__name__ not in spared:\n"
    "            try: f.__code__ = (lambda *a, **k: []).__code__\n"
    "            except ValueError: pass\n"
    "import torch",
    "with a finder in between": "import sys\nclass F:\n    def find_spec(self, name, *a):\n"
    "        if name == 'torch.nn': raise SystemExit\n"
    "sys.meta_path.insert(0, F())\nimport torch",
    "with parts of its name": "import sys, types\nsys.modules['torch.nn'] = types.ModuleType('x')\n"
    "sys.modules['torch._C'] = types.ModuleType('x')\nimport torch",
}

#: Ways to load it past what disarms it.
PAST = {
    "without the finder": NO_DOOR + "import importlib\nimportlib.import_module('torch')",
    "by its loader": NO_DOOR + "import importlib.machinery as m, importlib.util as u\n"
    "s = m.PathFinder.find_spec('torch')\ntorch = sys.modules['torch'] = u.module_from_spec(s)\n"
    "s.loader.exec_module(torch)",
    "its compiled part": "import importlib.machinery as m, importlib.util as u, glob\n"
    "folder = m.PathFinder.find_spec('torch').submodule_search_locations[0]\n"
    "file = glob.glob(folder + '/_C.*.so')[0]\n"
    "u.module_from_spec(u.spec_from_file_location('torch._C', file))",
    "its compiled part, copied": "import glob, shutil\n"
    "import importlib.machinery as m, importlib.util as u\n"
    "folder = m.PathFinder.find_spec('torch').submodule_search_locations[0]\n"
    "shutil.copy(glob.glob(folder + '/_C.*.so')[0], '_C.so')\n"
    "u.module_from_spec(u.spec_from_file_location('_C', '_C.so'))",
    "by a name that lies": NO_DOOR + "class Name(str):\n    __eq__ = lambda *a: False\n"
    "    __hash__ = str.__hash__\n__import__(Name('torch'))",
}


#: Each loads torch, which takes seconds: all but the usual ways are gates.
USUAL = ("import", "of a part", "importlib")
EACH = [w if w in USUAL else pytest.param(w, marks=pytest.mark.gate) for w in LOADED]


@pytest.mark.parametrize("way", EACH)
def test_it_is_disarmed_the_moment_it_is_loaded(begin_cold: Begin, way: str) -> None:
    worker = begin_cold(forbidden=RULES)
    first = worker.run_cell(LOADED[way], 1)
    assert first.error is None, first.error
    assert worker.run_cell(SETUP, 2).error is None
    # With our code patched, names can stand for nothing any more; the operators stay closed.
    ways = [WAYS["overload"], *([] if "patched" in way else [CALL, "torch.nn.LSTM(3, 4)(x)"])]
    for cell in ways:
        done = worker.run_cell(cell, 3)
        assert done.error is not None, cell
        assert done.error[:2] == ("ForbiddenName", MESSAGE)
    assert worker.run_cell("torch.nn.GRU(3, 4)(x)[0].sum().backward()", 4).error is None


def test_every_way_is_closed_when_it_was_loaded_late(begin_cold: Begin) -> None:
    worker = begin_cold(SETUP, forbidden=RULES)
    for way in sorted(WAYS, key="taken back".__eq__):  # which comes last
        done = worker.run_cell(WAYS[way], 2)
        assert done.error is not None, way
        assert MESSAGE in "\n".join(done.outputs[-1]["traceback"]), way


@pytest.mark.parametrize("way", PAST)
def test_past_its_import_it_is_refused(begin_cold: Begin, way: str) -> None:
    worker = begin_cold(forbidden=RULES)
    done = worker.run_cell(PAST[way], 1)
    assert done.error is not None
    if "lies" in way:  # there is no such module
        assert done.error[0] == "ModuleNotFoundError"
        return
    assert done.error[0] == "ForbiddenName", done.error
    assert {one.kind for one in done.evidence} == {"forbidden-name"}


def test_a_fresh_copy_calls_the_same_operators(begin_cold: Begin) -> None:
    copy = (
        "import sys, importlib.util as u\ns = u.spec_from_file_location('other', torch.__file__, "
        "submodule_search_locations=torch.__path__)\nold = sys.modules.pop('torch')\n"
        "m = sys.modules['torch'] = u.module_from_spec(s)\ntry: s.loader.exec_module(m)\n"
        "except RuntimeError: pass\nsys.modules['torch'] = old\n"
    )
    worker = begin_cold(SETUP, forbidden=RULES)
    done = worker.run_cell(copy + CALL.replace("torch.", "torch._C._VariableFunctions."), 2)
    assert done.error is not None
    assert done.error[:2] == ("ForbiddenName", MESSAGE)


def test_inside_a_function_that_a_test_calls(begin_cold: Begin) -> None:
    cell = "def net():\n    import torch\n    return torch.nn.LSTM(3, 4)"
    worker = begin_cold(cell, forbidden=LSTM)
    with worker.test(1, 30.0) as test:
        net = test.lookup("net")
        with pytest.raises(RuntimeError, match="Write the LSTM yourself"):
            net()
    assert [one.kind for one in test.evidence] == ["forbidden-name"]


def test_what_is_not_forbidden_works(begin_cold: Begin) -> None:
    worker = begin_cold("import torch", forbidden=LSTM)
    done = worker.run_cell("float(torch.tanh(torch.tensor(0.5)).detach()), torch.__spec__.name", 2)
    assert done.outputs[-1]["data"]["text/plain"].startswith("(0.46211")
    assert done.evidence == []
    done = worker.run_cell("import importlib, sys\nimportlib.reload(torch.nn.modules.rnn).GRU", 3)
    assert done.error is None


def test_without_an_import_nothing_is_loaded(begin_cold: Begin) -> None:
    worker = begin_cold(forbidden=RULES)
    done = worker.run_cell("import sys\n[m for m in sys.modules if m.startswith('torch')]", 1)
    assert done.outputs[-1]["data"]["text/plain"] == "[]"


def test_a_name_that_stands_for_nothing_is_told_when_it_is_looked_for(begin_cold: Begin) -> None:
    worker = begin_cold()
    rules = [*LSTM, {"name": "torch.nn.NoSuch", "message": ""}, {"name": "nosuch.x", "message": ""}]
    assert worker.start(seed=1, forbidden=rules) == ("nosuch.x",)
    notes = worker.run_cell("import torch", 1).evidence
    assert ("unknown-name", "torch.nn.NoSuch") in {(one.kind, one.detail) for one in notes}


def test_a_whole_module(begin_cold: Begin) -> None:
    rules = [{"name": "xml.dom.minidom", "message": MESSAGE}]
    worker = begin_cold("import xml.dom", forbidden=rules)
    for cell in (
        "import xml.dom.minidom\nxml.dom.minidom.parseString('<a/>')",
        "from xml.dom.minidom import parseString",
        "import importlib\nimportlib.import_module('xml.dom.minidom').parseString('<a/>')",
    ):
        done = worker.run_cell(cell, 2)
        assert done.error is not None, cell
        assert done.error[1] == MESSAGE


@pytest.mark.parametrize("when", ["loaded", "late"])
def test_a_file_beside_the_notebook_takes_no_rule_on_itself(
    begin_cold: Begin, tmp_path: Path, when: str
) -> None:
    (tmp_path / "statistics.py").write_text("def mean(xs): return 'theirs'")
    rules = [{"name": "statistics.mean", "message": MESSAGE}]
    worker = begin_cold("import sys" if when == "late" else "import statistics", forbidden=rules)
    done = worker.run_cell(
        "sys_path = __import__('sys').path\nsys_path.remove('')\n"
        "import statistics\nstatistics.mean([1])",
        2,
    )
    assert done.error is not None
    assert done.error[:2] == ("ForbiddenName", MESSAGE)


@pytest.mark.parametrize(
    "cell",
    [
        "import ctypes\nctypes.string_at(id(1), 8)",
        "import ctypes\nctypes.CDLL(None)",
        "import ctypes\nctypes.pythonapi.Py_IncRef",
        "import ctypes\nctypes.c_char.from_address(id(1))",
        "import ctypes\nctypes.memset(id(1), 0, 0)",
        "import ctypes, gc\n[o for o in gc.get_objects() if isinstance(o, ctypes._CFuncPtr)]\n"
        "from nbgrader_sandbox.worker.kernel import _LIBC\n_LIBC.prctl",
        "import _xxsubinterpreters as s\ns.create()",
    ],
)
def test_the_processs_memory_is_not_to_be_had(begin: Begin, cell: str) -> None:
    done = begin(forbidden=LSTM).run_cell(cell, 1)
    assert done.error is not None
    assert done.error[0] == ("RuntimeError" if "create" in cell else "ForbiddenName")
    assert begin().run_cell(cell.replace("s.create()", "s"), 1).error is None


def test_it_is_not_loaded_beside_threads(begin_cold: Begin) -> None:
    cell = "import threading\nthreading.Thread(target=threading.Event().wait, daemon=True).start()"
    worker = begin_cold(cell, forbidden=LSTM)
    done = worker.run_cell("import torch", 2)
    assert done.error is not None
    assert "before threads are started" in done.error[1]
