"""Source of the rules: https://www.w3.org/TR/trace-context-2/."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.trace_context import TraceContext, parse, request_id

TRACE_ID = "4bf92f3577b34da6a3ce929d0e0e4736"
SPAN_ID = "00f067aa0ba902b7"
PARENT = f"00-{TRACE_ID}-{SPAN_ID}-01".encode()
VALID = re.compile(r"00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-0[0-3]")


def test_a_trace_goes_on_under_a_span_of_ours() -> None:
    context = parse(PARENT, None)
    assert (context.trace_id, context.parent_id, context.flags) == (TRACE_ID, SPAN_ID, 1)
    assert context.span_id not in ("", SPAN_ID)
    assert context.headers() == (("traceparent", f"00-{TRACE_ID}-{context.span_id}-01"),)


@pytest.mark.parametrize(
    ("flags", "sampled", "passed_on"),
    [("00", False, "00"), ("01", True, "01"), ("02", False, "02"), ("ff", True, "03")],
)
def test_flags_are_kept_as_far_as_they_are_known(flags: str, sampled: bool, passed_on: str) -> None:
    context = parse(f"00-{TRACE_ID}-{SPAN_ID}-{flags}".encode(), None)
    assert context.sampled is sampled
    assert context.headers()[0][1].endswith(f"-{passed_on}")


@pytest.mark.parametrize(
    "header",
    [
        None,
        b"",
        b"00",
        f"ff-{TRACE_ID}-{SPAN_ID}-01".encode(),
        f"00-{'0' * 32}-{SPAN_ID}-01".encode(),
        f"00-{TRACE_ID}-{'0' * 16}-01".encode(),
        f"00-{TRACE_ID.upper()}-{SPAN_ID}-01".encode(),
        f"00-{TRACE_ID}-{SPAN_ID}-1".encode(),
        f"00-{TRACE_ID}-{SPAN_ID}-01-extra".encode(),
        f"00-{TRACE_ID}-{SPAN_ID}-01 ".encode(),
        f"01-{TRACE_ID}-{SPAN_ID}-01extra".encode(),
        PARENT + b"," + PARENT,
    ],
)
def test_a_header_that_is_none_begins_a_new_sampled_trace(header: bytes | None) -> None:
    context = parse(header, b"vendor=1")
    assert VALID.fullmatch(context.headers()[0][1])
    assert context.trace_id != TRACE_ID
    assert (context.parent_id, context.sampled, context.state) == ("", True, "")


@pytest.mark.parametrize("more", [b"", b"-what-comes-later"])
def test_a_later_version_is_read_as_far_as_it_is_known(more: bytes) -> None:
    context = parse(b"cc" + PARENT[2:] + more, None)
    assert context.trace_id == TRACE_ID
    assert context.headers()[0][1].startswith("00-")


def test_a_state_is_passed_on_without_empty_members_and_spaces() -> None:
    context = parse(PARENT, b"rojo=00f067aa0ba902b7, tenant@congo=t61 rc ,,")
    state = "rojo=00f067aa0ba902b7,tenant@congo=t61 rc"
    assert context.headers()[1:] == (("tracestate", state),)


@pytest.mark.parametrize(
    "state",
    [
        b"Upper=1",
        b"no-value=",
        b"no-sign",
        b"a=1,a=2",
        b"a=b=c",
        "a=ü".encode(),
        b",".join(b"k%d=1" % number for number in range(33)),
        b"a=" + b"v" * 257,
        b"," * 10_000,
    ],
)
def test_a_malformed_state_is_left_out_and_the_trace_kept(state: bytes) -> None:
    context = parse(PARENT, state)
    assert (context.trace_id, context.state) == (TRACE_ID, "")


def test_thirty_two_members_are_passed_on() -> None:
    state = b",".join(b"k%d=1" % number for number in range(32))
    assert parse(PARENT, state).state == state.decode()


def test_a_long_state_loses_its_oldest_long_member_first() -> None:
    long, other = b"a=" + b"v" * 200, b"c=" + b"w" * 200
    short = b"b=1"
    state = b",".join((long, short, other, b"d=" + b"x" * 126))
    assert parse(PARENT, state).state == b",".join((long, short, b"d=" + b"x" * 126)).decode()


def test_a_long_state_of_short_members_loses_the_oldest() -> None:
    members = [b"k%02d=" % number + b"v" * 100 for number in range(6)]
    assert parse(PARENT, b",".join(members)).state == b",".join(members[:4]).decode()


@given(st.none() | st.binary(max_size=80), st.none() | st.binary(max_size=600))
def test_whatever_the_headers_are_the_next_ones_are_valid(
    parent: bytes | None, state: bytes | None
) -> None:
    headers = parse(parent, state).headers()
    assert VALID.fullmatch(headers[0][1])
    assert all(len(value) <= 512 for _, value in headers)


@given(
    st.integers(1, 2**128 - 1), st.integers(1, 2**64 - 1), st.integers(0, 255), st.integers(0, 254)
)
def test_every_valid_header_keeps_its_trace(
    trace: int, span: int, flags: int, version: int
) -> None:
    context = parse(f"{version:02x}-{trace:032x}-{span:016x}-{flags:02x}".encode(), None)
    expected = TraceContext(f"{trace:032x}", context.span_id, f"{span:016x}", flags & 3, "")
    assert context == expected


def test_traces_are_all_different() -> None:
    contexts = [parse(None, None) for _ in range(1000)]
    assert len({context.trace_id for context in contexts}) == 1000
    assert len({context.span_id for context in contexts}) == 1000


@pytest.mark.parametrize("header", [b"a", b"0f8f-AZ_09.x", b"x" * 128])
def test_a_clients_request_id_is_kept(header: bytes) -> None:
    assert request_id(header) == header.decode()


@pytest.mark.parametrize(
    "header", [None, b"", b"x" * 129, b"a b", b"a\n", "ä".encode(), b'a"', b"a/b"]
)
def test_an_unusable_request_id_is_replaced(header: bytes | None) -> None:
    assert re.fullmatch(r"req_[0-9a-f]{24}", request_id(header))


def test_request_ids_are_all_different() -> None:
    assert len({request_id(None) for _ in range(1000)}) == 1000
