"""Where an Application's manifests come from: source, helm, kustomize, directory, plugin.

Source: argo-cd `pkg/apis/application/v1alpha1/types.go`, 3.x.
Imports pydantic, which takes 100 ms: import this room's models only where they are used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from pydantic import AfterValidator, BeforeValidator

from plate_llm_cli.gitops.model_base import ArgoModel, NameValue, Text
from plate_llm_cli.source.strict_model import needed, optional
from plate_llm_cli.source.strict_types import fault
from plate_llm_cli.source.violations import ModelViolation, ViolationKind

if TYPE_CHECKING:
    from collections.abc import Iterator


def _values_text(value: object) -> object:
    if isinstance(value, dict):
        hint = "A mapping is written in `valuesObject`; `values` is a block of text (`values: |`)."
        raise fault("must be text, not a mapping", hint, ViolationKind.WRONG_TYPE)
    return value


def _values_mapping(value: object) -> object:
    if isinstance(value, str):
        hint = "A block of text is written in `values`; `valuesObject` is a mapping (no `|`)."
        raise fault("must be a mapping, not text", hint, ViolationKind.WRONG_TYPE)
    return value


def _count(value: object) -> object:
    if isinstance(value, str) and value.isdecimal():
        return value
    if isinstance(value, int | float) and not isinstance(value, bool) and value == int(value):
        return value
    raise fault("must be a whole number")


def _release_name(name: str) -> str:
    if len(name) > 53:
        raise fault("must be at most 53 characters long", "That is Helm's limit for a release.")
    return name


class HelmParameter(ArgoModel):
    """One `--set` of the chart."""

    name: Text = needed("Path of the value, as --set has it.")
    value: str | None = optional("Its value, always a text; Helm turns 1 and true into values.")
    force_string: bool | None = optional("Leave the value a text, as --set-string does.")


class HelmFileParameter(ArgoModel):
    """One `--set-file` of the chart."""

    name: Text = needed("Path of the value, as --set-file has it.")
    path: Text = needed("File whose content is the value.")


class Helm(ArgoModel):
    """How a chart is rendered."""

    value_files: list[Text] | None = optional("Value files, relative to the chart; the last wins.")
    parameters: list[HelmParameter] | None = optional("Single values, which win over everything.")
    release_name: Annotated[str, AfterValidator(_release_name)] | None = optional(
        "Name of the release; otherwise the Application's."
    )
    values: Annotated[str, BeforeValidator(_values_text)] | None = optional("Values as a block.")
    values_object: Annotated[dict[str, Any], BeforeValidator(_values_mapping)] | None = optional(
        "Values as a mapping; wins over `values`."
    )
    file_parameters: list[HelmFileParameter] | None = optional("Values read from files.")
    version: str | None = optional("Helm's major version, v3.")
    pass_credentials: bool | None = optional("Send the repository's login to every host.")
    ignore_missing_value_files: bool | None = optional("Go on when a value file is not there.")
    skip_crds: bool | None = optional("Leave out the chart's crds/ folder.")
    skip_tests: bool | None = optional("Leave out the chart's tests.")
    skip_schema_validation: bool | None = optional("Do not check values.schema.json.")
    namespace: str | None = optional("Namespace to render with; otherwise the destination's.")
    kube_version: str | None = optional("Kubernetes version to render with.")
    api_versions: list[str] | None = optional("API versions to render with: group/version/Kind.")


class KustomizeTarget(ArgoModel):
    """Which objects a patch is for."""

    group: str | None = optional("API group.")
    version: str | None = optional("API version.")
    kind: str | None = optional("Kind.")
    name: str | None = optional("Name, a regular expression.")
    namespace: str | None = optional("Namespace.")
    annotation_selector: str | None = optional("Annotations to select by.")
    label_selector: str | None = optional("Labels to select by.")


class KustomizePatch(ArgoModel):
    """A patch, in a file or in place."""

    path: str | None = optional("File of the patch.")
    patch: str | None = optional("The patch, as text.")
    target: KustomizeTarget | None = optional("Which objects it is for.")
    options: dict[str, bool] | None = optional("allowNameChange, allowKindChange.")


class KustomizeReplica(ArgoModel):
    """How many pods a workload gets."""

    name: str = needed("Name of the Deployment or StatefulSet.")
    count: Annotated[Any, BeforeValidator(_count)] = needed("Number of pods.")


class Kustomize(ArgoModel):
    """How a kustomization is built."""

    name_prefix: str | None = optional("Put before every name.")
    name_suffix: str | None = optional("Put after every name.")
    images: list[str] | None = optional("Images to replace: [old=]name[:tag].")
    common_labels: dict[str, str] | None = optional("Labels for all objects.")
    common_annotations: dict[str, str] | None = optional("Annotations for all objects.")
    common_annotations_envsubst: bool | None = optional("Fill in variables in annotations.")
    force_common_labels: bool | None = optional("Overwrite labels that are there.")
    force_common_annotations: bool | None = optional("Overwrite annotations that are there.")
    label_without_selector: bool | None = optional("Leave selectors without the labels.")
    label_include_templates: bool | None = optional("Put the labels on pod templates too.")
    namespace: str | None = optional("Namespace for all objects.")
    replicas: list[KustomizeReplica] | None = optional("Replicas of workloads.")
    patches: list[KustomizePatch] | None = optional("Patches.")
    components: list[str] | None = optional("Kustomize components.")
    ignore_missing_components: bool | None = optional("Go on when a component is not there.")
    version: str | None = optional("Version of kustomize.")
    kube_version: str | None = optional("Kubernetes version to build with.")
    api_versions: list[str] | None = optional("API versions to build with.")


class JsonnetVariable(NameValue):
    """A variable for Jsonnet."""

    code: bool | None = optional("The value is Jsonnet code.")


class Jsonnet(ArgoModel):
    """Options for Jsonnet files."""

    ext_vars: list[JsonnetVariable] | None = optional("External variables.")
    tlas: list[JsonnetVariable] | None = optional("Top-level arguments.")
    libs: list[str] | None = optional("Folders of libraries.")


class Directory(ArgoModel):
    """A folder of plain manifests."""

    recurse: bool | None = optional("Read folders below it too.")
    jsonnet: Jsonnet | None = optional("Options for Jsonnet files.")
    include: str | None = optional("Glob of the files to read.")
    exclude: str | None = optional("Glob of the files to leave out.")


class PluginParameter(ArgoModel):
    """A parameter of a plugin: one of string, map and array."""

    name: str | None = optional("Its name.")
    string: str | None = optional("Its value, a text.")
    map: dict[str, str] | None = optional("Its value, a mapping of texts.")
    array: list[str] | None = optional("Its value, a list of texts.")


class Plugin(ArgoModel):
    """A config management plugin."""

    name: str | None = optional("Its name; without, the one that fits is taken.")
    env: list[NameValue] | None = optional("Environment variables.")
    parameters: list[PluginParameter] | None = optional("Parameters.")


class Rendering(ArgoModel):
    """The tools that can make manifests of a source."""

    helm: Helm | None = optional("How a chart is rendered.")
    kustomize: Kustomize | None = optional("How a kustomization is built.")
    directory: Directory | None = optional("How plain manifests are read.")
    plugin: Plugin | None = optional("A config management plugin.")

    def complaints(self) -> Iterator[ModelViolation]:
        """More than one tool: ArgoCD refuses to choose."""
        tools = {name: getattr(self, name) for name in ("helm", "kustomize", "directory", "plugin")}
        given = [name for name, tool in tools.items() if tool is not None]
        for name in given[1:]:
            message = f"`{name}` stands beside `{given[0]}`: a source is built by one tool"
            yield ModelViolation((name,), message, "Keep one of them, or use `sources`.")


class Source(Rendering):
    """One place that manifests come from."""

    repo_url: Text = needed("Git repository, Helm repository or OCI registry.")
    path: str | None = optional("Folder in the repository.")
    target_revision: str | None = optional("Branch, tag or commit; of a chart, its version.")
    chart: str | None = optional("Name of a chart in a Helm repository.")
    ref: str | None = optional("Name by which other sources refer to this one's files ($name/...).")
    name: str | None = optional("What the user interface calls it.")

    def complaints(self) -> Iterator[ModelViolation]:
        """Nothing to render, or a chart of no particular version."""
        yield from super().complaints()
        if not (self.path or self.chart or self.ref):
            message = "a source needs `path` (a folder of Git) or `chart` (of a Helm repository)"
            yield ModelViolation(("path",), message, "", ViolationKind.MISSING_FIELD)
        if self.chart and not self.target_revision:
            message = f"`targetRevision` is missing: which version of the chart {self.chart}?"
            hint = "Name a version, or a range such as 1.2.* or * for the newest."
            yield ModelViolation(("targetRevision",), message, hint, ViolationKind.MISSING_FIELD)


class DrySource(Rendering):
    """Where the source hydrator reads from."""

    repo_url: Text = needed("Git repository.")
    target_revision: str = needed("Branch, tag or commit.")
    path: str = needed("Folder in the repository.")


class SyncSource(ArgoModel):
    """Where the source hydrator writes to, and ArgoCD syncs from."""

    target_branch: str = needed("Branch of the rendered manifests.")
    path: str = needed("Folder of the rendered manifests.")
    repo_url: str | None = optional("Repository, where it is not the dry source's.")


class HydrateTo(ArgoModel):
    """A branch to stage rendered manifests in."""

    target_branch: str = needed("Branch.")


class SourceHydrator(ArgoModel):
    """Renders into a branch, and syncs from there."""

    dry_source: DrySource = needed("Where the manifests are made from.")
    sync_source: SyncSource = needed("Where they are synced from.")
    hydrate_to: HydrateTo | None = optional("Where they are staged.")
