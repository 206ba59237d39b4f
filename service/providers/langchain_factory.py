"""Chat models that an operator plugs in: `langchain:<package.module.factory>`.

A factory is a chat model of LangChain, or takes no arguments and gives one. LangChain has no list
of what a model can honour, so it is read off the model: a parameter is supported when the model
has a field for it, which is then set on a copy of the model for the one request; tools when it
binds them. Anything else is refused rather than passed to a model that may ignore it.
"""

from __future__ import annotations

import inspect
from importlib import import_module
from typing import TYPE_CHECKING, Any

from langchain_core.language_models import BaseChatModel

from service.providers.langchain_chat import LangChainProvider
from service.providers.langchain_error import FactoryError
from service.providers.langchain_failures import unsupported
from service.providers.langchain_generic import GenericDialect, Question
from service.providers.langchain_messages import to_langchain

if TYPE_CHECKING:
    from collections.abc import Mapping

    from langchain_core.language_models import LanguageModelInput
    from langchain_core.messages import AIMessage
    from langchain_core.runnables import Runnable

    from service.providers.base import Call

ALWAYS = frozenset({"messages", "model", "stop", "stream", "stream_options"})
"""What every chat model of LangChain is asked with."""

_FIELDS: dict[str, tuple[str, ...]] = {
    "frequency_penalty": ("frequency_penalty",),
    "max_completion_tokens": ("max_tokens", "max_output_tokens", "num_predict"),
    "max_tokens": ("max_tokens", "max_output_tokens", "num_predict"),
    "presence_penalty": ("presence_penalty",),
    "seed": ("seed",),
    "temperature": ("temperature",),
    "top_p": ("top_p",),
}
"""OpenAI's parameters, and what models of LangChain call the field for them."""


def factory_provider(dotted: str) -> LangChainProvider:
    """A provider over the model that a factory gives. Raises FactoryError."""
    return LangChainProvider("langchain", GenericDialect(PluggedFamily(load(dotted))))


def load(dotted: str) -> BaseChatModel:
    """The chat model of a factory. Raises FactoryError."""
    module_name, _, name = dotted.rpartition(".")
    if not module_name or not name:
        raise FactoryError("must be written as langchain:package.module.factory")
    factory = _attribute(module_name, name)
    if isinstance(factory, BaseChatModel):
        return factory
    if not callable(factory):
        raise FactoryError("is neither a chat model nor something that makes one")
    try:
        model = factory()
    except Exception as error:
        raise FactoryError(f"could not be made: its factory raised {_named(error)}") from error
    if not isinstance(model, BaseChatModel):
        if inspect.iscoroutine(model):
            model.close()
        raise FactoryError(
            f"is no chat model of LangChain: its factory returned {type(model).__name__}"
        )
    return model


class PluggedFamily:
    """One model."""

    says_why_it_ends = False

    def __init__(self, model: BaseChatModel) -> None:
        self._model = model
        self.supported = supported_by(model)

    def question(self, call: Call) -> Question:
        """The request as this model takes it. Raises UpstreamError (400) for what it does not."""
        body = {name: value for name, value in call.body.items() if value is not None}
        messages = [to_langchain(message) for message in body["messages"]]
        stop = body.get("stop")
        stop = [stop] if isinstance(stop, str) else stop
        return Question(_with_tools(_with_fields(self._model, body), body), messages, stop, {})

    async def close(self) -> None:
        """What the model holds is its own."""


def supported_by(model: BaseChatModel) -> frozenset[str]:
    """The fields of a request that a model can honour."""
    names = set(ALWAYS)
    names |= {name for name, fields in _FIELDS.items() if _field(model, fields) is not None}
    bind = type(model).bind_tools
    if bind is not BaseChatModel.bind_tools:
        names |= {"tools", "tool_choice"}
        if "parallel_tool_calls" in inspect.signature(bind).parameters:
            names.add("parallel_tool_calls")
    return frozenset(names)


def _with_fields(model: BaseChatModel, body: Mapping[str, Any]) -> BaseChatModel:
    """A copy of the model with the request's parameters, or the model if there are none."""
    update = {
        field: body[name]
        for name, fields in _FIELDS.items()
        if name in body and (field := _field(model, fields)) is not None
    }
    return model.model_copy(update=update) if update else model


def _field(model: BaseChatModel, names: tuple[str, ...]) -> str | None:
    fields = type(model).model_fields
    return next((name for name in names if name in fields), None)


def _with_tools(
    model: BaseChatModel, body: Mapping[str, Any]
) -> Runnable[LanguageModelInput, AIMessage]:
    """The model with its tools. Whoever must not call any is given none."""
    tools, choice = body.get("tools"), body.get("tool_choice")
    if not tools or choice == "none":
        return model
    arguments = {}
    if choice is not None:
        arguments["tool_choice"] = _choice(choice)
    if "parallel_tool_calls" in body:
        arguments["parallel_tool_calls"] = body["parallel_tool_calls"]
    try:
        return model.bind_tools(tools, **arguments)
    except (NotImplementedError, TypeError, ValueError):
        raise unsupported("This model cannot be given these tools.", "tools") from None


def _choice(choice: Any) -> str:
    """A tool_choice in the words of LangChain's `bind_tools`."""
    function = choice.get("function") if isinstance(choice, dict) else None
    if isinstance(function, dict):
        return str(function.get("name"))
    if choice == "auto":
        return "auto"
    if choice == "required":
        return "any"
    raise unsupported("This model does not take that tool_choice.", "tool_choice")


def _attribute(module_name: str, name: str) -> Any:
    try:
        module = import_module(module_name)
    except ModuleNotFoundError as error:
        raise FactoryError(_not_found(error.name or "", module_name)) from error
    except Exception as error:
        raise FactoryError(f"cannot be imported: its module raised {_named(error)}") from error
    try:
        return getattr(module, name)
    except AttributeError:
        raise FactoryError("cannot be found: its module has no factory of that name") from None


def _not_found(missing: str, module_name: str) -> str:
    if module_name == missing or module_name.startswith(f"{missing}."):
        return "cannot be imported: there is no such module"
    return f"cannot be imported: its module needs {missing}, which is not installed"


def _named(error: Exception) -> str:
    """The kind of an error. Its text may hold a key that the factory was given."""
    return type(error).__name__
