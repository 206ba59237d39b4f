"""Chat models to plug in: `langchain:tests.service.providers.langchain.plugged.echo`."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from langchain_core.language_models import (
    BaseChatModel,
    FakeListChatModel,
    GenericFakeChatModel,
)
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage
from langchain_core.outputs import ChatGeneration, ChatGenerationChunk, ChatResult

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from langchain_core.callbacks import AsyncCallbackManagerForLLMRun, CallbackManagerForLLMRun
    from langchain_core.language_models import LanguageModelInput
    from langchain_core.runnables import Runnable
    from langchain_core.tools import BaseTool

parrot = FakeListChatModel(responses=["squawk"])
"""A model itself, not a factory."""

number = 5


def words() -> BaseChatModel:
    """A model that streams word by word."""
    return GenericFakeChatModel(messages=iter([AIMessage("one two three")] * 9))


def echo() -> BaseChatModel:
    """A model with parameters and tools."""
    return Echo()


def broken() -> BaseChatModel:
    """A factory that fails, with a key in its text."""
    raise RuntimeError("no such key: sk-secret-key")


def nothing() -> None:
    """A factory that gives nothing."""


def needs_more(argument: str) -> BaseChatModel:
    """A factory that wants an argument."""
    raise AssertionError(argument)


async def asynchronous() -> BaseChatModel:
    """A factory that would have to be awaited."""
    return Echo()


class Echo(BaseChatModel):
    """Answers with what it was asked, and calls the tool that it has to."""

    temperature: float | None = None
    num_predict: int | None = None
    error: Any = None
    hangs: bool = False
    counts: bool = True

    @property
    def _llm_type(self) -> str:
        return "echo"

    def bind_tools(
        self,
        tools: Sequence[dict[str, Any] | type | Any | BaseTool],
        *,
        tool_choice: str | None = None,
        **kwargs: Any,
    ) -> Runnable[LanguageModelInput, AIMessage]:
        return self.bind(tools=list(tools), tool_choice=tool_choice, **kwargs)

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        raise NotImplementedError

    async def _agenerate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        del run_manager
        await self._misbehave()
        message = AIMessage(self._said(messages, stop), response_metadata={"model_name": "echo-1"})
        if kwargs.get("tools"):
            name = kwargs["tools"][0]["function"]["name"]
            choice = {"choice": kwargs["tool_choice"]}
            message.tool_calls = [{"name": name, "args": choice, "id": None, "type": "tool_call"}]
        if self.counts:
            message.usage_metadata = {"input_tokens": 3, "output_tokens": 2, "total_tokens": 5}
        return ChatResult(generations=[ChatGeneration(message=message)])

    async def _astream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> AsyncIterator[ChatGenerationChunk]:
        del run_manager, kwargs
        for letter in self._said(messages, stop):
            yield ChatGenerationChunk(message=AIMessageChunk(content=letter))
        await self._misbehave()
        last = AIMessageChunk(content="", response_metadata={"finish_reason": "MAX_TOKENS"})
        yield ChatGenerationChunk(message=last)

    async def _misbehave(self) -> None:
        if self.hangs:
            await asyncio.sleep(60)
        if self.error is not None:
            raise self.error

    def _said(self, messages: list[BaseMessage], stop: list[str] | None) -> str:
        settings = [str(one) for one in (self.temperature, self.num_predict, stop) if one]
        return " ".join([str(messages[-1].text), *settings])
