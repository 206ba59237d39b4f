"""The settings as they may be shown."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from pydantic import SecretStr

if TYPE_CHECKING:
    from service.settings.settings import Settings


def redacted(settings: Settings) -> list[tuple[str, str]]:
    """Each variable and what it is, by name. Of a secret only whether it is set."""
    fields = type(settings).model_fields
    return sorted((name.upper(), _shown(name, getattr(settings, name))) for name in fields)


def _shown(name: str, value: Any) -> str:
    if value is None:
        return "not set"
    if name == "auth_public_key":
        return "set"
    if isinstance(value, SecretStr):
        return without_password(value.get_secret_value()) if name == "cache_url" else "set"
    if isinstance(value, tuple):
        return json.dumps([_plain(item) for item in value], ensure_ascii=False)
    return str(value).lower() if isinstance(value, bool) else str(value)


def _plain(item: Any) -> Any:
    return item if isinstance(item, str) else item.model_dump(by_alias=True, exclude_defaults=True)


def without_password(url: str) -> str:
    """A URL with its scheme, host, port and path alone: the rest may hold a password."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"
