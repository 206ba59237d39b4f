"""A chat model as an operator would plug it in: `langchain:plugged_model.shouting`.

It is imported by the service alone, which finds it by PYTHONPATH.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from langchain_core.callbacks import AsyncCallbackHandler
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage
from langchain_core.outputs import ChatGeneration, ChatGenerationChunk, ChatResult

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from langchain_core.callbacks import AsyncCallbackManagerForLLMRun, CallbackManagerForLLMRun
    from langchain_core.outputs import LLMResult

NOTES = "PLUGGED_MODEL_NOTES"
"""Variable that names the file in which the callback writes."""


def shouting() -> BaseChatModel:
    """The model, with its callback."""
    return Shouting(callbacks=[Notes(Path(os.environ[NOTES]))])


class Shouting(BaseChatModel):
    """Says the last message again, louder."""

    temperature: float = 0.5

    @property
    def _llm_type(self) -> str:
        return "shouting"

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        """The answer: LangChain runs this in a thread, as it has no asynchronous one."""
        del stop, run_manager, kwargs
        message = AIMessage(
            self._said(messages),
            usage_metadata={"input_tokens": 2, "output_tokens": 3, "total_tokens": 5},
        )
        return ChatResult(generations=[ChatGeneration(message=message)])

    async def _astream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> AsyncIterator[ChatGenerationChunk]:
        del stop, run_manager, kwargs
        for word in self._said(messages).split():
            yield ChatGenerationChunk(message=AIMessageChunk(content=word + " "))

    def _said(self, messages: list[BaseMessage]) -> str:
        if self.temperature == 2:
            raise ValueError("too hot, and sk-a-key-of-the-operator is secret")
        return f"{messages[-1].text.upper()} AT {self.temperature}"


class Notes(AsyncCallbackHandler):
    """Writes down what happens: a line of JSON for each event."""

    def __init__(self, file: Path) -> None:
        self._file = file

    async def on_chat_model_start(
        self, serialized: dict[str, Any], messages: list[list[BaseMessage]], **kwargs: Any
    ) -> None:
        del serialized, kwargs
        self._note(start=[message.text for message in messages[0]])

    async def on_llm_new_token(
        self, token: str | list[str | dict[str, Any]], **kwargs: Any
    ) -> None:
        del kwargs
        self._note(token=token)

    async def on_llm_end(self, response: LLMResult, **kwargs: Any) -> None:
        del kwargs
        self._note(end=response.generations[0][0].text)

    def _note(self, **event: Any) -> None:
        with self._file.open("a", encoding="utf-8") as file:
            file.write(json.dumps(event) + "\n")
