"""W3C trace context: which trace a request belongs to, read from its headers and passed on.

Source: https://www.w3.org/TR/trace-context-2/ (levels 1 and 2).
"""

from __future__ import annotations

import os
import re
from typing import NamedTuple

SAMPLED = 0x01
KNOWN_FLAGS = SAMPLED | 0x02
"""Sampled, and the trace id is random. Unknown flags are not passed on."""
STATE_CHARACTERS = 512
STATE_MEMBERS = 32
LONG_MEMBER = 128
"""Characters. Members that are longer go first when a state has to be shortened."""
READ_AT_MOST = 8192
"""Bytes of a tracestate that are looked at."""

_PARENT = re.compile(
    rb"([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(?:-.*)?", re.DOTALL
)
_MEMBER = re.compile(rb"([a-z0-9][a-z0-9_\-*/@]{0,255})=[\x20-\x2b\x2d-\x3c\x3e-\x7e]{1,256}")
_REQUEST_ID = re.compile(rb"[A-Za-z0-9._-]{1,128}")
_NO_TRACE = b"0" * 32
_NO_SPAN = b"0" * 16


class TraceContext(NamedTuple):
    """A place in a trace. All ids are lower-case hexadecimal."""

    trace_id: str
    span_id: str
    """Ours: the work of this service on this request."""
    parent_id: str
    """The caller's span, "" where the trace begins here."""
    flags: int
    state: str
    """The caller's tracestate, "" where there is none."""

    @property
    def sampled(self) -> bool:
        """Whether the caller may have recorded the trace."""
        return bool(self.flags & SAMPLED)

    def headers(self) -> tuple[tuple[str, str], ...]:
        """What goes on to a provider: `traceparent`, and `tracestate` where there is one."""
        parent = ("traceparent", f"00-{self.trace_id}-{self.span_id}-{self.flags:02x}")
        return (parent, ("tracestate", self.state)) if self.state else (parent,)


def parse(traceparent: bytes | None, tracestate: bytes | None) -> TraceContext:
    """The context of a request with these headers; a new trace where the first is unusable.

    A new trace is flagged as sampled, as the log and the metrics name it. Several headers
    `tracestate` have to be joined with commas first; several `traceparent` are none.
    """
    match = _PARENT.fullmatch(traceparent) if traceparent else None
    if match is None:
        return _new()
    version, trace_id, parent_id, flags = match.groups()
    if version == b"ff" or trace_id == _NO_TRACE or parent_id == _NO_SPAN:
        return _new()
    if version == b"00" and match.end(4) != match.end():
        return _new()
    return TraceContext(
        trace_id.decode(),
        os.urandom(8).hex(),
        parent_id.decode(),
        int(flags, 16) & KNOWN_FLAGS,
        _state(tracestate) if tracestate else "",
    )


def request_id(header: bytes | None) -> str:
    """The client's `x-request-id` where it is 1 to 128 of `A-Z a-z 0-9 . _ -`, else a new one."""
    if header is not None and _REQUEST_ID.fullmatch(header):
        return header.decode()
    return "req_" + os.urandom(12).hex()


def _new() -> TraceContext:
    ids = os.urandom(24).hex()
    return TraceContext(ids[:32], ids[32:], "", KNOWN_FLAGS, "")


def _state(header: bytes) -> str:
    """The members of a tracestate, as many as may be passed on; "" where one is malformed."""
    if len(header) > READ_AT_MOST:
        return ""
    members = [member for part in header.split(b",") if (member := part.strip(b" \t"))]
    matches = [_MEMBER.fullmatch(member) for member in members]
    keys = {match[1] for match in matches if match is not None}
    # A key that stands twice, like a member that is none, shows up as a key too few.
    if len(members) > STATE_MEMBERS or len(keys) < len(members):
        return ""
    return _shortened(members).decode()


def _shortened(members: list[bytes]) -> bytes:
    """Whole members only. The oldest goes first, and before it those that are long."""
    while _length(members) > STATE_CHARACTERS:
        long = [index for index, member in enumerate(members) if len(member) > LONG_MEMBER]
        del members[long[-1] if long else -1]
    return b",".join(members)


def _length(members: list[bytes]) -> int:
    return sum(map(len, members)) + len(members) - 1
