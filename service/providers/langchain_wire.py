"""LangChain's ChatOpenAI on this service's own connections, with nothing lost on the way.

ChatOpenAI sends what it understood of a request, renames some of it (`max_tokens`, `developer`),
and shows what it understood of an answer. Here the client's own fields go out, and the provider's
own answer is kept beside LangChain's reading of it.
"""

from __future__ import annotations

import inspect
from contextlib import aclosing
from typing import TYPE_CHECKING, Any, NamedTuple, Self, TypeVar

import orjson
from langchain_core.messages import AIMessage, AIMessageChunk
from langchain_core.outputs import ChatGeneration, ChatGenerationChunk, ChatResult
from langchain_openai import ChatOpenAI
from pydantic import Field, SecretStr

from service.chat.events import DONE
from service.providers import langchain_usage
from service.providers.langchain_messages import assistant_fields, original, text_of
from service.upstream import failures

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Sequence

    from langchain_core.callbacks import AsyncCallbackManagerForLLMRun
    from langchain_core.language_models import LanguageModelInput
    from langchain_core.messages import BaseMessage

    from service.upstream.wire import Wire

    F = TypeVar("F", bound=Callable[..., Any])

CHAT = "/chat/completions"

_keep = object.__setattr__
"""Sets a slot; a model's own way looks for a field of that name."""


class Answer(NamedTuple):
    """A whole answer as the provider wrote it, and decoded."""

    raw: bytes
    document: dict[str, Any]


class Event(NamedTuple):
    """An event of a stream as the provider wrote it, and decoded.

    `waits` says that more has arrived with it, so that it need not be sent alone.
    """

    data: bytes
    chunk: dict[str, Any]
    content: str
    waits: bool


# What is kept beside a message is in slots: fields would be part of the message wherever LangChain
# copies or stores it, and private attributes take four times as long to make.


class AnswerMessage(AIMessage):
    """A choice, with the answer that it came in."""

    __slots__ = ("_answer", "_read")

    @classmethod
    def lc_id(cls) -> list[str]:
        """To whoever stores it, an AIMessage."""
        return AIMessage.lc_id()

    def keep(self, answer: Answer) -> Self:
        """Keep the answer that this message was read from."""
        _keep(self, "_answer", answer)
        _keep(self, "_read", (self.content, [call.copy() for call in self.tool_calls]))
        return self

    @property
    def answer(self) -> Answer | None:
        """The provider's answer; a copy of the message has none."""
        return getattr(self, "_answer", None)

    @property
    def unchanged(self) -> bool:
        """Whether it still says what the answer says."""
        return bool(getattr(self, "_read", None) == (self.content, self.tool_calls))


class AnswerPiece(AIMessageChunk):
    """A piece of an answer, with the event that it came in."""

    __slots__ = ("_event",)

    @classmethod
    def lc_id(cls) -> list[str]:
        """To whoever stores it, an AIMessageChunk."""
        return AIMessageChunk.lc_id()

    def keep(self, event: Event) -> Self:
        """Keep the event that this piece was read from."""
        _keep(self, "_event", event)
        return self

    def take(self) -> Event | None:
        """The provider's event, once: LangChain holds all pieces until the last one is there."""
        event: Event | None = getattr(self, "_event", None)
        _keep(self, "_event", None)
        return event


def _with_signature(function: F) -> F:
    """LangChain asks for the signature on every call; `inspect` takes it from here (PEP 362)."""
    function.__signature__ = inspect.signature(function)  # type: ignore[attr-defined]
    return function


class WireChatOpenAI(ChatOpenAI):
    """A model that is reached over `wire`. It has no settings: each call brings its own."""

    wire: Any = Field(exclude=True, repr=False)

    @classmethod
    def over(cls, wire: Wire, model: str) -> Self:
        """The model of this name. What LangChain would take from the environment is shut out."""
        return cls(
            wire=wire,
            model=model,
            temperature=None,
            use_responses_api=False,
            output_version=None,
            cache=False,
            # Its own clients are never asked: any object keeps it from making them.
            client=wire,
            async_client=wire,
            api_key=SecretStr("unused"),
        )

    def _get_request_payload(
        self, input_: LanguageModelInput, *, stop: list[str] | None = None, **kwargs: Any
    ) -> dict[str, Any]:
        """The request: the client's fields, and its messages as they were sent."""
        if isinstance(input_, list):
            messages: Sequence[Any] = input_
        else:
            messages = self._convert_input(input_).to_messages()
        rest = kwargs.pop("extra_body", {})
        payload = {
            "model": self.model_name,
            "messages": [self._message(message) for message in messages],
            **kwargs,
            **rest,
        }
        if stop is not None:
            payload["stop"] = stop
        return payload

    def _message(self, message: BaseMessage) -> dict[str, Any]:
        """The client's message; LangChain's version where something has changed it."""
        origin, same = original(message)
        if origin is not None and same:
            return origin
        payload = super()._get_request_payload([message])
        return {**(origin or {}), **payload["messages"][0]}

    def _get_invocation_params(
        self, stop: list[str] | None = None, **kwargs: Any
    ) -> dict[str, Any]:
        """What callbacks are told of a call; LangChain's own lists settings that this has not."""
        if "tools" in kwargs:
            # It hides the credentials inside of some tools.
            return super()._get_invocation_params(stop=stop, **kwargs)
        return {"model": self.model_name, "_type": self._llm_type, "stop": stop, **kwargs}

    @_with_signature
    async def _agenerate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        del run_manager
        headers = kwargs.pop("extra_headers", {})
        payload = self._get_request_payload(messages, stop=stop, **kwargs)
        wire: Wire = self.wire
        raw = await wire.json(CHAT, orjson.dumps(payload), headers)
        return _result(raw)

    async def _astream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> AsyncGenerator[ChatGenerationChunk, None]:
        del run_manager
        headers = kwargs.pop("extra_headers", {})
        payload = self._get_request_payload(messages, stop=stop, **kwargs)
        payload["stream"] = True
        wire: Wire = self.wire
        empty = True
        async with aclosing(wire.events(CHAT, orjson.dumps(payload), headers)) as groups:
            async for group in groups:
                last = group[-1]
                for data in group:
                    if data != DONE:
                        empty = False
                        yield _piece(data, waits=data is not last)
        if empty:
            raise failures.nonsense("empty")


