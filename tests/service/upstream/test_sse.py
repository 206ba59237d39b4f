from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.upstream.sse import LONGEST_EVENT, EventSplitter, EventTooLongError


def test_an_event_is_given_when_its_end_has_come() -> None:
    splitter = EventSplitter()
    assert splitter.feed(b'data: {"a"') == []
    assert splitter.feed(b":1}\n") == []
    assert splitter.feed(b'\ndata: {"b":2}\n\ndata') == [b'{"a":1}', b'{"b":2}']


@pytest.mark.parametrize(
    ("stream", "data"),
    [
        (b"data:1\n\n", [b"1"]),
        (b"data: 1\r\n\r\n", [b"1"]),
        (b"data: 1\ndata: 2\n\n", [b"1\n2"]),
        (b"event: x\nid: 7\ndata: 1\n\n", [b"1"]),
        (b": a comment\n\ndata: 1\n\n", [b"1"]),
        (b"retry: 10\n\n", []),
        (b"data:  two spaces\n\n", [b" two spaces"]),
        (b"\n\n\n\ndata: 1\n\n", [b"1"]),
        (b"data\n\n", []),
    ],
)
def test_the_lines_of_an_event(stream: bytes, data: list[bytes]) -> None:
    assert EventSplitter().feed(stream) == data


def test_an_event_without_end_is_refused() -> None:
    splitter = EventSplitter()
    splitter.feed(b"data: " + b"x" * (LONGEST_EVENT - 6))
    with pytest.raises(EventTooLongError):
        splitter.feed(b"x")


@given(
    st.lists(st.binary().map(lambda data: data.translate(None, b"\r\n")), max_size=8),
    st.sampled_from([b"\n", b"\r\n"]),
    st.data(),
)
def test_how_a_stream_is_cut_makes_no_difference(
    events: list[bytes], line_end: bytes, data: st.DataObject
) -> None:
    stream = b"".join(b"data: " + event + line_end * 2 for event in events)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=6)))
    splitter = EventSplitter()
    given_out = []
    for start, end in zip([0, *cuts], [*cuts, len(stream)], strict=True):
        given_out += splitter.feed(stream[start:end])
    assert given_out == events
