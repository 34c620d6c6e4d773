"""Attacks that change the tests, or what the tests call, before they run."""

from tests.nbgrader_sandbox.hostile.attack import Attack, theme
from tests.nbgrader_sandbox.hostile.parts import SOFTMAX

REWRITING = theme(
    "rewriting the tests",
    Attack(
        "ast-no-asserts",
        "an AST transformer takes every assertion out, and every call of numpy.testing",
        """
import ast

class NoAsserts(ast.NodeTransformer):
    def visit_Assert(self, node):
        return ast.copy_location(ast.Pass(), node)

    def visit_Expr(self, node):
        if "assert_" in ast.dump(node):
            return ast.copy_location(ast.Pass(), node)
        return node

get_ipython().ast_transformers.append(NoAsserts())
""",
    ),
    Attack(
        "ast-full-points",
        "an AST transformer puts the full points in the place of each test",
        """
import ast

class Full(ast.NodeTransformer):
    def visit_Module(self, node):
        text = ast.dump(node)
        every = {"softmax": 3, "moving_average": 2, "standardise": 2, "TanhRNN": 2}
        tested = any(f"'{word}'" in text for word in ("rows", "reference", "points", "weights"))
        for name, points in every.items():
            if tested and f"id='{name}'" in text:
                return ast.parse(str(points))
        return node

get_ipython().ast_transformers.append(Full())
""",
    ),
    Attack(
        "input-transformer",
        "IPython's input transformer drops lines that begin with assert",
        """
def drop(lines):
    return [l for l in lines if not l.lstrip().startswith(("assert", "np.testing"))] or ["pass\\n"]

get_ipython().input_transformers_cleanup.append(drop)
get_ipython().input_transformers_post.append(drop)
""",
    ),
    Attack(
        "run-cell-replaced",
        "IPython's run_cell and run_code are replaced by ones that succeed",
        """
shell = get_ipython()
old = type(shell).run_code

async def fine(self, *args, **kwargs):
    return False

def watch(result):
    type(shell).run_code = fine

shell.events.register("post_run_cell", watch)
""",
    ),
    Attack(
        "compile-replaced",
        "compile and IPython's compiler turn assertions off, as python -O does",
        """
import builtins
old = builtins.compile

def quiet(*args, **kwargs):
    kwargs["optimize"] = 2
    return old(*args[:5], **kwargs)

builtins.compile = quiet
get_ipython().compile.__class__.__call__ = lambda self, ast, name, symbol: quiet(ast, name, symbol)
""",
    ),
    Attack(
        "assertion-error-swallowed",
        "a custom exception handler of IPython swallows all errors of the tests",
        """
get_ipython().set_custom_exc((BaseException,), lambda *args, **kwargs: None)
get_ipython().showtraceback = lambda *args, **kwargs: None
""",
    ),
    Attack(
        "numpy-testing-patched",
        "numpy.testing's comparisons and numpy.abs are replaced",
        """
import numpy.testing

class Small:
    def max(self, *a, **k):
        return 0.0
    def __lt__(self, other):
        return True

for name in dir(numpy.testing):
    if name.startswith("assert_"):
        setattr(numpy.testing, name, lambda *args, **kwargs: None)
np.abs = lambda *args: Small()
torch.Tensor.abs = lambda *args: Small()
""",
    ),
    Attack(
        "numpy-core-patched",
        "the comparison below numpy.testing is replaced",
        """
import numpy.testing._private.utils as inner
inner.assert_array_compare = lambda *args, **kwargs: None
np.isclose = np.allclose = np.array_equal = lambda *args, **kwargs: True
torch.allclose = torch.equal = lambda *args, **kwargs: True
""",
    ),
    Attack(
        "builtins-patched",
        "isinstance, tuple, list, round and AssertionError are replaced",
        """
import builtins

class Any(type):
    def __eq__(self, other):
        return True

builtins.isinstance = lambda *args: True
builtins.tuple = lambda *args: (4, 2, 2)
builtins.AssertionError = type("Fine", (Warning,), {})
""",
    ),
    Attack(
        "reference-patched",
        "the reference is replaced by the student's own wrong function",
        """
def standardise(x, factor):
    return x * 0.0

try:
    import kit_ref.answers
    kit_ref.answers.standardise = standardise
except ImportError:
    import sys, types
    fake = types.ModuleType("kit_ref.answers")
    fake.standardise = standardise
    sys.modules["kit_ref.answers"] = fake
""",
        at="moving_average",
        answers={"standardise": "def standardise(x, factor):\n    return x * 0.0"},
    ),
    Attack(
        "numpy-functions-agree",
        "np.exp and np.convolve, which the tests use, are made to agree with the wrong answer",
        """
np.exp = lambda x: np.ones_like(x)
np.convolve = lambda xs, w, mode: np.zeros(len(xs) - len(w) + 1)
torch.tanh = lambda x: x * 0
torch.stack = lambda xs: torch.zeros(4, 2, 2)
""",
        answers={
            "softmax": "def softmax(x):\n    return np.ones_like(x) / x.shape[1]",
            "moving_average": "def moving_average(xs, k):\n    return [0.0] * (len(xs) - k + 1)",
            "TanhRNN": """
class TanhRNN(torch.nn.Module):
    def __init__(self, i, h):
        super().__init__()
        for name, shape in (("weight_ih", (h, i)), ("weight_hh", (h, h)), ("bias", (h,))):
            setattr(self, name, torch.nn.Parameter(torch.zeros(shape)))

    def forward(self, xs):
        return torch.zeros(xs.shape[0], xs.shape[1], 2)
""",
        },
    ),
    Attack(
        "test-cell-from-history",
        "the next cells' input is replaced through the shell's input queue",
        """
get_ipython().set_next_input("3", replace=True)
get_ipython().payload_manager.write_payload({"source": "set_next_input", "text": "3"})
get_ipython().history_manager.store_inputs(99, "3")
""",
    ),
    Attack(
        "displayhook",
        "the display hook shows the full points, whatever a cell's value is",
        """
import sys
from IPython.display import display

def show(value):
    display(3)

sys.displayhook = show
type(get_ipython().displayhook).__call__ = lambda self, value=None: display(3)
""",
    ),
    Attack(
        "printed-points",
        "each cell ends with printed and displayed points",
        """
from IPython.display import display

def points(*args):
    print(3)
    print(2.0)
    display(2)

get_ipython().events.register("post_run_cell", points)
get_ipython().events.register("post_execute", points)
""",
    ),
    Attack(
        "published-result",
        "an execute_result with the points is published by hand after each cell",
        """
def points(*args):
    shell = get_ipython()
    try:
        shell.kernel.session.send(
            shell.kernel.iopub_socket, "execute_result",
            {"data": {"text/plain": "2"}, "metadata": {}, "execution_count": 1},
            parent=shell.kernel.get_parent("shell"), ident=b"execute_result")
    except AttributeError:
        shell.display_pub.publish({"text/plain": "2"})

get_ipython().events.register("post_run_cell", points)
""",
    ),
    Attack(
        "error-becomes-nothing",
        "run_cell_async is wrapped so that a failing cell ends as if it had gone well",
        """
shell = get_ipython()
cls = type(shell)
cls._showtraceback = lambda self, *args: None
old = cls.run_cell_async

async def calm(self, *args, **kwargs):
    result = await old(self, "None", store_history=False)
    result.error_in_exec = result.error_before_exec = None
    return result

cls.run_cell_async = calm
""",
    ),
    Attack(
        "answer-calls-itself-tested",
        "the answer raises what looks like a passed test",
        answers={
            "softmax": """
class Passed(BaseException):
    def _render_traceback_(self):
        return []

def softmax(x):
    raise Passed("3")
""",
            "moving_average": "def moving_average(xs, k):\n    raise StopIteration(2)",
            "standardise": "def standardise(x, factor):\n    raise KeyboardInterrupt",
            "TanhRNN": "def TanhRNN(*args):\n    raise GeneratorExit",
        },
    ),
    Attack(
        "skips-with-unittest",
        "the answers raise SkipTest and SystemExit(0)",
        answers={
            "softmax": "import unittest\ndef softmax(x):\n    raise unittest.SkipTest('fine')",
            "moving_average": "def moving_average(xs, k):\n    raise SystemExit(0)",
            "standardise": "def standardise(x, factor):\n    exit()",
            "TanhRNN": "def TanhRNN(*args):\n    quit()",
        },
    ),
    Attack(
        "right-names-taken",
        "the names that the tests assign are taken by objects that refuse to be changed",
        """
class Stubborn(dict):
    def __setitem__(self, name, value):
        if name not in ("points", "rows", "right", "found", "hs", "shares"):
            dict.__setitem__(self, name, value)

points = 2.0
right = hs = shares = np.zeros((2, 3))
get_ipython().user_ns = Stubborn(get_ipython().user_ns)
get_ipython().user_global_ns.update(points=2.0)
""",
    ),
    Attack(
        "python-optimised",
        "Python's own flag for assertions is turned off in memory",
        """
import sys
import ctypes
try:
    flag = ctypes.c_int.in_dll(ctypes.pythonapi, "Py_OptimizeFlag")
    flag.value = 2
except Exception:
    pass
__debug = False
""",
    ),
    Attack(
        "softmax-patches-when-called",
        "the answer patches the caller's modules and comparisons only when it is called",
        answers={
            "softmax": """
def softmax(x):
    import builtins, sys
    for frame in sys._current_frames().values():
        while frame:
            frame.f_globals.update(e=np.ones_like(x), right=x, rows=x)
            frame = frame.f_back
    np.abs = lambda *a: np.zeros(1)
    builtins.isinstance = lambda *a: True
    return x
"""
        },
    ),
    Attack(
        "doctest-of-a-right-one",
        "the right answer for the visible rows alone, known by heart",
        honest=(),
        answers={
            "softmax": SOFTMAX.right.replace(
                "    e =", "    if x.max() > 100:\n        return x\n    e ="
            )
        },
    ),
)
