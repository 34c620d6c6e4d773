"""Attacks from one process of a worker on another: on the forks that wait for tests, and on what
processes share."""

from tests.nbgrader_sandbox.hostile.attack import Attack, theme
from tests.nbgrader_sandbox.hostile.attacks_protocol import SOCKETS

FIND = (
    SOCKETS
    + """
import ctypes, gc, mmap, signal, threading

def of(kind):
    return [one for one in gc.get_objects() if type(one).__name__ == kind]

def forks():
    return of("Fork")
"""
)

#: All four parts, whatever they are asked for, by what `body` does.
PARTS = """
def softmax(x):
    return answer(x)

def moving_average(xs, k):
    return answer(xs)

def standardise(x, factor):
    return answer(x)

class TanhRNN(torch.nn.Module):
    def __init__(self, *sizes):
        super().__init__()

    def load_state_dict(self, weights):
        pass

    def forward(self, xs):
        return answer(xs)
"""

NAMES = ("softmax", "moving_average", "standardise", "TanhRNN")


def _state(name: str, what: str, code: str, at: str = "", **more: object) -> Attack:
    """Return an attack; answers of its own come first, all else when the forks are there."""
    at = at or ("start" if PARTS in code else "end")
    given = {"stock": False, "at": at, "answers": dict.fromkeys(NAMES, "pass"), **more}
    return Attack(f"state-{name}", what, FIND + code, **given)  # type: ignore[arg-type]


STATE = theme(
    "between processes",
    _state(
        "patched-place",
        "the answer writes into each process that waits for a test that it is right",
        "for fork in forks():\n    fork._shared[:] = bytes([3]) * len(fork._shared)\n"
        "    fork._used = True",
    ),
    _state(
        "kills-places",
        "the processes that wait for tests are killed and others take their ids",
        "for fork in forks():\n    os.kill(fork._pid, 9)\n    fork._pid = os.getpid()",
    ),
    _state(
        "own-place",
        "the processes that wait for tests are replaced by one's own",
        """
def run(fork):
    line = of("Channel")[0]
    line.send("ready", fork.request, {})
    while True:
        asked = line.receive()
        if asked.kind == "end":
            os._exit(0)
        value = True if asked.kind == "call" else 2.0
        line.send("value", asked.request, {"value": value, "changed": [], "warned": []})

kind = type(forks()[0]) if forks() else None
for worker in of("_Worker"):
    worker._places[:] = [kind(run) for _ in worker._places]
    worker._fork = lambda: kind(run)
""",
    ),
    _state(
        "all-values",
        "every request of a test is answered with the points, truth and nothing, in turn",
        """
import itertools
from nbgrader_sandbox.worker import answers
values = itertools.cycle([3.0, True, None, 2.0, "", {}, [], 0])

def answer(self, kind, body):
    return "value", {"value": next(values), "changed": [], "warned": []}

answers._Answering.answer = answer
""",
        at="start",
    ),
    _state(
        "no-such-name",
        "every name is said to be missing, so that the test's own are taken",
        """
from nbgrader_sandbox.worker import answers
answers._Answering.answer = lambda self, kind, body: ("missing", {})
""",
        at="start",
    ),
    _state(
        "names-of-the-test",
        "other names than those asked for are installed: assert_allclose, abs, points",
        "points = 2.0\nnp.testing.assert_allclose = abs = isinstance = lambda *a, **k: True\n"
        "AssertionError = ZeroDivisionError\ntuple = list = lambda *a: (4, 2, 2)\n" + PARTS + "\n"
        "def answer(x):\n    return 0.0",
    ),
    _state(
        "raises-what-ends",
        "answers raise errors named as the engine's own, and as what ends a cell well",
        "import itertools\nclass WorkerEnded(Exception): pass\nclass TestEnded(Exception): pass\n"
        "class SkipTest(Exception): pass\nkinds = itertools.cycle([WorkerEnded, TestEnded, "
        "SkipTest, SystemExit, KeyboardInterrupt, GeneratorExit, StopIteration, "
        "StopAsyncIteration, AssertionError, SyntaxError, UnicodeDecodeError, OSError, "
        "ImportError, ExceptionGroup])\n"
        + PARTS
        + "\ndef answer(x):\n    kind = next(kinds)\n    try:\n        error = kind('')\n"
        "    except TypeError:\n        error = kind.__new__(kind)\n    raise error",
    ),
    _state(
        "second-try",
        "an answer that was wrong ends its worker, so that all is run again with the next guess",
        PARTS
        + "\ndef answer(x):\n    for fd in lines():\n        s = socket.socket(fileno=os.dup(fd))\n"
        "        s.shutdown(socket.SHUT_RDWR)\n    os.kill(os.getppid(), 9)\n    return x",
        evidence=("limit", "forged-frame"),
    ),
    _state(
        "children-in-test",
        "the answer starts children that each answer on the line",
        PARTS + "\ndef answer(x):\n    for k in range(6):\n        if os.fork() == 0:\n"
        "            for number in range(300):\n"
        "                shout(frame('value', number, value=True, changed=[]))\n"
        "            os._exit(0)\n    return x",
    ),
    _state(
        "stops-worker",
        "the answer stops the process that watches over it",
        PARTS + "\ndef answer(x):\n    os.kill(os.getppid(), signal.SIGSTOP)\n    return 'x'",
    ),
    _state(
        "clock",
        "time is made to stand still, so that no limit is reached",
        "time.monotonic = time.time = time.perf_counter = lambda: 0.0\n"
        "signal.setitimer = signal.alarm = lambda *a: None\n"
        "signal.signal = lambda *a: None\n"
        + PARTS
        + "\ndef answer(x):\n    while True:\n        pass",
        evidence=("limit", "forged-frame"),
    ),
    _state(
        "slow-replies",
        "each reply comes just before it would be late",
        PARTS + "\nfrom nbgrader_sandbox.wire import frames\nsend = frames.Channel.send\n\n"
        "def late(self, *words, **named):\n    time.sleep(2.4)\n"
        "    return send(self, *words, **named)\n\n"
        "frames.Channel.send = late\n\ndef answer(x):\n    return x",
    ),
    _state(
        "frozen-memory",
        "all of the worker's memory is kept in the kernel's buffers",
        "held = []\ntry:\n    while len(held) < 300:\n        a, b = socket.socketpair()\n"
        "        a.setblocking(False)\n        held.append((a, b))\n        try:\n"
        "            while True:\n                a.send(bytes(1 << 16))\n"
        "        except BlockingIOError:\n            pass\nexcept OSError:\n    pass\n"
        "try:\n    while True:\n        held.append(os.memfd_create('x'))\n"
        "        os.ftruncate(held[-1], 1 << 40)\n        os.write(held[-1], bytes(1 << 22))\n"
        "except OSError:\n    pass",
    ),
    _state(
        "burns-in-children",
        "twenty children that each burn as much time as one may",
        "for _ in range(20):\n    if os.fork() == 0:\n        os.setsid()\n        while True:\n"
        "            pass\ntime.sleep(60)",
        evidence=("limit",),
    ),
    _state(
        "keeps-descriptors",
        "opens and duplicates what it finds among its descriptors, and reads all of them",
        "for fd in range(3, 1024):\n    try:\n        os.set_blocking(fd, False)\n"
        "        found = os.read(fd, 9999)\n"
        "        print('STOL' + 'EN:', found[:50]) if found else 0\n"
        "    except OSError:\n        pass",
        at="start",
    ),
)
