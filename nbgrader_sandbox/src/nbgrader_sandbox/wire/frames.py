"""Messages over a stream socket: magic, length, and one encoded (kind, request, body).

The other end is not trusted: a length beyond the limit raises before anything is allocated, a
frame that trickles in is bounded by the deadline, and a stream that lost its place stays closed.
"""

import contextlib
import re
import socket
import struct
import time
from dataclasses import dataclass
from typing import Any

from nbgrader_sandbox.wire.codec import LIMITS, Limits, WireError, decode, encode

#: The first four bytes of each frame; the last of them is the version.
MAGIC = b"NBS\x01"

_HEADER = struct.Struct("<4sQ")
_CHUNK = 2**20


@dataclass(frozen=True)
class Message:
    """One request or reply. `kind` is a lower-case word, `request` a number from 0."""

    kind: str
    request: int
    body: dict[str, object]


class Channel:
    """One end of the connection between the grader process and a worker."""

    def __init__(self, sock: socket.socket, limits: Limits = LIMITS) -> None:
        self._socket = sock
        self._limits = limits
        self._lost = ""  # why no frame can be found in this stream any more

    def send(
        self, kind: str, request: int, body: dict[str, object], deadline: float | None = None
    ) -> None:
        """Send one message; `deadline` is a moment of `time.monotonic`.

        Raises WireError, with nothing sent, where the message may not cross; TimeoutError where
        the other end does not read; EOFError where it is closed.
        """
        _message((kind, request, body))
        payload = encode((kind, request, body), self._limits)
        self._check_place()
        data = memoryview(_HEADER.pack(MAGIC, len(payload)) + payload)
        sent = 0
        try:
            while sent < len(data):
                self._wait_until(deadline)
                sent += self._socket.send(data[sent:])
        except TimeoutError:
            self._lost = "a message was sent in part" if sent else ""
            raise TimeoutError("the other end did not read in time") from None
        except OSError as error:
            raise self._closed(error) from None

    def receive(self, deadline: float | None = None) -> Message:
        """Return the next message; `deadline` is a moment of `time.monotonic`.

        Raises TimeoutError at the deadline, WireError for anything that is no message, EOFError
        where the other end is closed.
        """
        self._check_place()
        magic, length = _HEADER.unpack(self._read(_HEADER.size, deadline, begun=False))
        if magic != MAGIC or length > self._limits.size:
            self._lost = "a frame was malformed"
            if magic != MAGIC:
                raise WireError("a frame that does not begin as one of this version does")
            raise WireError(f"a frame of {length} bytes; at most {self._limits.size} are taken")
        return _message(decode(self._read(length, deadline, begun=True), self._limits))

    def close(self) -> None:
        """Close the socket; again does no harm."""
        self._lost = self._lost or "it was closed here"
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()

    def _read(self, count: int, deadline: float | None, *, begun: bool) -> bytearray:
        """Return `count` bytes; memory grows with what has come, not with what was announced."""
        found = bytearray()
        try:
            while len(found) < count:
                self._wait_until(deadline)
                some = self._socket.recv(min(count - len(found), _CHUNK))
                if not some:
                    self._lost = "the other end closed it"
                    raise EOFError(self._lost)
                found += some
        except TimeoutError:
            self._lost = "a message came in part" if begun or found else ""
            raise TimeoutError("no whole message came in time") from None
        except OSError as error:
            raise self._closed(error) from None
        return found

    def _wait_until(self, deadline: float | None) -> None:
        left = None if deadline is None else deadline - time.monotonic()
        if left is not None and left <= 0:
            raise TimeoutError
        self._socket.settimeout(left)

    def _check_place(self) -> None:
        if self._lost:
            raise EOFError(f"the connection is of no more use: {self._lost}")

    def _closed(self, error: OSError) -> EOFError:
        self._lost = f"the connection broke ({error.strerror or type(error).__name__})"
        return EOFError(self._lost)


def _message(found: Any) -> Message:
    """Return the message that `found` is. Raises WireError where it is none."""
    if type(found) is not tuple or len(found) != 3:
        raise WireError("a frame that holds no message")
    kind, request, body = found
    if type(kind) is not str or not re.fullmatch("[a-z]{1,20}", kind):
        raise WireError("a message whose kind is no lower-case word")
    if type(request) is not int or not 0 <= request < 2**63:
        raise WireError("a message whose request is no number from 0")
    if type(body) is not dict or not all(type(key) is str for key in body):
        raise WireError("a message whose body is no dict with texts as keys")
    return Message(kind, request, body)
