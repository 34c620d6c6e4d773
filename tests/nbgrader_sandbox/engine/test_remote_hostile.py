"""Dishonest notebooks, and workers that lie: the grader loses no more than that notebook."""

import socket
import threading
import time
from collections.abc import Callable
from typing import Any, NoReturn

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nbgrader_sandbox.engine.remote import StudentError, Test, TestEnded, Worker, WorkerEnded
from nbgrader_sandbox.wire.frames import Channel
from nbgrader_sandbox.wire.values import Reference, TensorData

pytestmark = pytest.mark.slow

Begin = Callable[..., Worker]

HIDDEN = 0.7312945501
SECRET = "7312945501"

#: Bodies of `gate(x)` that try to carry x out of a hidden test.
LEAKS = {
    "an error's text": "raise ValueError(f'x was {x}')",
    "a text like Python's": "raise NameError(f\"name 'x{str(x)[2:]}' is not defined\")",
    "a text like NumPy's": "raise ValueError(f'operands could not be broadcast together with "
    "shapes ({str(x)[2:]},) (3,)')",
    "an error's name": "raise type('E' + str(x)[2:], (Exception,), {})('')",
    "a key": "raise KeyError(str(x))",
    "a group": "raise ExceptionGroup(str(x), [ValueError(x)])",
    "an attribute": "return getattr(3, 'a' + str(x)[2:])",
    "a class's name": "return type('T' + str(x)[2:], (), {})()",
    "a function's name": "def f(): pass\n    f.__name__ = 'f' + str(x)[2:]\n    return f",
    "a repr": "class R:\n        def __repr__(self): return str(x)\n    return R()",
    "a line": "exec(compile(f'\\n{x}/0', '<x>', 'exec'))",
    "a warning": "import warnings\n    warnings.warn(f'overflow encountered in x{str(x)[2:]}')",
    "a print": "print(x)",
    "a display": "display(x)",
    "file descriptors": "import os\n    for n in (1, 2): os.write(n, str(x).encode())",
    "the real streams": "import sys\n    print(x, file=sys.__stdout__)\n    "
    "print(x, file=sys.__stderr__, flush=True)",
    "a log": "import logging\n    logging.error(x)",
    "a global": "kept.append(x)\n    globals()['seen'] = x",
    "a thread": "import threading\n    threading.Timer(0.2, lambda: kept.append(x)).start()",
    "the shell": "get_ipython().user_ns['seen'] = x\n    get_ipython().run_cell(f'print({x})')",
    "the environment": "import os\n    os.environ['SEEN'] = str(x)",
    "evidence": "open(f'/etc/{x}')",
    "a figure": "import matplotlib.pyplot as plt\n    plt.title(str(x))\n    plt.show()",
}


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("leak", LEAKS)
def test_nothing_of_a_hidden_input_gets_out(begin: Begin, leak: str) -> None:
    worker = begin("kept, seen = [], None", f"def gate(x):\n    {LEAKS[leak]}")
    said = ""
    with worker.test(1, 5.0) as test:
        try:
            answer = test.lookup("gate")(HIDDEN)  # type: ignore[operator]
            said = f"{answer!r} {type(answer).__name__}"
        except StudentError as error:
            said = f"{type(error).__name__} {error} {error.student_line} {error.__traceback__!r}"
    time.sleep(0.3 if leak == "a thread" else 0)
    done = worker.run_cell("import os\nkept, seen, os.environ.get('SEEN')", 3)
    told = f"{said} {done.outputs} {test.evidence} {done.evidence}"
    assert SECRET not in told
    assert "0.73" not in told
    assert "([], None, None)" in str(done.outputs)


@pytest.mark.parametrize(
    "leak",
    [
        "open('seen.txt', 'w').write(str(x))",
        "import os\n    os.mkdir(str(x))",
        "import os, time\n    if os.fork() == 0:\n        os.setsid()\n"
        "        time.sleep(0.3)\n        memory[:20] = str(x)[:20].encode().ljust(20)",
        "memory[:20] = str(x)[:20].encode().ljust(20)",
        "import os\n    os.write(pipe[1], str(x).encode())",
    ],
)
def test_at_a_kept_place_there_is_no_cell_left_to_tell(begin: Begin, leak: str) -> None:
    """Files and shared memory outlive a fork; so tests are run when all cells have been."""
    setup = (
        "import mmap, os\nmemory = mmap.mmap(-1, 20)\npipe = os.pipe()\n"
        "os.set_blocking(pipe[0], False)"
    )
    look = (
        "try: piped = os.read(pipe[0], 99)\nexcept BlockingIOError: piped = b''\n"
        "print(os.listdir(), bytes(memory), piped)"
    )
    worker = begin(setup, f"def gate(x):\n    {leak}")
    place = worker.keep()
    done = worker.run_cell(look, 3)
    with worker.test(1, 5.0, at=place) as test:
        test.lookup("gate")(HIDDEN)  # type: ignore[operator]
    assert "0.73" not in str(done.outputs)
    with worker.test(2, 5.0, at=None) as test:
        assert callable(test.lookup("gate"))


