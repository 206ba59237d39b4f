"""Any chat model of LangChain as a provider.

Models are asked through LangChain's public methods, so that what is attached to them, callbacks,
tracers, rate limiters, works as everywhere else.
"""

from __future__ import annotations

from contextlib import aclosing
from typing import TYPE_CHECKING, Protocol

from service.errors import ApiError
from service.providers.langchain_failures import from_model

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from service.providers.base import Call


class Dialect(Protocol):
    """How the models of one provider are asked, and how their answers are written down."""

    supported: frozenset[str] | None
    """The fields of a request that can be honoured; None for all that there are."""

    async def answer(self, call: Call) -> bytes:
        """A whole answer, as `Provider.complete` gives it."""
        ...

    def events(self, call: Call) -> AsyncGenerator[bytes, None]:
        """An answer in pieces, as `Provider.stream` gives it."""
        ...

    async def embed(self, call: Call) -> bytes:
        """Embeddings. Raises BadRequest where there are none."""
        ...

    async def close(self) -> None:
        """Give back what it holds."""
        ...


class LangChainProvider:
    """A provider over chat models. `missing_key` says what is not set, where something is."""

    takes_bytes = False

    def __init__(self, name: str, dialect: Dialect, missing_key: str | None = None) -> None:
        self.name = name
        self.supported = dialect.supported
        self._dialect = dialect
        self._missing_key = missing_key

    def missing(self) -> str | None:
        """Which variable has to be set first."""
        return self._missing_key

    async def complete(self, call: Call) -> bytes:
        """The whole answer. Cancelling it closes the connection to the provider."""
        try:
            return await self._dialect.answer(call)
        except ApiError:
            raise
        except Exception as error:  # noqa: BLE001 - a model that was plugged in may raise anything
            raise from_model(error) from None

    async def stream(self, call: Call) -> AsyncGenerator[bytes, None]:
        """The answer as events. Closing or cancelling it closes the connection."""
        try:
            async with aclosing(self._dialect.events(call)) as events:
                async for event in events:
                    yield event
        except ApiError:
            raise
        except Exception as error:  # noqa: BLE001 - as above
            raise from_model(error) from None

    async def embed(self, call: Call) -> bytes:
        """The provider's embeddings, where it has them."""
        return await self._dialect.embed(call)

    async def close(self) -> None:
        """Close the connections that belong to this provider."""
        await self._dialect.close()
