"""Checks rendered objects against the schemas of one Kubernetes version and of custom resources."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from plate_llm_cli.schemas.conformance import Budget, Walk
from plate_llm_cli.schemas.crds import CustomKind, CustomKinds, compile_kind, read_crd
from plate_llm_cli.schemas.directory import find_json_schema, read_crds
from plate_llm_cli.schemas.identity import Identity, expand, identify
from plate_llm_cli.schemas.kubernetes import kubernetes_schemas
from plate_llm_cli.schemas.models import find_model
from plate_llm_cli.schemas.names import check_name
from plate_llm_cli.schemas.newer import doubt_model, has_field, name_version
from plate_llm_cli.schemas.placement import explain_unknown
from plate_llm_cli.schemas.standing import custom_standing, kubernetes_standing, missing_standing
from plate_llm_cli.schemas.versions import known_versions, newest_version, require_version
from plate_llm_cli.schemas.violations import (
    CheckResult,
    SchemaSource,
    Status,
    Violation,
    ViolationKind,
)

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from plate_llm_cli.schemas.schema import Schema
    from plate_llm_cli.source.nodes import Route

__all__ = ["SchemaCatalog", "expand", "known_versions", "newest_version"]

_GRAVITY = (
    Status.CHECKED,
    Status.DEPRECATED,
    Status.UNCHECKED,
    Status.UNKNOWN_KIND,
    Status.REMOVED,
    Status.UNIDENTIFIED,
)


class SchemaCatalog:
    """The schemas of one run: read once, compiled as far as the objects use them, kept.

    `kube_version` is a version with a minor number (`1.31`, `v1.31.2`, `v1.31.2-eks`), `crds` are
    CustomResourceDefinition objects, `folders` hold more of them or JSON Schemas (see
    `directory`). Raises UsageError for a version without schemas.
    """

    def __init__(
        self, kube_version: str, crds: Iterable[object] = (), folders: Iterable[Path] = ()
    ) -> None:
        self.version = require_version(kube_version)
        self._kubernetes = kubernetes_schemas(self.version)
        self._folders = tuple(folders)
        self._custom = CustomKinds(crds)
        for folder in self._folders:
            for crd in read_crds(folder):
                self.add_crd(crd)
        self._looked_up: dict[tuple[str, str], list[CustomKind]] = {}
        self._compiled: dict[int, tuple[CustomKind, Schema]] = {}

    def add_crd(self, crd: object) -> None:
        """Know one more CRD, found in a rendering for instance; other objects are ignored."""
        for custom in read_crd(crd):
            self._custom.add(custom)

    def check(self, obj: object) -> CheckResult:
        """What the API server would find wrong with `obj`. Never raises.

        A `List` is checked item by item; its status is that of the worst item.
        """
        parts = list(expand(obj))
        if len(parts) == 1 and not parts[0][0]:
            return self._check_one(parts[0][1])
        results = [(route, self._check_one(item)) for route, item in parts]
        violations = tuple(
            Violation((*route, *found.route), found.message, found.help, found.kind)
            for route, result in results
            for found in result.violations
        )
        worst = max(
            (result for _, result in results),
            key=lambda result: _GRAVITY.index(result.status),
            default=CheckResult(Status.CHECKED),
        )
        return replace(worst, violations=violations)

    def knows(self, api: str, kind: str, route: Route) -> bool:
        """Whether a kind has a field at `route` (list indexes: any), as far as schemas tell."""
        identity = Identity({}, api, kind)
        own = self._kubernetes.find(api, kind)
        schemas = [own] if own else map(self._schema_of, self._find_custom(identity))
        return any(has_field(schema, route) for schema in schemas)

    def _check_one(self, obj: object) -> CheckResult:
        identity = identify(obj)
        if not isinstance(identity, Identity):
            return CheckResult(Status.UNIDENTIFIED, tuple(identity))
        schema = self._kubernetes.find(identity.api, identity.kind)
        if schema is not None:
            standing = kubernetes_standing(identity, self._kubernetes)
            found = self._violations(identity, schema)
            dated = tuple(name_version(found, identity, self.version))
            return standing.result(dated, SchemaSource.KUBERNETES)
        custom = self._find_custom(identity)
        if custom:
            return self._check_custom(identity, custom)
        known = self._custom.versions(identity.group, identity.kind)
        standing = missing_standing(identity, self._kubernetes, known)
        return standing.result(tuple(check_name(identity.obj, self.version, custom=True)), None)

    def _check_custom(self, identity: Identity, candidates: list[CustomKind]) -> CheckResult:
        """Where CRDs differ, the one that fits best counts: it may be the cluster's."""
        outcomes = [
            (self._violations(identity, self._schema_of(custom)), custom) for custom in candidates
        ]
        found, custom = min(outcomes, key=lambda outcome: len(outcome[0]))
        if custom.source is SchemaSource.MODEL:
            found = list(doubt_model(found))
        return custom_standing(custom).result(tuple(found), custom.source)

    def _find_custom(self, identity: Identity) -> list[CustomKind]:
        known = self._custom.versions(identity.group, identity.kind)
        found = [custom for custom in known if custom.version == identity.version]
        if found or known:
            return found
        key = (identity.api, identity.kind)
        if key not in self._looked_up:
            self._looked_up[key] = list(self._look_up(identity))[:1]
        return self._looked_up[key]

    def _look_up(self, identity: Identity) -> Iterable[CustomKind]:
        where = identity.group, identity.version, identity.kind
        for folder in self._folders:
            if (schema := find_json_schema(folder, *where)) is not None:
                yield schema
        if (model := find_model(*where)) is not None:
            yield model

    def _schema_of(self, custom: CustomKind) -> Schema:
        if id(custom) not in self._compiled:
            schema = compile_kind(custom, self._kubernetes.object_meta)
            self._compiled[id(custom)] = (custom, schema)
        return self._compiled[id(custom)][1]

    def _violations(self, identity: Identity, schema: Schema) -> list[Violation]:
        walk = Walk(Budget(), secret=identity.kind == "Secret")
        walk.visit(schema, identity.obj)
        if walk.budget.spent:
            walk.report(ViolationKind.LIMIT, "too large to be checked as a whole")
        unknown = explain_unknown(schema, identity.obj, walk.unknown)
        custom = identity.group not in self._kubernetes.groups
        names = check_name(identity.obj, self.version, custom=custom)
        return list(_relevant([*walk.violations, *unknown, *names]))


def _relevant(found: list[Violation]) -> Iterable[Violation]:
    """Leave out what is missing from `status`, and what is there under a mistyped name.

    Nobody fills in `status` by hand; a renamed field will no longer be missing.
    """
    mistyped = {
        (violation.route[:-1], violation.suggestion)
        for violation in found
        if violation.kind is ViolationKind.UNKNOWN_FIELD and violation.suggestion
    }
    for violation in found:
        missing = violation.kind is ViolationKind.MISSING_FIELD
        renamed = (violation.route, violation.suggestion) in mistyped
        if not missing or not (renamed or _in_status(violation)):
            yield violation


def _in_status(violation: Violation) -> bool:
    """Whether it lies in what the cluster writes, not the tree."""
    return violation.route[:1] == ("status",)
