"""An Application of one environment with values or a namespace of another."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plate_llm_cli.findings import Severity
from plate_llm_cli.gitops.releases import LayerKind
from plate_llm_cli.graph.environment_words import environment_of, name_without
from plate_llm_cli.rules.base import Defect, FilePlace, Rule
from plate_llm_cli.source.nodes import Sequence, nearest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plate_llm_cli.gitops.releases import ChartPart, Release
    from plate_llm_cli.graph.deployment import Deployment
    from plate_llm_cli.source.nodes import Span
    from plate_llm_cli.source.tree import Tree

_FAILS = "FailOnSharedResource=true"
_NAMESPACE = ("spec", "destination", "namespace")


class MixedEnvironment(Rule):
    """The Application of one environment uses values, or the namespace, of another.

    ## What it does
    Compares the environment in the name of an Application (stg, prod, dev and their long forms)
    with those in the names of its value files and of its namespace. It speaks up only where there
    is a counterpart: an Application of that other environment and the same chart, which has the
    file or the namespace as its own. Without a file for the Application's own environment beside
    it, the file may be shared on purpose, and it is an info.

    ## Why is this bad?
    Somebody copied the other Application and forgot a line: production runs with the values of
    staging, or into its namespace.

    ## Example
    ```yaml
    metadata: {name: plate-llm-prod}
    spec:
      source:
        helm: {valueFiles: [values-stg.yaml]}
    ```

    ## Use instead
    ```yaml
        helm: {valueFiles: [values-prod.yaml]}
    ```
    """

    id = "mixed-environment"
    severity = Severity.WARNING
    summary = "An Application of one environment uses values or the namespace of another"

    def check(self, deployment: Deployment) -> Iterator[Defect]:
        """Every file and namespace of another environment."""
        families: dict[tuple[str, ...], list[Release]] = {}
        for release in deployment.releases:
            charts = tuple(part.chart for part in release.charts)
            if charts and environment_of(release.name):
                families.setdefault((*charts, name_without(release.name)), []).append(release)
        for family in families.values():
            for release in family:
                for other in family:
                    if environment_of(other.name) != environment_of(release.name):
                        yield from _mixed(release, other, deployment.tree)


def _mixed(release: Release, other: Release, tree: Tree) -> Iterator[Defect]:
    if environment_of(release.namespace) and release.place == other.place:
        yield from _namespace(release, other)
    for part in release.charts:
        yield from _files(release, part, other, tree)


def _namespace(release: Release, other: Release) -> Iterator[Defect]:
    """Only at the one that is not at home there."""
    if environment_of(other.name) != environment_of(other.namespace):
        return
    file, node = release.application.file, release.application.node
    yield Defect(
        FilePlace(file, nearest(node, _NAMESPACE)[0]),
        f"{release.name} is deployed to {release.namespace}, the namespace of {other.name}",
        f"name the namespace of {environment_of(release.name)}",
        releases=(release.name,),
        related=((FilePlace.of(other.application.file, other.application.name_node), other.name),),
        severity=Severity.ERROR if _FAILS in release.application.sync_options else None,
    )


def _files(release: Release, part: ChartPart, other: Release, tree: Tree) -> Iterator[Defect]:
    mine = {_environment_of_file(name) for name in _names(part)}
    if environment_of(release.name) in mine:
        return
    theirs = {name for their in other.charts for name in _names(their)}
    for name in _names(part):
        if _environment_of_file(name) == environment_of(other.name) and name in theirs:
            yield Defect(
                FilePlace(release.application.file, _span(part, name)),
                f"{release.name} takes the values of {other.name}: {name}",
                f"name the value file of {environment_of(release.name)}",
                releases=(release.name,),
                severity=None if _has_own(name, release, tree) else Severity.INFO,
            )


def _has_own(path: str, release: Release, tree: Tree) -> bool:
    """Whether a file for the release's own environment lies beside that of the other one."""
    folder, _, name = path.rpartition("/")
    base = folder if environment_of(name.rpartition(".")[0]) else folder.rpartition("/")[0]
    mine = environment_of(release.name)
    return any(_environment_of_file(each) == mine for each in tree.walk(base))


def _names(part: ChartPart) -> list[str]:
    files = (layer.file for layer in part.layers if layer.kind is LayerKind.FILE)
    return [file.path for file in files if file is not None]


def _environment_of_file(path: str) -> str:
    """By its own name, else by that of its folder."""
    folder, _, name = path.rpartition("/")
    return environment_of(name.rpartition(".")[0]) or environment_of(folder.rpartition("/")[2])


def _span(part: ChartPart, path: str) -> Span:
    """The entry of `valueFiles` that ends like the path."""
    listed = part.source.helm_field("valueFiles")
    for item in listed.items if isinstance(listed, Sequence) else ():
        if getattr(item, "text", "").endswith(path.rpartition("/")[2]):
            return item.span
    return part.source.node.span
