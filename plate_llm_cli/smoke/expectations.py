"""What a deployment is expected to do, from the settings that its pods are given."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

SIGNING_SECRET: Final = "AUTH_JWT_SECRET"  # noqa: S105 - the name of a variable
"""The variable with what signs tokens."""
_MEGABYTE: Final = 1024 * 1024
_CACHE_SECONDS: Final = 300
_BODY_MEGABYTES: Final = 20
"""The service's own defaults: see service/env-contract.json."""


@dataclass(frozen=True, slots=True)
class Expectations:
    """What is known of a deployment.

    Without any settings the service is expected to be as it is by default: asking for tokens.
    """

    settings: Mapping[str, str] = field(default_factory=dict)
    """The plain variables of the container; those from Secrets are left out."""
    known: bool = False
    """Whether `settings` are those of what is deployed."""
    tag: str = ""
    """The tag of the image; '' where it is not known, or a digest decides."""
    replicas: int | None = None
    """How many pods there may be, at most."""
    redirects: bool | None = None
    """Whether plain HTTP is sent to HTTPS; None where it is not known, or there is no HTTPS."""
    proxy_body_bytes: int | None = None
    """What the ingress controller lets through of a request; 0 is everything."""
    sources: Mapping[str, str] = field(default_factory=dict)
    """Where in OpenBao the variables from Secrets come from: `mount/path#key`."""

    @property
    def in_production(self) -> bool:
        """Whether users depend on it: it refuses the built-in provider."""
        return self.text("LLM_ENVIRONMENT") == "production"

    @property
    def asks_for_tokens(self) -> bool:
        """Whether requests without a token are turned away."""
        return self.text("AUTH_MODE") != "none"

    @property
    def audience(self) -> str:
        """Whom tokens have to be made for, or ''."""
        return self.text("AUTH_AUDIENCE")

    @property
    def issuer(self) -> str:
        """Who has to have made tokens, or ''."""
        return self.text("AUTH_ISSUER") or self.text("PLATE_API_URL")

    @property
    def scopes(self) -> str:
        """What tokens have to be good for, with spaces between, or ''."""
        return self.text("AUTH_SCOPES")

    @property
    def model(self) -> str:
        """The default model as clients call it, or ''."""
        return self.text("LLM_MODEL_NAME").partition(":")[2]

    @property
    def cache_seconds(self) -> int:
        """How long an answer is kept; 0 is not at all."""
        return self._number("CACHE_TTL_SECONDS", _CACHE_SECONDS)

    @property
    def shares_cache(self) -> bool:
        """Whether all replicas have one cache."""
        return bool(self.text("CACHE_URL")) or self.replicas == 1

    @property
    def requests_per_minute(self) -> int:
        """What one subject may ask in a minute; 0 is no limit."""
        return self._number("LIMIT_REQUESTS_PER_MINUTE", 0)

    @property
    def tokens_per_minute(self) -> int:
        """As `requests_per_minute`, in tokens of models."""
        return self._number("LIMIT_TOKENS_PER_MINUTE", 0)

    @property
    def body_bytes(self) -> int:
        """The longest request that gets an answer of the service."""
        return self._number("LIMIT_BODY_MEGABYTES", _BODY_MEGABYTES) * _MEGABYTE

    @property
    def origins(self) -> tuple[str, ...]:
        """Web origins whose pages may call the API."""
        return tuple(item for item in self._list("HTTP_CORS_ORIGINS") if isinstance(item, str))

    def text(self, name: str) -> str:
        """A setting, or ''."""
        return self.settings.get(name, "").strip()

    def source(self, variable: str) -> str:
        """` (from mount/path#key)` for a variable, '' where its place is not known."""
        return f" (from {self.sources[variable]})" if variable in self.sources else ""

    def _number(self, name: str, default: int) -> int:
        try:
            return int(self.text(name))
        except ValueError:
            return default

    def _list(self, name: str) -> list[Any]:
        try:
            found = json.loads(self.text(name) or "[]")
        except ValueError:
            return []
        return found if isinstance(found, list) else []
