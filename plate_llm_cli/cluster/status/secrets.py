"""The Secrets that pods read: whether the keys are there. Values are let go at once."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from plate_llm_cli.cluster.objects import Ref, mapping
from plate_llm_cli.cluster.status.item import Item, Level, Problem, Root
from plate_llm_cli.cluster.status.reading import Unread, attempt

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plate_llm_cli.cluster.api import Api
    from plate_llm_cli.cluster.status.expected import Expected, Read
    from plate_llm_cli.cluster.status.reading import Reader

_DOCKER = frozenset({".dockerconfigjson", ".dockercfg"})


def secrets(reader: Reader, expected: Expected) -> Iterator[Item]:
    """Every Secret that is read, by its name: a list would bring those of others as well."""
    for name, read in expected.secrets.items():
        ref = Ref("v1", "Secret", expected.namespace, name)
        keys = attempt(partial(key_names, reader.api, ref))
        if isinstance(keys, Unread):
            yield keys.of(ref)
        else:
            yield _item(ref, read, keys, expected.env)


def key_names(api: Api, ref: Ref) -> list[str] | None:
    """The names of a Secret's keys, sorted; None where there is no such Secret.

    Raises:
        ForbiddenError, ClusterError: it may not be read, or the API server is gone.
    """
    found = api.get(ref)
    return None if found is None else sorted(mapping(found, "data"))


def _item(ref: Ref, read: Read, keys: list[str] | None, env: str) -> Item:
    facts: dict[str, Any] = {"read": sorted(read.keys), "present": keys}
    if keys is None and read.optional:
        return Item(ref, "is not there, and need not be", (), facts)
    advice = f"plate-llm secrets plan {env} shows what OpenBao lacks"
    if keys is None:
        problem = Problem(Level.FAILING, Root.KEYS, "is not there", advice)
        return Item(ref, "is not there", (problem,), facts)
    lacking = [key for key in sorted(read.keys) if not _has(keys, key)]
    if not lacking:
        count = len(read.keys)
        said = f"has {'the key that is' if count == 1 else f'all {count} keys that are'} read"
        return Item(ref, said if count else f"has {len(keys)} keys", (), facts)
    problem = Problem(Level.FAILING, Root.KEYS, f"no key {', '.join(lacking)}", advice)
    present = len(read.keys) - len(lacking)
    return Item(ref, f"has {present} of {len(read.keys)} keys that are read", (problem,), facts)


def _has(keys: list[str], key: str) -> bool:
    return key in keys or (key in _DOCKER and bool(_DOCKER.intersection(keys)))
