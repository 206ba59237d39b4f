"""Asks a model through the service's API, and keeps to what the run may cost."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from plate_llm_cli.graph.secret_fields import at, mapping
from plate_llm_cli.smoke.check import EndedError
from plate_llm_cli.smoke.refusals import explained, refusal_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from plate_llm_cli.smoke.http import Answer
    from plate_llm_cli.smoke.trial import Trial

CHAT: Final = "/v1/chat/completions"
MODELS: Final = "/v1/models"
SMALL: Final = 16
"""Tokens of an answer of which nothing is wanted but that it comes."""
_CHARACTERS_A_TOKEN: Final = 3
"""Fewer than there are in English, so that an estimate is rather too high."""

Body = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Model:
    """A model as clients call it, and who answers for it (`openai`, `builtin`), '' if unknown."""

    name: str
    provider: str = ""

    def limit(self, tokens: int) -> Body:
        """The most tokens of an answer, under the name that this provider's newest models take."""
        name = "max_completion_tokens" if self.provider == "openai" else "max_tokens"
        return {name: tokens}


def model(trial: Trial) -> Model:
    """The model that is asked: the one that was named, else the service's default.

    Raises:
        EndedError: the service does not tell, or has none of this name.
        NoAnswerError: it does not answer.
    """
    path = f"{MODELS}/{quote(trial.model)}" if trial.model else MODELS
    answer = trial.http.get(path, trial.tokens.good())
    document = answer.json if answer.status == 200 else None
    found = mapping(document if trial.model else _first(document, "data"))
    if not isinstance(found.get("id"), str):
        raise EndedError(explained(trial, refusal_of(answer)))
    return Model(trial.model or found["id"], str(found.get("owned_by", "")))


def body(asked: Model, text: str, tokens: int = SMALL, **fields: Any) -> Body:
    """A request of one message, for an answer of at most `tokens`."""
    messages = [{"role": "user", "content": text}]
    return {"model": asked.name, "messages": messages, **asked.limit(tokens), **fields}


def cost(request: Mapping[str, Any]) -> int:
    """About the most tokens that `request` may take, with its answer."""
    limit = request.get("max_tokens", request.get("max_completion_tokens", 0))
    sent = {name: request.get(name) for name in ("messages", "tools", "response_format")}
    return len(json.dumps(sent)) // _CHARACTERS_A_TOKEN + int(limit)


def ask(trial: Trial, request: Body, cache: str = "off") -> Answer:
    """One answer, whatever its status. `cache` is the header `x-plate-cache`.

    Raises:
        EndedError: it may cost more than is left.
        NoAnswerError: there is none.
    """
    expected = cost(request)
    trial.budget.require(expected)
    answer = trial.http.post(CHAT, request, trial.tokens.good(), x_plate_cache=cache)
    if answer.status == 200 and answer.headers.get("x-cache") not in ("hit", "shared"):
        trial.budget.add(used(answer.json, expected))
    return answer


def good(trial: Trial, answer: Answer, asked: Model) -> Body:
    """The first choice of a whole answer.

    Raises:
        EndedError: it is none.
    """
    choice = mapping(_first(answer.json, "choices"))
    if answer.status == 200 and isinstance(choice.get("message"), dict):
        return choice
    raise EndedError(explained(trial, refusal_of(answer), asked.provider))


def used(document: Any, otherwise: int) -> int:
    """The tokens that an answer counts, else `otherwise`: not every provider counts them."""
    total = at(document, "usage", "total_tokens")
    return total if isinstance(total, int) else otherwise


def texts(words: Sequence[str], count: int) -> str:
    """So many words, over and over again."""
    return " ".join(words[number % len(words)] for number in range(count))


def _first(document: Any, name: str) -> Any:
    found = at(document, name)
    return found[0] if isinstance(found, list) and found else None
