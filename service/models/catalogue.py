"""Which models there are, by the names that clients use."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from service.chat.parameters import defaults_for
from service.errors import NotFound

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from service.settings.entries import ModelEntry
    from service.settings.settings import Settings


@dataclass(frozen=True, slots=True)
class Model:
    """A model, its provider, and the operator's limits for it."""

    name: str
    """What this service calls it."""
    provider: str
    upstream: str
    """What its provider calls it."""
    names: tuple[str, ...]
    """Everything that clients may call it; `name` is the first."""
    defaults: Mapping[str, float | int]
    """Parameters that a request gets which has none of its own."""
    refuses: frozenset[str]
    max_tokens: int | None
    stream_usage: bool
    requests_per_minute: int
    tokens_per_minute: int


class Catalogue:
    """All models. The first one is the default."""

    def __init__(self, models: Iterable[Model], fallbacks: Iterable[str]) -> None:
        self._models = tuple(models)
        self._by_name = {name: model for model in self._models for name in model.names}
        self._fallbacks = tuple(self._by_name[name] for name in fallbacks)

    def __iter__(self) -> Iterator[Model]:
        return iter(self._models)

    @property
    def default(self) -> Model:
        """What a request gets that names no model."""
        return self._models[0]

    def find(self, name: str | None) -> Model:
        """The model of this name. Raises NotFound."""
        if not name:
            return self.default
        try:
            return self._by_name[name]
        except KeyError:
            raise NotFound(
                f"The model {shown(name)} does not exist here; GET /v1/models lists those that do.",
                code="model_not_found",
                param="model",
            ) from None

    def chain(self, model: Model) -> tuple[Model, ...]:
        """A model and those that are asked when it fails."""
        return (model, *(other for other in self._fallbacks if other is not model))


def read(settings: Settings) -> Catalogue:
    """The models that the settings name, the default one first."""
    entries = settings.model_entries()
    return Catalogue((_model(entry, settings) for entry in entries), settings.llm_fallback_models)


def _model(entry: ModelEntry, settings: Settings) -> Model:
    temperature = settings.llm_temperature if entry.temperature is None else entry.temperature
    max_tokens = settings.llm_max_tokens if entry.max_tokens is None else entry.max_tokens
    refuses = frozenset(entry.refuses)
    upstream = entry.upstream
    return Model(
        name=entry.name,
        provider=entry.provider,
        upstream=upstream,
        names=(*entry.names, entry.model),
        defaults=defaults_for(upstream, entry.provider, temperature, max_tokens, refuses),
        refuses=refuses,
        max_tokens=entry.max_tokens,
        stream_usage=entry.stream_usage,
        requests_per_minute=entry.requests_per_minute,
        tokens_per_minute=entry.tokens_per_minute,
    )


def shown(name: str) -> str:
    """A name from a request as a message may repeat it: short, and on one line."""
    printable = "".join(character if character.isprintable() else "?" for character in name[:100])
    return f"`{printable}`"
