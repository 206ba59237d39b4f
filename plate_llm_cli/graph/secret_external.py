"""Reads ExternalSecrets as the operator does.

Facts are from its source: `externalsecret_controller_secret.go` (dataFrom first, then data, a later
one wins), `externalsecret_controller_template.go` (what a template replaces), and the Vault
provider's `client_get.go` (a key of that very name wins over a nested one).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from plate_llm_cli.graph.secret_fields import at, mapping, mappings, text
from plate_llm_cli.graph.secret_sources import ProducedSecret, RemoteKey, RemotePath, SourceFault
from plate_llm_cli.graph.secret_stores import CLUSTER_STORE, NAMESPACED_STORE
from plate_llm_cli.graph.secret_templates import template_reads

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from plate_llm_cli.graph.manifests import Manifest
    from plate_llm_cli.graph.secret_stores import SecretStore, Stores
    from plate_llm_cli.graph.secret_uses import ClusterNamespace
    from plate_llm_cli.source.nodes import Route

_METADATA: Final = "Fetch"
"""The metadataPolicy that reads custom metadata of a path instead of its data."""


@dataclass(frozen=True, slots=True, eq=False)
class ExternalSpec:
    """The spec of an ExternalSecret, at `base` in `manifest`, for one namespace."""

    manifest: Manifest
    base: Route
    spec: dict[str, Any]
    name: str
    place: ClusterNamespace
    stores: Stores
    certain: bool = True

    def produced(self) -> ProducedSecret | None:
        """The Secret that it makes; None when it makes none."""
        target = mapping(self.spec.get("target"))
        policy = text(target.get("creationPolicy"))
        if policy == "None" or isinstance(target.get("manifest"), dict):
            return None
        gathered = _Gathering(self)
        gathered.gather()
        made = gathered.secret(text(target.get("name")) or self.name)
        made.creates = policy != "Merge"
        made.external = self
        return made

    def store(self, reference: Any) -> SecretStore | None:
        """The store that `storeRef` of an entry names, else that of the whole."""
        named = reference if isinstance(reference, dict) else self.spec.get("secretStoreRef")
        kind = text(at(named, "kind")) or NAMESPACED_STORE
        cluster, namespace = self.place
        place = "" if kind == CLUSTER_STORE else namespace
        return self.stores.get((cluster, kind, place, text(at(named, "name"))))


@dataclass(slots=True, eq=False)
class _Gathering:
    """The keys that the operator gathers from OpenBao, before any template."""

    of: ExternalSpec
    names: dict[str, tuple[RemoteKey, ...]] = field(default_factory=dict)
    whole: list[RemotePath] = field(default_factory=list)
    open: list[str] = field(default_factory=list)
    reads: list[RemoteKey] = field(default_factory=list)
    paths: list[RemotePath] = field(default_factory=list)
    consumed: list[RemotePath] = field(default_factory=list)
    searched: list[RemotePath] = field(default_factory=list)
    faults: list[SourceFault] = field(default_factory=list)

    def gather(self) -> None:
        for index, entry in mappings(self.of.spec.get("dataFrom")):
            self._data_from((*self.of.base, "dataFrom", index), entry)
        for index, entry in mappings(self.of.spec.get("data")):
            self._data((*self.of.base, "data", index), entry)

    def _store(self, entry: dict[str, Any], route: Route) -> tuple[SecretStore | None, bool]:
        """The store of an entry, and whether it holds paths of OpenBao."""
        reference = at(entry, "sourceRef", "storeRef")
        store = self.of.store(reference)
        namespace = self.of.place[1]
        if store is not None and store.admits(namespace) is False:
            own = isinstance(reference, dict)
            where = (*route, "sourceRef", "storeRef") if own else (*self.of.base, "secretStoreRef")
            fault = SourceFault(
                f"{store.label} does not serve namespace {namespace}, so no Secret is made",
                "add the namespace to the store's spec.conditions, or use another store",
                (*where, "name"),
                refused=True,
            )
            if fault not in self.faults:
                self.faults.append(fault)
        return store, store is None or store.in_openbao

    def _path(self, store: SecretStore | None, key: str, route: Route) -> RemotePath:
        mount, path = store.find(key) if store is not None else ("", key)
        found = RemotePath(store, mount, path, self.of.manifest, route)
        self.paths.append(found)
        return found

    def _data_from(self, route: Route, entry: dict[str, Any]) -> None:
        if isinstance(at(entry, "sourceRef", "generatorRef"), dict):
            self.open.append("a generator makes some of its keys")
            return
        store, in_openbao = self._store(entry, route)
        if not in_openbao:
            self.open.append("some of its keys are not from OpenBao")
        elif isinstance(entry.get("find"), dict):
            self._find(store, entry["find"], (*route, "find"))
        elif isinstance(entry.get("extract"), dict):
            renames = bool(entry.get("rewrite"))
            self._extract(store, entry["extract"], (*route, "extract"), renames=renames)

    def _find(self, store: SecretStore | None, find: dict[str, Any], route: Route) -> None:
        self.open.append("some of its keys are paths that are found by name")
        folder = text(find.get("path"))
        mount = (store.mount or "") if store is not None else ""
        self.searched.append(RemotePath(store, mount, folder, self.of.manifest, route))

    def _extract(
        self, store: SecretStore | None, remote: dict[str, Any], route: Route, *, renames: bool
    ) -> None:
        path = self._path(store, text(remote.get("key")), (*route, "key"))
        nested = text(remote.get("property"))
        if remote.get("metadataPolicy") == _METADATA:
            self.open.append("some of its keys are metadata")
        elif nested:
            self.open.append(f"some of its keys are inside {path}#{nested}")
            self.reads.append(RemoteKey(path, nested, (*route, "property")))
        elif renames:
            self.open.append("some of its keys are rewritten")
            self.consumed.append(path)
        else:
            self.whole.append(path)

    def _data(self, route: Route, entry: dict[str, Any]) -> None:
        name, remote = text(entry.get("secretKey")), mapping(entry.get("remoteRef"))
        if not name:
            return
        store, in_openbao = self._store(entry, route)
        generated = isinstance(at(entry, "sourceRef", "generatorRef"), dict)
        self.names[name] = ()
        if not in_openbao or generated:
            return
        path = self._path(store, text(remote.get("key")), (*route, "remoteRef", "key"))
        if remote.get("metadataPolicy") == _METADATA:
            return
        nested = text(remote.get("property"))
        last = "property" if nested else "key"
        key = RemoteKey(path, nested or None, (*route, "remoteRef", last))
        self.names[name] = (key,)
        self.reads.append(key)

    def secret(self, name: str) -> ProducedSecret:
        """The Secret, once a template has had its say."""
        keys, whole = self.names, tuple(self.whole)
        template = mapping(at(self.of.spec, "target", "template"))
        made = self._templated(template)
        if made is not None:
            replaced = text(template.get("mergePolicy")) != "Merge"
            keys = made if replaced else {**keys, **made}
            whole = () if replaced else whole
            if replaced and not _adds_unknown(template):
                self.open.clear()
        return ProducedSecret(
            self.of.place,
            name,
            self.of.manifest,
            keys,
            whole,
            "; ".join(dict.fromkeys(self.open)),
            tuple(self.reads),
            tuple(self.paths),
            tuple(self.consumed),
            tuple(self.searched),
            tuple(self.faults),
            certain=self.of.certain,
        )

    def _templated(self, template: dict[str, Any]) -> dict[str, tuple[RemoteKey, ...]] | None:
        """The keys that templates make; None where no template makes one."""
        base = (*self.of.base, "target", "template")
        for field_name in ("labels", "annotations"):
            texts = mapping(at(template, "metadata", field_name))
            for key, value in texts.items():
                self._filled(text(value), (*base, "metadata", field_name, key))
        data = mapping(template.get("data"))
        sources = list(mappings(template.get("templateFrom")))
        if not data and not sources:
            return None
        made: dict[str, tuple[RemoteKey, ...]] = {}
        unknown = [key for _, source in sources for key in self._from_elsewhere(source, base)]
        made.update(dict.fromkeys(unknown, self._everything() if unknown else ()))
        for key, value in data.items():
            made[key] = self._filled(text(value), (*base, "data", key))
        return made

    def _from_elsewhere(self, source: dict[str, Any], base: Route) -> Iterator[str]:
        """The keys that templates in ConfigMaps and Secrets make; their texts are not known."""
        literal = source.get("literal")
        if isinstance(literal, str):
            self._filled(literal, (*base, "templateFrom"))
        else:
            self._everything()
        if text(source.get("target")) in ("Annotations", "Labels"):
            return
        if _is_open(source):
            self.open.append("templates write the names of some of its keys")
        for reference in (source.get("configMap"), source.get("secret")):
            for _, item in mappings(at(reference, "items")):
                if item.get("templateAs") != "KeysAndValues":
                    yield text(item.get("key"))

    def _filled(self, template: str, route: Route) -> tuple[RemoteKey, ...]:
        """What is read for one template."""
        reads = template_reads([template])
        if reads.everything:
            return self._everything()
        found: list[RemoteKey] = []
        for name in reads.names:
            found += self._named(name, route)
        return tuple(found)

    def _named(self, name: str, route: Route) -> Iterable[RemoteKey]:
        if name in self.names:
            return self.names[name]
        if self.whole:
            *earlier, last = self.whole
            key = RemoteKey(last, name, route, tuple(reversed(earlier)))
            self.reads.append(key)
            return (key,)
        if not self.open:
            fault = SourceFault(
                f"the template reads .{name}, which neither data nor dataFrom brings",
                f"add an entry with `secretKey: {name}` to data, or read what is there",
                route,
            )
            if fault not in self.faults:
                self.faults.append(fault)
        return ()

    def _everything(self) -> tuple[RemoteKey, ...]:
        """All that was gathered; every key of what is extracted counts as read."""
        self.consumed += [path for path in self.whole if path not in self.consumed]
        return tuple(key for keys in self.names.values() for key in keys)


def _adds_unknown(template: dict[str, Any]) -> bool:
    return any(_is_open(source) for _, source in mappings(template.get("templateFrom")))


def _is_open(source: dict[str, Any]) -> bool:
    """Whether a source of templates writes keys as well as values."""
    if text(source.get("target")) in ("Annotations", "Labels"):
        return False
    if isinstance(source.get("literal"), str):
        return True
    references = (source.get("configMap"), source.get("secret"))
    items = [item for held in references for _, item in mappings(at(held, "items"))]
    return any(item.get("templateAs") == "KeysAndValues" for item in items)
