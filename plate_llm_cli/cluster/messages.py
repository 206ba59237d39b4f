"""What controllers say on objects, fit to be shown: in one line, and without what may be a secret.

External Secrets and others put parts of what a provider answered into conditions and events.
"""

from __future__ import annotations

import re
from typing import Final

_LONGEST: Final = 600
"""Characters; a message may be pages long."""
_READ: Final = 4
"""How many times more than is shown is looked through: not pages, which take minutes."""

_HIDDEN: Final = "[hidden]"
_SECRETS: Final = re.compile(
    r"""
      \beyJ[\w-]{8,}(?:\.[\w-]+){0,4}               # JSON Web Tokens
    | \b(?:hvs|hvb|hvr|s|b|r)\.[A-Za-z0-9_-]{20,}   # tokens of OpenBao and Vault
    | \b(?:sk|pk|ghp|gho|ghs|xox[abp]|AKIA|lsv2|glpat)[-_]?[A-Za-z0-9][\w-]{11,}
    | (?<=://)(?:[^\s/@:]+:[^\s/@]+|[^\s/@]{20,})(?=@)  # user and password, or token, of a URL
    | (?<![\w:.-])(?=[\w+=-]{0,99}[A-Z])(?=[\w+=-]{0,99}[a-z])(?=[\w+=-]{0,99}\d)
      [\w+=-]{24,}(?![\w-]|\.\w)
    | (?<![\w:/.-])(?=\S{0,99}[A-Z])(?=\S{0,99}[a-z])(?=(?:[^\s\d]{0,99}\d){3})
      [\w+/=-]{24,}(?![\w-]|\.\w)
    | (?<![\w:-])(?<!attempt\ to\ \[)(?<!revision\ )  # a digest or a commit is none, other
      [0-9a-f]{32,}\b                               # hexadecimal is
    | (?i:(?<=password=)|(?<=token=)|(?<=secret=))[^\s&,;]+
    """,
    re.VERBOSE,
)


_LOGIN: Final = re.compile(r"(?<=://)[^/]*@")


def without_login(address: str) -> str:
    """`address` without a user and password in it."""
    return _LOGIN.sub("", address)


def spoken(message: str, longest: int = _LONGEST) -> str:
    """`message` in one line of `longest` characters; what looks like a secret is hidden."""
    whole = " ".join(message.split())
    begin = whole[: _READ * longest]
    if begin != whole:  # what is cut in two may look like none
        begin = begin.rpartition(" ")[0] + "…"
    line = _SECRETS.sub(_HIDDEN, begin)
    return line if len(line) <= longest else f"{line[:longest]}…"
