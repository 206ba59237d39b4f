"""Values of one environment for another: which keys go, and why the others stay."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from plate_llm_cli.errors import UsageError
from plate_llm_cli.secrets.addresses import Address
from plate_llm_cli.secrets.plan import Candidate
from plate_llm_cli.secrets.spec import Derived, Generate, Literal

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from plate_llm_cli.secrets.addresses import Place
    from plate_llm_cli.secrets.lifecycle.pairing import Pairing
    from plate_llm_cli.secrets.server.stored import Stored
    from plate_llm_cli.secrets.spec import KeySpec, PathSpec, Spec


@dataclass(frozen=True, slots=True)
class Choice:
    """What the person says about keys, by their address in the environment that is written."""

    excluded: frozenset[Address] = frozenset()
    included: frozenset[Address] = frozenset()
    """Generated keys that go all the same."""
    insisted: frozenset[Address] = frozenset()
    """Those that are named one by one to be included or overwritten: they go, or it is an error."""


@dataclass(frozen=True, slots=True, eq=False)
class Copy:
    """What `pairing`'s second environment, whose spec is `target`, gets of the first one.

    `stored` is what the first one has.
    """

    target: Spec
    pairing: Pairing
    stored: Mapping[Place, Stored]
    choice: Choice = field(default_factory=Choice)

    def candidates(self) -> dict[Address, Candidate]:
        """What is known of every key of the target that is not made from another one.

        Raises:
            UsageError: a key that is insisted on is never copied.
        """
        sources = {mine.place: theirs for theirs, mine in self.pairing.pairs}
        found = {
            key.address: self._candidate(key, sources.get(key.address.place))
            for key in self.target.keys
            if not isinstance(key.origin, Derived)
        }
        for address in sorted(self.choice.insisted):
            candidate = found.get(address)
            if candidate is None or candidate.value is None:
                reason = candidate.note if candidate else "it is made from another key"
                raise UsageError(f"{address} is not copied: {reason}")
        return found

    def unclaimed(self) -> Iterator[Address]:
        """The keys that are stored, could go, and that the target's spec has no place for."""
        for theirs, mine in self.pairing.pairs:
            for name in self.stored[theirs.place].data:
                if name not in mine.keys and not _is_at_home(theirs, name):
                    yield Address(theirs.place, name)

    def _candidate(self, key: KeySpec, source: PathSpec | None) -> Candidate:
        reason = next(self._reasons(key, source), "")
        if reason or source is None:
            return Candidate(left=True, note=reason)
        address = Address(source.place, key.name)
        value = self.stored[source.place].data.get(key.name)
        if value is None:
            return Candidate(left=True, note=f"{address} is not there")
        return Candidate(value, str(address))

    def _reasons(self, key: KeySpec, source: PathSpec | None) -> Iterator[str]:
        """Why a key is not copied."""
        if key.bound or (source is not None and _is_bound(source, key.name)):
            yield "it stays in its environment"
        if key.address in self.choice.excluded:
            yield "excluded"
        if source is None:
            shared = any(path.place == key.address.place for path in self.pairing.shared)
            yield "both read this path" if shared else "its path has no counterpart"
        if isinstance(key.origin, Literal):
            yield "its value stands in the spec"
        if isinstance(key.origin, Generate) and key.address not in self.choice.included:
            yield "it is generated: --include copies it"


def _is_bound(path: PathSpec, name: str) -> bool:
    return name in path.keys and path.keys[name].bound


def _is_at_home(path: PathSpec, name: str) -> bool:
    """Whether nobody expects the key to go: it is bound, or made from what its spec says."""
    key = path.keys.get(name)
    return key is not None and (key.bound or isinstance(key.origin, Derived | Literal))