FIND = (
    "import gc, os, socket\nfrom nbgrader_sandbox.wire.frames import Channel\n"
    "def channel():\n    return [o for o in gc.get_objects() if type(o) is Channel][0]\n"
    "def raw():\n    return channel()._socket\n"
)

#: What a call can do to its own process, or to the connection.
BLOWS = {
    "exit": "os._exit(0)",
    "kill": "os.kill(os.getpid(), 9)",
    "segfault": "import ctypes; ctypes.string_at(0)",
    "kill the parent": "os.kill(os.getppid(), 9)",
    "close": "raw().close()",
    "close the number": "os.close(raw().fileno())",
    "shut down": "raw().shutdown(2)",
    "garbage": "raw().sendall(b'x' * 100)",
    "a huge frame": "raw().sendall(b'NBS\\x01' + (2**62).to_bytes(8, 'little'))",
    "half a frame": "raw().sendall(b'NBS\\x01' + (100).to_bytes(8, 'little') + b'x')",
    "two replies": "channel().send('value', 4, {'value': 1})",
    "an odd number": "channel().send('value', 10**9, {'value': 1})",
    "another kind": "channel().send('done', 3, {'value': 1})",
    "read for itself": "raw().recv(100)",
    "replace encode": "import nbgrader_sandbox.wire.frames as f\n    f.encode = lambda *a: b'n'",
    "replace builtins": "import builtins\n"
    "    for n in ('len', 'type', 'isinstance', 'list', 'str'):\n"
    "        setattr(builtins, n, lambda *a, **k: None)",
    "trace": "import sys\n    sys.settrace(lambda *a: 1 / 0)",
    "an endless reply": "import threading\n    def more():\n        while True:\n"
    "            try: raw().sendall(b'NBS\\x01' + bytes(8))\n            except OSError: return\n"
    "    threading.Thread(target=more, daemon=True).start()",
    "memory": "x = []\n    while True: x.append(bytearray(10**9))",
    "fork": "[os.fork() for _ in range(3)]",
    "no limits": "import signal\n    signal.setitimer(signal.ITIMER_REAL, 0)\n    while True: pass",
}


@pytest.mark.parametrize("blow", [blow for blow in BLOWS if blow != "memory"])
def test_a_blow_costs_no_more_than_this_notebook(begin: Begin, blow: str) -> None:
    worker = begin(
        FIND, f"def gate(x):\n    {BLOWS[blow]}\n    return x", seconds=30.0, test_seconds=1.0
    )
    began = time.monotonic()
    try:
        with worker.test(1, 1.0) as test:
            gate: Any = test.lookup("gate")
            assert gate(2) in (1, 2, None)
            assert gate(2) in (1, 2, None)
    except (WorkerEnded, StudentError, NameError, TypeError):
        pass
    try:
        worker.run_cell("1", 3)
    except WorkerEnded:
        assert not worker.alive
    assert time.monotonic() - began < 20


@pytest.mark.parametrize("blow", ["exit", "kill", "segfault"])
def test_a_test_that_kills_its_process_leaves_the_notebook_alive(begin: Begin, blow: str) -> None:
    worker = begin(FIND, f"def gate(x):\n    {BLOWS[blow]}", "def fair(x): return x")
    with pytest.raises(TestEnded), worker.test(1, 5.0) as test:
        test.lookup("gate")(1)  # type: ignore[operator]
    assert [one.kind for one in test.evidence] == ["limit"]
    with worker.test(1, 5.0) as test:
        assert test.lookup("fair")(1) == 1  # type: ignore[operator]


@pytest.mark.parametrize("blow", ["exit", "kill", "close", "garbage", "a huge frame", "shut down"])
def test_a_cell_that_breaks_the_connection_ends_the_notebook(begin: Begin, blow: str) -> None:
    worker = begin(FIND)
    with pytest.raises(WorkerEnded) as caught:  # noqa: PT012, the second may be the one to fail
        worker.run_cell(BLOWS[blow], 2)
        worker.run_cell("1", 3)
    assert caught.value.forged is (blow in ("garbage", "a huge frame"))
    with pytest.raises(WorkerEnded):
        worker.run_cell("1", 4)


