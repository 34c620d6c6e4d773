"""Attacks by what outlives its cell: hooks, limits and objects that are there when tests run."""

from tests.nbgrader_sandbox.hostile.attack import Attack, theme
from tests.nbgrader_sandbox.hostile.attacks_leaks import WATCHED
from tests.nbgrader_sandbox.hostile.attacks_protocol import SOCKETS
from tests.nbgrader_sandbox.hostile.attacks_state import NAMES, PARTS

SHARED = ("/tmp", "/var/tmp", "/run", "/run/lock", "/public", "/engine", "/dev", "/dev/mqueue")
RIGHT_IF = "\ndef answer(x):\n    return kept[-1] if kept else 0.0\n"


def _outlive(name: str, what: str, code: str, **more: object) -> Attack:
    given = {"answers": dict.fromkeys(NAMES, "pass") if PARTS in code else {}, **more}
    return Attack(f"outlive-{name}", what, code, **given)  # type: ignore[arg-type]


def _meet(name: str, what: str, put: str, take: str) -> Attack:
    """Carry the hidden inputs to whoever is graded next: each of such students does both."""
    code = "import os, time\nfrom multiprocessing import shared_memory\n\n"
    code += f"def take():\n{take}\n\n"
    code += "try:\n    print(take())\nexcept Exception:\n    pass\n\n"
    code += f"def leak(x):\n    text = str(np.ravel(x).tolist()).encode()\n{put}\n"
    return Attack(f"meet-{name}", what, code, answers=WATCHED)


