"""Answers the grader from inside the sandbox: runs cells, and calls what they defined.

A hidden test runs in a fork of this process, made for it alone, so that nothing that it leaves
behind, prints or changes is there for the cells after it.
"""

import contextlib
import importlib
import os
import signal
import socket
import sys
from collections.abc import Callable, Sequence
from typing import Any

from nbgrader_sandbox.wire.codec import WireError, encode
from nbgrader_sandbox.wire.frames import Channel, Message
from nbgrader_sandbox.worker import audit, policy, pools
from nbgrader_sandbox.worker.answers import answer_test
from nbgrader_sandbox.worker.forks import Fork, Here, out_of_the_way
from nbgrader_sandbox.worker.seeds import seed_all
from nbgrader_sandbox.worker.shell import CapturingShell, Ran

_prepared: list[CapturingShell] = []


def prepare(modules: Sequence[str] = ()) -> None:
    """Do once, before workers are forked, what each would do: import `modules`, build IPython.

    A module that is not there is left out.
    """
    os.environ["MPLBACKEND"] = "module://matplotlib_inline.backend_inline"
    for name in modules:
        with contextlib.suppress(ImportError):
            importlib.import_module(name)
    if "numpy" in sys.modules:
        importlib.import_module("numpy.random")  # NumPy itself does it at first use
    if "torch" in sys.modules:
        sys.modules["torch"].set_num_threads(1)
    policy.prepare()
    audit.prepare()
    pools.prepare()
    shell = _prepared[0] if _prepared else CapturingShell()
    shell.run_fresh("raise ValueError", {})  # loads what formats a traceback
    if not _prepared:
        _prepared.append(shell)


def serve(sock: socket.socket) -> None:
    """Answer requests on `sock` until the grader says `stop` or closes it."""
    _Worker(Channel(socket.socket(fileno=out_of_the_way(sock.detach())))).run()


class _Worker:
    def __init__(self, channel: Channel) -> None:
        self._channel = channel
        self._log = audit.Log()
        self._shell = _prepared[0] if _prepared else CapturingShell()
        self._seeded: set[str] = set()
        self._places: list[Fork] = []
        self._settings: dict[str, Any] = {}

    def run(self) -> None:
        answers: dict[str, Callable[[dict[str, Any]], tuple[str, dict[str, object]]]] = {
            "start": self._start,
            "cell": self._cell,
            "keep": self._keep,
        }
        while True:
            try:
                message = self._channel.receive()
            except (EOFError, WireError):
                return
            if message.kind == "stop":
                return
            if message.kind == "begin":
                if not self._test(message):
                    return
                continue
            kind, body = answers[message.kind](message.body)
            try:
                self._channel.send(kind, message.request, body)
            except WireError:
                self._channel.send(kind, message.request, _what_travels(body))

    def _start(self, body: dict[str, Any]) -> tuple[str, dict[str, object]]:
        self._settings = body
        _silence()
        if body["cwd"]:
            os.chdir(body["cwd"])
        unknown: list[str] = []

        def not_found(name: str) -> None:
            unknown.append(name)
            self._log.add("unknown-name", name)

        # Before any file of the student's can be taken for a package.
        policy.forbid(
            body["forbidden"], lambda name: self._log.add("forbidden-name", name), not_found
        )
        if "" not in sys.path:
            sys.path.insert(0, "")  # as in Jupyter: modules may be handed in beside a notebook
        self._shell.activate()
        self._seed()
        audit.watch(self._log, os.getcwd())
        self._log.drain()  # these names are told with the answer
        return "started", {"unknown": list(unknown)}

    def _seed(self) -> None:
        """Seed the generators that are loaded; those that a later cell loads, before the next."""
        self._seeded.update(seed_all(self._settings["seed"], self._seeded))

    def _cell(self, body: dict[str, Any]) -> tuple[str, dict[str, object]]:
        self._seed()
        ran = self._shell.run(
            body["source"],
            number=body["number"],
            seconds=self._settings["cell_seconds"],
            output_bytes=self._settings["output_bytes"],
        )
        return "done", {
            "outputs": ran.outputs,
            "error": _error(ran),
            "evidence": self._log.drain(),
            "seconds": ran.seconds,
        }

    def _keep(self, _: dict[str, Any]) -> tuple[str, dict[str, object]]:
        """Keep this moment: a test can be run in it later, when all cells have been."""
        try:
            self._places.append(self._fork())
        except OSError:  # no more processes; the test will see the notebook as it is then
            return "kept", {"place": -1}
        return "kept", {"place": len(self._places) - 1}

    def _fork(self) -> Fork:
        return Fork(self._answer)

    def _answer(self, place: Fork | Here) -> int:
        return answer_test(self._channel, self._shell, self._log, place)

    def _test(self, message: Message) -> bool:
        """Let a fork answer until the test ends; return whether the stream is still in step."""
        told: dict[str, Any] = message.body
        if told["last"]:
            request = self._answer(Here(message.request, told["seed"], told["seconds"]))
            self._channel.send("ended", request, {"evidence": self._log.kinds(), "died": ""})
            return False
        place = told["place"]
        fork = self._places[place] if 0 <= place < len(self._places) else self._fork()
        begun = fork.go(message.request, told["seed"], told["seconds"])
        died = fork.wait() if begun else "had ended the process for this test"
        if begun and fork.in_reply():
            return False
        ended: dict[str, object] = {"evidence": fork.kinds(), "died": died}
        if not died:
            self._channel.send("ended", fork.request, ended)
            return True
        request = fork.request if begun else message.request
        if not begun or fork.was_asked():
            self._channel.send("died", request, {"reason": died})
        while True:
            try:
                asked = self._channel.receive()
            except (EOFError, WireError):
                return False
            if asked.kind == "end":
                self._channel.send("ended", asked.request, ended)
                return True
            self._channel.send("died", asked.request, {"reason": died})


def _what_travels(body: dict[str, object]) -> dict[str, object]:
    """Return the reply on a cell without the outputs that are too deep, or of too many parts."""
    kept: list[object] = []
    shown = body.get("outputs")
    for output in shown if isinstance(shown, list) else []:
        with contextlib.suppress(WireError):
            encode(output)
            kept.append(output)
    try:
        encode(kept)
    except WireError:  # in sum they are too many
        kept = []
    note = "[what else this cell showed is left out: it is too deep, or of too many parts]\n"
    return {**body, "outputs": [*kept, {"output_type": "stream", "name": "stderr", "text": note}]}


def _error(ran: Ran) -> dict[str, object] | None:
    if (error := ran.error) is None:
        return None
    shown = [output for output in ran.outputs if output["output_type"] == "error"]
    return {
        "name": shown[-1]["ename"] if shown else type(error).__name__[:200],
        "message": shown[-1]["evalue"] if shown else "",
        "line": ran.line[:1000].encode("utf-8", "replace").decode(),
        "number": ran.number,
    }


def _silence() -> None:
    """What is written past Python's streams, as by a library in C, goes nowhere."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)  # forks are waited for
    nowhere = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1, 2):
        os.dup2(nowhere, number)
    if nowhere > 2:
        os.close(nowhere)
