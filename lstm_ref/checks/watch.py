"""Notes whom an answer calls, where it runs in this process: the answer key, or its caller."""

import contextlib
import sys
from collections.abc import Iterator
from types import FrameType
from typing import Any

#: Ways to read or disturb the caller from inside a call.
SNOOPING = {"_getframe", "_current_frames", "setprofile", "settrace", "get_objects"}

#: Modules whose own use of these is no concern of a grader.
_TRUSTED = (sys.stdlib_module_names | {"lstm_ref", "matplotlib", "numpy", "torch"}) - {"inspect"}


#: Where modules' names begin that can be the answer key.
_OURS = ("lstm_ref.", "torch.nn.modules.rnn")


class Watch:
    """What was called, through the interpreter's profiling hook. `part` is what is asked for."""

    def __init__(self, part: str) -> None:
        # Loaded here: where answers run elsewhere nobody is watched, and no grade depends on it.
        from lstm_ref.checks import public

        self._public = public
        self._allowed = public.allowed_parts(part)
        self._telling = SNOOPING | {name.removeprefix("torch.") for name in public.TORCH}
        self._loading = 0  # modules whose body is running: a body is no call
        self.borrowed = ""
        self.snooped = ""

    def __call__(self, frame: FrameType, event: str, argument: Any) -> None:
        # Every call of every library comes here, and its end: what is most frequent is left first.
        if event == "c_call":
            name = getattr(argument, "__name__", "")
            if name in self._telling and self._loading <= 0:
                self._called(frame, str(name), argument)
        elif event == "call":
            code = frame.f_code
            if code.co_name == "<module>":
                self._loading += 1
            elif self._loading <= 0 and not self.borrowed:
                module = str(frame.f_globals.get("__name__", ""))
                if module.startswith(_OURS):
                    self.borrowed = self._public.answer_key(module, code, self._allowed)
        elif event == "return" and frame.f_code.co_name == "<module>":
            self._loading -= 1

    def _called(self, frame: FrameType, name: str, function: Any) -> None:
        """Look at a function of C that has a telling name."""
        if name in SNOOPING:
            caller = str(frame.f_globals.get("__name__", "")).split(".")[0]
            installed = "site-packages" in frame.f_code.co_filename  # what a library needs
            if caller not in _TRUSTED and not installed:
                self.snooped = name
        elif not self.borrowed and "LSTM" not in self._allowed:
            self.borrowed = self._public.torch_key(function)


@contextlib.contextmanager
def watching(watch: Watch | None) -> Iterator[None]:
    """Let `watch` see all calls within the block."""
    if watch is None:
        yield
        return
    before = sys.getprofile()
    sys.setprofile(watch.__call__)  # a method is called sooner than an object
    try:
        yield
    finally:
        sys.setprofile(before)
