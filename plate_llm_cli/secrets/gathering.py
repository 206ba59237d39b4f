"""Collects the values that a plan needs, and says which cannot be used."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from plate_llm_cli.errors import InputError
from plate_llm_cli.secrets.plan import Action, Candidate
from plate_llm_cli.secrets.server.stored import StoredState
from plate_llm_cli.secrets.spec import Derived, Generate
from plate_llm_cli.secrets.values.sources import Missing, source_of, values_for

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from plate_llm_cli.secrets.addresses import Address
    from plate_llm_cli.secrets.plan import KeyPlan, PathPlan, Plan, Wishes
    from plate_llm_cli.secrets.spec import KeySpec
    from plate_llm_cli.secrets.values.inputs import Inputs
    from plate_llm_cli.secrets.values.secret import Secret

_MOST_LISTED = 20
_MOST_NAMED = 3


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


def require_values(
    plan: Plan, hint: str = "--partial writes the others", *, made: bool = True
) -> None:
    """Refuse to go on unless every key that changes has a value of the right form.

    `hint` is what to do where values are missing; without `made`, those that are generated are not
    there yet.

    Raises:
        InputError: values are missing or cannot be used; all of them are named.
    """
    lacking = [f"{key.address}: {key.lack}" for key in plan.keys if _lacks_value(key, made=made)]
    if lacking:
        values = "a value is missing" if len(lacking) == 1 else "values are missing"
        raise InputError(f"{values}, nothing was written", hint, _listed(lacking))
    faults = [str(key.fault) for key in plan.keys if _is_written(key) and key.fault]
    if faults:
        values = "a value" if len(faults) == 1 else "values"
        hint = "the form that a value must have is in the spec"
        raise InputError(f"{values} cannot be used, nothing was written", hint, _listed(faults))


def refuse_deleted(plan: Plan, wishes: Wishes) -> None:
    """Refuse to write over what somebody deleted, unless keys of the path are named.

    Raises:
        InputError: naming the paths, and how the deleted version comes back.
    """
    deleted = [
        path
        for path in plan.paths
        if path.changes
        and path.stored.state is StoredState.DELETED
        and not any(key.address in wishes.overwrite for key in path.keys)
    ]
    if deleted:
        lines = [_back(path) for path in deleted]
        hint = "or write new values: " + " ".join(
            f"--overwrite '{path.place.path}#*'" for path in deleted[:_MOST_NAMED]
        )
        paths = "a path was deleted" if len(deleted) == 1 else "paths were deleted"
        raise InputError(f"{paths}, nothing was written", hint, _listed(lines))


def _back(path: PathPlan) -> str:
    mount, version = path.place.mount, path.stored.version
    command = f"bao kv undelete -mount={mount} -versions={version} {path.place.path}"
    return f"{path.place}: {command} brings it back"


def _lacks_value(key: KeyPlan, *, made: bool) -> bool:
    if not _is_written(key) or key.value is not None or _is_derived(key):
        return False
    return made or not (key.spec is not None and isinstance(key.spec.origin, Generate))


def _is_written(key: KeyPlan) -> bool:
    return key.action in (Action.ADD, Action.CHANGE) and key.spec is not None


def _is_derived(key: KeyPlan) -> bool:
    return key.spec is not None and isinstance(key.spec.origin, Derived)


def _listed(lines: list[str]) -> list[str]:
    more = [f"and {len(lines) - _MOST_LISTED} more"] if len(lines) > _MOST_LISTED else []
    return [*lines[:_MOST_LISTED], *more]
