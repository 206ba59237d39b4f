"""What is live against what is in Git: what ArgoCD would change, field by field.

The API server itself says what a manifest becomes (a dry run, so that its defaults and admission
are no difference), and so for what Git has no longer: fields go that those wrote who bring files to
the cluster, and what the API server puts back is a default.
"""

from __future__ import annotations

from base64 import b64encode
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from plate_llm_cli.cluster.api import FIELD_MANAGER
from plate_llm_cli.cluster.argocd.application import resource_ref
from plate_llm_cli.cluster.field_owners import is_gitops, last_applied, left_over, owned, without
from plate_llm_cli.cluster.ignored_differences import IgnoredDifferences
from plate_llm_cli.cluster.objects import (
    Object,
    Ref,
    Selection,
    items,
    mapping,
    placed,
    text,
    value,
)
from plate_llm_cli.cluster.restarts import ANNOTATION as RESTARTED_AT
from plate_llm_cli.errors import MissingKindError, RefusedError
from plate_llm_cli.graph.differences import compare

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from plate_llm_cli.cluster.api import Api
    from plate_llm_cli.graph.differences import ObjectChange
    from plate_llm_cli.graph.manifests import Manifest

_MANY: Final = 5
"""Objects of a kind and namespace from which on they are listed instead of read one by one."""

_HOOKS: Final = ("argocd.argoproj.io/hook", "helm.sh/hook")
_TRACKING: Final = ("argocd.argoproj.io/tracking-id", "argocd.argoproj.io/installation-id")
_INSTANCE: Final = "app.kubernetes.io/instance"


@dataclass(slots=True)
class LiveComparison:
    """What differs, from live to Git, and what could not be compared."""

    changes: list[ObjectChange] = field(default_factory=list)
    missing_kinds: list[str] = field(default_factory=list)
    """Kinds that the cluster lacks, as `KIND of API_VERSION`."""
    refused: list[tuple[Ref, tuple[str, ...]]] = field(default_factory=list)
    """Objects that the API server would not accept, with its complaints."""
    unread: list[str] = field(default_factory=list)
    """Expressions of `ignoreDifferences` that are not understood here."""
    unmanaged: bool = False
    """There is no Application: what is live and not in Git is not known."""

    @property
    def partial(self) -> bool:
        """Whether something that Git has could not be compared."""
        return bool(self.missing_kinds or self.refused)


