"""Tracing to LangSmith: one run for each request, posted in the background.

The runs are posted here rather than by `langsmith.Client`, which was measured (0.15.1): it takes
121 us a run where this takes 20; while its endpoint hangs it keeps every batch (160 MB after
10,000 runs of 30 kB), and it then holds the end of the process for a minute and a half, as its
threads are no daemons. Tests compare what arrives with what the client sends.
"""

from __future__ import annotations

import asyncio
import io
import logging
import os
import time
from typing import TYPE_CHECKING

import aiohttp

from service.observe.langsmith_run import BOUNDARY, END, encoded_run
from service.observe.outbox import Bounds, Counts, Delivery, Outbox

if TYPE_CHECKING:
    from collections.abc import Sequence

    from service.exchange import Exchange

ENDPOINT = "https://api.smith.langchain.com"
PROJECT = "default"
POST_SECONDS = 10.0
WARNING_SECONDS = 60.0
"""A warning about runs that do not arrive is given this often at most."""
SWITCHES = (
    "LANGSMITH_TRACING",
    "LANGSMITH_TRACING_V2",
    "LANGCHAIN_TRACING",
    "LANGCHAIN_TRACING_V2",
)

logger = logging.getLogger(__name__)


def switch_off_environment_tracing() -> None:
    """Keep LangChain from tracing by itself, as the same variables would have it do.

    It would cost six requests' worth for each, and a request would be two runs. Call it before
    LangChain is imported: it reads them once.
    """
    for name in SWITCHES:
        os.environ[name] = "false"


class Tracer:
    """Sends runs. It makes no connection before the first one; needs a running event loop then."""

    def __init__(  # noqa: PLR0913 - each is a setting
        self,
        api_key: str,
        *,
        endpoint: str | None = None,
        project: str | None = None,
        sampling_rate: float = 1.0,
        bounds: Bounds | None = None,
        post_seconds: float = POST_SECONDS,
    ) -> None:
        self._url = (endpoint or ENDPOINT).rstrip("/") + "/runs/multipart"
        self._headers = {
            "x-api-key": api_key,
            "Content-Type": f"multipart/form-data; boundary={BOUNDARY}",
        }
        self._project = project or PROJECT
        # As many of the possible ends of a trace id.
        self._sampled_below = round(sampling_rate * 2**32)
        self._timeout = aiohttp.ClientTimeout(total=post_seconds)
        self._outbox = Outbox(self._post, bounds)
        self._session: aiohttp.ClientSession | None = None
        self._next_warning = 0.0

    @property
    def counts(self) -> Counts:
        """How many runs were sent, had no room, and were not taken by the endpoint."""
        return self._outbox.counts

    def wants(self, exchange: Exchange) -> bool:
        """Whether the request will be traced, so that its answer has to be kept.

        The trace id decides: all services that sample by it choose the same requests.
        """
        if exchange.trace is None:
            return False
        return int(exchange.trace.trace_id[-8:], 16) < self._sampled_below

    def record(self, exchange: Exchange, seconds: float) -> None:
        """Send a finished request, which took so many seconds, where it is wanted.

        A request that was refused before a model was known is none for LangSmith.
        """
        if exchange.model and self.wants(exchange):
            self._outbox.put(encoded_run(exchange, seconds, self._project, time.time()))

    async def close(self, timeout: float) -> None:
        """Send what is there, for so many seconds at most, and close the connections."""
        await self._outbox.close(timeout)
        if self._session is not None:
            await self._session.close()

    async def _post(self, runs: Sequence[bytes]) -> Delivery:
        body = io.BytesIO(b"".join((*runs, END)))
        try:
            async with self._open_session().post(
                self._url,
                data=body,
                headers=self._headers,
                timeout=self._timeout,
                allow_redirects=False,
            ) as response:
                # An answer that is read to its end leaves the connection to the next one.
                await response.content.read(2**16)
                return self._judged(response.status)
        except (aiohttp.ClientError, TimeoutError, asyncio.IncompleteReadError) as error:
            self._warn(type(error).__name__)
            return Delivery.TRY_AGAIN

    def _open_session(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar())
        return self._session

    def _judged(self, status: int) -> Delivery:
        if status < 300 or status == 409:
            # Conflict: an earlier attempt had arrived after all.
            return Delivery.DONE
        self._warn(f"status {status}")
        again = status in (408, 425, 429) or status >= 500
        return Delivery.TRY_AGAIN if again else Delivery.REFUSED

    def _warn(self, reason: str) -> None:
        now = time.monotonic()
        if now >= self._next_warning:
            self._next_warning = now + WARNING_SECONDS
            logger.warning(
                "LangSmith does not take the traces: %s (%d sent, %d lost so far)",
                reason,
                self.counts.sent,
                self.counts.dropped + self.counts.failed,
            )
