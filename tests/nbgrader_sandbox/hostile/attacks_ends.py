"""Attacks that end the process, or use all that there is of something."""

from tests.nbgrader_sandbox.hostile.attack import Attack, theme
from tests.nbgrader_sandbox.hostile.attacks_objects import answer_all

REST = ("moving_average", "standardise", "TanhRNN")
ENDED = ("limit", "forged-frame")


def _end(name: str, what: str, code: str, **more: object) -> Attack:
    """Answer all rightly, and end the process after the first test."""
    parts = ("softmax", *REST)
    given = {"honest": parts, "may_lose": REST, "at": "softmax", **more}
    return Attack(name, what, code, **given)  # type: ignore[arg-type]


ENDS = theme(
    "ends",
    _end("os-exit", "os._exit(0)", "import os\nos._exit(0)", says="."),
    Attack("sys-exit", "sys.exit(0)", "import sys\nsys.exit(0)"),
    # The first process of a pid namespace cannot end itself by a signal; the moments that it keeps
    # for tests can be ended, and these tests are lost then.
    _end("kill-group", "kill(0, 9)", "import os\nos.kill(0, 9)", may_lose=()),
    _end(
        "kill-all",
        "kill(-1, 9)",
        "import os\nos.kill(-1, 9)\nos.kill(os.getpid(), 9)",
        may_lose=("softmax",),
        says="had ended the process for this test",
    ),
    _end(
        "kill-parents",
        "kills its parents",
        "import os\nfor p in (os.getppid(), 1, 2, 3):\n    try:\n        os.kill(p, 9)\n"
        "    except OSError:\n        pass\nos.killpg(os.getpgid(0), 9)",
        may_lose=("softmax",),
    ),
    _end("abort", "abort", "import os\nos.abort()", says="."),
    _end(
        "segfault",
        "reads address 0",
        "import faulthandler\nfaulthandler._read_null()",
        says="killed by",
    ),
    Attack(
        "segfault-ctypes",
        "reads address 0, by a module that reaches all memory",
        "import ctypes\nctypes.string_at(0)",
        honest=("softmax", *REST),
        at="softmax",
        evidence=("forbidden-name",),
    ),
    _end(
        "stop-signal",
        "stops itself and never goes on",
        "import os, signal\nos.kill(os.getpid(), signal.SIGSTOP)",
        may_lose=(),
    ),
    Attack(
        "exit-in-answer",
        "the answers end the process when they are called",
        "import os",
        answers=answer_all("os._exit(0)"),
    ),
    Attack(
        "exit-when-imported-again",
        "ends the process from __del__, a thread and an import",
        """
import os, threading

class Late:
    def __del__(self):
        os._exit(0)

late = Late()
threading.Timer(0.2, os._exit, [0]).start()
del late
""",
    ),
    Attack(
        "faulthandler",
        "crashes from a C function while a test waits",
        "import faulthandler",
        answers=answer_all("faulthandler._read_null()"),
    ),
)

LOOP = "while True:\n    pass"
BOMB = "[bytearray(1 << 26) for _ in range(1000)]"

