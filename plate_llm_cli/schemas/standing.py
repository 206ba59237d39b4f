"""What is known of a kind in the chosen Kubernetes version, in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from plate_llm_cli.schemas.lifecycle import arrives_in, leaves_in, removed_in
from plate_llm_cli.schemas.versions import previous_version
from plate_llm_cli.schemas.violations import CheckResult, SchemaSource, Status, Violation
from plate_llm_cli.schemas.wording import either, near

if TYPE_CHECKING:
    from plate_llm_cli.schemas.crds import CustomKind
    from plate_llm_cli.schemas.identity import Identity
    from plate_llm_cli.schemas.kubernetes import KubernetesSchemas


@dataclass(frozen=True, slots=True)
class Standing:
    """The part of a result that speaks about the kind."""

    status: Status
    message: str = ""
    help: str = ""
    last_version: str | None = None
    replacement: str | None = None

    def result(self, violations: tuple[Violation, ...], source: SchemaSource | None) -> CheckResult:
        """The whole result."""
        return CheckResult(
            self.status,
            violations,
            source,
            self.message,
            self.help,
            self.last_version,
            self.replacement,
        )


def kubernetes_standing(identity: Identity, schemas: KubernetesSchemas) -> Standing:
    """CHECKED, or DEPRECATED where a later version we know no longer has the API."""
    gone = leaves_in(identity.api, identity.kind, schemas.version)
    if gone is None:
        return Standing(Status.CHECKED)
    instead = _replacement(identity, schemas)
    message = f"{identity.api} {identity.kind} is gone from Kubernetes {gone} on"
    return Standing(
        Status.DEPRECATED, message, _use(instead, identity), previous_version(gone), instead
    )


def custom_standing(custom: CustomKind) -> Standing:
    """CHECKED, UNCHECKED without a schema, or what the CRD says of the version."""
    name = f"{custom.api} {custom.kind}"
    if not custom.served:
        message = f"the CRD no longer serves {name}"
        return Standing(Status.REMOVED, message, "Use a version that it serves.")
    if custom.deprecated:
        message = custom.warning or f"the CRD calls {name} deprecated"
        return Standing(Status.DEPRECATED, message, "Use a newer version.")
    return Standing(Status.CHECKED if custom.raw is not None else Status.UNCHECKED)


def missing_standing(
    identity: Identity, schemas: KubernetesSchemas, custom: list[CustomKind]
) -> Standing:
    """REMOVED, UNKNOWN_KIND or UNCHECKED, for a kind without schema.

    `custom` are the other versions of the kind that CRDs define.
    """
    gone = removed_in(identity.api, identity.kind, schemas.version)
    if gone is not None:
        return _removed(identity, schemas, gone)
    if custom:
        served = sorted({version.api for version in custom if version.served})
        message = f"the CRD of {identity.kind} has no version {identity.version}"
        return Standing(Status.UNKNOWN_KIND, message, f"It serves {either(served)}.")
    later = arrives_in(identity.api, identity.kind, schemas.version)
    if later is not None:
        message = f"Kubernetes {schemas.version} has no {identity.api} {identity.kind}"
        text = f"It comes with Kubernetes {later}."
        return Standing(Status.UNKNOWN_KIND, message, text, None, _replacement(identity, schemas))
    if identity.group in schemas.groups:
        return _unknown(identity, schemas)
    message = f"there is no schema for {identity.api} {identity.kind}"
    return Standing(Status.UNCHECKED, message, "Give its CRD with --crds DIR to have it checked.")


def _removed(identity: Identity, schemas: KubernetesSchemas, gone: str) -> Standing:
    instead = _replacement(identity, schemas)
    message = f"{identity.api} {identity.kind} was removed in Kubernetes {gone}"
    text = _use(instead, identity)
    return Standing(Status.REMOVED, message, text, previous_version(gone), instead)


def _unknown(identity: Identity, schemas: KubernetesSchemas) -> Standing:
    message = f"Kubernetes {schemas.version} has no kind {identity.kind} in {identity.api}"
    apis = schemas.apis(identity.kind)
    if apis:
        text = f"{identity.kind} is in {either(apis)}."
        return Standing(Status.UNKNOWN_KIND, message, text, None, apis[0])
    kinds = schemas.kinds(identity.api) or schemas.all_kinds()
    meant = near(identity.kind, kinds) or near(identity.kind, schemas.all_kinds())
    text = f'Did you mean "{meant}"?' if meant else "Check apiVersion and kind for a typing error."
    return Standing(Status.UNKNOWN_KIND, message, text)


def _replacement(identity: Identity, schemas: KubernetesSchemas) -> str | None:
    """The apiVersion to use instead: the same group's before another's."""
    apis = [api for api in schemas.apis(identity.kind) if api != identity.api]
    same_group = [api for api in apis if api.rpartition("/")[0] == identity.group]
    return next(iter(same_group or apis), None)


def _use(instead: str | None, identity: Identity) -> str:
    if instead is None:
        return f"No API of this version has {identity.kind}."
    return f"Use apiVersion {instead}; its fields may differ."
