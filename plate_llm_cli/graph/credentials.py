"""Texts that are credentials by their form, whatever they are called."""

from __future__ import annotations

import math
import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

_SHAPES: Final = (
    ("an AWS access key", r"(?:AKIA|ASIA)[A-Z2-7]{16}"),
    ("a GitHub token", r"gh[pousr]_[A-Za-z0-9]{36,255}|github_pat_[A-Za-z0-9_]{60,255}"),
    ("a GitLab token", r"gl(?:pat|dt|rt|ptt|ft)-[A-Za-z0-9_-]{20,}"),
    ("a Slack token", r"xox[abeprs]-[0-9][A-Za-z0-9-]{14,}|xapp-[0-9]-[A-Za-z0-9-]{20,}"),
    (
        "a Slack webhook",
        r"https://hooks\.slack\.com/(?:services/T[A-Z0-9]{7,}/B[A-Z0-9]{7,}/[A-Za-z0-9]{20,})",
    ),
    ("an Anthropic key", r"sk-ant-[A-Za-z0-9_-]{20,}"),
    ("an OpenAI key", r"sk-(?:proj-|svcacct-|admin-)?(?!ant-)[A-Za-z0-9_-]{32,}"),
    ("a Google API key", r"AIza[A-Za-z0-9_-]{35}"),
    ("a Stripe key", r"[rs]k_(?:live|test)_[A-Za-z0-9]{16,}"),
    ("an npm token", r"npm_[A-Za-z0-9]{36}"),
    ("a PyPI token", r"pypi-AgEIcHlwaS5vcmc[A-Za-z0-9_-]{50,}"),
    ("a Docker Hub token", r"dckr_pat_[A-Za-z0-9_-]{20,}"),
    ("a Vault or OpenBao token", r"hv[sb]\.[A-Za-z0-9_-]{24,}"),
    ("a Hugging Face token", r"hf_[A-Za-z]{34}"),
    ("a DigitalOcean token", r"do[opr]_v1_[a-f0-9]{64}"),
    ("a SendGrid key", r"SG\.[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43}"),
    ("an age key", r"AGE-SECRET-KEY-1[A-Z0-9]{58}"),
    ("a JWT", r"eyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{20,}"),
)
_TOKEN: Final = re.compile(
    "|".join(rf"(?P<s{index}>{shape})" for index, (_, shape) in enumerate(_SHAPES))
)
_PRIVATE_KEY: Final = re.compile(
    r"-----BEGIN (?:(?:RSA|EC|DSA|OPENSSH|PGP) )?PRIVATE KEY(?: BLOCK)?-----"
    r"(?:\s|\\r|\\n|>|\|)*(?P<body>[A-Za-z0-9+/]{40,})"
)
_URL: Final = re.compile(
    r"\b[a-z][a-z0-9+.-]{1,20}://[^\s:/@'\"<>{}$]{0,80}:(?P<body>[^\s:/@'\"<>{}$%*]{4,200})@(?P<host>[A-Za-z0-9\[][^\s/:'\",]*)"
)
_BEFORE: Final = re.compile(r"[A-Za-z0-9_]")
_SAMPLES: Final = re.compile(
    r"example|sample|x{4,}|\.{3}|placeholder|dummy|fake|your|change_?me|redacted|0{6,}|12345678|"
    # The token that jwt.io and every tutorial show.
    r"eyJzdWIiOiIxMjM0NTY3ODkw",
    re.IGNORECASE,
)
_USUAL_WORDS: Final = frozenset(
    {
        *("password", "passwd", "pass", "secret", "pwd", "passw0rd", "user", "username", "token"),
        *("changeme", "change-me", "change_me", "guest", "root", "admin", "test", "postgres"),
    }
)
_LOCAL: Final = ("localhost", "127.", "[::1]", "host.docker.internal", "example")
_VARIED: Final = 3.0
"""Bits a letter: words repeat letters more than what a machine made up."""


@dataclass(frozen=True, slots=True)
class Leak:
    """A credential in a text: what it is, and where it begins and ends. Never its value."""

    what: str
    start: int
    end: int


def leaks_in(text: str) -> Iterator[Leak]:
    """Every credential of a known form in `text`."""
    for match in _TOKEN.finditer(text):
        found = match[0]
        glued = match.start() > 0 and _BEFORE.match(text[match.start() - 1])
        what = _SHAPES[int((match.lastgroup or "s0")[1:])][0]
        if not glued and is_varied(found) and not _SAMPLES.search(found):
            yield Leak(what, match.start(), match.end())
    for match in _PRIVATE_KEY.finditer(text):
        if is_varied(match["body"]):
            yield Leak("a private key", match.start(), match.end())
    for match in _URL.finditer(text):
        if not _in_comment(text, match.start()) and not _is_usual(match["body"], match["host"]):
            yield Leak("an address with a password", match.start(), match.end())


def _in_comment(text: str, offset: int) -> bool:
    line = text[text.rfind("\n", 0, offset) + 1 : offset]
    return line.lstrip().startswith(("#", "//", "{{/*", "{{- /*")) or " #" in line


def _is_usual(word: str, host: str) -> bool:
    """Whether documentation has such a password, or the address leads to the same machine."""
    shown = word.lower() in _USUAL_WORDS or _SAMPLES.search(word) is not None
    return shown or host.lower().startswith(_LOCAL) or "example." in host.lower()


def is_varied(text: str) -> bool:
    """Whether the letters differ as much as in a text that a machine made up."""
    counts = Counter(text)
    bits = -sum(n / len(text) * math.log2(n / len(text)) for n in counts.values())
    return bits >= _VARIED


def looks_random(text: str) -> bool:
    """Whether nobody would choose `text` for a name: 16 letters at least, and no words."""
    if not re.fullmatch(r"[A-Za-z0-9+/=_.~-]{16,200}", text) or not is_varied(text):
        return False
    bare = re.sub(r"[^A-Za-z0-9]", "", text)
    if re.fullmatch(r"[0-9a-f]{24,}|[0-9A-F]{24,}", bare):
        return True
    changes = len(re.findall(r"[a-zA-Z](?=[0-9])|[0-9](?=[a-zA-Z])", bare))
    mixed = all(re.search(kind, bare) for kind in ("[a-z]", "[A-Z]", "[0-9]"))
    return changes >= 5 or (mixed and changes >= 2)
