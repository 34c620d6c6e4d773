"""Keeps what a cell shows, in order, as nbformat's outputs, and never more than so many bytes."""

import base64
import io
import json
from typing import Any

#: What each output costs beside its text, so that a million empty ones are bounded, too.
_OVERHEAD = 200
_ERRORS = 10
_TRACEBACK = 20_000

#: A front end would look for the widget's state, which a graded notebook has not.
_NEEDS_A_FRONT_END = "application/vnd.jupyter.widget-view+json"


class Recorder:
    """The outputs of one cell. `muted` keeps nothing: for what a hidden test sets off."""

    def __init__(self, limit: int = 2**20) -> None:
        self.muted = False
        self.begin(limit)

    def begin(self, limit: int) -> None:
        """Forget all, and keep at most `limit` bytes from now on."""
        self._limit = limit
        self._used = 0
        self._cut = False
        self._errors = 0
        self._clear_first = False
        self._outputs: list[dict[str, Any]] = []
        self._shown: dict[str, list[dict[str, Any]]] = {}
        self._open: io.StringIO | None = None  # the text of the last output, if it is a stream

    def stream(self, name: str, text: str) -> None:
        """Add to the last output if it is the same stream; else begin one."""
        if self.muted or not text:
            return
        self._clear_if_due()
        last = self._outputs[-1] if self._outputs else None
        if last is None or self._open is None or last["name"] != name:
            if not self._take(_OVERHEAD):
                return
            self._close_stream()
            self._outputs.append({"output_type": "stream", "name": name, "text": ""})
            self._open = io.StringIO()
        text = text[: self._limit + 1]
        if not self._take(_length(text)):
            text = text[: max(0, self._limit - self._used)]
            self._used = self._limit
        self._open.write(text)

    def display(
        self,
        data: dict[str, Any],
        metadata: dict[str, Any] | None = None,
        display_id: str | None = None,
        *,
        update: bool = False,
    ) -> None:
        """Add displayed data, or put it in place of what this cell showed under the same id."""
        if self.muted:
            return
        self._clear_if_due()
        fitted = self._fit(data)
        if not fitted:
            return
        content = {"data": fitted, "metadata": _plain(metadata or {})}
        if update:
            for output in self._shown.get(str(display_id), []):
                output.update(content)
            return
        self._close_stream()
        self._outputs.append({"output_type": "display_data", **content})
        if display_id is not None:
            self._shown.setdefault(str(display_id), []).append(self._outputs[-1])

    def result(self, count: int, data: dict[str, Any], metadata: dict[str, Any]) -> None:
        """Add the value of a cell's last expression."""
        if self.muted:
            return
        self._clear_if_due()
        if fitted := self._fit(data):
            self._close_stream()
            self._outputs.append(
                {
                    "output_type": "execute_result",
                    "execution_count": count,
                    "data": fitted,
                    "metadata": _plain(metadata),
                }
            )

    def error(self, name: str, message: str, traceback: list[str]) -> None:
        """Add an error: also where the cell has shown all that it may, but cut to size."""
        self._errors += 1
        if self.muted or self._errors > _ERRORS:
            return
        self._clear_if_due()
        self._close_stream()
        lines = [_clean(line) for text in traceback for line in str(text).split("\n")]
        self._outputs.append(
            {
                "output_type": "error",
                "ename": _clean(name)[:200],
                "evalue": _clean(message)[:2000],
                "traceback": _shorten(lines),
            }
        )

    def clear(self, *, wait: bool) -> None:
        """Drop what was shown: now, or, with `wait`, when the next output comes."""
        if wait:
            self._clear_first = True
        else:
            self._drop()

    def outputs(self) -> list[dict[str, Any]]:
        """Return the outputs so far, as nbformat 4 has them."""
        self._close_stream()
        outputs = [dict(output) for output in self._outputs]
        if self._cut:
            note = f"\n[the rest of this cell's output is not kept: over {_size(self._limit)}]\n"
            outputs.append({"output_type": "stream", "name": "stderr", "text": note})
        return outputs

    def _take(self, count: int) -> bool:
        if self._cut or self._used + count > self._limit:
            self._cut = True
            return False
        self._used += count
        return True

    def _fit(self, data: dict[str, Any]) -> dict[str, Any]:
        """Return the part of a bundle that is plain JSON and still fits, its texts first."""
        fitted: dict[str, Any] = {}
        items = [(_clean(str(mime)[:100]), value) for mime, value in data.items()]
        for mime, value in sorted(items, key=lambda item: item[0] != "text/plain"):
            if mime == _NEEDS_A_FRONT_END:
                continue
            if isinstance(value, (bytes, bytearray, memoryview)):
                value = base64.b64encode(value).decode("ascii")
            if isinstance(value, str):
                value = _clean(value[: self._limit + 1])
                size = _length(value)
                left = self._limit - self._used - _OVERHEAD
                if size > left > 0 and mime == "text/plain" and not self._cut:
                    value, size = value[: left // 4], min(size, left)
                    self._cut = True
                    self._used = self._limit
                    fitted[mime] = value
                    continue
            else:
                value = _plain(value)
                size = len(json.dumps(value))
            if self._take(size + (0 if fitted else _OVERHEAD)):
                fitted[mime] = value
        return fitted

    def _clear_if_due(self) -> None:
        if self._clear_first:
            self._drop()

    def _drop(self) -> None:
        self._clear_first = False
        self._open = None
        self._outputs.clear()
        self._shown.clear()
        self._used = 0
        self._cut = False

    def _close_stream(self) -> None:
        if self._open is not None:
            self._outputs[-1]["text"] += _clean(self._open.getvalue())
            self._open = None


class RecordedStream(io.TextIOBase):
    """Stands in for sys.stdout or sys.stderr."""

    encoding = "utf-8"
    errors = "replace"

    def __init__(self, recorder: Recorder, name: str) -> None:
        self._recorder = recorder
        self._name = name

    @property
    def name(self) -> str:
        return f"<{self._name}>"

    def write(self, text: str) -> int:
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text).__name__}")
        self._recorder.stream(self._name, text)
        return len(text)

    def writable(self) -> bool:
        return True

    def fileno(self) -> int:
        return 1 if self._name == "stdout" else 2

    def close(self) -> None:
        """Do nothing: a cell that closes its output must not silence the ones after it."""


def _length(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode("utf-8", "replace"))


def _clean(text: str) -> str:
    """Return text that UTF-8 can hold: half of a surrogate pair becomes a question mark."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")


def _plain(value: Any) -> Any:
    """Return `value` as JSON has it; what JSON has not becomes its repr."""
    try:
        text = json.dumps(value, default=repr, skipkeys=True, ensure_ascii=False)
        return json.loads(_clean(text))
    except (ValueError, TypeError, RecursionError):
        return {}


def _shorten(lines: list[str]) -> list[str]:
    """Keep both ends of a long traceback."""
    lines = [line if len(line) <= 2000 else line[:2000] + "…" for line in lines]
    if sum(map(len, lines)) <= _TRACEBACK:
        return lines
    return [*_within(lines), "…", *reversed(_within(list(reversed(lines))))]


def _within(lines: list[str]) -> list[str]:
    kept, used = [], 0
    for line in lines:
        used += len(line)
        if used > _TRACEBACK // 2:
            break
        kept.append(line)
    return kept


def _size(count: int) -> str:
    return f"{count // 1000} kB" if count >= 1000 else f"{count} bytes"
