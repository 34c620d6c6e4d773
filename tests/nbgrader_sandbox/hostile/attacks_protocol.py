"""Attacks on the line between the worker and the grader."""

from tests.nbgrader_sandbox.hostile.attack import Attack, theme

SOCKETS = """
import os, socket, stat, struct, sys, time

def lines():
    for fd in range(3, 256):
        try:
            if stat.S_ISSOCK(os.fstat(fd).st_mode):
                yield fd
        except OSError:
            pass

def frame(kind, request, **body):
    wire = sys.modules.get("nbgrader_sandbox.wire.codec")
    frames = sys.modules.get("nbgrader_sandbox.wire.frames")
    if wire is None or frames is None:
        return b""
    ours, theirs = socket.socketpair()
    try:
        frames.Channel(ours).send(kind, request, body)
        return theirs.recv(1 << 16)
    finally:
        ours.close(), theirs.close()

def shout(data):
    for fd in lines():
        try:
            os.write(fd, data)
        except OSError:
            pass
"""

FORGED = ("forged-frame", "limit")


def _line(name: str, what: str, code: str, **more: object) -> Attack:
    given = {"evidence": FORGED, "stock": False, **more}
    return Attack(name, what, SOCKETS + code, **given)  # type: ignore[arg-type]


PROTOCOL = theme(
    "the line to the grader",
    _line("garbage", "random bytes", "shout(os.urandom(4000))"),
    _line("closes-line", "closes the line", "for fd in lines():\n    os.close(fd)"),
    _line(
        "huge-length",
        "a frame that says it has 2^60 bytes",
        "head = frame('done', 1)[:4]\nshout((head or b'NBSX') + struct.pack('>Q', 1 << 60) + b'x')",
    ),
    _line(
        "half-a-frame",
        "half a frame, and then nothing",
        "shout(frame('done', 1, outputs=[])[:9])\ntime.sleep(60)",
    ),
    _line(
        "trickle",
        "a frame of 64 MB, a byte each tenth of a second",
        "whole = frame('done', 1, outputs=[])\nshout(whole[:4] + struct.pack('>Q', 60 << 20))\n"
        "while True:\n    shout(b'x')\n    time.sleep(0.1)",
    ),
    _line(
        "forged-done",
        "forged replies with all request ids to come",
        "for k in range(200):\n    shout(frame('done', k, outputs=[], error=None, "
        "evidence=[], seconds=0.0))\n"
        "    shout(frame('ready', k))\n    shout(frame('ended', k, evidence=[]))\n"
        "    shout(frame('value', k, value=3.0, changed=[]))",
    ),
    _line(
        "unknown-kinds",
        "kinds, fields and values that the grader does not know",
        "for kind in ('score', 'points', '__class__', 'stop', 'x' * 1000):\n"
        "    shout(frame(kind, 2, points=3.0, score=3.0, value=True))",
    ),
    _line(
        "forged-from-a-child",
        "a child process that keeps the line and writes late",
        "if os.fork() == 0:\n    os.setsid()\n    for k in range(400):\n"
        "        shout(frame('value', k, value=True, changed=[]))\n        time.sleep(0.02)\n"
        "    os._exit(0)",
        evidence=(),
    ),
    _line(
        "forged-from-a-thread",
        "a thread that writes replies while a test runs",
        "import threading\n\ndef late():\n    for k in range(2000):\n"
        "        shout(frame('value', k % 60, value=True, changed=[]))\n        "
        "time.sleep(0.005)\n\n"
        "threading.Thread(target=late, daemon=True).start()",
        evidence=(),
    ),
    _line(
        "answers-change-the-tests",
        "replies that claim the test's own arrays were changed to suit",
        """
def softmax(x):
    for k in range(100):
        shout(frame('value', k, value=np.zeros((2, 3)), changed=[("args", 0), np.zeros((2, 3))]))
        shout(frame('value', k, value=np.zeros((2, 3)), changed=[[[0, 0], np.zeros((2, 3))]]))
    return x
""",
        at="softmax",
        evidence=(),
    ),
    _line(
        "reads-the-line",
        "takes the grader's requests off the line and answers them itself",
        """
import threading

def thief():
    while True:
        for fd in lines():
            try:
                found = os.read(fd, 1 << 16)
                print("STOL" + "EN:", found[:200])
            except OSError:
                pass

threading.Thread(target=thief, daemon=True).start()
""",
        evidence=(),
    ),
    _line(
        "evidence-flood",
        "evidence, error names and lines without end, with markup",
        "class Error(Exception):\n    pass\n\n"
        "Error.__name__ = Error.__qualname__ = '<script>hostile_script</script>' * 1000\n"
        "shout(frame('done', 1, outputs=[{'output_type': 'stream', 'name': 'x', 'text': 5}] * 9,\n"
        "            error=['<b>', 'x' * 10**5, 'y'], evidence=[{'kind': 'x', 'detail': 1}], "
        "seconds='a'))\n"
        "raise Error('<script>hostile_script</script>')",
        evidence=(),
    ),
    _line(
        "passes-handles",
        "sends 200 open files over the line",
        "import array\nfor fd in lines():\n    try:\n"
        "        s = socket.socket(fileno=os.dup(fd))\n"
        "        s.sendmsg([b'x'], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array('i', "
        "[1] * 200))])\n"
        "    except OSError:\n        pass",
        evidence=(),
    ),
    _line(
        "shuts-one-way",
        "shuts the line in one direction and goes on",
        "for fd in lines():\n    s = socket.socket(fileno=os.dup(fd))\n"
        "    s.shutdown(socket.SHUT_WR)\ntime.sleep(60)",
    ),
)