class LiveObjects:
    """Compares the objects of one release with a cluster.

    `application` is the Application as it is live, None where there is none.
    """

    def __init__(self, api: Api, application: Object | None) -> None:
        self._api, self._application = api, application
        self._name = text(application or {}, "metadata", "name")
        self._destination = text(application or {}, "spec", "destination", "namespace")
        self._ignored = IgnoredDifferences.of(application or {})
        self._found = LiveComparison(unmanaged=application is None)
        self._listed: dict[tuple[str, str, str], dict[str, Object]] = {}

    def compare(self, manifests: Iterable[Manifest]) -> LiveComparison:
        """Everything that ArgoCD would add, change or remove.

        Raises:
            ForbiddenError, ClusterError: the API server refuses, or is gone.
        """
        wanted = [item for item in manifests if item.name and not _is_hook(item)]
        pairs = [(self._ref(item), item.plain) for item in wanted if self._knows(item)]
        self._list([ref for ref, _ in pairs])
        before, after = list[Object](), list[Object]()
        for ref, plain in pairs:
            live, result = self._both(ref, placed(plain, ref.namespace))
            before += [live] if live else []
            after.append(result)
        before += self._left(wanted)
        self._found.changes = compare(before, after)
        self._found.unread = self._ignored.unread
        return self._found

    def _knows(self, manifest: Manifest) -> bool:
        known = self._api.has(manifest.api_version, manifest.kind)
        label = f"{manifest.kind} of {manifest.api_version}"
        if not known and label not in self._found.missing_kinds:
            self._found.missing_kinds.append(label)
        return known

    def _ref(self, manifest: Manifest) -> Ref:
        namespaced = self._api.kind(manifest.api_version, manifest.kind).namespaced
        namespace = manifest.namespace if namespaced else ""
        return Ref(manifest.api_version, manifest.kind, namespace, manifest.name)

    def _list(self, refs: Sequence[Ref]) -> None:
        """Read many objects of a kind at once; Secrets that are none of ours are left unread."""
        groups = Counter((ref.api_version, ref.kind, ref.namespace) for ref in refs)
        for (api_version, kind, namespace), count in groups.items():
            if count >= _MANY and kind != "Secret":
                found = self._api.find(api_version, kind, Selection(namespace))
                by_name = {text(obj, "metadata", "name"): obj for obj in found}
                self._listed[api_version, kind, namespace] = by_name

    def _live(self, ref: Ref) -> Object | None:
        listed = self._listed.get((ref.api_version, ref.kind, ref.namespace))
        return self._api.get(ref) if listed is None else listed.get(ref.name)

    def _both(self, ref: Ref, wanted: Object) -> tuple[Object | None, Object]:
        """The object as it is, and as it would become; without what is not to be compared."""
        live = self._live(ref)
        if live is None:
            return None, wanted
        after = self._become(ref, live, wanted)
        return self._comparable(ref, live, live), self._comparable(ref, after, live)

    def _become(self, ref: Ref, live: Object, wanted: Object) -> Object:
        if ref.kind == "Secret":  # its values leave this process for nothing
            result = overlaid(live, _secret(wanted))
            gone = left_over(*_parts(live), result, _secret(wanted))
            return dict(without(result, _unrestarted(gone)))
        try:
            result = self._api.apply(wanted, force=True, dry_run=True)
        except RefusedError as error:
            self._found.refused.append((ref, error.details))
            return overlaid(live, wanted)
        return self._stripped(ref, live, result, wanted)

    def _stripped(self, ref: Ref, live: Object, result: Object, wanted: Object) -> Object:
        """`result` without what Git no longer has, as the API server leaves it."""
        parts, others = _parts(live)
        sure = [last_applied(live), *owned(live, _applies)]
        for tier in (parts, sure):
            gone = _unrestarted(left_over(tier, others, result, wanted))
            body = merge_patch(live, without(result, gone)) if gone else {}
            if not body:
                return result
            try:
                return self._api.patch(ref, body, dry_run=True)
            except RefusedError:
                continue  # something among it that nobody can take away, such as a Service's IP
        return result

    def _comparable(self, ref: Ref, obj: Object, live: Object) -> Object:
        gone = self._ignored.places(ref, obj, live)
        gone += [("metadata", "annotations", name) for name in _TRACKING]
        if self._name and value(live, "metadata", "labels", _INSTANCE) == self._name:
            gone.append(("metadata", "labels", _INSTANCE))
        return dict(without(obj, gone))

    def _left(self, wanted: Iterable[Manifest]) -> list[Object]:
        """What the Application has and Git has not: ArgoCD removes it, where it may."""
        names = {(ref.group, ref.kind, ref.name) for ref in map(_named, wanted)}
        found = []
        for item in items(self._application or {}, "status", "resources"):
            ref = resource_ref(item)
            if item.get("hook") is True or (ref.group, ref.kind, ref.name) in names:
                continue
            if ref.kind == "Namespace" and ref.name == self._destination:
                continue  # CreateNamespace=true: no manifest is to have it
            try:
                live = self._api.get(ref)
            except MissingKindError:
                continue  # the kind went, and the object with it
            found += [live] if live and not mapping(live, "metadata", "ownerReferences") else []
        return found


def overlaid(live: Object, wanted: Object) -> Object:
    """`wanted` laid over `live`: what it does not name stays, and lists are its own."""
    merged = dict(live)
    for key, item in wanted.items():
        old = live.get(key)
        if isinstance(old, dict) and isinstance(item, dict):
            item = overlaid(old, item)  # noqa: PLW2901 - as it is to be
        merged[key] = item
    return merged


def merge_patch(before: Object, after: Object) -> Object:
    """The JSON merge patch (RFC 7386) from `before` to `after`."""
    body: dict[str, Any] = {key: None for key in before if key not in after}
    for key, item in after.items():
        old = before.get(key)
        if isinstance(old, dict) and isinstance(item, dict):
            if inner := merge_patch(old, item):
                body[key] = inner
        elif old != item and key not in _SERVERS:
            body[key] = item
    return body


_SERVERS: Final = frozenset(("managedFields", "resourceVersion", "generation"))


def _parts(live: Object) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The fields of those who bring files, and the fields of all others."""
    mine = owned(live, lambda who, how: is_gitops(who) and (who != FIELD_MANAGER or how == "Apply"))
    others = owned(live, lambda who, _: not is_gitops(who))
    return [last_applied(live), *mine], others


def _applies(who: str, how: str) -> bool:
    return is_gitops(who) and how == "Apply"


def _unrestarted(places: list[tuple[str | int, ...]]) -> list[tuple[str | int, ...]]:
    return [place for place in places if place[-1:] != (RESTARTED_AT,)]


def _secret(wanted: Object) -> Object:
    """`stringData` as the API server keeps it, so that it is not added to what is there."""
    clear = mapping(wanted, "stringData")
    if not clear:
        return wanted
    rest = {key: item for key, item in wanted.items() if key != "stringData"}
    encoded = {key: b64encode(str(item).encode()).decode() for key, item in clear.items()}
    return rest | {"data": mapping(wanted, "data") | encoded}


def _named(manifest: Manifest) -> Ref:
    return Ref(manifest.api_version, manifest.kind, manifest.namespace, manifest.name)


def _is_hook(manifest: Manifest) -> bool:
    notes = mapping(manifest.plain, "metadata", "annotations")
    return manifest.hook or any(name in notes for name in _HOOKS)
