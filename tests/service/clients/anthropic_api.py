"""The stand-in for Anthropic's API, for tests that do not run in its event loop."""

from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING

from tests.service.providers.anthropic_stand_in import AnthropicStandIn, text

if TYPE_CHECKING:
    from types import TracebackType
    from typing import Self

START_SECONDS = 10


class AnthropicApi:
    """Serves in a thread of its own while it is open."""

    def __init__(self) -> None:
        self._listening = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()))

    def __enter__(self) -> Self:
        self._thread.start()
        assert self._listening.wait(START_SECONDS)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._loop.call_soon_threadsafe(self._ended.set)
        self._thread.join()

    def reset(self) -> AnthropicStandIn:
        """The stand-in, which has seen nothing and answers as it does by itself."""
        fresh = AnthropicStandIn()
        for name in ("blocks", "stop_reason", "usage", "failure", "hangs", "breaks_at", "breaks"):
            setattr(self.server, name, getattr(fresh, name))
        self.server.requests.clear()
        self.server.headers.clear()
        self.server.left.clear()
        return self.server

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._ended = asyncio.Event()
        self.server = AnthropicStandIn(blocks=[text("Hello there")])
        async with self.server:
            self._listening.set()
            await self._ended.wait()
