"""The data of the Secret that External Secrets makes from one ExternalSecret."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from plate_llm_cli.gitops.applications import plain_mapping
from plate_llm_cli.graph.secret_fields import at, mapping, mappings, text
from plate_llm_cli.secrets.synced.decoding import checked_names, converted, decoded, refused_key
from plate_llm_cli.secrets.synced.failures import NotSyncedError, unsupported
from plate_llm_cli.secrets.synced.filling import Template
from plate_llm_cli.secrets.synced.reading import NoSecretError
from plate_llm_cli.secrets.values.secret import Secret
from plate_llm_cli.source.reader import parse_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plate_llm_cli.graph.secret_external import ExternalSpec
    from plate_llm_cli.graph.secret_stores import SecretStore
    from plate_llm_cli.secrets.synced.filling import Filler
    from plate_llm_cli.secrets.synced.reading import Paths

Data = dict[str, Secret]

_RENAME: Final = "{{ regexReplaceAll .source .value .target }}"
_METADATA: Final = ("Annotations", "Labels")


def synced(of: ExternalSpec, paths: Paths, filler: Filler) -> Data | None:
    """The data of the Secret, as the operator makes it; None where it makes none.

    Raises:
        NotSyncedError: what the condition of the ExternalSecret would say.
        OpenBaoError: OpenBao is away, or refuses to be read.
    """
    sync = _Sync(of, paths, filler)
    try:
        gathered = sync.gathered()
        policy = text(at(of.spec, "target", "deletionPolicy")) or "Retain"
        if not gathered and policy in ("Retain", "Delete"):
            return None
        data = sync.templated(gathered)
    except NotSyncedError as error:
        state = "" if error.unknown else "SecretSyncedError: "
        message = f"{label(of)}: {state}{error.message}"
        raise NotSyncedError(
            message, error.hint, absent=error.absent, unknown=error.unknown
        ) from None
    key = refused_key(data)
    if key is not None:
        raise NotSyncedError(f"{label(of)}: the API server takes no Secret with the key {key!r}")
    return data


def label(of: ExternalSpec) -> str:
    """The ExternalSecret, as it is called in the cluster."""
    return f"ExternalSecret {of.place[1]}/{of.name}"


class _Sync:
    """One reconciliation."""

    def __init__(self, of: ExternalSpec, paths: Paths, filler: Filler) -> None:
        self._of = of
        self._paths = paths
        self._filler = filler
        target = mapping(of.spec.get("target"))
        self._skips_absent = text(target.get("deletionPolicy")) in ("Delete", "Merge")
        self._template = target.get("template")

    def gathered(self) -> Data:
        """What the provider gives: dataFrom in order, then data; a later one wins."""
        data: Data = {}
        for index, entry in mappings(self._of.spec.get("dataFrom")):
            where = f"spec.dataFrom[{index}]"
            with self._at(f"{where}.{_kind(entry)}"):
                data |= self._extracted(where, entry)
        for index, entry in mappings(self._of.spec.get("data")):
            remote = mapping(entry.get("remoteRef"))
            with self._at(f"spec.data[{index}] (key: {text(remote.get('key'))})"):
                value = self._paths.value(self._store(entry), remote)
                strategy = text(remote.get("decodingStrategy"))
                data[text(entry.get("secretKey"))] = decoded(value, strategy)
        return data

    @contextmanager
    def _at(self, where: str) -> Iterator[None]:
        try:
            yield
        except NoSecretError as error:
            if not self._skips_absent:
                raise _processing(where, error) from None
        except NotSyncedError as error:
            raise _processing(where, error) from None

    def _extracted(self, where: str, entry: dict[str, Any]) -> Data:
        if _kind(entry) == "find":
            raise unsupported("paths are looked for by name, which is not done here")
        remote = mapping(entry.get("extract"))
        data = self._paths.values(self._store(entry), remote)
        rewrites = [item for _, item in mappings(entry.get("rewrite"))]
        for number, rewrite in enumerate(rewrites):
            data = self._renamed(data, rewrite, f"{where}.rewrite[{number}]")
        if not rewrites:
            data = converted(data, text(remote.get("conversionStrategy")) or "Default")
        strategy = text(remote.get("decodingStrategy"))
        return {name: decoded(value, strategy) for name, value in checked_names(data).items()}

    def _store(self, entry: dict[str, Any]) -> SecretStore:
        if isinstance(at(entry, "sourceRef", "generatorRef"), dict):
            raise unsupported("a generator makes it, in the cluster")
        reference = at(entry, "sourceRef", "storeRef")
        store = self._of.store(reference)
        if store is None:
            named = mapping(reference or self._of.spec.get("secretStoreRef"))
            kind = text(named.get("kind")) or "SecretStore"
            raise unsupported(
                f"{kind} {text(named.get('name'))} is not in the tree",
                "its Application has to be among those that are rendered",
            )
        namespace = self._of.place[1]
        if store.admits(namespace) is False:
            raise NotSyncedError(
                f"using {store.label} is not allowed from namespace {namespace}:"
                " denied by spec.conditions"
            )
        if not store.in_openbao:
            raise unsupported(f"{store.label} is of provider {store.provider}, not OpenBao's")
        if store.version != "v2":
            raise unsupported(f"{store.label} is for KV version 1, of which nothing is read here")
        return store

    def _renamed(self, data: Data, rewrite: dict[str, Any], where: str) -> Data:
        """`data` with its keys rewritten, by Go's own regular expressions and templates."""
        expression, transform = rewrite.get("regexp"), rewrite.get("transform")
        if isinstance(expression, dict):
            template = _RENAME
            fields = {name: Secret(text(expression.get(name))) for name in ("source", "target")}
        elif isinstance(transform, dict):
            template, fields = text(transform.get("template")), {}
        else:
            raise unsupported(f"{where} is neither regexp nor transform")
        items = [Template(where, template, {**fields, "value": Secret(name)}) for name in data]
        found: Data = {}
        for name, renamed in zip(data, self._filler.fill(items), strict=True):
            key = renamed.reveal()
            if key in found:
                raise unsupported(
                    f"{where} makes {key} of two keys, and chance decides which stays"
                )
            found[key] = data[name]
        return found

    def templated(self, data: Data) -> Data:
        """`data` after the template: `templateFrom` first, then `data`, which wins."""
        template = self._template
        if not isinstance(template, dict):
            return data
        if text(template.get("engineVersion")) not in ("", "v2"):
            raise unsupported("spec.target.template.engineVersion is not v2")
        base = "spec.target.template"
        literals = [
            (source, Template(f"{base}.templateFrom[{index}]", _literal(source, index), data))
            for index, source in mappings(template.get("templateFrom"))
        ]
        own = mapping(template.get("data"))
        named = [Template(f"{base}.data.{key}", text(value), data) for key, value in own.items()]
        others = [
            Template(f"{base}.metadata.{field}.{key}", text(value), data)
            for field in ("labels", "annotations")
            for key, value in mapping(at(template, "metadata", field)).items()
        ]
        filled = self._filler.fill([*(item for _, item in literals), *named, *others])
        if not literals and not named:
            return data
        made = dict(data) if text(template.get("mergePolicy")) == "Merge" else {}
        for (source, item), value in zip(literals, filled, strict=False):
            if text(source.get("target")) not in _METADATA:
                made |= _keys_and_values(value, item.where)
        return made | dict(zip(own, filled[len(literals) :], strict=False))


