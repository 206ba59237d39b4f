"""From rendered templates to documents, split and ordered as `helm template` prints them.

The rules are those of Helm's `pkg/release/v1/util` (`SplitManifests`, `SortManifests`,
`InstallOrder`) and of `pkg/cmd/template.go`, v4.3.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

# Go's `\s` is ASCII only; `unicode.IsSpace` and `strings.TrimSpace` know a few more.
_SEPARATOR = re.compile(r"^---[\t\n\f\r ]*", re.MULTILINE)
_SPACE = (
    " \t\n\v\f\r\x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006"
    "\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000"
)

_INSTALL_ORDER = {
    kind: rank
    for rank, kind in enumerate(
        (
            "PriorityClass",
            "Namespace",
            "NetworkPolicy",
            "ResourceQuota",
            "LimitRange",
            "PodSecurityPolicy",
            "PodDisruptionBudget",
            "ServiceAccount",
            "Secret",
            "SecretList",
            "ConfigMap",
            "StorageClass",
            "PersistentVolume",
            "PersistentVolumeClaim",
            "CustomResourceDefinition",
            "ClusterRole",
            "ClusterRoleList",
            "ClusterRoleBinding",
            "ClusterRoleBindingList",
            "Role",
            "RoleList",
            "RoleBinding",
            "RoleBindingList",
            "Service",
            "DaemonSet",
            "Pod",
            "ReplicationController",
            "ReplicaSet",
            "Deployment",
            "HorizontalPodAutoscaler",
            "StatefulSet",
            "Job",
            "CronJob",
            "IngressClass",
            "Ingress",
            "APIService",
            "MutatingWebhookConfiguration",
            "ValidatingWebhookConfiguration",
        )
    )
}

_HOOK_EVENTS = frozenset(
    {
        "pre-install",
        "post-install",
        "pre-delete",
        "post-delete",
        "pre-upgrade",
        "post-upgrade",
        "pre-rollback",
        "post-rollback",
        "test",
        "test-success",
    }
)
_TESTS = frozenset({"test", "test-success"})


class Head(NamedTuple):
    """What Helm reads of a document before it sorts: the kind and the hook annotation."""

    kind: str
    hook: str | None


class HeadError(Exception):
    """A document is no object that Helm could sort; the message says why."""


class Part(NamedTuple):
    """One document: the template it comes from, its text and what it is."""

    template: str
    text: str
    kind: str = ""
    hook: bool = False
    test: bool = False
    crd: bool = False


def split(stream: str) -> Iterator[str]:
    """The documents of one rendered template; empty ones are left out, ends are kept."""
    for document in _SEPARATOR.split(stream.lstrip(_SPACE)):
        if document.strip(_SPACE):
            yield document.lstrip(_SPACE)


def arrange(
    texts: Mapping[str, str], crds: Iterable[Mapping[str, str]], head: Callable[[str, str], Head]
) -> list[Part]:
    """All documents in the order of `helm template --include-crds`.

    `texts` are the rendered templates by name, `crds` the files of `crds/` (`filename`, `data`);
    `head` reads one document of the template that is its first argument.
    """
    hooks: list[Part] = []
    manifests: list[Part] = []
    for template in sorted(texts):
        if _is_printed(template):
            for text in split(texts[template]):
                _sort_in(Part(template, text), head(template, text), hooks, manifests)
    manifests.sort(key=_rank)
    hooks.sort(key=_rank)
    printed = [*_crd_parts(crds), *manifests]
    if printed:
        printed[-1] = printed[-1]._replace(text=printed[-1].text.rstrip(_SPACE))
    return [part._replace(text=part.text + "\n") for part in (*printed, *hooks)]


def _is_printed(template: str) -> bool:
    name = template.rpartition("/")[2]
    return not name.startswith("_") and not template.endswith("NOTES.txt")


def _sort_in(part: Part, head: Head, hooks: list[Part], manifests: list[Part]) -> None:
    if head.hook is None:
        manifests.append(part._replace(kind=head.kind))
        return
    events = {event.strip(_SPACE).lower() for event in head.hook.split(",")}
    if events <= _HOOK_EVENTS:  # Helm drops a hook with an event it does not know
        hooks.append(part._replace(kind=head.kind, hook=True, test=bool(events & _TESTS)))


def _rank(part: Part) -> tuple[int, str]:
    rank = _INSTALL_ORDER.get(part.kind)
    return (len(_INSTALL_ORDER), part.kind) if rank is None else (rank, "")


def _crd_parts(crds: Iterable[Mapping[str, str]]) -> Iterator[Part]:
    for file in crds:
        for text in split(file["data"]):
            yield Part(file["filename"], text, "CustomResourceDefinition", crd=True)


def head_of(value: Any) -> Head:
    """The head of a document that was read to plain data; raises `HeadError` as Helm would."""
    if not isinstance(value, dict):
        raise HeadError(f"the document is of type {_type_of(value)}, not a mapping")
    for field in ("apiVersion", "kind"):
        _refuse_collection(field, value.get(field))
    metadata = _table(value, "metadata", "metadata")
    _refuse_collection("metadata.name", metadata.get("name"))
    annotations = _table(metadata, "annotations", "metadata.annotations")
    for name, text in annotations.items():
        _refuse_collection(f"metadata.annotations.{name}", text)
    hook = _text(annotations["helm.sh/hook"]) if "helm.sh/hook" in annotations else None
    return Head(_text(value.get("kind")), hook)


def _table(value: dict[str, Any], key: str, field: str) -> dict[str, Any]:
    found = value.get(key)
    if not isinstance(found, dict | None):
        raise HeadError(f"{field} is of type {_type_of(found)}, not a mapping")
    return found or {}


def _refuse_collection(field: str, value: Any) -> None:
    if isinstance(value, dict | list):
        raise HeadError(f"{field} is of type {_type_of(value)}, not a string")


def _type_of(value: Any) -> str:
    """The name of a type in JSON, as in Go's errors."""
    if isinstance(value, bool):
        return "bool"
    names = ((dict, "object"), (list, "array"), (str, "string"))
    return next((name for kind, name in names if isinstance(value, kind)), "number")


def _text(value: Any) -> str:
    """A scalar as Go's YAML reader gives it to a string field."""
    if isinstance(value, bool):
        return str(value).lower()
    return "" if value is None else str(value)
