"""What controllers say on objects, fit to be shown: in one line, and without what may be a secret.

External Secrets and others put parts of what a provider answered into conditions and events.
"""

from __future__ import annotations

import re
from typing import Final

_LONGEST: Final = 600
"""Characters; a message may be pages long."""

_HIDDEN: Final = "[hidden]"
_SECRETS: Final = re.compile(
    r"""
      \beyJ[\w-]{8,}(?:\.[\w-]+){0,4}               # JSON Web Tokens
    | \b(?:hvs|hvb|hvr|s|b|r)\.[A-Za-z0-9_-]{20,}   # tokens of OpenBao and Vault
    | \b(?:sk|pk|ghp|gho|ghs|xox[abp]|AKIA|lsv2|glpat)[-_]?[A-Za-z0-9][\w-]{11,}
    | (?<=://)[^\s/@:]+:[^\s/@]+(?=@)               # user and password in an address
    | (?<![\w:.-])(?=[\w+=-]*[A-Z])(?=[\w+=-]*[a-z])(?=[\w+=-]*\d)[\w+=-]{24,}(?![\w-]|\.\w)
    | (?<![\w:/.-])(?=\S*[A-Z])(?=\S*[a-z])(?=(?:[^\s\d]*\d){3})[\w+/=-]{24,}(?![\w-]|\.\w)
    | (?<![\w:-])[0-9a-f]{32,}\b                    # hexadecimal, unless it is a digest
    | (?i:(?<=password=)|(?<=token=)|(?<=secret=))[^\s&,;]+
    """,
    re.VERBOSE,
)


def spoken(message: str) -> str:
    """`message` in one line of at most 600 characters; what looks like a secret is hidden."""
    line = _SECRETS.sub(_HIDDEN, " ".join(message.split()))
    return line if len(line) <= _LONGEST else f"{line[:_LONGEST]}…"
