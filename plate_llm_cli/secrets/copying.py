"""Values of one environment for another: which keys go, and why the others stay."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from plate_llm_cli.errors import UsageError
from plate_llm_cli.secrets.addresses import Address
from plate_llm_cli.secrets.plan import Candidate
from plate_llm_cli.secrets.spec import Derived, Generate, Literal

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from plate_llm_cli.secrets.addresses import Place
    from plate_llm_cli.secrets.pairing import Pairing
    from plate_llm_cli.secrets.spec import KeySpec, PathSpec, Spec
    from plate_llm_cli.secrets.stored import Stored


@dataclass(frozen=True, slots=True)
class Choice:
    """What the person says about keys, by their address in the environment that is written."""

    excluded: frozenset[Address] = frozenset()
    included: frozenset[Address] = frozenset()
    """Generated keys that go all the same."""
    overwrite: frozenset[Address] = frozenset()


def candidates(
    target: Spec, pairing: Pairing, stored: Mapping[Place, Stored], choice: Choice
) -> dict[Address, Candidate]:
    """What is known of every key of `target`; `stored` is what the other environment has.

    Raises:
        UsageError: a key that is to be overwritten or included is never copied.
    """
    sources = {mine.place: theirs for theirs, mine in pairing.pairs}
    found = {}
    for path in target.paths:
        for key in path.keys.values():
            if not isinstance(key.origin, Derived):
                found[key.address] = _candidate(key, sources.get(path.place), stored, choice)
    for address in sorted(choice.overwrite | choice.included):
        candidate = found.get(address)
        if candidate is None or candidate.value is None:
            reason = candidate.note if candidate else "it is made from another key"
            raise UsageError(f"{address} is not copied: {reason}")
    return found


def _candidate(
    key: KeySpec, source: PathSpec | None, stored: Mapping[Place, Stored], choice: Choice
) -> Candidate:
    reason = next(_reasons(key, source, choice), "")
    if reason or source is None:
        return Candidate(left=True, note=reason)
    address = Address(source.place, key.name)
    value = stored[source.place].data.get(key.name)
    if value is None:
        return Candidate(left=True, note=f"{address} is not there")
    return Candidate(value, str(address))


def _reasons(key: KeySpec, source: PathSpec | None, choice: Choice) -> Iterator[str]:
    """Why a key is not copied."""
    if key.bound or (source is not None and _is_bound(source, key.name)):
        yield "it stays in its environment"
    if key.address in choice.excluded:
        yield "excluded"
    if source is None:
        yield "its path has no counterpart"
    if isinstance(key.origin, Literal):
        yield "its value stands in the spec"
    if isinstance(key.origin, Generate) and key.address not in choice.included:
        yield "it is generated: --include copies it"


def _is_bound(path: PathSpec, name: str) -> bool:
    return name in path.keys and path.keys[name].bound