def _kind(entry: dict[str, Any]) -> str:
    """Which of its ways an entry of dataFrom takes."""
    ways = ("find", "extract")
    return next((way for way in ways if isinstance(entry.get(way), dict)), "sourceRef.generatorRef")


def _processing(where: str, error: NotSyncedError) -> NotSyncedError:
    """As the operator's event has it; what is not known here is only said to be there."""
    said = f"{where}: " if error.unknown else f"error processing {where}, err: "
    return NotSyncedError(
        said + error.message, error.hint, absent=error.absent, unknown=error.unknown
    )


def _literal(source: dict[str, Any], index: int) -> str:
    literal = source.get("literal")
    where = f"spec.target.template.templateFrom[{index}]"
    if not isinstance(literal, str):
        raise unsupported(f"{where} takes templates from the cluster")
    if text(source.get("target")) not in ("", "Data", *_METADATA):
        raise unsupported(f"{where}.target is neither Data, Annotations nor Labels")
    return literal


def _keys_and_values(filled: Secret, where: str) -> Data:
    """The map of texts that a template of keys and values has written, in YAML."""
    file = parse_text(filled.reveal(), where)
    found = plain_mapping(file.root) if file.root is not None else {}
    if file.broken or found is None or not all(isinstance(item, str) for item in found.values()):
        raise NotSyncedError(f"could not apply template: {where} makes no YAML map of texts")
    return {key: Secret(value) for key, value in found.items()}
