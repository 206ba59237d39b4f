"""Where Secrets come from: External Secrets, certificates, OpenBao, and the secrets spec."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from plate_llm_cli.graph.certificates import issuer_of
from plate_llm_cli.graph.drawing.model import Column, Node
from plate_llm_cli.graph.places import ManifestPlace
from plate_llm_cli.graph.secret_fields import at, text
from plate_llm_cli.graph.secret_stores import NAMESPACED_STORE
from plate_llm_cli.graph.secret_uses import How, place_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from plate_llm_cli.graph.certificates import CertificateRequest, IssuerName
    from plate_llm_cli.graph.drawing.draft import Draft
    from plate_llm_cli.graph.drawing.model import NodeKey
    from plate_llm_cli.graph.manifests import Manifest
    from plate_llm_cli.graph.places import FilePlace
    from plate_llm_cli.graph.secret_chains import Chain
    from plate_llm_cli.graph.secret_external import ExternalSpec
    from plate_llm_cli.graph.secret_sources import ProducedSecret, RemotePath

PATH = "OpenBao path"
EVERY_KEY = "every key"


@dataclass(frozen=True, slots=True)
class Described:
    """The secrets spec: by `mount/path` where it describes the path and its keys."""

    file: str
    paths: Mapping[str, tuple[FilePlace, ...]]


def add_secrets(draft: Draft, described: Described | None) -> None:
    """Every Secret that is read or made, down to the paths of OpenBao; names, never values."""
    for made in draft.deployment.secrets.produced:
        if draft.covers(made.place):
            _add_made(draft, made)
    for chain in draft.deployment.secret_chains:
        if draft.covers(chain.use.place):
            _add_use(draft, chain)
    for asked in draft.deployment.wiring.certificates.requests:
        if asked.secret and draft.covers(asked.place):
            _add_certificate(draft, asked)
    _add_bare_issuers(draft)
    if described is not None:
        _add_spec(draft, described)


def _add_use(draft: Draft, chain: Chain) -> None:
    use = chain.use
    is_account = use.manifest.kind == "ServiceAccount"
    source = draft.object(use.manifest, Column.USED if is_account else Column.WORKLOAD)
    notes = [use.key] if use.key and use.how is not How.PULL else []
    if notes and chain.lacks_key:
        notes = [f"{use.key} (no such key)"]
    if use.optional and not chain.made:
        notes.append("optional")
    key = ("Secret", use.manifest.namespace, use.secret)
    target = draft.asked(key, Column.USED, *notes)
    places = [ManifestPlace(use.manifest, use.name_route)]
    if use.key_route:
        places.append(ManifestPlace(use.manifest, use.key_route))
    draft.link(source, target, use.how.value, *places)
    for remote in chain.remote:
        path = draft.nodes.get(_path_key(remote.at))
        if path is not None and remote.name:
            draft.add(replace(path, notes=(remote.name,)))


def _add_made(draft: Draft, made: ProducedSecret) -> None:
    key = ("Secret", made.namespace, made.name)
    notes = [*made.keys, *([EVERY_KEY] if made.whole else [])]
    release = made.manifest.release.name
    draft.add(Node(key, Column.USED, release, tuple(notes), missing=not made.creates))
    if made.manifest.kind == "Secret":
        return
    maker = draft.object(made.manifest, Column.MAKER)
    draft.link(key, maker, "" if made.creates else "adds to it")
    if made.external is not None:
        _add_store(draft, made, made.external)


def _add_store(draft: Draft, made: ProducedSecret, spec: ExternalSpec) -> None:
    maker = draft.object(made.manifest, Column.MAKER)
    named = spec.spec.get("secretStoreRef")
    whole = spec.store(named)
    place = ManifestPlace(made.manifest, (*spec.base, "secretStoreRef", "name"))
    asked: NodeKey | None = None
    if text(at(named, "name")):
        kind = text(at(named, "kind")) or NAMESPACED_STORE
        namespace = made.namespace if kind == NAMESPACED_STORE else ""
        if whole is not None:
            notes = [] if whole.in_openbao else [whole.provider]
            asked = draft.object(whole.manifest, Column.STORE, *notes)
        else:
            asked = draft.asked((kind, namespace, text(at(named, "name"))), Column.STORE)
        draft.link(maker, asked, "", place)
    for path in (*made.paths, *made.searched):
        _add_path(draft, made, path, asked)


def _add_path(draft: Draft, made: ProducedSecret, path: RemotePath, asked: NodeKey | None) -> None:
    maker = draft.object(made.manifest, Column.MAKER)
    place = ManifestPlace(path.manifest, path.route)
    store = asked
    if path.store is not None:
        store = draft.object(path.store.manifest, Column.STORE)
        if store != asked:
            draft.link(maker, store, "", place)
    if store is None:
        return
    keys = [key for key in made.reads if key.at is path]
    notes = [key.name for key in keys if key.name]
    if path in made.whole or path in made.consumed or path in made.searched:
        notes.append(EVERY_KEY)
    target = draft.add(Node(_path_key(path), Column.OPENBAO, "", tuple(notes), wide=True))
    asking = (ManifestPlace(key.manifest, key.route) for key in keys)
    draft.link(store, target, "", place, *asking)


def _path_key(path: RemotePath) -> NodeKey:
    return (PATH, path.store.server if path.store is not None else "", str(path))


def _add_certificate(draft: Draft, asked: CertificateRequest) -> None:
    release = asked.manifest.release.name
    key = ("Secret", asked.manifest.namespace, asked.secret)
    source = draft.add(Node(key, Column.USED, release))
    if asked.manifest.kind == "Certificate":
        maker = draft.object(asked.manifest, Column.MAKER, *asked.hosts)
        draft.link(source, maker, "", ManifestPlace(asked.manifest, asked.secret_route))
        source = maker
    if asked.issuer is not None:
        _add_issuer(draft, source, asked.manifest, asked.issuer)


def _add_issuer(draft: Draft, source: NodeKey, manifest: Manifest, named: IssuerName) -> None:
    place = place_of(manifest)
    found = draft.deployment.wiring.certificates.issuer_at(place, named)
    if found is not None:
        issuer = draft.object(found.manifest, Column.STORE)
    else:
        namespace = "" if named.kind.startswith("Cluster") else manifest.namespace
        issuer = draft.asked((named.kind, namespace, named.name), Column.STORE)
    draft.link(source, issuer, "issued by", ManifestPlace(manifest, named.route))


def _add_bare_issuers(draft: Draft) -> None:
    """What Ingresses name as an issuer though they ask for no certificate."""
    wiring = draft.deployment.wiring
    asking = {id(asked.manifest) for asked in wiring.certificates.requests}
    for ingress in wiring.ingresses:
        named = issuer_of(ingress)
        if named and draft.covers(ingress.place) and id(ingress.manifest) not in asking:
            source = draft.object(ingress.manifest, Column.INGRESS)
            _add_issuer(draft, source, ingress.manifest, named)


def _add_spec(draft: Draft, described: Described) -> None:
    """The spec, and the paths that it does not have: nobody fills those."""
    spec = ("Secrets spec", "", described.file)
    for key in [key for key in draft.nodes if key[0] == PATH]:
        places = described.paths.get(key[2])
        if places is not None:
            draft.add(Node(spec, Column.SPEC, path=described.file))
            draft.link(key, spec, "", *places)
        elif not any(path.startswith(f"{key[2]}/") for path in described.paths):
            draft.nodes[key] = replace(draft.nodes[key], missing=True)
