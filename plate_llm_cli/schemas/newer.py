"""Unknown fields that something newer than the schema at hand knows."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from plate_llm_cli.schemas.kubernetes import kubernetes_schemas
from plate_llm_cli.schemas.versions import known_versions
from plate_llm_cli.schemas.violations import Violation, ViolationKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plate_llm_cli.schemas.identity import Identity
    from plate_llm_cli.schemas.schema import Schema
    from plate_llm_cli.source.nodes import Route


def name_version(found: list[Violation], identity: Identity, version: str) -> Iterator[Violation]:
    """`found`, where fields that come with a version after `version` say so."""
    for violation in found:
        is_unknown = violation.kind is ViolationKind.UNKNOWN_FIELD and not violation.suggestion
        later = _arrival(identity, violation.route, version) if is_unknown else None
        if later is None:
            yield violation
        else:
            yield replace(violation, help=f"Kubernetes {version} lacks it; {later} has it.")


def doubt_model(found: list[Violation]) -> Iterator[Violation]:
    """`found`, where unknown fields say that an operator newer than our model may know them."""
    for violation in found:
        if violation.kind is ViolationKind.UNKNOWN_FIELD and not violation.suggestion:
            text = f"{violation.help} If your operator knows it, give its CRD with --crds DIR."
            yield replace(violation, help=text)
        else:
            yield violation


def _arrival(identity: Identity, route: Route, version: str) -> str | None:
    known = known_versions()
    later = known[known.index(version) + 1 :]
    if not later or not _knows(later[-1], identity, route):
        return None
    return next(minor for minor in later if _knows(minor, identity, route))


def _knows(version: str, identity: Identity, route: Route) -> bool:
    schema = kubernetes_schemas(version).find(identity.api, identity.kind)
    return schema is not None and has_field(schema, route)


def has_field(schema: Schema, route: Route) -> bool:
    """Whether an object of `schema` may have a field at `route`."""
    here: Schema | None = schema
    for step in route:
        if here is None:
            return True
        known = isinstance(step, int) or step in here.properties or here.entries is not None
        if not known:
            return not here.closed
        here = here.items if isinstance(step, int) else here.child(step)
    return True
