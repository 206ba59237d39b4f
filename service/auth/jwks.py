"""A set of keys (RFC 7517) as an issuer publishes it."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from service.auth import keys
from service.auth.keys import KeyRefusedError
from service.auth.token import PLAIN_KID, json_object

if TYPE_CHECKING:
    from collections.abc import Sequence

    from service.auth.keys import Key

logger = logging.getLogger(__name__)

MOST_KEYS = 64
"""An issuer has two or three. What a set costs to read is bounded with this."""


class KeySetError(ValueError):
    """An answer that is no set of keys with at least one of use."""


class KeySet:
    """The keys of a set that can be used."""

    def __init__(self, named: Sequence[tuple[str | None, Key]]) -> None:
        self._all = [key for _, key in named]
        self._by_kid: dict[str, Key] = {}
        for kid, key in named:
            if kid is not None:
                self._by_kid.setdefault(kid, key)

    def __len__(self) -> int:
        return len(self._all)

    def find(self, kid: str | None, algorithm: str) -> Key | None:
        """The key of this name; without a name, the only one with this algorithm."""
        if kid is not None:
            return self._by_kid.get(kid)
        fitting = [key for key in self._all if key.algorithm == algorithm]
        return fitting[0] if len(fitting) == 1 else None


def read(document: bytes) -> KeySet:
    """The usable keys of a set. Raises KeySetError where there are none."""
    content = json_object(document)
    entries = None if content is None else content.get("keys")
    if not isinstance(entries, list):
        raise KeySetError("its answer is no set of keys")
    named = []
    for entry in entries[:MOST_KEYS]:
        try:
            named.append(_named(entry))
        except KeyRefusedError as error:
            logger.info("a key of the issuer's set is left out: %s", error)
    if not named:
        raise KeySetError("its answer has no key that can be used")
    return KeySet(named)


def _named(entry: object) -> tuple[str | None, Key]:
    if not isinstance(entry, dict):
        raise KeyRefusedError("not an object")
    kid = entry.get("kid")
    if kid is not None and not (isinstance(kid, str) and PLAIN_KID.fullmatch(kid)):
        raise KeyRefusedError("its kid is not a plain name")
    return kid, keys.from_jwk(entry)
