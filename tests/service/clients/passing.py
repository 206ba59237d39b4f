"""What a client sent beside what the provider got."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from tests.service.clients.gateway import PROVIDER_NAMES

if TYPE_CHECKING:
    import httpx2

    from tests.service.clients.gateway import Gateway
    from tests.service.running import Upstream

COUNT_TOKENS = {"include_usage": True}
"""What the service asks of a stream whose client did not, to know its tokens."""


class Sent:
    """The bodies that HTTP clients have sent, oldest first; `note` is a hook of such a client."""

    def __init__(self) -> None:
        self.bodies: list[bytes] = []

    def note(self, request: httpx2.Request) -> None:
        """Keep a request's body, if it has one."""
        if request.method == "POST":
            self.bodies.append(request.read())

    async def note_later(self, request: httpx2.Request) -> None:
        """The same for an asynchronous client."""
        if request.method == "POST":
            self.bodies.append(await request.aread())


def check_passed_on(sent: Sent, gateway: Gateway, provider: Upstream) -> None:
    """The provider's latest request is one of the client's, field by field.

    Only the model's name may differ, and a stream's tokens are counted. Where nothing of that is
    needed and bytes are passed on, it is the client's to the byte.
    """
    received = provider.last()["body"]
    if len(sent.bodies) == 1:
        assert json.loads(received) == as_passed_on(json.loads(sent.bodies[0]))
    wanted = [canonical(as_passed_on(json.loads(body))) for body in sent.bodies]
    assert canonical(json.loads(received)) in wanted
    if gateway.mode == "auto" and json.loads(received) in map(json.loads, sent.bodies):
        assert received.encode() in sent.bodies


def as_passed_on(body: dict[str, Any]) -> dict[str, Any]:
    """A client's request as the provider is to get it."""
    expected = {**body, "model": PROVIDER_NAMES[body["model"]]}
    if body.get("stream") and "stream_options" not in body:
        expected["stream_options"] = COUNT_TOKENS
    return expected


def canonical(document: Any) -> str:
    """JSON in one spelling, in which 1, 1.0 and true stay different."""
    return json.dumps(document, sort_keys=True)
