"""Which keys are given a new value, what follows them, and how the value before comes back."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from plate_llm_cli.errors import InputError, UsageError
from plate_llm_cli.secrets.key_names import ALL_KEYS
from plate_llm_cli.secrets.plan import Candidate
from plate_llm_cli.secrets.server.history import earlier
from plate_llm_cli.secrets.spec import Derived, Literal, Spec
from plate_llm_cli.secrets.values.inputs import resolve_names

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from plate_llm_cli.secrets.addresses import Address, Place
    from plate_llm_cli.secrets.plan import Plan
    from plate_llm_cli.secrets.server.history import VersionReader
    from plate_llm_cli.secrets.server.stored import Stored
    from plate_llm_cli.secrets.spec import KeySpec, PathSpec

    Holdings = Mapping[Place, Stored]


def wanted(names: Sequence[str], spec: Spec) -> dict[Address, bool]:
    """The keys to rotate, each with whether it must be there: `path#*` means those that are.

    Raises:
        UsageError: a name is unknown, or its key cannot be rotated.
    """
    keys = {key.address: key for key in spec.keys}
    alone = set(resolve_names([name for name in names if not name.endswith(ALL_KEYS)], spec))
    found = {
        address: address in alone
        for address in resolve_names(names, spec)
        if address in alone or not isinstance(keys[address].origin, Literal | Derived)
    }
    for address in alone:
        _refuse_fixed(keys[address], spec)
    return found


def present(asked: Mapping[Address, bool], stored: Holdings, env: str) -> tuple[Address, ...]:
    """Those of `asked` that are there.

    Raises:
        UsageError: one is missing that must be there, or none is left.
    """
    found = tuple(item for item in asked if item.key in stored[item.place].data)
    absent = [str(item) for item in asked if asked[item] and item not in found]
    if absent:
        verb = "is" if len(absent) == 1 else "are"
        message = f"{', '.join(absent)} {verb} not in OpenBao yet, nothing was rotated"
        raise UsageError(message, f"plate-llm secrets seed {env} fills it in")
    if not found:
        raise UsageError("there is nothing to rotate at that path", f"plate-llm secrets plan {env}")
    return found


def _refuse_fixed(key: KeySpec, spec: Spec) -> None:
    if isinstance(key.origin, Literal):
        where = f"{spec.file.path} line {key.span.line}"
        hint = f"change it there, then seed with --overwrite {key.address}"
        raise UsageError(f"{key.address} cannot be rotated: its value stands in {where}", hint)
    if isinstance(key.origin, Derived):
        parent = key.origin.parent
        message = f"{key.address} cannot be rotated: it is made from {parent}"
        raise UsageError(message, f"rotate {parent}, and it follows")


def narrowed(whole: Spec, rotated: Iterable[Address]) -> Spec:
    """`whole` with nothing but `rotated`, all of them required, and what is made from them.

    What follows may be in paths of other environments.
    """
    chosen = set(rotated)
    kept = chosen | _followers(whole, chosen)
    paths = (_only(path, kept, chosen) for path in whole.paths)
    return Spec(whole.file, tuple(path for path in paths if path.keys))


def _only(path: PathSpec, kept: set[Address], rotated: set[Address]) -> PathSpec:
    keys = {
        name: replace(key, required=True) if key.address in rotated else key
        for name, key in path.keys.items()
        if key.address in kept
    }
    return replace(path, keys=keys)


def _followers(whole: Spec, rotated: set[Address]) -> set[Address]:
    """Every key that is made from one of `rotated`, at whatever distance."""
    made = {key.address: key.origin.parent for key in whole.keys if isinstance(key.origin, Derived)}
    found: set[Address] = set()
    while more := {child for child, parent in made.items() if parent in rotated | found} - found:
        found |= more
    return found


def refuse_unchanged(plan: Plan, rotated: Iterable[Address]) -> None:
    """Refuse to go on where a new value is the one that is there.

    Raises:
        InputError: nothing would be rotated there.
    """
    chosen = set(rotated)
    same = [str(key.address) for key in plan.keys if key.address in chosen and not key.changes]
    if same:
        values = (
            "a new value is the one that is" if len(same) == 1 else "new values are those that are"
        )
        raise InputError(f"{values} there already, nothing was rotated", "give another", same)


def values_before(
    reader: VersionReader, stored: Holdings, rotated: Sequence[Address]
) -> dict[Address, Candidate]:
    """For each key the value of the newest earlier version that has another one.

    Raises:
        UsageError: no version that can be read has another value; all such keys are named.
        OpenBaoError: the server refuses, or is gone.
    """
    found: dict[Address, Candidate] = {}
    for place in dict.fromkeys(address.place for address in rotated):
        here = [address for address in rotated if address.place == place]
        found |= _before(reader, stored[place], here)
    lacking = [str(address) for address in rotated if address not in found]
    if lacking:
        message = "OpenBao has no earlier version with another value, nothing was rotated"
        hint = "what was deleted comes back with bao kv undelete, what was destroyed never does"
        raise UsageError(message, hint, lacking)
    return found


def _before(
    reader: VersionReader, now: Stored, addresses: Sequence[Address]
) -> dict[Address, Candidate]:
    found: dict[Address, Candidate] = {}
    for version in earlier(reader, addresses[0].place, now.version):
        for address in addresses:
            value = version.data.get(address.key)
            if address in found or value is None or value.same_as(now.data[address.key]):
                continue
            found[address] = Candidate(value, f"version {version.version}")
        if len(found) == len(addresses):
            break
    return found
