"""How secrets are named: a path in a mount of OpenBao, and a key in it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

_SEGMENT: Final = "(?:[A-Za-z0-9_@:=~-][A-Za-z0-9_.@:+=~-]*|[+][A-Za-z0-9_.@:+=~-]+)"
"""Not `+` alone, which stands for any segment in a policy; no quotes and no `*`, for its sake."""
PATH_PATTERN: Final = rf"{_SEGMENT}(?:/{_SEGMENT})*"
"""What a mount, and a path in it, may be called; without anchors."""
KEY_PATTERN: Final = "[-._A-Za-z0-9]+"
"""What a key may be called, as in a Secret of Kubernetes; without anchors."""
LONGEST_PATH: Final = 400
LONGEST_KEY: Final = 253
_NOT_OF_A_VARIABLE: Final = re.compile(r"[^A-Z0-9]+")


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A path in a KV v2 mount; `str()` is how `bao kv` names it: `secret/harbor/staging`."""

    mount: str
    path: str

    def __str__(self) -> str:
        return f"{self.mount}/{self.path}"


@dataclass(frozen=True, slots=True, order=True)
class Address:
    """A key at a path; `str()` is `harbor/staging#password`, without the mount."""

    place: Place
    key: str

    def __str__(self) -> str:
        return f"{self.place.path}#{self.key}"

    @property
    def in_full(self) -> str:
        """With the mount: `secret/harbor/staging#password`."""
        return f"{self.place}#{self.key}"

    @property
    def variable(self) -> str:
        """Its name in files of environment variables: `HARBOR_STAGING__PASSWORD`."""
        return f"{_upper(self.place.path)}__{_upper(self.key)}"


def is_path(text: str) -> bool:
    """Whether a mount, or a path in it, may be called so."""
    return len(text) <= LONGEST_PATH and re.fullmatch(PATH_PATTERN, text) is not None


def is_key(text: str) -> bool:
    """Whether a key may be called so."""
    return len(text) <= LONGEST_KEY and re.fullmatch(KEY_PATTERN, text) is not None


def _upper(text: str) -> str:
    return _NOT_OF_A_VARIABLE.sub("_", text.upper()).strip("_")
