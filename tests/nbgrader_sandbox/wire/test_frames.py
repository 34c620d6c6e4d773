"""The channel: whole messages over a real socket, and an end that lies, dawdles or goes away."""

import socket
import struct
import threading
import time
import tracemalloc
from collections.abc import Callable, Iterator

import numpy as np
import pytest
from hypothesis import given, settings
from nbgrader_sandbox.wire.codec import Limits, WireError, encode
from nbgrader_sandbox.wire.frames import MAGIC, Channel, Message

from tests.nbgrader_sandbox.wire.values import same, values

SOON = 0.2


@pytest.fixture
def pair() -> Iterator[tuple[Channel, socket.socket]]:
    """One end as a channel, the other as the bare socket that an attacker holds."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
    channel = Channel(ours)
    yield channel, theirs
    channel.close()
    theirs.close()


def _frame(payload: bytes, length: int | None = None, magic: bytes = MAGIC) -> bytes:
    return magic + struct.pack("<Q", len(payload) if length is None else length) + payload


def _later() -> float:
    return time.monotonic() + 20


def _aside(action: Callable[[], object]) -> threading.Thread:
    thread = threading.Thread(target=action, daemon=True)
    thread.start()
    return thread


@given(value=values)
@settings(max_examples=50)
def test_any_value_crosses_in_a_body(value: object) -> None:
    ours, theirs = map(Channel, socket.socketpair())
    try:
        ours.send("value", 3, {"value": value})
        found = theirs.receive(_later())
        assert (found.kind, found.request) == ("value", 3)
        assert same(found.body, {"value": value})
    finally:
        ours.close()
        theirs.close()


def test_messages_keep_their_order_and_large_ones_cross_in_parts(
    pair: tuple[Channel, socket.socket],
) -> None:
    ours, theirs = pair
    large = np.random.default_rng(0).normal(size=1_000_000)

    def send() -> None:
        other = Channel(theirs)
        for number in range(3):
            other.send("value", number, {"value": large})

    thread = _aside(send)
    for number in range(3):
        found = ours.receive(_later())
        assert found.request == number
        assert same(found.body["value"], large)
    thread.join()


def test_bytes_that_come_one_by_one_are_put_together(pair: tuple[Channel, socket.socket]) -> None:
    ours, theirs = pair
    data = _frame(encode(("done", 1, {"a": 2})))

    def trickle() -> None:
        for byte in data:
            theirs.send(bytes([byte]))
            time.sleep(0.001)

    thread = _aside(trickle)
    assert ours.receive(_later()) == Message("done", 1, {"a": 2})
    thread.join()


def test_a_trickle_does_not_stretch_the_deadline(pair: tuple[Channel, socket.socket]) -> None:
    ours, theirs = pair
    stop = threading.Event()

    def trickle() -> None:
        for byte in _frame(b"N" * 100_000):
            if stop.wait(0.01):
                return
            theirs.send(bytes([byte]))

    thread = _aside(trickle)
    with pytest.raises(TimeoutError):
        ours.receive(time.monotonic() + SOON)
    stop.set()
    thread.join()
    with pytest.raises(EOFError, match="in part"):  # what follows is the middle of a frame
        ours.receive(_later())


def test_a_deadline_with_nothing_sent_leaves_the_channel_usable(
    pair: tuple[Channel, socket.socket],
) -> None:
    ours, theirs = pair
    with pytest.raises(TimeoutError):
        ours.receive(time.monotonic() + SOON)
    with pytest.raises(TimeoutError):
        ours.receive(time.monotonic() - 1)
    Channel(theirs).send("ready", 1, {})
    assert ours.receive(_later()) == Message("ready", 1, {})


@pytest.mark.parametrize("length", [65 * 2**20, 2**31, 2**60, 2**64 - 1])
def test_a_length_past_the_limit_raises_before_anything_is_allocated(
    pair: tuple[Channel, socket.socket], length: int
) -> None:
    ours, theirs = pair
    theirs.send(_frame(b"", length))
    tracemalloc.start()
    with pytest.raises(WireError, match="bytes"):
        ours.receive(_later())
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 2**20
    with pytest.raises(EOFError, match="malformed"):
        ours.receive(_later())


def test_memory_grows_with_what_came_not_with_what_was_announced(
    pair: tuple[Channel, socket.socket],
) -> None:
    ours, theirs = pair
    theirs.send(_frame(b"N" * 1000, 60 * 2**20))
    tracemalloc.start()
    with pytest.raises(TimeoutError):
        ours.receive(time.monotonic() + SOON)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 4 * 2**20


@pytest.mark.parametrize("magic", [b"NBS\x02", b"HTTP", b"\0\0\0\0"])
def test_another_version_or_protocol_is_refused(
    pair: tuple[Channel, socket.socket], magic: bytes
) -> None:
    ours, theirs = pair
    theirs.send(_frame(encode(("done", 1, {})), magic=magic))
    with pytest.raises(WireError, match="version"):
        ours.receive(_later())


@pytest.mark.parametrize(
    "value",
    [
        None,
        ["done", 1, {}],
        ("done", 1),
        ("done", 1, {}, None),
        ("", 1, {}),
        ("Done", 1, {}),
        ("done\n", 1, {}),
        ("d" * 21, 1, {}),
        (b"done", 1, {}),
        ("done", True, {}),
        ("done", -1, {}),
        ("done", 2**63, {}),
        ("done", 1.0, {}),
        ("done", 1, []),
        ("done", 1, {1: 2}),
    ],
    ids=repr,
)
def test_a_frame_that_holds_no_message_is_refused_and_the_next_one_is_read(
    pair: tuple[Channel, socket.socket], value: object
) -> None:
    ours, theirs = pair
    theirs.send(_frame(encode(value)))
    with pytest.raises(WireError, match="message"):
        ours.receive(_later())
    theirs.send(_frame(encode(("ready", 2, {}))))
    assert ours.receive(_later()) == Message("ready", 2, {})


@pytest.mark.parametrize("sent", [b"", MAGIC[:2], _frame(b"N" * 5, 100)])
def test_an_end_that_closes_is_the_end_of_file(
    pair: tuple[Channel, socket.socket], sent: bytes
) -> None:
    ours, theirs = pair
    theirs.send(sent)
    theirs.close()
    with pytest.raises(EOFError):
        ours.receive(_later())
    with pytest.raises(EOFError):
        ours.send("cell", 1, {})


def test_an_end_that_does_not_read_is_left_at_the_deadline(
    pair: tuple[Channel, socket.socket],
) -> None:
    ours, _ = pair
    with pytest.raises(TimeoutError):
        ours.send("cell", 1, {"source": "x" * 2**22}, time.monotonic() + SOON)
    with pytest.raises(EOFError, match="in part"):
        ours.send("cell", 2, {}, _later())


def test_what_may_not_cross_is_refused_before_anything_is_sent(
    pair: tuple[Channel, socket.socket],
) -> None:
    ours, theirs = pair
    for kind, request, body in [
        ("value", 1, {"value": object()}),
        ("No", 1, {}),
        ("value", -1, {}),
    ]:
        with pytest.raises(WireError):
            ours.send(kind, request, body)
    with pytest.raises(WireError):
        Channel(theirs, Limits(size=100)).send("value", 1, {"value": b"a" * 200})
    ours.send("ready", 2, {})
    assert Channel(theirs).receive(_later()) == Message("ready", 2, {})


def test_closing_is_seen_at_both_ends_and_may_be_repeated(
    pair: tuple[Channel, socket.socket],
) -> None:
    ours, theirs = pair
    ours.close()
    ours.close()
    with pytest.raises(EOFError, match="closed here"):
        ours.receive(_later())
    with pytest.raises(EOFError):
        Channel(theirs).receive(_later())
