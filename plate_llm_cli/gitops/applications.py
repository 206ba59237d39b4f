"""Application and AppProject objects as they stand in the tree, read leniently with positions.

Whether every field is right is a question for the rules; here only what is needed to find the
charts and values of a release is taken, and a field of the wrong type counts as absent.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from plate_llm_cli.source.nodes import Mapping, Node, Scalar, Sequence, find
from plate_llm_cli.source.plain import to_plain

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plate_llm_cli.source.nodes import SourceFile, Span

API_GROUP = "argoproj.io/"
IN_CLUSTER = "https://kubernetes.default.svc"
"""The address that ArgoCD gives to its own cluster; its name is `in-cluster`."""

ARGO_NAMESPACE = "argocd"
"""Where an Application that names no namespace goes."""


def text_of(node: Node | None) -> str:
    """The text of a scalar that is not null, else ''."""
    return node.text if isinstance(node, Scalar) and node.value is not None else ""


def items_of(node: Node | None) -> list[Node]:
    """The items of a list, else none."""
    return node.items if isinstance(node, Sequence) else []


def plain_mapping(node: Node | None) -> dict[str, Any] | None:
    """The data of a mapping; {} where there is nothing, None where there is something else."""
    value = to_plain(node) if node is not None else {}
    if value is None:
        return {}
    return value if isinstance(value, dict) else None


@dataclass(frozen=True, slots=True, eq=False)
class ApplicationSource:
    """One `source` of an Application: where its manifests or chart come from."""

    node: Mapping
    repo_url: str
    path: str | None
    chart: str
    ref: str
    revision: str

    @property
    def helm(self) -> Mapping | None:
        """The `helm` block, if it is a mapping."""
        block = self.node.get("helm")
        return block if isinstance(block, Mapping) else None

    def helm_field(self, name: str) -> Node | None:
        """A field of the `helm` block, or None."""
        return self.helm.get(name) if self.helm else None

    def helm_flag(self, name: str) -> bool:
        """True when the `helm` block sets `name` to true."""
        node = self.helm_field(name)
        return isinstance(node, Scalar) and node.value is True


@dataclass(frozen=True, slots=True, eq=False)
class Application:
    """An ArgoCD Application. `node` is its root mapping in `file`.

    One that an ApplicationSet makes stands at the set's template in `file`, filled in; `origins`
    are the places that its parameters come from, with a word on each.
    """

    file: SourceFile
    node: Mapping
    name: str
    sources: tuple[ApplicationSource, ...]
    origins: tuple[tuple[SourceFile, Span, str], ...] = ()
    given: dict[Span, tuple[SourceFile, Span]] = field(default_factory=dict)
    """For such an Application: where texts of the template that are a parameter alone come from."""

    @property
    def is_made(self) -> bool:
        """True where an ApplicationSet makes it: no file has it as it is."""
        return bool(self.origins)

    def text(self, *route: str) -> str:
        """The scalar at `route` of the object as text, or ''."""
        return text_of(find(self.node, route))

    @property
    def namespace(self) -> str:
        """The namespace that is deployed to; ArgoCD takes `default` where none is set."""
        return self.text("spec", "destination", "namespace") or "default"

    @property
    def cluster(self) -> str:
        """The cluster that is deployed to: its address, else its name."""
        server = self.text("spec", "destination", "server")
        name = self.text("spec", "destination", "name")
        return server or (IN_CLUSTER if name in ("", "in-cluster") else name)

    @property
    def project(self) -> str:
        """The AppProject; `default` where none is named."""
        return self.text("spec", "project") or "default"

    @property
    def sync_options(self) -> tuple[str, ...]:
        """What `syncPolicy.syncOptions` lists, such as `CreateNamespace=true`."""
        listed = items_of(find(self.node, ("spec", "syncPolicy", "syncOptions")))
        return tuple(text_of(item) for item in listed)

    @property
    def creates_namespace(self) -> bool:
        """Whether ArgoCD makes the namespace that is deployed to."""
        return "CreateNamespace=true" in self.sync_options

    @property
    def identity(self) -> tuple[str, str]:
        """Namespace and name: two Applications that share them are one object."""
        return (self.text("metadata", "namespace") or ARGO_NAMESPACE, self.name)

    @property
    def name_node(self) -> Node:
        """Where the Application says its name: the place for findings about all of it."""
        return find(self.node, ("metadata", "name")) or self.node

    def source_by_ref(self, ref: str) -> ApplicationSource | None:
        """The source that calls itself `ref`."""
        return next((source for source in self.sources if source.ref == ref), None)


def read_application(file: SourceFile, node: Mapping) -> Application:
    """The Application that the mapping `node` of `file` describes."""
    return Application(
        file=file,
        node=node,
        name=text_of(find(node, ("metadata", "name"))),
        sources=tuple(_read_source(source) for source in _source_nodes(node)),
    )


def _source_nodes(node: Mapping) -> list[Mapping]:
    # ArgoCD takes `sources` and forgets `source` where both are given.
    several = [
        item for item in items_of(find(node, ("spec", "sources"))) if isinstance(item, Mapping)
    ]
    single = find(node, ("spec", "source")) or find(node, ("spec", "sourceHydrator", "drySource"))
    return several or ([single] if isinstance(single, Mapping) else [])


def _read_source(node: Mapping) -> ApplicationSource:
    path = node.get("path")
    return ApplicationSource(
        node=node,
        repo_url=text_of(node.get("repoURL")),
        path=text_of(path) if isinstance(path, Scalar) and path.text else None,
        chart=text_of(node.get("chart")),
        ref=text_of(node.get("ref")),
        revision=text_of(node.get("targetRevision")),
    )


def argo_objects(file: SourceFile) -> Iterator[tuple[str, Mapping]]:
    """Every `argoproj.io` object of a file as (kind, root), those inside a `List` included."""
    for document in file.documents:
        yield from _argo_objects_in(document.root)


def _argo_objects_in(node: Node | None) -> Iterator[tuple[str, Mapping]]:
    if not isinstance(node, Mapping):
        return
    kind = text_of(node.get("kind"))
    if kind == "List":
        for item in items_of(node.get("items")):
            yield from _argo_objects_in(item)
    elif kind and text_of(node.get("apiVersion")).startswith(API_GROUP):
        yield kind, node
