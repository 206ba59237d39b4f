"""A stand-in for OpenAI's API that is fast, keeps a record, and misbehaves on request.

    async with FakeUpstream() as upstream:
        upstream.control(mode="err", status=429)
        ...  # requests to upstream.url, or with the model "any:mode=drop,at=3"
        assert upstream.stats.in_flight == 0

As a process: `python -m benchmarks.service.upstream --port 0`.
"""

from benchmarks.service.upstream.behaviour import Behaviour
from benchmarks.service.upstream.connection import Received
from benchmarks.service.upstream.server import FakeUpstream, Stats

__all__ = ["Behaviour", "FakeUpstream", "Received", "Stats"]
