"""The deployment that the rules look at: every release rendered, every file at hand."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from plate_llm_cli.graph import checks
from plate_llm_cli.graph.absences import Absences
from plate_llm_cli.graph.boundaries import lost_boundaries
from plate_llm_cli.graph.env_contracts import EnvContracts
from plate_llm_cli.graph.external import External
from plate_llm_cli.graph.known import Known
from plate_llm_cli.graph.namespaces import Namespaces
from plate_llm_cli.graph.projects import projects_of
from plate_llm_cli.graph.scopes import of_cluster, scopes_of
from plate_llm_cli.graph.secret_chains import SecretChains
from plate_llm_cli.graph.wiring import Wiring
from plate_llm_cli.source.plain import to_plain

if TYPE_CHECKING:
    from pathlib import Path

    from plate_llm_cli.gitops.discovery import Discovery
    from plate_llm_cli.gitops.releases import ChartPart, Release, ReleaseProblem
    from plate_llm_cli.graph.manifests import Manifest, RenderedChart
    from plate_llm_cli.graph.projects import Project
    from plate_llm_cli.graph.provenance import Provenance
    from plate_llm_cli.graph.secret_chains import Chain
    from plate_llm_cli.helm.provenance.tracer import Verdict
    from plate_llm_cli.schemas.violations import CheckResult
    from plate_llm_cli.source.nodes import Mapping, SourceFile
    from plate_llm_cli.source.tree import Tree
    from plate_llm_cli.source.violations import ModelViolation


@dataclass(eq=False)
class Deployment:
    """All releases of a tree, or those that were asked for."""

    tree: Tree
    discovery: Discovery
    releases: list[Release]
    charts: list[RenderedChart]
    plain: list[Manifest]
    """The objects of folders of manifests."""
    kube_version: str
    schema_folders: tuple[Path, ...] = ()
    """Folders with schemas of custom resources, from `--crds`."""
    provenance: Provenance | None = None
    """None when it was not asked for: rendering again and again takes time."""
    primary: str = ""
    """The chart that short names of environments refer to, or ''."""
    spec_path: str = ""
    """Where the secrets spec is, from the root; '' for its usual place."""
    external: External = field(default_factory=External)
    """What is declared to be made outside the tree."""
    set_problems: list[ReleaseProblem] = field(default_factory=list)
    """What is wrong with ApplicationSets, in files of the tree and among what charts render."""

    @cached_property
    def manifests(self) -> list[Manifest]:
        """Every object that the releases apply."""
        return [*(item for chart in self.charts for item in chart.manifests), *self.plain]

    @cached_property
    def schema_checks(self) -> list[tuple[Manifest, CheckResult]]:
        """Every object with what the schema of its kind says."""
        folders = self.schema_folders
        return list(checks.schema_checks(self.manifests, self.kube_version, self.crds, folders))

    @cached_property
    def argo_checks(self) -> list[tuple[SourceFile, Mapping, ModelViolation]]:
        """What ArgoCD's API has against the Applications and projects."""
        rendered = (
            (manifest.kind, manifest.file, manifest.node)
            for manifest in self.manifests
            if manifest.chart is not None and checks.is_argocd(manifest)
        )
        return list(checks.argo_checks(self.releases, [*self.discovery.others, *rendered]))

    @cached_property
    def value_checks(self) -> list[tuple[RenderedChart, ModelViolation]]:
        """What the models of the charts have against the merged values."""
        return list(checks.value_checks(self.charts))

    @cached_property
    def value_verdicts(self) -> list[tuple[RenderedChart, Verdict]]:
        """The values that are set and of which nothing was seen to read them."""
        found = self.provenance.verdicts(self.charts) if self.provenance else []
        return [
            (chart, verdict) for chart, verdict in found if not chart.is_parameter(verdict.route)
        ]

    @cached_property
    def known(self) -> Known:
        """How much is known of the clusters that are deployed to."""
        return Known(self)

    @cached_property
    def namespaces(self) -> Namespaces:
        """Who makes the namespaces that are deployed to."""
        return Namespaces(self)

    @cached_property
    def wiring(self) -> Wiring:
        """What leads to what: Ingress, Service, pods, and objects by name."""
        return Wiring(self.manifests)

    @cached_property
    def absences(self) -> Absences:
        """What pods refer to, and which of it nothing makes."""
        return Absences(self)

    @cached_property
    def env_contracts(self) -> EnvContracts:
        """The containers whose variables a contract describes."""
        return EnvContracts(self)

    @cached_property
    def secrets(self) -> SecretChains:
        """What reads Secrets, what makes them, and what OpenBao must hold for both."""
        return SecretChains(self.manifests)

    @property
    def secret_chains(self) -> list[Chain]:
        """Every use of a Secret, down to mount, path and key."""
        return self.secrets.chains

    @property
    def crds(self) -> list[object]:
        """The CustomResourceDefinitions that the releases apply, and those in files of the tree."""
        applied = [item.plain for item in self.manifests if item.kind == checks.CRD]
        files = (self.tree.read(path) for path in self.discovery.crds)
        in_tree = [to_plain(document.root) for file in files for document in file.documents]
        return [*applied, *in_tree]

    @cached_property
    def scopes(self) -> dict[tuple[str, str], str]:
        """By group and kind the scope that the CRDs of the tree give it."""
        return scopes_of(self.crds)

    def is_namespaced(self, manifest: Manifest) -> bool:
        """Whether an object belongs to a namespace, as far as its kind is known."""
        group = manifest.api_version.rpartition("/")[0]
        return not of_cluster(group, manifest.kind, self.scopes)

    @cached_property
    def projects(self) -> list[Project]:
        """The AppProjects of the tree."""
        return list(projects_of(self))

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the releases, sorted."""
        return tuple(sorted(release.name for release in self.releases))

    @cached_property
    def failed(self) -> list[Release]:
        """The releases of which a chart does not render, or a file of manifests cannot be read.

        So are those of which objects have run into one another.
        """
        found = [chart.release for chart in self.charts if chart.failure is not None]
        found += [
            chart.release
            for chart in self.charts
            if any(lost_boundaries(item.file) for item in chart.manifests)
        ]
        found += [
            release
            for release in self.releases
            for part in release.manifests
            if any(self.tree.read(path).broken for path in part.files)
        ]
        return list(dict.fromkeys(found))

    @cached_property
    def half_known(self) -> list[Release]:
        """Those that failed, and those that were rendered without values which are elsewhere."""
        partial = [chart.release for chart in self.charts if not chart.part.complete]
        return list(dict.fromkeys([*self.failed, *partial]))

    def is_half_known(self, path: str) -> bool:
        """True when a release that is made from the file at `path` could not be rendered whole."""
        file = self.tree.files.get(path)
        using = set(self.releases_using(file)) if file else set()
        return any(
            release.name in using
            or any(path.startswith(f"{part.chart}/templates/") for part in release.charts)
            for release in self.half_known
        )

    def releases_using(self, file: SourceFile) -> tuple[str, ...]:
        """The releases that are made from `file`: its Application, values, or manifests."""
        applying = {item.release.name for item in self.manifests if item.file is file}
        return tuple(
            sorted(
                release.name
                for release in self.releases
                if release.name in applying
                or release.application.file is file
                or file in release.files
                or any(file in part.value_files for part in release.charts)
                or any(_is_chart_file(part, file) for part in release.charts)
                or any(layer.file is file for part in release.charts for layer in part.layers)
                or any(file.path in part.files for part in release.manifests)
            )
        )


def _is_chart_file(part: ChartPart, file: SourceFile) -> bool:
    return file.path == (f"{part.chart}/Chart.yaml" if part.chart else "Chart.yaml")