def test_a_kept_place_that_a_cell_destroys_costs_its_own_test_alone(begin: Begin) -> None:
    worker = begin(FIND, "x = 1")
    place, other = worker.keep(), worker.keep()
    kill = (
        "from nbgrader_sandbox.worker.forks import Fork\n"
        "forks = sorted((o for o in gc.get_objects() if type(o) is Fork), key=lambda o: o._pid)\n"
        "os.kill(forks[0]._pid, 9)"
    )
    assert worker.run_cell(kill, 3).error is None
    with pytest.raises(TestEnded), worker.test(1, 5.0, at=place):
        pass
    with worker.test(1, 5.0, at=other) as test:
        assert test.lookup("x") == 1


LIES = {
    "equal to all": "class A:\n    def __eq__(self, o): return True\nanswer = A()",
    "a subclass of array": "class A(np.ndarray):\n    def __eq__(self, o): return True\n"
    "answer = np.ones(2).view(A)",
    "a float of its own": "class A(float):\n    def __sub__(self, o): return 0.0\nanswer = A(1)",
    "another's class": "class A:\n    @property\n    def __class__(self): return np.ndarray\n"
    "answer = A()",
    "an array of objects": "class A:\n    def __eq__(self, o): return True\n"
    "answer = np.array([A(), A()])",
    "a mock": "import unittest.mock\nanswer = unittest.mock.MagicMock()",
    "a dict of its own": "class A(dict):\n    def __getitem__(self, k): return 1\nanswer = A()",
    "an endless list": "answer = []\nanswer.append(answer)\nanswer = set([1])",
}


@pytest.mark.parametrize("lie", LIES)
def test_an_object_that_lies_is_only_a_handle(begin: Begin, lie: str) -> None:
    worker = begin("import numpy as np", LIES[lie], "def gate(): return answer")
    with worker.test(1, 5.0) as test:
        answer: Any = test.lookup("gate")()  # type: ignore[operator]
        for use in (lambda: answer == 1, lambda: bool(answer), lambda: np.allclose(answer, 1)):
            with pytest.raises(TypeError, match="stays in the sandbox"):
                use()
        assert "notebook" in repr(answer)


class _Liar:
    """A worker that answers each request with the next of the replies given to it."""

    def __init__(self, replies: list[tuple[str, int, dict[str, object]]]) -> None:
        ours, theirs = socket.socketpair()
        self.worker = Worker(
            ours,
            identifiers=frozenset({"gate"}),
            lines=frozenset({"x = 1"}),
            deadline=time.monotonic() + 5,
        )
        self._channel = Channel(theirs)
        self._replies = replies
        self._thread = threading.Thread(target=self._answer, daemon=True)
        self._thread.start()

    def _answer(self) -> None:
        try:
            for kind, shift, body in self._replies:
                request = self._channel.receive(time.monotonic() + 5).request
                self._channel.send(kind, request + shift, body)
        except (EOFError, OSError, ValueError):
            pass
        finally:
            self._channel.close()

    def __enter__(self) -> Worker:
        return self.worker

    def __exit__(self, *_: object) -> None:
        self.worker.stop()
        self._thread.join(timeout=5)


_plain: st.SearchStrategy[Any] = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(-(2**70), 2**70),
        st.floats(),
        st.text(max_size=20),
        st.binary(max_size=5),
        st.builds(
            Reference,
            st.integers(0, 2**62),
            st.text(max_size=10),
            st.booleans(),
            st.text(max_size=10),
        ),
        st.builds(lambda: TensorData(np.ones(2, np.float32), "float32")),
        st.builds(lambda: np.ones((2, 1))),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.lists(inner, max_size=3).map(tuple),
        st.dictionaries(st.text(max_size=5), inner, max_size=3),
    ),
    max_leaves=8,
)
_FIELDS = (
    "value changed warned name bases message line number outputs error evidence seconds reason "
    "died output_type data metadata text traceback ename evalue execution_count place unknown"
)
_bodies = st.dictionaries(st.sampled_from(_FIELDS.split()), _plain, max_size=6)
_KINDS = ["value", "missing", "raised", "done", "ready", "ended", "died", "started", "kept", "odd"]


@settings(max_examples=300)
@given(st.sampled_from(_KINDS), st.sampled_from([0, 0, 0, 1, 5]), _bodies)
def test_no_reply_to_a_call_does_harm(kind: str, shift: int, body: dict[str, object]) -> None:
    x = np.zeros(2)
    replies = [("ready", 0, {}), ("value", 0, {"value": Reference(1, "function", True, "")})]
    replies += [(kind, shift, body), ("ended", 0, {})]
    with _Liar(replies) as worker:
        try:
            with worker.test(1, 1.0) as test:
                repr(test.lookup("gate")(x, [x], {"a": x}))  # type: ignore[operator]
        except (WorkerEnded, StudentError, NameError, TypeError):
            return


