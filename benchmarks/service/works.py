"""What the servers are asked: the same for all of them, in the form that each understands."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import orjson

from benchmarks.service.load import NUMBER, Plan, Target

if TYPE_CHECKING:
    from collections.abc import Mapping

    from benchmarks.service.servers import Server

Message = dict[str, str]

HOST = "127.0.0.1"
LANGSERVE_TYPES = {"system": "system", "user": "human", "assistant": "ai"}


@dataclass(frozen=True, slots=True)
class Work:
    """Requests of one kind. Works of one `family` cost a pass-through the same.

    `seconds` is how long they are sent in one run, `upstream` how the upstream behaves meanwhile.
    """

    name: str
    family: str
    messages: tuple[Message, ...]
    options: Mapping[str, object]
    connections: int = 32
    seconds: float = 4
    ramp: float = 0
    upstream: Mapping[str, object] = field(default_factory=dict)

    @property
    def streams(self) -> bool:
        """The answers are streams."""
        return bool(self.options.get("stream"))

    def plan(self, share: float = 1) -> Plan:
        """How much of it makes one run, or a part of one."""
        return Plan(self.connections, seconds=self.seconds * share, ramp=self.ramp)

    def body(self, server: Server) -> bytes:
        """The body of a request as `server` wants it."""
        if server.speaks_openai:
            asked: Any = {"model": "fake", "messages": self.messages, **self.options}
        else:
            asked = {
                "input": [
                    {"type": LANGSERVE_TYPES[message["role"]], "content": message["content"]}
                    for message in self.messages
                ]
            }
        return orjson.dumps(asked)

    def target(self, server: Server, port: int, headers: Mapping[str, str]) -> Target:
        """The same with where it goes."""
        path = server.stream_path if self.streams else server.path
        return Target(HOST, port, path, self.body(server), headers, self.streams)


def conversation(count: int, length: int, last: str) -> tuple[Message, ...]:
    """A system message and `count` - 1 more of `length` letters, which end with a question."""
    filler = ("lorem ipsum dolor sit amet " * (length // 27 + 1))[:length]
    turns = [
        {"role": ("user", "assistant")[number % 2], "content": f"{number} {filler}"}
        for number in range(count - 2)
    ]
    system = {"role": "system", "content": "You are a helpful assistant."}
    return (system, *turns, {"role": "user", "content": last})


NEW = NUMBER.decode()
QUESTION = "Tell me in a few sentences why the quick brown fox jumps over the lazy dog, {number}."
SHORT_MESSAGES = conversation(2, 0, QUESTION.format(number=NEW))
LONG_MESSAGES = conversation(42, 780, QUESTION.format(number=NEW))
DETERMINISTIC = {"temperature": 0, "max_tokens": 256}
CREATIVE = {"temperature": 0.7, "max_tokens": 256}

SHORT = Work("short", "short", SHORT_MESSAGES, DETERMINISTIC)
"""A cache looks it up, does not find it, and keeps it."""
UNCACHED = Work("uncached", "short", SHORT_MESSAGES, CREATIVE)
REPEATED = Work(
    "repeated", "short", conversation(2, 0, QUESTION.format(number="12345678")), DETERMINISTIC
)
LONG = Work("long", "long", LONG_MESSAGES, DETERMINISTIC, connections=8)
STREAM = Work(
    "stream",
    "stream",
    SHORT_MESSAGES,
    {**DETERMINISTIC, "stream": True},
    ramp=1,
    upstream={"ttft": 50, "itl": 10, "n": 100},
)
ENDLESS = Work(
    "endless",
    "endless",
    SHORT_MESSAGES,
    {**DETERMINISTIC, "stream": True},
    upstream={"ttft": 1, "itl": 5, "n": 10_000},
)
"""Streams to leave in the middle."""