OUTLIVE = theme(
    "what outlives a cell",
    _outlive(
        "at-fork",
        "functions that Python calls in each process that is forked for a test",
        SOCKETS
        + """
def begun():
    import gc
    for one in gc.get_objects():
        if type(one).__name__ == "Channel":
            for number in range(40):
                one.send("value", number, {"value": True, "changed": [], "warned": []})

os.register_at_fork(after_in_child=begun, before=lambda: None)
""",
    ),
    _outlive(
        "gc-callbacks",
        "functions that the garbage collector calls while a test runs",
        "import gc, sys\nkept = []\n\ndef collected(*_):\n    frame = sys._getframe()\n"
        "    while frame:\n        kept.extend(v for v in list(frame.f_locals.values())\n"
        "                    if isinstance(v, np.ndarray))\n        frame = frame.f_back\n\n"
        "gc.callbacks.append(collected)\ngc.set_threshold(1)\n" + PARTS + RIGHT_IF,
    ),
    _outlive(
        "held-locks",
        "locks of imports, logs, threads and warnings, taken and never given back",
        "import _imp, logging, threading, io, sys\n_imp.acquire_lock()\nlogging._lock.acquire()\n"
        "threading._active_limbo_lock.acquire()\n"
        "for one in (np.random.mtrand._rand._bit_generator.lock,):\n    one.acquire()\n",
    ),
    _outlive(
        "limits",
        "the process's own limits set to nothing, so that no test can be begun",
        "import resource\nfor name in ('NOFILE', 'NPROC', 'FSIZE', 'STACK', 'AS', 'DATA'):\n"
        "    try:\n        resource.setrlimit(getattr(resource, 'RLIMIT_' + name), (0, 0))\n"
        "    except (OSError, ValueError):\n        pass",
        may_lose=NAMES,
        at="end",
    ),
    _outlive(
        "settings-of-python",
        "settings of the interpreter: depths, switches, digits, and how things are shown",
        "import sys, gc, faulthandler, locale\nsys.setrecursionlimit(80)\n"
        "sys.setswitchinterval(1e9)\nsys.set_int_max_str_digits(640)\nsys.tracebacklimit = 0\n"
        "np.set_printoptions(formatter={'all': lambda v: '3.0'})\nnp.seterr(all='raise')\n"
        "torch.set_printoptions(threshold=0)\ngc.freeze()\nsys.dont_write_bytecode = True\n"
        "sys.flags = None\nsys.stdout = sys.stderr = None",
    ),
    _outlive(
        "no-folder",
        "the folder in which it runs is removed, moved and made again without any rights",
        "import os, shutil, tempfile\nhere = os.getcwd()\nos.umask(0o777)\n"
        "for name in os.listdir('.'):\n    shutil.rmtree(name, ignore_errors=True)\n"
        "os.chdir('/')\ntry:\n    os.rmdir(here)\nexcept OSError:\n    pass\n"
        "os.environ.clear()\ntempfile.tempdir = '/nowhere'",
    ),
    _outlive(
        "namespace",
        "the notebook's names are a dict of one's own, which gives another thing at each look",
        "class Names(dict):\n    def __contains__(self, name):\n        return True\n"
        "    def __getitem__(self, name):\n        if name in POINTS:\n"
        "            return lambda *a: POINTS[name]\n        return dict.__getitem__(self, name)\n"
        "    def get(self, name, default=None):\n        return self[name]\n\n"
        "POINTS = {'softmax': 3, 'moving_average': 2.0, 'standardise': True}\n"
        "shell = get_ipython()\nnames = Names(shell.user_ns)\nshell.user_ns = names\n"
        "shell.user_module.__dict__.update(names)",
    ),
    _outlive(
        "hidden-names",
        "the shell is told that all names are its own, or that none is",
        "shell = get_ipython()\nshell.user_ns_hidden = dict(shell.user_ns)\n"
        "shell.user_ns['exit'] = shell.user_ns['quit'] = 3.0\n"
        "shell.events.register('pre_run_cell', lambda *a: shell.user_ns.clear())\n"
        "shell.events.register('post_run_cell', lambda *a: shell.user_ns.update(POINTS))\n"
        "POINTS = dict.fromkeys(('softmax', 'moving_average', 'standardise'), lambda *a: 3.0)",
    ),
    _outlive(
        "pools",
        "pools of threads and processes made before the tests, which tests of answers reuse",
        "from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor\n"
        "import threading\nkept = []\npool = ThreadPoolExecutor(4)\n"
        "list(pool.map(lambda n: n, range(9)))\n\ndef look():\n    import gc, time\n"
        "    for _ in range(30):\n        kept.extend(one for one in gc.get_objects()\n"
        "                    if isinstance(one, np.ndarray) and one.dtype.kind == 'f')\n"
        "        time.sleep(0.02)\n" + PARTS + "\ndef answer(x):\n    pool.submit(look).result()\n"
        "    try:\n        ProcessPoolExecutor(2).submit(look).result(timeout=1)\n"
        "    except Exception:\n        pass\n    return kept[0] if kept else 0.0",
    ),
    _outlive(
        "finalizers",
        "finalizers of weakref, threading and multiprocessing, for the end of each test's process",
        "import atexit, multiprocessing.util as u, threading, weakref, os\n\n"
        "def last(*_):\n    for fd in range(3, 300):\n        try:\n"
        "            os.write(fd, b'\\x00' * 64)\n        except OSError:\n            pass\n\n"
        "class Thing: pass\nthing = Thing()\nweakref.finalize(thing, last)\n"
        "u.Finalize(None, last, exitpriority=9)\nthreading._register_atexit(last)\n"
        "os._exit = lambda code: (last(), os.kill(os.getpid(), 9))\n"
        "def softmax(x):\n    last()\n    return x",
        answers={"softmax": "pass"},
    ),
    _meet(
        "shared-memory",
        "carries hidden inputs to the next student by memory that has a name",
        "    try:\n        block = shared_memory.SharedMemory('hostile', create=True, size=4096)\n"
        "    except OSError:\n        block = shared_memory.SharedMemory('hostile')\n"
        "    block.buf[: len(text)] = text",
        "    return bytes(shared_memory.SharedMemory('hostile').buf).strip(bytes(1))",
    ),
    _meet(
        "shared-memory-again",
        "the same, by the student who is graded next",
        "    open('/dev/shm/hostile', 'wb').write(text)",
        "    return open('/dev/shm/hostile', 'rb').read().strip(bytes(1))",
    ),
    _meet(
        "files",
        "carries them by files and locks in all places that two workers may share",
        f"    for place in {SHARED}:\n        try:\n"
        "            open(place + '/hostile-meets', 'wb').write(text)\n        except OSError:\n"
        "            pass",
        f"    for place in {SHARED}:\n        try:\n"
        "            return open(place + '/hostile-meets', 'rb').read()\n        except OSError:\n"
        "            pass",
    ),
    _meet(
        "sockets",
        "carries them by a name that is bound to a socket without a file",
        "    import socket\n    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as one:\n"
        "        one.sendto(text, chr(0) + 'hostile-meets')",
        "    import socket\n    one = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)\n"
        "    one.bind(chr(0) + 'hostile-meets')\n    one.settimeout(1.0)\n"
        "    return one.recv(4096)",
    ),
    _meet(
        "again",
        "the next student, to whom those before have carried them",
        "    pass",
        f"    import glob\n    found = [open(one, 'rb').read(99) for place in {SHARED}\n"
        "             for one in glob.glob(place + '/hostile*') + glob.glob('/dev/shm/*')]\n"
        "    return found or bytes(shared_memory.SharedMemory('hostile').buf)",
    ),
)