@settings(max_examples=300)
@given(st.sampled_from(_KINDS), _bodies, st.lists(_bodies, max_size=3))
def test_no_reply_to_a_cell_does_harm(
    kind: str, body: dict[str, object], outputs: list[object]
) -> None:
    if outputs:
        body = {"error": None, "evidence": [], "seconds": 1.0, **body, "outputs": outputs}
    with _Liar([(kind, 0, body)]) as worker:
        try:
            done = worker.run_cell("1", 1)
        except WorkerEnded:
            return
        assert all(type(one["output_type"]) is str for one in done.outputs)


def _done(**fields: object) -> tuple[str, int, dict[str, object]]:
    body = {"outputs": [], "error": None, "evidence": [], "seconds": 1.0, **fields}
    return ("done", 0, body)


@pytest.mark.parametrize(
    "fields",
    [
        {"outputs": [{"output_type": "stream", "name": "odd", "text": ""}]},
        {"outputs": [{"output_type": "stream", "name": "stdout", "text": np.ones(2)}]},
        {"outputs": [{"output_type": "display_data", "data": {1: 2}, "metadata": {}}]},
        {"outputs": [{"output_type": "display_data", "data": {"a": np.ones(2)}, "metadata": {}}]},
        {"outputs": [{"output_type": "display_data", "data": {"a": float("nan")}, "metadata": {}}]},
        {"evidence": [{"kind": "edited-cell", "detail": ""}]},
        {"seconds": float("nan")},
        {"seconds": -1.0},
        {"error": "no"},
    ],
)
def test_forged_outputs_end_the_worker(fields: dict[str, object]) -> None:
    with _Liar([_done(**fields)]) as worker, pytest.raises(WorkerEnded) as caught:
        worker.run_cell("1", 1)
    assert caught.value.forged


def test_fields_that_nbformat_has_not_are_dropped() -> None:
    output = {"output_type": "stream", "name": "stdout", "text": "a", "extra": "b"}
    with _Liar([_done(outputs=[output])]) as worker:
        assert worker.run_cell("1", 1).outputs == [
            {"output_type": "stream", "name": "stdout", "text": "a"}
        ]


def test_a_forged_change_of_what_was_not_passed_is_refused() -> None:
    reference = Reference(1, "function", True, "")
    many: Any = np.zeros(9, int)  # by which an array would be indexed, to any size
    for path in ((5,), (0, "a"), ("nope",), (), 3, (0, 0, 0), (0, many), (many,)):
        change = {"value": 1, "changed": [(path, np.ones(2))]}
        replies: Any = [("ready", 0, {}), ("value", 0, {"value": reference}), ("value", 0, change)]
        with (
            _Liar(replies) as worker,
            pytest.raises(WorkerEnded),
            worker.test(1, 1.0) as test,
        ):
            test.lookup("gate")(np.zeros(2))  # type: ignore[operator]


def test_a_worker_that_says_nothing_is_given_up_at_the_deadline() -> None:
    ours, theirs = socket.socketpair()
    worker = Worker(
        ours, identifiers=frozenset(), lines=frozenset(), deadline=time.monotonic() + 0.3
    )
    with pytest.raises(WorkerEnded, match="did not answer in time"):
        worker.run_cell("1", 1)
    theirs.close()


def test_requests_of_one_test_are_bounded(begin: Begin, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nbgrader_sandbox.engine.questions._REQUESTS", 10)
    worker = begin("x = 1")
    with pytest.raises(WorkerEnded, match="more than 10 times"), worker.test(1, 5.0) as test:
        _ask_for_ever(test)


def _ask_for_ever(test: Test) -> NoReturn:
    while True:
        test.lookup("x")


def test_what_cannot_be_passed_is_refused_here(begin: Begin) -> None:
    worker = begin("def gate(x): return x")
    with worker.test(1, 5.0) as test:
        gate: Any = test.lookup("gate")
        for value in (object(), lambda: 1, np.array([object()]), {1, 2}, np.ones(10**7)):
            with pytest.raises(TypeError, match="cannot be passed to the notebook"):
                gate(value)
        other = gate
    with worker.test(1, 5.0) as test, pytest.raises(TypeError, match="cannot be passed"):
        test.lookup("gate")(other)  # type: ignore[operator]