def _result(raw: bytes) -> ChatResult:
    """All choices of an answer. Raises UpstreamError for what is none."""
    document = _decoded(raw)
    choices = document.get("choices")
    if not isinstance(choices, list) or not choices:
        raise failures.nonsense("without choices")
    answer = Answer(raw, document)
    usage = langchain_usage.to_langchain(document.get("usage"))
    generations = []
    for choice in choices:
        message = choice.get("message") if isinstance(choice, dict) else None
        if not isinstance(message, dict):
            raise failures.nonsense("without a message")
        made = AnswerMessage(usage_metadata=usage, **assistant_fields(message)).keep(answer)
        info = {"finish_reason": choice.get("finish_reason"), "logprobs": choice.get("logprobs")}
        generations.append(ChatGeneration(message=made, generation_info=info))
    return ChatResult(generations=generations, llm_output=_about(document))


def _about(document: dict[str, Any]) -> dict[str, Any]:
    """What is said about a whole answer, in LangChain's words."""
    return {
        "token_usage": document.get("usage"),
        "model_provider": "openai",
        "model_name": document.get("model"),
        "system_fingerprint": document.get("system_fingerprint"),
        "service_tier": document.get("service_tier"),
        "id": document.get("id"),
    }


def _piece(data: bytes, *, waits: bool) -> ChatGenerationChunk:
    """An event as LangChain passes it on. Of several choices, LangChain sees the first alone."""
    chunk = _decoded(data)
    choices = chunk.get("choices")
    choice = choices[0] if isinstance(choices, list) and choices else None
    if not isinstance(choice, dict) or choice.get("index"):
        choice = {}
    delta = choice.get("delta")
    fields: dict[str, Any] = _delta_fields(delta) if isinstance(delta, dict) else {"content": ""}
    if usage := chunk.get("usage"):
        fields["usage_metadata"] = langchain_usage.to_langchain(usage)
    piece = AnswerPiece(**fields).keep(Event(data, chunk, fields["content"], waits))
    info = None
    if reason := text_of(choice.get("finish_reason")):
        info = {"finish_reason": reason, "model_name": text_of(chunk.get("model"))}
    return ChatGenerationChunk(message=piece, generation_info=info)


def _delta_fields(delta: dict[str, Any]) -> dict[str, Any]:
    """What a delta becomes in an AIMessageChunk: the arguments of its constructor."""
    content = delta.get("content")
    fields: dict[str, Any] = {"content": content if isinstance(content, str) else ""}
    more = {
        key: text
        for key in ("reasoning_content", "refusal")
        if isinstance(text := delta.get(key), str)
    }
    if more:
        fields["additional_kwargs"] = more
    if calls := delta.get("tool_calls"):
        fields["tool_call_chunks"] = _call_pieces(calls)
    return fields


def _call_pieces(calls: Any) -> list[dict[str, Any]]:
    pieces = []
    for call in calls if isinstance(calls, list) else ():
        function = call.get("function") if isinstance(call, dict) else None
        if isinstance(function, dict):
            number = call.get("index")
            pieces.append(
                {
                    "name": text_of(function.get("name")),
                    "args": text_of(function.get("arguments")),
                    "id": text_of(call.get("id")),
                    "index": number if isinstance(number, int) else None,
                    "type": "tool_call_chunk",
                }
            )
    return pieces


def _decoded(data: bytes) -> dict[str, Any]:
    """JSON of a provider. Raises UpstreamError for nonsense, and for an error in place of it."""
    try:
        document = orjson.loads(data)
    except orjson.JSONDecodeError:
        raise failures.nonsense("no JSON") from None
    if not isinstance(document, dict):
        raise failures.nonsense("no JSON object")
    if document.get("error"):
        raise failures.from_event(document["error"])
    return document
