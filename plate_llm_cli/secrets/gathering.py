"""Collects the values that a plan needs, and says which cannot be used."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from plate_llm_cli.errors import InputError
from plate_llm_cli.secrets.forms import check
from plate_llm_cli.secrets.plan import Candidate
from plate_llm_cli.secrets.sources import Missing, source_of, values_for
from plate_llm_cli.secrets.spec import Derived, Generate

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from plate_llm_cli.secrets.addresses import Address
    from plate_llm_cli.secrets.forms import Fault
    from plate_llm_cli.secrets.inputs import Inputs
    from plate_llm_cli.secrets.plan import KeyPlan, Plan
    from plate_llm_cli.secrets.secret import Secret
    from plate_llm_cli.secrets.spec import KeySpec

_MOST_LISTED = 20


@dataclass(frozen=True, slots=True, eq=False)
class Gatherer:
    """Where values come from in this run.

    With `make` new values are generated and people are asked; without it nothing is made that
    would be thrown away, as for a plan that is only shown.
    """

    inputs: Inputs
    environ: Mapping[str, str]
    root: Path
    """Relative files of the spec start here."""
    ask: Callable[[KeySpec], Secret | None] | None = None
    make: bool = False
    partial: bool = False
    """Leave required keys missing that nothing gives a value for."""

    def gather(self, plan: Plan) -> dict[Address, Candidate]:
        """What is known of every key of `plan` that could change."""
        found = ((key.address, self._candidate(key)) for key in plan.keys)
        return {address: candidate for address, candidate in found if candidate is not None}

    def _candidate(self, plan: KeyPlan) -> Candidate | None:
        key = plan.spec
        if key is None or isinstance(key.origin, Derived):
            return None
        source = source_of(key, self.inputs, self.environ)
        if not plan.changes:
            return self._given(key, source)
        if isinstance(key.origin, Generate) and not self.make and not source:
            return None
        value = values_for(key, self.inputs, self.environ, self.root, self.ask)
        if isinstance(value, Missing):
            return Candidate(lack=value.reason, left=not key.required or self.partial)
        return Candidate(value, source)

    def _given(self, key: KeySpec, source: str) -> Candidate | None:
        """For a key that stays as it is: only what somebody gave, to say that it is not used."""
        value = self.inputs.get(key.address)
        return None if value is None else Candidate(value, source)


def require_values(plan: Plan, hint: str = "--partial writes the others") -> None:
    """Refuse to go on unless every key that changes has a value of the right form.

    `hint` is what to do where values are missing.

    Raises:
        InputError: values are missing or cannot be used; all of them are named.
    """
    lacking = [
        f"{key.address}: {key.lack}"
        for key in plan.keys
        if _is_written(key) and key.value is None and not _is_derived(key)
    ]
    if lacking:
        values = "a value is missing" if len(lacking) == 1 else "values are missing"
        raise InputError(f"{values}, nothing was written", hint, _listed(lacking))
    faults = [str(fault) for fault in faults_of(plan)]
    if faults:
        values = "a value" if len(faults) == 1 else "values"
        hint = "the form that a value must have is in the spec"
        raise InputError(f"{values} cannot be used, nothing was written", hint, _listed(faults))


def faults_of(plan: Plan) -> Iterator[Fault]:
    """What is wrong with the values that would be written."""
    for key in plan.keys:
        if _is_written(key) and key.spec is not None and key.value is not None:
            fault = check(key.value, key.spec.form, key.address)
            if fault is not None:
                yield fault


def _is_written(key: KeyPlan) -> bool:
    return key.changes and key.spec is not None


def _is_derived(key: KeyPlan) -> bool:
    return key.spec is not None and isinstance(key.spec.origin, Derived)


def _listed(lines: list[str]) -> list[str]:
    more = [f"and {len(lines) - _MOST_LISTED} more"] if len(lines) > _MOST_LISTED else []
    return [*lines[:_MOST_LISTED], *more]
