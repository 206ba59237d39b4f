"""Finds what was made from a value that its parent had before: an interrupted run leaves that."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Final

from plate_llm_cli.secrets.server.history import earlier
from plate_llm_cli.secrets.spec import Derived
from plate_llm_cli.secrets.values.inputs import derive

if TYPE_CHECKING:
    from collections.abc import Mapping

    from plate_llm_cli.secrets.addresses import Address, Place
    from plate_llm_cli.secrets.server.history import VersionReader
    from plate_llm_cli.secrets.server.stored import Stored
    from plate_llm_cli.secrets.spec import KeySpec, Spec
    from plate_llm_cli.secrets.values.secret import Secret

_FURTHEST: Final = 10
"""Versions that are looked at: as many as OpenBao keeps unless it is told otherwise."""


def stale_keys(
    spec: Spec, stored: Mapping[Place, Stored], reader: VersionReader
) -> frozenset[Address]:
    """The keys whose value is what an earlier value of their parent makes.

    A value that nothing explains was set by hand, and is nobody's to change. Versions are read
    only for keys that differ from what their parent makes now.
    """
    return frozenset(
        key.address
        for key in spec.keys
        if isinstance(key.origin, Derived) and _is_stale(key, key.origin, stored, reader)
    )


def _is_stale(
    key: KeySpec, origin: Derived, stored: Mapping[Place, Stored], reader: VersionReader
) -> bool:
    place, name = origin.parent.place, origin.parent.key
    now = stored[key.address.place].data.get(key.name)
    parent = stored[place].data.get(name)
    if now is None or parent is None or _makes(origin, parent, now):
        return False
    versions = islice(earlier(reader, place, stored[place].version), _FURTHEST)
    values = (version.data.get(name) for version in versions)
    return any(value is not None and _makes(origin, value, now) for value in values)


def _makes(origin: Derived, parent: Secret, now: Secret) -> bool:
    return derive(origin.template, parent).same_as(now)
