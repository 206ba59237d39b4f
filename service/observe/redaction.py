"""Takes secrets out of what is logged: those that are known, and what looks like one."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import quote, quote_plus, unquote

import orjson

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

REDACTED = "[redacted]"
SHORTEST_SECRET = 6
"""Characters. What is shorter, as a password in CACHE_URL, would black out innocent words."""
LONGEST_TOKEN = 4096
"""Characters that are read beyond an excerpt, so that none ends within a secret."""


class _Shape(NamedTuple):
    """What secrets of one kind look like. Only a text with `marker` in it is searched for them."""

    marker: str
    pattern: re.Pattern[str]
    replacement: str = REDACTED


_PASSWORD = re.compile(r"://[^:/@]*:([^/]*)@")
_BEARER = re.compile(r"(bearer )\s*[A-Za-z0-9._~+/=-]{4,}", re.IGNORECASE)

SHAPES = (
    _Shape("sk-", re.compile(r"(?<![A-Za-z0-9])sk-[A-Za-z0-9_-]{8,}")),
    _Shape("lsv2_", re.compile(r"lsv2_[A-Za-z0-9_]{4,}")),
    _Shape("eyJ", re.compile(r"eyJ[A-Za-z0-9_-]{8,}(?:\.[A-Za-z0-9_-]*)*")),
    _Shape("hvs.", re.compile(r"hvs\.[A-Za-z0-9_-]{8,}")),
    _Shape("earer ", _BEARER, r"\1" + REDACTED),
    _Shape("EARER ", _BEARER, r"\1" + REDACTED),
    # The user and password of a URL.
    _Shape("://", re.compile(r"(://)[^/\s]*@"), rf"\1{REDACTED}@"),
    _Shape(
        "PRIVATE KEY",
        re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*-----|\Z)", re.DOTALL),
    ),
    # pydantic repeats what it refuses.
    _Shape(
        "input_value=",
        re.compile(r"input_value=.*?(?=, input_type=|\Z)", re.DOTALL),
        "input_value=" + REDACTED,
    ),
)


class Redactor:
    """Cleans text. Secrets may be added at any time; what was logged before is gone."""

    def __init__(self) -> None:
        self._secrets: tuple[str, ...] = ()
        self._needles = tuple(shape.marker for shape in SHAPES)

    def add(self, values: Iterable[str]) -> None:
        """Learn secrets; of a URL, its password as well."""
        known = set(self._secrets)
        for value in values:
            known.update(_spellings(value))
            if match := _PASSWORD.search(value):
                known.update(_spellings(match[1]))
                known.update(_spellings(unquote(match[1])))
        # A secret that holds another has to go first.
        self._secrets = tuple(sorted(known, key=len, reverse=True))
        self._needles = (*self._secrets, *(shape.marker for shape in SHAPES))

    def suspects(self, text: str) -> bool:
        """Whether a text may hold a secret; 30 ns for each known one where the text is short."""
        for needle in self._needles:  # noqa: SIM110 - any() takes three times as long
            if needle in text:
                return True
        return False

    def clean(self, text: str) -> str:
        """A text without secrets."""
        for secret in self._secrets:
            if secret in text:
                text = text.replace(secret, REDACTED)
        for marker, pattern, replacement in SHAPES:
            if marker in text:
                text = pattern.sub(replacement, text)
        return text

    def clean_all(self, value: Any) -> Any:
        """The same for all texts in lists and in the values of objects, at any depth."""
        if isinstance(value, str):
            return self.clean(value)
        if isinstance(value, dict):
            return {name: self.clean_all(each) for name, each in value.items()}
        return [self.clean_all(each) for each in value] if isinstance(value, list) else value

    def excerpt(self, text: str, limit: int) -> str:
        """The beginning of a text, without secrets and without parts of one."""
        cleaned = self.clean(text[: limit + LONGEST_TOKEN])
        if len(text) <= limit:
            return cleaned
        if len(text) > limit + LONGEST_TOKEN:
            # The last of them may have been cut short before it was looked for.
            cleaned = cleaned[:-LONGEST_TOKEN]
        return cleaned[:limit] + "…"


def _spellings(secret: str) -> Iterator[str]:
    """How a secret may stand in a text: as it is, in a URL, as repr, in JSON."""
    if len(secret) >= SHORTEST_SECRET:
        yield from (secret, quote(secret, safe=""), quote_plus(secret), repr(secret)[1:-1])
        yield orjson.dumps(secret)[1:-1].decode()
