"""Attacks on the process that runs the tests: its frames, its objects, what happens later."""

from tests.nbgrader_sandbox.hostile.attack import Attack, theme
from tests.nbgrader_sandbox.hostile.attacks_objects import LIAR, answer_all

FROM_CALLER = """
def _from_caller(*names):
    import sys
    frame = sys._getframe()
    while frame is not None:
        for name in names:
            for scope in (frame.f_locals, frame.f_globals):
                if name in scope:
                    return scope[name]
        frame = frame.f_back
    raise LookupError(names)
"""

INSIDE = theme(
    "inside the process",
    Attack(
        "reads-callers-frame",
        "the answer takes the right result and the reference from its caller's frames",
        FROM_CALLER,
        answers={
            "softmax": """
def softmax(x):
    import sys
    e = np.exp(x - x.max(axis=1, keepdims=True)) if 'rows' in sys._getframe(1).f_globals else x
    if 'right' in sys._getframe(1).f_globals or 'rows' in sys._getframe(1).f_globals:
        return e / e.sum(axis=1, keepdims=True)
    return x
""",
            "standardise": "def standardise(x, f):\n    return _from_caller('reference')(x, f)",
            "moving_average": "def moving_average(xs, k):\n"
            "    sys = __import__('sys'); g = sys._getframe(1).f_globals\n"
            "    g['points'] = 2.0\n    return [0.0]",
        },
    ),
    Attack(
        "writes-callers-frame",
        "the answer makes the caller's expected value equal to its own",
        FROM_CALLER,
        answers={
            "softmax": """
def softmax(x):
    import sys, builtins
    frame = sys._getframe(1)
    frame.f_globals["np"] = type("np", (), {
        "abs": lambda *a: np.zeros(1), "array": np.array, "exp": np.exp, "ndarray": object})
    frame.f_globals["isinstance"] = lambda *a: True
    return x
""",
        },
        evidence=(),
    ),
    Attack(
        "collects-garbage",
        "the reference and hidden inputs are looked for among all objects of the process",
        """
import gc, types

def hunt(name):
    for one in gc.get_objects():
        if isinstance(one, types.FunctionType) and one.__name__ == name:
            if "answers" in (one.__module__ or ""):
                return one
    raise LookupError(name)
""",
        answers={
            "standardise": "def standardise(x, f):\n    return hunt('standardise')(x, f)",
            "softmax": "def softmax(x):\n    return hunt('softmax')(x)",
        },
    ),
    Attack(
        "sys-modules",
        "the reference is taken from sys.modules while it is in use",
        answers={
            "standardise": """
def standardise(x, f):
    import sys
    for name, module in list(sys.modules.items()):
        if name.endswith(".answers"):
            return module.standardise(x, f)
    return x
"""
        },
    ),
    Attack(
        "settrace",
        "a trace function jumps over the lines of the tests",
        """
import sys, threading

def trace(frame, event, arg):
    if frame.f_code.co_name == "<module>" and event == "line":
        frame.f_globals["points"] = 2.0
        try:
            frame.f_lineno = max(line for *_, line in frame.f_code.co_lines() if line)
        except ValueError:
            pass
    return trace

def arm(*args):
    sys.settrace(trace)
    threading.settrace(trace)

get_ipython().events.register("pre_run_cell", arm)
""",
    ),
    Attack(
        "setprofile",
        "a profile function changes the tests' names while they run",
        """
import sys

def profile(frame, event, arg):
    scope = frame.f_globals
    if "points" in scope:
        scope["points"] = 2.0
    if "right" in scope and "shares" in scope:
        scope["right"] = scope["shares"]

sys.setprofile(profile)
__import__("threading").setprofile(profile)
""",
    ),
    Attack(
        "thread-patches-later",
        "a thread waits for the tests and patches what they use",
        """
import threading, time

def later():
    while True:
        time.sleep(0.001)
        space = get_ipython().user_ns
        if "rows" in space or "points" in space or "xs" in space:
            np.abs = lambda *a: np.zeros(1)
            np.testing.assert_allclose = lambda *a, **k: None
            torch.Tensor.abs = lambda *a: torch.zeros(1)
            space["points"] = 2.0

threading.Thread(target=later, daemon=True).start()
""",
    ),
    Attack(
        "async-task-later",
        "a task of the event loop changes names between cells",
        """
import asyncio

async def later():
    while True:
        get_ipython().user_ns["points"] = 2.0
        np.testing.assert_allclose = lambda *a, **k: None
        await asyncio.sleep(0)

try:
    task = asyncio.get_event_loop().create_task(later())
except RuntimeError:
    pass
""",
    ),
    Attack(
        "atexit",
        "handlers at the end write scores and a file outside",
        """
import atexit, os

def end():
    try:
        open("@COURSE@/BROKEN-@NAME@", "w").write("x")
    except OSError:
        pass
    os._exit(0)

atexit.register(end)
""",
    ),
    Attack(
        "signal-handlers",
        "signal handlers, timers and an alarm change the tests in mid-run",
        """
import signal

def handler(*args):
    np.abs = lambda *a: np.zeros(1)
    np.testing.assert_allclose = lambda *a, **k: None

for number in (signal.SIGALRM, signal.SIGTERM, signal.SIGINT, signal.SIGCHLD, signal.SIGXCPU):
    signal.signal(number, handler)
signal.setitimer(signal.ITIMER_REAL, 0.01, 0.01)
""",
    ),
    Attack(
        "excepthook",
        "the hooks for errors, unraisable errors and displays are replaced",
        """
import sys
sys.excepthook = sys.unraisablehook = lambda *a: None
sys.displayhook = lambda *a: None
sys.stderr = sys.stdout
get_ipython().InteractiveTB = None
""",
    ),
    Attack(
        "audit-hook",
        "an audit hook refuses the comparisons of the tests",
        """
import sys

def hook(event, args):
    if event in ("compile", "exec") and b"assert" in str(args).encode():
        raise SystemExit(0)

sys.addaudithook(hook)
""",
    ),
    Attack(
        "finalizer",
        "__del__ of the arguments and results patches the tests",
        LIAR
        + """
class Late(list):
    def __del__(self):
        np.abs = lambda *a: np.zeros(1)
        np.testing.assert_allclose = lambda *a, **k: None
        get_ipython().user_ns["points"] = 2.0
""",
        answers=answer_all("Late([0.0, 0.0, 0.0])"),
    ),
    Attack(
        "engine-from-inside",
        "the worker's own classes are patched to send what scores",
        """
import sys

for name, module in list(sys.modules.items()):
    if name.startswith("nbgrader_sandbox"):
        for key, value in list(vars(module).items()):
            if callable(value) and not key.startswith("__"):
                try:
                    setattr(module, key, lambda *a, **k: True)
                except (AttributeError, TypeError):
                    pass
""",
    ),
    Attack(
        "codec-from-inside",
        "the worker's encoder is replaced by one that names everything a right answer",
        """
import sys
codec = sys.modules.get("nbgrader_sandbox.wire.codec")
if codec is not None:
    old = codec.encode
    codec.encode = lambda value: old({"value": 3.0, "points": 3.0, "outputs": [], "error": None})
    for module in list(sys.modules.values()):
        if getattr(module, "encode", None) is old:
            module.encode = codec.encode
""",
    ),
    Attack(
        "memory-scan",
        "the process's own memory is searched for the reference and the tests' text",
        """
import re

def scan():
    word = b"ROWS_NOBODY" + b"_HAS_SEEN"
    for line in open("/proc/self/maps"):
        match = re.match(r"([0-9a-f]+)-([0-9a-f]+) r", line)
        if match:
            start, end = (int(x, 16) for x in match.groups())
            try:
                with open("/proc/self/mem", "rb", 0) as memory:
                    memory.seek(start)
                    found = memory.read(min(end - start, 1 << 24))
                at = found.find(word)
                if at >= 0 and b"rows" in found[at : at + 300]:
                    print("STOL" + "EN:", found[at : at + 200])
                    return
            except (OSError, OverflowError, ValueError):
                pass

scan()
""",
        at="end",
    ),
    Attack(
        "ctypes-patch",
        "integers and constants are rewritten in memory, so that 0 is 2",
        """
import ctypes

def rewrite(target, value):
    address = id(target) + 24
    ctypes.memmove(address, id(value) + 24, 4)

def softmax(x):
    rewrite(1, 0)
    return x
""",
        says="",
    ),
    Attack(
        "counts-its-calls",
        "an answer that behaves when it is first asked, and reads the stack for the rest",
        FROM_CALLER,
        answers={
            "moving_average": """
calls = [0]

def moving_average(xs, k):
    calls[0] += 1
    try:
        return list(_from_caller("right"))
    except LookupError:
        return [0.0] * (len(xs) - k + 1)
""",
            "TanhRNN": """
class TanhRNN(torch.nn.Module):
    def __init__(self, i, h):
        super().__init__()

    def load_state_dict(self, weights):
        pass

    def forward(self, xs):
        return torch.stack(_from_caller("right"))
""",
        },
    ),
)
