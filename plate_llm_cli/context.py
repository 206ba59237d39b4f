"""What the commands share: the tree, its releases, the Helm engine, and how results go out."""

from __future__ import annotations

import os
import re
import sys
from difflib import get_close_matches
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from plate_llm_cli.errors import RootError, UnknownEnvironmentError, UsageError
from plate_llm_cli.gitops.applications import API_GROUP, plain_mapping, text_of
from plate_llm_cli.gitops.crds import crd_api_versions
from plate_llm_cli.gitops.discovery import Discovery, discover
from plate_llm_cli.gitops.environments import CONTRACT_ANNOTATION
from plate_llm_cli.graph.build import Builder, RenderOptions
from plate_llm_cli.graph.external import External
from plate_llm_cli.graph.locate import Locator
from plate_llm_cli.helm import prestart
from plate_llm_cli.helm.embedded import EmbeddedEngine
from plate_llm_cli.helm.vendoring import Vendoring
from plate_llm_cli.schemas.versions import newest_version, require_version
from plate_llm_cli.settings import Settings, load_settings
from plate_llm_cli.source.decoding import decode
from plate_llm_cli.source.limits import MAX_BYTES
from plate_llm_cli.source.nodes import SourceFile, find
from plate_llm_cli.source.planned_tree import PlannedTree
from plate_llm_cli.source.reader import parse_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from plate_llm_cli.gitops.releases import Release
    from plate_llm_cli.graph.deployment import Deployment
    from plate_llm_cli.helm.engine import HelmEngine

_FULL_VERSION = re.compile(r"v?(\d+\.\d+\.\d+(?:[-+][0-9A-Za-z.+-]+)?)")
_MOST_NAMES = 8
"""Names that a message lists; `env list` has the others."""

_WORKERS = min(2, os.cpu_count() or 1)
"""Processes with Helm in them. The second one starts only when there is much to render."""


