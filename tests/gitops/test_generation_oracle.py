"""What is generated, and what the charts render, in the eyes of the models of kubernetes-models."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from plate_llm_cli.context import Workspace
from plate_llm_cli.gitops.generation.conventions import conventions_from
from plate_llm_cli.gitops.generation.files import Generation
from plate_llm_cli.gitops.generation.multi_source import split_source
from plate_llm_cli.graph import argocd_generation
from plate_llm_cli.graph.build import RenderOptions
from plate_llm_cli.source.reader import parse_text, to_plain
from tests import npm_packages
from tests.gitops.applications import application

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(__file__).parents[2]
FOLDER = Path(__file__).parent / "oracle"
SECONDS = 60
CONVENTIONS = {
    "revisionHistoryLimit": 5,
    "managedNamespaceMetadata": {"labels": {"team": "plate"}, "annotations": {"a": "b"}},
}


@pytest.fixture(scope="module")
def oracle() -> Callable[[list[Any]], list[str | None]]:
    """Asks for the complaint about each object; None where there is none."""
    folder = npm_packages.installed(FOLDER, "kubernetes-models")
    node = str(shutil.which("node"))

    def ask(objects: list[Any]) -> list[str | None]:
        lines = "".join(f"{json.dumps(item)}\n" for item in objects)
        run = subprocess.run(  # noqa: S603 - our own script
            [node, "check.mjs"], cwd=folder, input=lines, capture_output=True, text=True,
            timeout=SECONDS, check=False,
        )  # fmt: skip
        assert run.returncode == 0, run.stderr
        return [json.loads(line) for line in run.stdout.splitlines()]

    return ask


def _generated(workspace: Workspace) -> Iterator[Any]:
    """Applications, projects and an ApplicationSet, with all that can be asked for."""
    render_options = RenderOptions("1.37.0", workspace.api_versions(None))
    deployment = workspace.build(workspace.releases, render_options)
    generation = Generation(workspace.root, conventions_from(CONVENTIONS))
    made = argocd_generation.generate_applications(
        generation, deployment, workspace.releases, split_source
    )
    argocd_generation.generate_projects(generation, deployment, made)
    for file in generation.files:
        yield from (to_plain(item.root) for item in parse_text(file.after, "").documents)
    set_text = argocd_generation.application_set(made, deployment)
    yield to_plain(parse_text(set_text, "").root)
    yield from (
        item.plain
        for item in deployment.manifests
        if item.api_version.startswith("external-secrets.io/")
    )


def test_everything_that_is_written_is_sound(
    oracle: Callable[[list[Any]], list[str | None]],
) -> None:
    with Workspace(ROOT) as workspace:
        objects = list(_generated(workspace))
    assert {item["kind"] for item in objects} == {
        *("Application", "AppProject", "ApplicationSet"),
        *("ExternalSecret", "SecretStore", "ClusterSecretStore", "ClusterExternalSecret"),
    }
    complaints = dict(zip(map(_name, objects), oracle(objects), strict=True))
    assert {name: text for name, text in complaints.items() if text is not None} == {}


def test_what_is_wrong_is_refused(oracle: Callable[[list[Any]], list[str | None]]) -> None:
    project = {"apiVersion": "argoproj.io/v1alpha1", "kind": "AppProject", "metadata": {}}
    external = {"apiVersion": "external-secrets.io/v1", "metadata": {"name": "a"}}
    vault = {"provider": {"vault": {"server": "https://bao", "version": "v3", "auth": {}}}}
    wrong = [
        application(project=3),
        application(syncPolicy={"automated": {"prune": "yes"}}),
        application(ignoreDifferences=[{"group": "apps"}]),
        {**project, "spec": {"destinations": {}}},
        {**external, "kind": "SecretStore", "spec": vault},
    ]
    assert oracle([application(), *wrong]) == [
        None,
        "data/spec/project must be string",
        "data/spec/syncPolicy/automated/prune must be boolean",
        "data/spec/ignoreDifferences/0 must have required property kind",
        "data/spec/destinations must be array",
        "data/spec/provider/vault/version must be equal to one of the allowed values",
    ]


def _name(item: Any) -> str:
    return f"{item['kind']} {item['metadata']['name']}"
