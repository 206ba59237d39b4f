"""Texts that are credentials by their form, whatever they are called."""

from __future__ import annotations

import math
import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

_SHAPES: Final = tuple(
    # None begins inside a longer word: nor is one tried there, which would take for ever.
    (what, marks, re.compile(rf"(?<![A-Za-z0-9_-])(?:{shape})"))
    for what, marks, shape in (
        ("an AWS access key", ("AKIA", "ASIA"), r"(?:AKIA|ASIA)[A-Z2-7]{16}(?![A-Za-z0-9])"),
        ("a GitHub token", ("gh",), r"gh[pousr]_[A-Za-z0-9]{36,255}"),
        ("a GitHub token", ("github_pat_",), r"github_pat_[A-Za-z0-9_]{60,255}"),
        ("a GitLab token", ("gl",), r"gl(?:pat|dt|rt|ptt|ft)-[A-Za-z0-9_-]{20,}"),
        ("a Slack token", ("xox",), r"xox[abeprs]-[0-9][A-Za-z0-9-]{14,}"),
        ("a Slack token", ("xapp-",), r"xapp-[0-9]-[A-Za-z0-9-]{20,}"),
        (
            "a Slack webhook",
            ("hooks.slack.com",),
            r"https://hooks\.slack\.com/services/T[A-Z0-9]{7,}/B[A-Z0-9]{7,}/[A-Za-z0-9]{20,}",
        ),
        ("an Anthropic key", ("sk-ant-",), r"sk-ant-[A-Za-z0-9_-]{20,}"),
        ("an OpenAI key", ("sk-",), r"sk-(?!ant-)(?:[a-z]{2,8}-)?[A-Za-z0-9_-]{32,}"),
        ("a Google API key", ("AIza",), r"AIza[A-Za-z0-9_-]{35}"),
        ("a Stripe key", ("k_live_", "k_test_"), r"[rs]k_(?:live|test)_[A-Za-z0-9]{16,}"),
        ("an npm token", ("npm_",), r"npm_[A-Za-z0-9]{36}"),
        ("a PyPI token", ("pypi-",), r"pypi-AgEIcHlwaS5vcmc[A-Za-z0-9_-]{50,}"),
        ("a Docker Hub token", ("dckr_pat_",), r"dckr_pat_[A-Za-z0-9_-]{20,}"),
        ("a Vault or OpenBao token", ("hvs.", "hvb."), r"hv[sb]\.[A-Za-z0-9_-]{24,}"),
        ("a Hugging Face token", ("hf_",), r"hf_[A-Za-z]{34}(?![A-Za-z0-9_])"),
        ("a DigitalOcean token", ("_v1_",), r"do[opr]_v1_[a-f0-9]{64}"),
        ("a SendGrid key", ("SG.",), r"SG\.[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43}"),
        ("an age key", ("AGE-SECRET-KEY-1",), r"AGE-SECRET-KEY-1[A-Z0-9]{58}"),
        ("a JWT", ("eyJ",), r"eyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{20,}"),
    )
)
"""What it is, what has to occur in a text that holds one, and its form."""
_PRIVATE_KEY: Final = re.compile(
    r"-----BEGIN (?:(?:RSA|EC|DSA|OPENSSH|PGP) )?PRIVATE KEY(?: BLOCK)?-----"
    r"(?:\s|\\r|\\n|>|\|)*(?P<body>[A-Za-z0-9+/]{40,})"
)
_URL: Final = re.compile(
    r"://[^\s:/@'\"<>{}$]{0,80}:(?P<body>[^\s:/@'\"<>{}$%*]{4,200})@"
    r"(?P<host>[A-Za-z0-9\[][^\s/:'\",]*)"
)
_SCHEME: Final = re.compile(r"[a-z][a-z0-9+.-]{0,20}$")
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
    for what, marks, shape in _SHAPES:
        if not any(mark in text for mark in marks):
            continue
        for match in shape.finditer(text):
            if _is_varied(match[0]) and not _SAMPLES.search(match[0]):
                yield Leak(what, match.start(), match.end())
    for match in _PRIVATE_KEY.finditer(text):
        if _is_varied(match["body"]):
            yield Leak("a private key", match.start(), match.end())
    for match in _URL.finditer(text):
        scheme = _SCHEME.search(text, max(0, match.start() - 20), match.start())
        if scheme is None or _is_usual(match["body"], match["host"]):
            continue
        if not _in_comment(text, match.start()):
            yield Leak("an address with a password", scheme.start(), match.end())


def _in_comment(text: str, offset: int) -> bool:
    line = text[text.rfind("\n", 0, offset) + 1 : offset]
    return line.lstrip().startswith(("#", "//", "{{/*", "{{- /*")) or " #" in line


def _is_usual(word: str, host: str) -> bool:
    """Whether documentation has such a password, or the address leads to the same machine."""
    shown = word.lower() in _USUAL_WORDS or _SAMPLES.search(word) is not None
    return shown or host.lower().startswith(_LOCAL) or "example." in host.lower()


def _is_varied(text: str) -> bool:
    """Whether the letters differ as much as in a text that a machine made up."""
    counts = Counter(text)
    bits = -sum(n / len(text) * math.log2(n / len(text)) for n in counts.values())
    return bits >= _VARIED


def looks_random(text: str) -> bool:
    """Whether nobody would choose `text` for a name: 16 letters at least, and no words."""
    if not re.fullmatch(r"[A-Za-z0-9+/=_.~-]{16,200}", text) or not _is_varied(text):
        return False
    bare = re.sub(r"[^A-Za-z0-9]", "", text)
    if re.fullmatch(r"[0-9a-f]{24,}|[0-9A-F]{24,}", bare):
        return True
    changes = len(re.findall(r"[a-zA-Z](?=[0-9])|[0-9](?=[a-zA-Z])", bare))
    mixed = all(re.search(kind, bare) for kind in ("[a-z]", "[A-Z]", "[0-9]"))
    return changes >= 5 or (mixed and changes >= 2)