class Workspace:
    """One tree and what a command does with it."""

    def __init__(
        self,
        root: Path | None = None,
        engine: str = "",
        planned: Mapping[str, str | None] | None = None,
    ) -> None:
        """`planned` are texts of files that are not written yet, None for one that is to go."""
        self.root = find_root(root)
        self.settings: Settings = load_settings(self.root)
        self.tree = PlannedTree(self.root, self.settings.exclude, planned or {})
        self._vendoring = Vendoring(self.tree)
        self._engine_name = engine or self.settings.engine or "embedded"

    @cached_property
    def engine(self) -> HelmEngine:
        """The engine that was asked for. The embedded one loads in the background."""
        if self._engine_name == "embedded":
            embedded = EmbeddedEngine(_WORKERS, begun=prestart.take())
            embedded.start()
            return embedded
        from plate_llm_cli.helm.binary import BinaryEngine  # noqa: PLC0415 - 25 ms, seldom wanted

        return BinaryEngine()

    def locator(self, deployment: Deployment) -> Locator:
        """What finds the lines for `deployment`."""
        return Locator(deployment)

    def close(self) -> None:
        """End the engine, if it was started, and remove copies of charts."""
        try:
            if "engine" in self.__dict__:
                self.engine.close()
        finally:
            self._vendoring.close()

    def __enter__(self) -> Workspace:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @cached_property
    def discovery(self) -> Discovery:
        """Every Application of the tree; none where all that look like one are broken.

        Raises:
            RootError: there is nothing that looks like one.
        """
        found = discover(self.tree, self.settings.repo_url, lambda: self.engine)
        if not found.releases and not found.application_sets and not self._broken():
            raise RootError(
                f"no ArgoCD Application below {self.root}",
                "go to the repository that has them, or name it with -C DIR",
            )
        return found

    @property
    def releases(self) -> list[Release]:
        """The releases of all Applications.

        Raises:
            RootError: there is none, or none that can be read.
        """
        if self.discovery.releases:
            return self.discovery.releases
        broken = self._broken()
        if not broken:
            raise RootError(
                f"only ApplicationSets below {self.root}, and none could be expanded",
                "plate-llm validate says of each why",
            )
        raise RootError(
            f"no ArgoCD Application below {self.root} can be read",
            f"plate-llm validate shows what is wrong with {', '.join(broken[:3])}",
        )

    def _broken(self) -> list[str]:
        """The files that may hold Applications and cannot be read, or not to their end."""
        files = self.tree.files.values()
        return [file.path for file in files if file.broken and API_GROUP in file.text]

    def release(self, env: str) -> Release:
        """The release that ENV names: an Application, or `<primary chart>-ENV`.

        Raises:
            UnknownEnvironmentError: nothing has that name.
        """
        releases = {release.name: release for release in self.releases}
        for name in (env, f"{self.primary}-{env}"):
            if name in releases:
                return releases[name]
        if "=" in env:  # KEY=VALUE, most likely, and the value a secret
            message = "what was given as ENV is none, and is not repeated here"
            raise UnknownEnvironmentError(message, self._suggestion(""))
        raise UnknownEnvironmentError(f"no environment {env!r}", self._suggestion(env))

    def short_name(self, release: Release) -> str:
        """The release as people type it: without the name of the primary chart."""
        return release.name.removeprefix(f"{self.primary}-") if self.primary else release.name

    def place_of(self, env: str) -> tuple[str, str] | None:
        """Cluster and namespace of ENV; None where no Application has that name."""
        try:
            return self.release(env).place
        except UnknownEnvironmentError:
            return None

    def names_at(self, place: tuple[str, str], names: Iterable[str]) -> tuple[str, ...]:
        """Those of `names`, as a secrets spec has them, that mean the environment at `place`."""
        return tuple(name for name in names if self.place_of(name) == place)

    def _suggestion(self, env: str) -> str:
        names = [release.name for release in self.releases if release.name]
        short = [self.short_name(release) for release in self.releases if release.name]
        near = get_close_matches(env, dict.fromkeys([*short, *names]), 1)
        if near:
            hint = f"did you mean {near[0]}?"
        else:
            more = f" and {len(names) - _MOST_NAMES} more" if len(names) > _MOST_NAMES else ""
            hint = f"there are: {', '.join(names[:_MOST_NAMES])}{more}"
        broken = self._broken()
        return f"{hint} ({broken[0]} cannot be read and may hold it)" if broken else hint

    def environment(self, env: str) -> list[Release]:
        """The releases that share the cluster and namespace of the one that ENV names."""
        place = self.release(env).place
        return [release for release in self.discovery.releases if release.place == place]

    def environments(self, envs: Iterable[str]) -> list[Release]:
        """All releases of the environments named, in the tree's order; every one if none is."""
        wanted = {id(release) for env in envs for release in self.environment(env)}
        everything = self.discovery.releases
        return [item for item in everything if id(item) in wanted] if wanted else everything

    @cached_property
    def primary(self) -> str:
        """The chart that short names refer to, or ''."""
        if self.settings.primary:
            return self.settings.primary
        folders = {part.chart for release in self.discovery.releases for part in release.charts}
        for folder in sorted(folders):
            path = f"{folder}/Chart.yaml" if folder else "Chart.yaml"
            if not self.tree.is_file(path):
                continue  # reading it would make a finding of its absence
            chart = self.tree.read(path)
            if find(chart.root, ("annotations", CONTRACT_ANNOTATION)) is not None:
                return text_of(find(chart.root, ("name",)))
        return ""

    def kubernetes_version(self, given: str) -> str:
        """The full version to render for: as given, else as set, else the newest known.

        Raises:
            UsageError: it is no version that schemas are at hand for.
        """
        wanted = given or self.settings.kubernetes_version or newest_version()
        minor = require_version(wanted)
        full = _FULL_VERSION.fullmatch(wanted.strip())
        return full[1] if full else f"{minor}.0"

    def api_versions(self, given: Sequence[str] | None) -> tuple[str, ...]:
        """The API versions beside the core's: given, set, and those of CRDs in the tree."""
        files = (self.tree.read(path) for path in self.discovery.crds)
        in_tree = (version for file in files for version in crd_api_versions(file))
        return tuple(dict.fromkeys([*(given or ()), *self.settings.api_versions, *in_tree]))

    def render_options(
        self, kubernetes_version: str = "", api_versions: Sequence[str] | None = None
    ) -> RenderOptions:
        """For which cluster is rendered: as given, else as set.

        Raises:
            UsageError: as for `kubernetes_version`.
        """
        return RenderOptions(
            self.kubernetes_version(kubernetes_version), self.api_versions(api_versions)
        )

    def schema_folders(self, given: Sequence[Path] | None) -> tuple[Path, ...]:
        """The folders with schemas of custom resources: as given, else as set.

        Raises:
            UsageError: one of them is not a folder.
        """
        folders = tuple(given or (self.root / name for name in self.settings.crds))
        for folder in folders:
            if not folder.is_dir():
                raise UsageError(f"{'--crds' if given else 'setting crds:'} {folder} is no folder")
        return folders

    def read_values(self, path: Path) -> tuple[str, dict[str, Any]]:
        """A value file of the command line (`-` is stdin), as a label and its values.

        Raises:
            UsageError: it cannot be read as a mapping.
        """
        file = _read_given(path)
        values = plain_mapping(file.root)
        if file.broken or values is None:
            reason = file.problems[0].message if file.problems else "no mapping"
            raise UsageError(f"--values {path}: {reason}")
        return str(path), values

    def build(self, releases: list[Release], render_options: RenderOptions) -> Deployment:
        """`releases` rendered by this workspace's engine.

        Raises:
            ConfigurationError: the setting `external` has an entry that is no declaration.
        """
        external = External(self.settings.external)
        found, engine = self.discovery, self.engine
        builder = Builder(self.tree, found, engine, render_options, self._vendoring)
        deployment = builder.build(releases)
        deployment.primary, deployment.spec_path = self.primary, self.settings.secrets
        deployment.external = external
        return deployment

    def modelled_charts(self) -> dict[str, str]:
        """The folders of the charts whose values have a model, with the model's name."""
        parts = [part for release in self.discovery.releases for part in release.charts]
        return {part.chart: part.values_model for part in parts if part.values_model}

    def default_values(self, chart: str) -> dict[str, Any]:
        """The values.yaml of the chart in folder `chart`."""
        return plain_mapping(self.tree.read(f"{chart}/values.yaml").root) or {}

    def lines(self, path: str) -> Sequence[str]:
        """The lines of a file of the tree; none where it cannot be read as text."""
        return self.tree.text(path).splitlines()


def _read_given(path: Path) -> SourceFile:
    """The value file `path`; it may lie anywhere, and be a pipe as `<(sops -d x.yaml)` is."""
    try:
        with sys.stdin.buffer if str(path) == "-" else path.open("rb") as stream:
            text, problem = decode(stream.read(MAX_BYTES + 1))
    except OSError as error:
        raise UsageError(f"--values {path}: {error.strerror or error}") from error
    return (
        SourceFile(str(path), text, problems=[problem]) if problem else parse_text(text, str(path))
    )


def find_root(given: Path | None) -> Path:
    """`given`, else the Git top level around the current folder, else that folder.

    Raises:
        RootError: `given` is not a folder.
    """
    if given is not None:
        if not given.is_dir():
            raise RootError(f"{given} is not a folder", "-C takes the folder of a repository")
        return given.resolve()
    here = Path.cwd()
    return next((folder for folder in (here, *here.parents) if (folder / ".git").exists()), here)
