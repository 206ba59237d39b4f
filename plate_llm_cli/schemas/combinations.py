"""`allOf`, `anyOf`, `oneOf` and `not`: many branches, one useful sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from plate_llm_cli.schemas.violations import ViolationKind
from plate_llm_cli.schemas.wording import either

if TYPE_CHECKING:
    from plate_llm_cli.schemas.conformance import Walk
    from plate_llm_cli.schemas.schema import Schema


def settle(walk: Walk, schema: Schema, value: Any) -> None:
    """Report where `value` does not fit the combinations that `schema` asks for."""
    for keyword in schema.logic:
        branches = schema.branches(keyword)
        if keyword == "allOf":
            for branch in branches:
                walk.adopt(walk.trial(branch, value))
        elif keyword == "not":
            _none(walk, branches, value)
        elif branches:
            _some(walk, branches, value, only_one=keyword == "oneOf")


def _none(walk: Walk, branches: tuple[Schema, ...], value: Any) -> None:
    for branch in branches:
        if not walk.trial(branch, value).failed:
            names = either(branch.required)
            message = f"{names} must not be set here" if names else "this value is not allowed"
            walk.report(ViolationKind.BAD_VALUE, message)


def _some(walk: Walk, branches: tuple[Schema, ...], value: Any, *, only_one: bool) -> None:
    trials = [walk.trial(branch, value) for branch in branches]
    passed = [branch for branch, trial in zip(branches, trials, strict=True) if not trial.failed]
    if not passed:
        _report_failure(walk, branches, trials)
    elif only_one and len(passed) > 1:
        names = sorted({name for branch in passed for name in branch.required})
        message = "matches more than one of the forms that exclude each other"
        if names:
            message = f"only one of {', '.join(names)} may be set"
        walk.report(ViolationKind.BAD_VALUE, message)


def _report_failure(walk: Walk, branches: tuple[Schema, ...], trials: list[Walk]) -> None:
    names = [branch.required for branch in branches]
    if all(names) and all(_only_requires(branch) for branch in branches):
        words = either(" with ".join(fields) for fields in names)
        walk.report(ViolationKind.MISSING_FIELD, f"{words} must be set")
        return
    walk.adopt(min(trials, key=_distance))


def _only_requires(branch: Schema) -> bool:
    return branch.raw.keys() <= {"required", "properties", "type"}


def _distance(trial: Walk) -> tuple[bool, int]:
    """How far a value is from a branch: another type altogether is the farthest."""
    first = trial.violations[0] if trial.violations else None
    alien = first is not None and first.kind is ViolationKind.WRONG_TYPE
    return alien, len(trial.violations) + len(trial.unknown)
