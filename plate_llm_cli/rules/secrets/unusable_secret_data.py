"""A Secret in the tree that is of no use to what reads it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from plate_llm_cli.findings import Severity
from plate_llm_cli.graph.given_texts import decoded, logins
from plate_llm_cli.graph.secret_fields import mapping, text
from plate_llm_cli.graph.secret_uses import place_of
from plate_llm_cli.graph.sync_exceptions import is_left_alone
from plate_llm_cli.rules.base import Defect, ManifestPlace, Rule
from plate_llm_cli.secrets.values.placeholders import is_placeholder

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plate_llm_cli.graph.deployment import Deployment
    from plate_llm_cli.graph.manifests import Manifest
    from plate_llm_cli.graph.secret_uses import ClusterNamespace, SecretUse

_REQUIRED = {
    "kubernetes.io/tls": ("tls.crt", "tls.key"),
    "kubernetes.io/dockerconfigjson": (".dockerconfigjson",),
    "kubernetes.io/dockercfg": (".dockercfg",),
    "kubernetes.io/ssh-auth": ("ssh-privatekey",),
}
"""What the API server insists on, by type (pkg/apis/core/validation of Kubernetes)."""


class UnusableSecretData(Rule):
    """A Secret lacks a key that its type needs, is no login, or is empty where a pod reads it.

    ## What it does
    Holds the Secrets of the tree against their type: both keys for `kubernetes.io/tls`, a JSON
    text with `auths` for `kubernetes.io/dockerconfigjson`. An empty value is a warning where a pod
    reads its key; others are left out, for many charts switch something off that way. What a
    plugin fills in (`<path:...>`, `${...}`) and what the Application ignores is right.

    ## Why is this bad?
    The API server refuses the Secret; or images cannot be pulled, though the login is there.

    ## Example
    ```yaml
    kind: Secret
    type: kubernetes.io/dockerconfigjson
    stringData:
      .dockerconfigjson: '{"registry.example.com": {}}'
    ```

    ## Use instead
    ```yaml
    stringData:
      .dockerconfigjson: '{"auths": {"registry.example.com": {"auth": "..."}}}'
    ```
    """

    id = "unusable-secret-data"
    severity = Severity.ERROR
    summary = "A Secret lacks a key that its type needs, is no login, or is empty where it is read"
    sensitive = True

    def check(self, deployment: Deployment) -> Iterator[Defect]:
        """Every Secret that no one can use."""
        reads: dict[tuple[ClusterNamespace, str, str], SecretUse] = {}
        for chain in deployment.secret_chains:
            if chain.use.key is not None and not chain.use.optional:
                reads.setdefault((chain.use.place, chain.use.secret, chain.use.key), chain.use)
        for manifest in deployment.manifests:
            if manifest.kind == "Secret" and manifest.api_version == "v1":
                keys = _keys(manifest)
                yield from _missing(manifest, keys)
                yield from _no_login(manifest, keys)
                yield from _empty(manifest, keys, reads)


def _keys(manifest: Manifest) -> dict[str, tuple[str, Any]]:
    """By key: the field that it stands under, the stronger one, and its value."""
    return {
        name: (field, value)
        for field in ("data", "stringData")
        for name, value in mapping(manifest.plain.get(field)).items()
    }


def _missing(manifest: Manifest, keys: dict[str, tuple[str, Any]]) -> Iterator[Defect]:
    kind = manifest.text("type")
    wanted = _REQUIRED.get(kind, ())
    absent = [name for name in wanted if name not in keys]
    if absent:
        field = "stringData" if "stringData" in manifest.plain else "data"
        yield Defect(
            ManifestPlace(manifest, (field,), absent=True),
            f"Secret {manifest.name} is of type {kind} and has no {' and no '.join(absent)}",
            "the API server refuses it: add the key, or leave the type out",
        )


def _no_login(manifest: Manifest, keys: dict[str, tuple[str, Any]]) -> Iterator[Defect]:
    name = ".dockerconfigjson"
    if manifest.text("type") != "kubernetes.io/dockerconfigjson" or name not in keys:
        return
    field, value = keys[name]
    written = text(value)
    config = decoded(written) if field == "data" else written
    if config is None or is_placeholder(written) or is_placeholder(config) or "{{" in config:
        return  # what is no base64 the schema tells
    if logins(config) is None and not _is_filled_in(config) and not is_left_alone(manifest, field):
        yield Defect(
            ManifestPlace(manifest, (field, name)),
            f"{name} of Secret {manifest.name} is no JSON with `auths`",
            '{"auths": {"registry.example.com": {"auth": "base64 of user:password"}}}',
        )


def _is_filled_in(config: str) -> bool:
    return config.startswith("<") or "${" in config or "ENC[" in config


def _empty(
    manifest: Manifest,
    keys: dict[str, tuple[str, Any]],
    reads: dict[tuple[ClusterNamespace, str, str], SecretUse],
) -> Iterator[Defect]:
    for name, (field, value) in keys.items():
        use = reads.get((place_of(manifest), manifest.name, name))
        if value not in ("", None) or use is None or is_left_alone(manifest, field, name):
            continue
        yield Defect(
            ManifestPlace(manifest, (field, name)),
            f"key {name} of Secret {manifest.name} is empty, and "
            f"{use.manifest.kind} {use.manifest.name} reads it",
            "give it a value, or take the key away where none is needed",
            related=((ManifestPlace(use.manifest, use.route), "reads it"),),
            severity=Severity.WARNING,
        )
