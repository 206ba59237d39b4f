"""A chat, asked as the service's users ask: with OpenAI's client, and with LangChain's."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

from plate_llm_cli.smoke import asking
from plate_llm_cli.smoke.check import EndedError, Outcome, failed, passed, untried
from plate_llm_cli.smoke.own_environment import without_settings_of_clients

if TYPE_CHECKING:
    from types import ModuleType

    from plate_llm_cli.smoke.trial import Trial

_TEXT: Final = "Say: pong"
_ENOUGH: Final = asking.cost({"messages": [{"role": "user", "content": _TEXT}]}) + asking.SMALL
_EMPTY: Final = (
    "is it a chat model? llm.modelName names it, and the provider's console has its requests"
)


def chat_openai(trial: Trial) -> Outcome:
    """One completion through the official client."""
    clients = _clients()
    asked = asking.model(trial)
    trial.budget.require(_ENOUGH)
    begun = time.monotonic()
    with clients.openai_client(trial, asked) as client:
        answer = client.chat.completions.create(**asking.body(asked, _TEXT))
        trial.budget.add(answer.usage.total_tokens if answer.usage else _ENOUGH)
        choice = answer.choices[0]
        return _outcome(choice.message.content, choice.finish_reason, begun)


def chat_langchain(trial: Trial) -> Outcome:
    """The same through LangChain's ChatOpenAI."""
    clients = _clients()
    asked = asking.model(trial)
    trial.budget.require(_ENOUGH)
    begun = time.monotonic()
    try:
        with clients.langchain_model(trial, asked, asking.SMALL) as chat:
            answer = chat.invoke(_TEXT)
            usage = answer.usage_metadata
            trial.budget.add(usage["total_tokens"] if usage else _ENOUGH)
            return _outcome(answer.text, answer.response_metadata.get("finish_reason"), begun)
    except ModuleNotFoundError:
        raise _missing("langchain-openai") from None


def _outcome(text: object, finish_reason: object, begun: float) -> Outcome:
    took = f"in {time.monotonic() - begun:.2f} s"
    if text:
        return passed(f"an answer {took}")
    if finish_reason == "length":
        return passed(f"an answer {took}, all of whose {asking.SMALL} tokens went into thinking")
    return failed(f"an answer without a text {took} (finish_reason {finish_reason})", _EMPTY)


def _clients() -> ModuleType:
    try:
        with without_settings_of_clients():  # one of them is read at once
            from plate_llm_cli.smoke import clients  # noqa: PLC0415 - loads openai: optional
    except ModuleNotFoundError:
        raise _missing("openai") from None
    return clients


def _missing(package: str) -> EndedError:
    return EndedError(untried(f"needs the {package} client: pip install 'plate-llm[smoke]'"))
