"""Tells a text that stands where a secret is yet to come from a secret.

Only the whole value counts: a real one may well contain `example` or `xxx`.
"""

from __future__ import annotations

import re
from typing import Final

_LONGEST: Final = 200
"""Characters of the longest text that is looked at; private keys are longer, and no placeholder."""

_WORDS: Final = "|".join(
    (
        "(?:change|replace)[_ -]?(?:me|this|it)"
        "(?:[_ -](?:please|now|later|in[_ -]prod(?:uction)?))?(?:[_ -]?[0-9]{1,4}|!+)?",
        "replace[_ -]with[_ -][a-z _-]+",
        "(?:please[_ -])?(?:change|replace|fill|set|edit|insert)[_ -](?:me|this|it|in)",
        "fill[_ -]?(?:me[_ -]?)?in",
        "to[_ -]?do",
        "fix[_ -]?me",
        "t\\.?b\\.?[dac]\\.?",
        "to[_ -]be[_ -](?:done|defined|decided|filled(?:[_ -]in)?|set|replaced|changed)",
        "place[_ -]?holder(?:[_ -]?value)?",
        "dummy",
        "example",
        "sample",
        "null",
        "nil",
        "none",
        "undefined",
        "not[_ -]?set",
        "unset",
        "empty",
        "redacted",
        "removed",
        "n/a",
    )
)
_NOUNS: Final = (
    "api|app|access|auth|bearer|client|openai|anthropic|github|jwt|langchain|harbor|registry|user|"
    "secret|private|public|encryption|signing|admin|db|database|redis|cache|"
    "key|token|password|passwd|value|username|name|id|url|here"
)
_WHOLE: Final = tuple(
    re.compile(pattern, re.IGNORECASE | re.ASCII)
    for pattern in (
        _WORDS,
        # `dummy-api-key`, `your_token_here`, `change-me-password`, `secret-placeholder`
        rf"(?:[a-z]{{2,6}}[_-])?(?:your|my|the|some|insert|enter|add|put|dummy|example|sample|fake|"
        rf"change[_ -]?me|replace[_ -]?me)(?:[_ -](?:your|my|the|{_NOUNS}))+",
        rf"(?:(?:{_NOUNS})[_ -])+(?:here|placeholder|todo|change[_ -]?me|goes[_ -]here)",
        # `xxxx-xxxx`, `sk-...`, `ghp_xxxx`
        r"(?:[a-z]{2,6}[_-]){0,2}(?:x[x-]{2,}|\*{3,}|\.{3,}|…|-{3,}|_{3,}|#{3,}|\?{3,})",
    )
)
_ENCLOSED: Final = tuple(
    re.compile(pattern, re.DOTALL)
    for pattern in (
        r"\{\{.*\}\}",
        r"\$\{[^{}]+\}",
        r"\$\([^()]+\)",
        r"\$[A-Z]+(?:_[A-Z0-9]+)+",
        # A word at least: `<3>` is one of a password's many shapes.
        r"<[A-Za-z][A-Za-z0-9 _.:/-]{2,}>",
        r"\[(?:your|insert|enter|add|redacted)[A-Za-z0-9 _.:/-]*\]",
        r"__[A-Z][A-Z0-9_]*__",
        r"%[A-Z][A-Z0-9_]+%",
    )
)


def is_placeholder(text: str) -> bool:
    """Whether `text` only says that a value is missing, as `CHANGE_ME` or `<your-key>` do."""
    text = text.strip()
    if not text or len(text) > _LONGEST:
        return False
    bare = _without_quotes(text)
    return any(pattern.fullmatch(bare) for pattern in (*_WHOLE, *_ENCLOSED))


def _without_quotes(text: str) -> str:
    quoted = len(text) > 2 and text[0] == text[-1] and text[0] in "\"'`"
    return text[1:-1].strip() if quoted else text
