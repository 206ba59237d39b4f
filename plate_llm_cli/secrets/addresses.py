"""How secrets are named: a path in a mount of OpenBao, and a key in it."""

from __future__ import annotations

import re
from dataclasses import dataclass

_NOT_OF_A_VARIABLE = re.compile(r"[^A-Z0-9]+")


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


def _upper(text: str) -> str:
    return _NOT_OF_A_VARIABLE.sub("_", text.upper()).strip("_")
