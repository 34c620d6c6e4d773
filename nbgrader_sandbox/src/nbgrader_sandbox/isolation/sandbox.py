"""`Sandbox` gives workers for code that nobody trusts, at the best level that there is."""

import contextlib
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from types import TracebackType

from nbgrader_sandbox.isolation.connection import Connection, check_names
from nbgrader_sandbox.isolation.groups import Groups
from nbgrader_sandbox.isolation.launch import obstacle
from nbgrader_sandbox.isolation.plan import Level, Plan, SandboxError
from nbgrader_sandbox.isolation.zygotes import Zygote

_ORDER = (Level.NAMESPACES, Level.LANDLOCK, Level.CONTAINER, Level.NONE)

#: The level at which workers of one zygote may work side by side: each sees nothing of another.
_SHARED = Level.NAMESPACES


def start_shared(plan: Plan, meanwhile: Callable[[], object]) -> Zygote | None:
    """Start a zygote for sandboxes in several forks of this process; None where there may be none.

    `meanwhile` is called while it starts. Why there is none, each of these sandboxes finds out,
    and says.
    """
    if plan.level not in (None, _SHARED) or obstacle(_SHARED, plan):
        return None
    try:
        return Zygote(plan, _SHARED, meanwhile)
    except SandboxError:
        return None


class Sandbox:
    """A warm zygote, and workers forked from it, one for each `with sandbox.worker(files)`.

    It belongs to the thread that makes it: bubblewrap ends when that thread does. With `shared`,
    workers come from that zygote, for as long as it lives (see `start_shared`).

    Attributes:
        level: the level of isolation that workers have.
        reason: why it is not a higher one, or what it lacks on this machine; "" for nothing.
        missing: the modules that could not be imported beforehand, and why.
    Raises:
        SandboxError: the level asked for, or any that may be used, is not to be had here.
    """

    def __init__(self, plan: Plan, shared: Zygote | None = None) -> None:
        self._plan = plan
        self._shared = shared
        self._zygote: Zygote | None = None
        self._used = False
        # While one worker is at work, the next one is born: the kernel takes some 10 ms to put it
        # into a control group, and most of them it only waits.
        self._ahead = ThreadPoolExecutor(1)
        self._spare: Future[Connection] | None = None
        self.level = Level.NONE
        self.reason = ""
        refused: list[str] = []
        try:
            self._groups: Groups | None = Groups()
            ungrouped = ""
        except OSError as error:
            self._groups = None
            ungrouped = f"limits hold for each process, not in sum: {error}"
        for level in _ORDER if plan.level is None else (plan.level,):
            why = obstacle(level, plan) or self._try(level)
            if not why:
                break
            refused.append(f"{level.value} is not to be had: {why}")
        else:
            raise SandboxError("; ".join(refused))
        assert self._zygote is not None
        self.missing: dict[str, str] = self._zygote.ready["missing"]
        self.reason = "; ".join(word for word in (*refused, self._zygote.note, ungrouped) if word)

    def _try(self, level: Level) -> str:
        """Start a zygote and one worker at `level`; return why that cannot be done."""
        self.level = level
        try:
            shared = self._shared if level is _SHARED else None
            self._zygote = shared or Zygote(self._plan, level)
            with self._connect({}):
                return ""
        except SandboxError as error:
            self.close()
            return str(error)

    @contextmanager
    def worker(self, files: Mapping[str, bytes]) -> Iterator[Connection]:
        """Fork a worker; it ends with the `with` block.

        Args:
            files: what lies in its working directory, by relative path.
        Raises:
            SandboxError: it cannot be had. A zygote that has ended is started again, once.
            ValueError: a path leads out of the working directory.
        """
        check_names(files)
        with self._connect(files) as connection:
            yield connection

    def alive(self) -> bool:
        """Whether what workers come from is there; else the next one starts it again."""
        return self._zygote is not None and self._zygote.alive()

    def _connect(self, files: Mapping[str, bytes]) -> Connection:
        if self._zygote is None:
            raise SandboxError("this sandbox is closed")
        # In a container nothing keeps two workers apart, so each has a fresh one.
        used, self._used = self._used, True
        if (used and self.level is Level.CONTAINER) or not self._zygote.alive():
            self._restart()
        try:
            return self._fork(files)
        except ConnectionError:
            self._restart()
        try:
            return self._fork(files)
        except ConnectionError as error:
            raise SandboxError(f"the zygote ended twice: {error}") from None

    def _fork(self, files: Mapping[str, bytes]) -> Connection:
        spare, self._spare = self._spare, None
        connection = spare.result() if spare else self._born()
        connection.begin(files)
        if self.level is not Level.CONTAINER:
            self._spare = self._ahead.submit(self._born)
        return connection

    def _born(self) -> Connection:
        assert self._zygote is not None
        groups = None if self.level is Level.CONTAINER else self._groups
        return Connection(self._zygote, self._plan.resources, groups)

    def _drop_spare(self) -> None:
        spare, self._spare = self._spare, None
        if spare is not None:
            with contextlib.suppress(SandboxError, OSError):
                spare.result().close()

    def _restart(self) -> None:
        assert self._zygote is not None
        self._drop_spare()
        self._zygote.close()
        self._zygote = Zygote(self._plan, self.level)

    def close(self) -> None:
        self._drop_spare()
        if self._zygote is not None:
            self._zygote.close()
            self._zygote = None

    def __enter__(self) -> "Sandbox":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
        self._ahead.shutdown()
