"""Names that promise a credential, and texts that only say where one is to come from."""

from __future__ import annotations

import re
from typing import Final

from plate_llm_cli.graph.credentials import looks_random

_WORD: Final = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
_PASSWORDS: Final = ("password", "passwd", "passphrase")
_SECRETS: Final = frozenset({"secret", "token"})
_KEYS: Final = frozenset(
    {
        *("api", "access", "secret", "private", "encryption", "signing", "master", "auth"),
        *("account", "storage", "license", "session", "cookie", "crypto", "hmac", "jwt"),
    }
)
_HASHED: Final = re.compile(
    r"\$(?:2[abxy]?|5|6|7|y|apr1|argon2(?:id?|d)|pbkdf2[a-z0-9-]*|scrypt)\$|"
    r"\{(?:SHA|SSHA|CRYPT|PBKDF2)|SCRAM-SHA-256\$|sha(?:1|224|256|384|512):|md5[0-9a-f]{32}$"
)
_REFERENCE: Final = re.compile(
    r"[a-z][a-z0-9+.-]*:[^ ]*[/#].*|(?:ref\+|arn:|ENC\[|enc:|env:|file:|projects/).*|/[^ ]+/[^ ]*|"
    r"\$[A-Z_][A-Z0-9_.:-]*|%[A-Z_]+%|.*(?:\$\(|\$\{|\{\{|<[a-z]).*",
    re.IGNORECASE | re.DOTALL,
)
_IDLE: Final = frozenset({"true", "false", "yes", "no", "none", "null", "disabled", "enabled"})


def kind_of(name: str) -> str:
    """What a key, a variable or a value of that name holds: a password, a secret...; '' if none."""
    words = [word.lower() for word in _WORD.findall(name)]
    if not words:
        return ""
    last, before = words[-1], words[-2] if len(words) > 1 else ""
    if last.endswith(_PASSWORDS) or (last in ("pwd", "pass") and len(name) > len(last)):
        return "a password"
    if last in _SECRETS and before not in ("image", "tls", "pull", "existing"):
        return f"a {last}"
    return "a key" if last == "key" and before in _KEYS else ""


def is_referred(text: str) -> bool:
    """Whether `text` says where something is, is a digest of it, or encrypted."""
    return _HASHED.match(text) is not None or _REFERENCE.fullmatch(text) is not None


def looks_chosen(kind: str, text: str) -> bool:
    """Whether `text` under a name of that kind is what a machine, or a careful person, made up."""
    if looks_random(text):
        return True
    kinds = ("[a-z]", "[A-Z]", "[0-9]", r"[^A-Za-z0-9_.\s-]")
    mixed = sum(re.search(one, text) is not None for one in kinds)
    if not 8 <= len(text) <= 200 or " " in text:
        return False
    return mixed > 1 if kind == "a password" else mixed > 2 and len(text) >= 16


def looks_easy(kind: str, text: str) -> bool:
    """Whether it is a password that anybody would try first, or a secret that says it is one."""
    word = re.fullmatch(r"[A-Za-z0-9_.-]{4,40}", text) is not None and text.lower() not in _IDLE
    # With a dash it is rather the name of a Secret.
    return word and (kind == "a password" or ("secret" in text.lower() and text.isalnum()))