RESOURCES = theme(
    "resources",
    Attack("loop", "a cell that never ends", LOOP, evidence=ENDED, says=""),
    Attack(
        "loop-in-answer",
        "answers that never end",
        answers=answer_all("[0 for _ in iter(int, 1)]"),
        evidence=ENDED,
    ),
    Attack(
        "loop-guarded",
        "a loop that catches every interrupt",
        "while True:\n    try:\n        while True:\n            pass\n"
        "    except BaseException:\n        continue",
        evidence=ENDED,
    ),
    Attack(
        "loop-in-c",
        "one call of C that takes hours, with signals blocked",
        "import signal\nsignal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65))\nsum(range(10**12))",
        evidence=ENDED,
    ),
    Attack(
        "loop-in-finalizer",
        "__del__ that never ends",
        "class Slow:\n    def __del__(self):\n        while True:\n            pass\n\n"
        "slow = Slow()\ndel slow",
    ),
    Attack(
        "loop-in-getattr",
        "attributes, conversions and comparisons that never end",
        """
class Slow:
    def __getattr__(self, name):
        while True:
            pass
    __array__ = __float__ = __iter__ = __len__ = __getattr__
""",
        answers=answer_all("Slow()"),
        evidence=(),
    ),
    Attack("sleep", "sleeps for an hour", "import time\ntime.sleep(3600)", evidence=ENDED),
    Attack(
        "sleep-in-answer",
        "answers that sleep",
        "import time",
        answers=answer_all("time.sleep(3600)"),
        evidence=ENDED,
    ),
    Attack("memory-fast", "60 GB at once", f"hog = {BOMB}"),
    Attack("memory-one", "one array of 60 GB", "hog = np.ones(60 * 2**27)"),
    Attack(
        "memory-slow",
        "memory in small pieces",
        "hog = []\nwhile True:\n    hog.append('x' * 1000 + str(len(hog)))",
    ),
    Attack("memory-in-answer", "answers that take 60 GB", answers=answer_all(BOMB)),
    Attack(
        "fork-bomb",
        "processes that start processes",
        "import os\nwhile True:\n    os.fork()",
        evidence=(),
    ),
    Attack(
        "fork-and-stay",
        "50 processes that outlive the notebook",
        "import os, time\nfor _ in range(50):\n    if os.fork() == 0:\n        os.setsid()\n"
        "        time.sleep(987654)\n        os._exit(0)",
    ),
    Attack(
        "thread-bomb",
        "threads without end",
        "import threading, time\nwhile True:\n"
        "    threading.Thread(target=time.sleep, args=(99,)).start()",
    ),
    Attack(
        "file-bomb",
        "a file of 60 GB, and then as many as there can be",
        "import os\n"
        "for k in range(10**7):\n    with open(f'file{k}', 'wb') as f:\n"
        "        f.write(b'x' * (1 << 20) if k < 60_000 else b'')",
    ),
    Attack(
        "file-handles",
        "keeps all files open",
        "import os\nheld = []\nwhile True:\n    held.append(os.open('/dev/null', 0))",
    ),
    Attack("print-1-gb", "prints 1 GB", "for _ in range(1000):\n    print('x' * 10**6)"),
    Attack(
        "print-in-answer",
        "answers that print 1 GB",
        answers={
            "softmax": "def softmax(x):\n    for _ in range(1000):\n        print('x' * 10**6)\n"
            "    return x"
        },
    ),
    Attack(
        "outputs-100000",
        "100,000 outputs",
        "from IPython.display import display\nfor k in range(100_000):\n"
        "    display({'text/plain': str(k)}, raw=True)",
    ),
    Attack(
        "display-huge",
        "a picture and a page of 300 MB",
        "from IPython.display import HTML, Image, display\ndisplay(HTML('<b>x</b>' * 40_000_000))\n"
        "display(Image(data=b'\\x89PNG\\r\\n\\x1a\\n' + b'0' * 300_000_000, format='png'))",
    ),
    Attack(
        "nested-lists",
        "lists in lists that are 10^30 items when written out",
        "deep = [0.0]\nfor _ in range(100):\n    deep = [deep, deep]",
        answers=answer_all("deep"),
    ),
    Attack(
        "cyclic-list",
        "a list that holds itself",
        "ring = [0.0]\nring.append(ring)",
        answers=answer_all("ring"),
    ),
    Attack(
        "deep-list",
        "a list 10^6 deep",
        "deep = []\nfor _ in range(10**6):\n    deep = [deep]",
        answers=answer_all("deep"),
    ),
    Attack(
        "recursion",
        "recursion without end or limit",
        "import sys\nsys.setrecursionlimit(10**9)\n\ndef down(x):\n    return down(x)\n\ndown(0)",
    ),
    Attack("huge-int", "a number of 10^9 digits", answers=answer_all("10 ** 10 ** 6")),
    Attack("huge-text", "a text of 400 MB", answers=answer_all("'x' * 400_000_000")),
    Attack("huge-array", "an array of 400 MB", answers=answer_all("np.zeros(50_000_000)")),
    Attack("million-dims", "an array of 64 dimensions", answers=answer_all("np.zeros((1,) * 64)")),
    Attack(
        "huge-error",
        "an error whose text has 300 MB, and whose name lies",
        "class WorkerEnded(AssertionError):\n    pass\n\n"
        "def softmax(x):\n    raise WorkerEnded('x' * 300_000_000)",
        at="softmax",
    ),
    Attack("syntax-depth", "source of 100,000 brackets", "x = " + "(" * 100_000),
    Attack(
        "display-never-ends",
        "an object whose repr never ends, and one whose repr raises SystemExit",
        "class Slow:\n    def __repr__(self):\n        while True:\n            pass\n\nSlow()",
        evidence=ENDED,
    ),
)
