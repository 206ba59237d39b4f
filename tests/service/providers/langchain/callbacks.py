"""A callback handler that LangChain attaches to every model, as its tracers are."""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

from langchain_core.callbacks import AsyncCallbackHandler
from langchain_core.tracers.context import register_configure_hook

if TYPE_CHECKING:
    from collections.abc import Iterator

    from langchain_core.callbacks import BaseCallbackHandler
    from langchain_core.messages import BaseMessage
    from langchain_core.outputs import LLMResult

_attached: ContextVar[BaseCallbackHandler | None] = ContextVar("attached", default=None)
register_configure_hook(_attached, inheritable=True)


@contextmanager
def attached(handler: BaseCallbackHandler) -> Iterator[None]:
    """Have LangChain call this handler inside of the block."""
    token = _attached.set(handler)
    try:
        yield
    finally:
        _attached.reset(token)


class Seen(AsyncCallbackHandler):
    """Writes down what it is told."""

    run_inline = True

    def __init__(self) -> None:
        self.parameters: dict[str, Any] = {}
        self.messages: list[BaseMessage] = []
        self.tokens: list[str] = []
        self.results: list[LLMResult] = []
        self.errors: list[BaseException] = []

    async def on_chat_model_start(
        self, serialized: dict[str, Any], messages: list[list[BaseMessage]], **kwargs: Any
    ) -> None:
        del serialized
        self.parameters = kwargs["invocation_params"]
        self.messages = messages[0]

    async def on_llm_new_token(self, token: Any, **kwargs: Any) -> None:
        del kwargs
        self.tokens.append(token)

    async def on_llm_end(self, response: LLMResult, **kwargs: Any) -> None:
        del kwargs
        self.results.append(response)

    async def on_llm_error(self, error: BaseException, **kwargs: Any) -> None:
        del kwargs
        self.errors.append(error)

    @property
    def answer(self) -> Any:
        """The message of the one answer."""
        return self.results[0].generations[0][0].message  # type: ignore[union-attr]  # of a chat model
