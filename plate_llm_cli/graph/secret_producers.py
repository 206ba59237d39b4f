"""Every object of the tree that makes a Secret, whoever it leaves the work to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from plate_llm_cli.graph.secret_external import ExternalSpec
from plate_llm_cli.graph.secret_fields import at, mapping, mappings, text
from plate_llm_cli.graph.secret_reach import provisions
from plate_llm_cli.graph.secret_sources import ProducedSecret
from plate_llm_cli.graph.secret_stores import (
    CLUSTER_EXTERNAL,
    external_name,
    is_eso,
    secret_stores,
)
from plate_llm_cli.graph.secret_uses import place_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from plate_llm_cli.graph.manifests import Manifest
    from plate_llm_cli.graph.secret_sources import RemoteKey
    from plate_llm_cli.graph.secret_stores import Stores
    from plate_llm_cli.graph.secret_uses import ClusterNamespace

_CERTIFICATE_KEYS: Final = ("tls.crt", "tls.key", "ca.crt")
_ACCOUNT_TOKEN: Final = "kubernetes.io/service-account-token"  # noqa: S105 - the type of a Secret
_ACCOUNT_TOKEN_KEYS: Final = ("token", "ca.crt", "namespace")
_OUTPUT_KEYS: Final = {"CombinedPEM": "tls-combined.pem", "DER": "key.der"}
_KEYSTORE_KEYS: Final = {
    "jks": ("keystore.jks", "truststore.jks"),
    "pkcs12": ("keystore.p12", "truststore.p12"),
}


def produced_secrets(manifests: Iterable[Manifest]) -> list[ProducedSecret]:
    """Every Secret that `manifests` lead to, in each namespace that is deployed to."""
    objects = list(manifests)
    stores = secret_stores(objects)
    places = sorted({place_of(item) for item in objects})
    found: list[ProducedSecret] = []
    for manifest in objects:
        if is_eso(manifest):
            found += _external(manifest, stores, places)
        elif (make := _MAKERS.get((_group(manifest), manifest.kind))) is not None:
            found += make(manifest)
    return found


def _external(
    manifest: Manifest, stores: Stores, places: list[ClusterNamespace]
) -> Iterator[ProducedSecret]:
    specs: Iterable[ExternalSpec] = ()
    if manifest.kind == "ExternalSecret":
        spec = mapping(at(manifest.plain, "spec"))
        place = place_of(manifest)
        specs = (ExternalSpec(manifest, ("spec",), spec, manifest.name, place, stores),)
    elif manifest.kind == CLUSTER_EXTERNAL:
        specs = _provisioned(manifest, stores, places)
    for item in specs:
        made = item.produced()
        if made is not None:
            yield made


def _provisioned(
    manifest: Manifest, stores: Stores, places: list[ClusterNamespace]
) -> Iterator[ExternalSpec]:
    """One ExternalSecret for each namespace that the ClusterExternalSecret selects."""
    own, _ = place_of(manifest)
    spec = mapping(at(manifest.plain, "spec"))
    inner = mapping(spec.get("externalSecretSpec"))
    base, name = ("spec", "externalSecretSpec"), external_name(manifest)
    for place in places:
        verdict = provisions(spec, place[1]) if place[0] == own else False
        if verdict is not False:
            certain = verdict is True
            yield ExternalSpec(manifest, base, inner, name, place, stores, certain=certain)


def _group(manifest: Manifest) -> str:
    return manifest.api_version.rpartition("/")[0]


def _elsewhere(named: Iterable[str]) -> dict[str, tuple[RemoteKey, ...]]:
    """Keys for which nothing is read from OpenBao."""
    return dict.fromkeys(named, ())


def _plain(manifest: Manifest) -> Iterator[ProducedSecret]:
    named = [*mapping(manifest.plain.get("data")), *mapping(manifest.plain.get("stringData"))]
    if manifest.text("type") == _ACCOUNT_TOKEN:
        named += _ACCOUNT_TOKEN_KEYS
    filled = "" if named else "it is there to be filled by somebody else"
    keys = _elsewhere(named)
    yield ProducedSecret(place_of(manifest), manifest.name, manifest, keys, open=filled)


def _sealed(manifest: Manifest) -> Iterator[ProducedSecret]:
    """What kubeseal sealed. A Secret sealed as one text, as of old, shows no keys."""
    spec = mapping(manifest.plain.get("spec"))
    named = [*mapping(spec.get("encryptedData")), *mapping(at(spec, "template", "data"))]
    sealed = "its keys are sealed" if isinstance(spec.get("data"), str) else ""
    keys = _elsewhere(named)
    yield ProducedSecret(place_of(manifest), manifest.name, manifest, keys, open=sealed)


def _certificate(manifest: Manifest) -> Iterator[ProducedSecret]:
    spec = mapping(manifest.plain.get("spec"))
    named = list(_CERTIFICATE_KEYS)
    for _, output in mappings(spec.get("additionalOutputFormats")):
        named += [_OUTPUT_KEYS[kind] for kind in [text(output.get("type"))] if kind in _OUTPUT_KEYS]
    for store, keys in _KEYSTORE_KEYS.items():
        named += keys if at(spec, "keystores", store, "create") is True else ()
    name = text(spec.get("secretName"))
    if name:
        yield ProducedSecret(place_of(manifest), name, manifest, _elsewhere(named))


_MAKERS: dict[tuple[str, str], Callable[[Manifest], Iterator[ProducedSecret]]] = {
    ("", "Secret"): _plain,
    ("bitnami.com", "SealedSecret"): _sealed,
    ("cert-manager.io", "Certificate"): _certificate,
}
