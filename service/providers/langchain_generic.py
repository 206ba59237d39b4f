"""Chat models that are asked with LangChain's messages and answer with them."""

from __future__ import annotations

from contextlib import aclosing
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, cast

from langchain_core.messages import AIMessage

from service.errors import BadRequest
from service.providers import langchain_usage
from service.providers.langchain_answers import EventWriter, completion
from service.upstream import failures

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from langchain_core.language_models import LanguageModelInput
    from langchain_core.messages import BaseMessage
    from langchain_core.runnables import Runnable

    from service.providers.base import Call

SILENT = b": the model is thinking\n\n"
"""A comment, which clients skip. It shows that a model is alive whose thoughts are not shown."""


class Question(NamedTuple):
    """A request as a model takes it."""

    model: Runnable[LanguageModelInput, AIMessage]
    messages: list[BaseMessage]
    stop: list[str] | None
    arguments: dict[str, Any]


class Family(Protocol):
    """Models of one kind."""

    supported: frozenset[str]
    """The fields of a request that can be honoured."""

    says_why_it_ends: bool
    """Whether a stream without a reason for its end has been cut."""

    def question(self, call: Call) -> Question:
        """The request. Raises UpstreamError (400) for what cannot be asked."""
        ...

    async def close(self) -> None:
        """Give back what it holds."""
        ...


class GenericDialect:
    """Translates there and back. What a client asks for and LangChain has no word for is lost,
    which is why `supported` names what there is a word for."""

    def __init__(self, family: Family) -> None:
        self.supported: frozenset[str] | None = family.supported
        self._family = family

    async def answer(self, call: Call) -> bytes:
        """The answer of the model in OpenAI's form."""
        model, messages, stop, arguments = self._family.question(call)
        message = await model.ainvoke(messages, stop=stop, **arguments)
        if not isinstance(message, AIMessage):
            raise failures.nonsense("no message")
        if message.usage_metadata is None:
            langchain_usage.estimate(call.usage, messages, len(message.text))
        return completion(message, call)

    async def events(self, call: Call) -> AsyncGenerator[bytes, None]:
        """The pieces of the answer in OpenAI's form."""
        model, messages, stop, arguments = self._family.question(call)
        writer = EventWriter(call)
        stream = cast(
            "AsyncGenerator[AIMessage, None]", model.astream(messages, stop=stop, **arguments)
        )
        async with aclosing(stream) as pieces:
            async for piece in pieces:
                if events := writer.events(piece):
                    yield events
                elif piece.content:
                    yield SILENT
        if self._family.says_why_it_ends and not writer.ended:
            raise failures.unreachable("the provider's stream ended too early", "upstream_lost")
        if not writer.counted:
            langchain_usage.estimate(call.usage, messages, writer.characters)
        yield writer.last_events()

    async def embed(self, call: Call) -> bytes:
        """There are none."""
        del call
        raise BadRequest("This model has no embeddings.", code="unsupported_model", param="model")

    async def close(self) -> None:
        """Close what belongs to the models."""
        await self._family.close()
