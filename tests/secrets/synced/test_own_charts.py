"""This repository's own charts, staging, against a real OpenBao."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from plate_llm_cli.commands.deployed import deployed
from plate_llm_cli.context import Workspace
from plate_llm_cli.errors import PodStartError
from plate_llm_cli.secrets.synced.operator import Operator
from plate_llm_cli.secrets.synced.pods import environment_of
from plate_llm_cli.secrets.synced.variable import value_of
from plate_llm_cli.secrets.values.secret import Secret

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plate_llm_cli.graph.deployment import Deployment
    from plate_llm_cli.graph.manifests import Manifest
    from plate_llm_cli.helm.embedded import EmbeddedEngine
    from plate_llm_cli.secrets.addresses import Place
    from plate_llm_cli.secrets.server.stored import Stored
    from tests.secrets.fixtures import Bao

ROOT = Path(__file__).parents[3]
PROVIDERS = {
    "OPENAI_API_KEY": "sk-of-openai",
    "ANTHROPIC_API_KEY": "sk-ant-of-anthropic",
    "LANGCHAIN_API_KEY": "lsv2_of_langsmith",
}
KEY = "the-signing-key"


@pytest.fixture(scope="module")
def deployment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployment]:
    """Every release of this repository, rendered."""
    root = tmp_path_factory.mktemp("tree")
    for folder in ("charts", "environments"):
        shutil.copytree(ROOT / folder, root / folder)
    for file in ("pyproject.toml", "service/env-contract.json"):
        (root / file).parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / file, root / file)
    with Workspace(root) as workspace:
        yield deployed(workspace)


@pytest.fixture
def workload(deployment: Deployment) -> Manifest:
    """Staging's Deployment."""
    return next(
        item
        for item in deployment.manifests
        if item.kind == "Deployment" and item.namespace == "plate-stg"
    )


class Read:
    """Reads from the mount of this test what the charts have in `secret`, and notes it."""

    def __init__(self, bao: Bao) -> None:
        self.bao = bao
        self.client = bao.client()
        self.paths: list[str] = []

    def __call__(self, place: Place, version: int | None = None) -> Stored:
        assert place.mount == "secret"
        self.paths.append(place.path)
        return self.client.read(self.bao.place(place.path), version)


@pytest.fixture
def read(bao: Bao) -> Iterator[Read]:
    """An OpenBao that has what staging needs."""
    bao.put("server/cluster", **PROVIDERS)
    bao.put("server/staging", JWT_SECRET=KEY)
    reader = Read(bao)
    with reader.client:
        yield reader


def revealed(values: dict[str, Secret]) -> dict[str, str]:
    """The values themselves."""
    return {name: value.reveal() for name, value in values.items()}


def test_every_variable_of_the_deployment_has_its_value(
    deployment: Deployment, workload: Manifest, read: Read, engine: EmbeddedEngine
) -> None:
    found = environment_of(deployment, workload, "plate-llm", Operator(read, engine))

    assert revealed(found.secret) == {"AUTH_JWT_SECRET": KEY} | PROVIDERS
    assert found.plain["LLM_ENVIRONMENT"] == "staging"
    assert sorted(read.paths) == ["server/cluster", "server/staging"]
    container = workload.plain["spec"]["template"]["spec"]["containers"][0]
    named = {entry["name"] for entry in container["env"]}
    assert named == {*found.plain, *found.secret}


def test_one_variable_alone_reads_no_other_path(
    deployment: Deployment, workload: Manifest, read: Read, engine: EmbeddedEngine
) -> None:
    operator = Operator(read, engine)

    found = value_of(deployment, workload, "plate-llm", "AUTH_JWT_SECRET", operator)

    assert isinstance(found, Secret)
    assert found.reveal() == KEY
    assert read.paths == ["server/staging"]


def test_a_key_that_openbao_lacks_keeps_the_pod_from_starting(
    deployment: Deployment, workload: Manifest, read: Read, engine: EmbeddedEngine
) -> None:
    read.bao.put("server/staging", OTHER="value")

    with pytest.raises(PodStartError) as caught:
        environment_of(deployment, workload, "plate-llm", Operator(read, engine))

    assert caught.value.message == (
        f"container plate-llm of Deployment plate-stg/{workload.name} would not start"
    )
    assert caught.value.details == (
        "AUTH_JWT_SECRET: CreateContainerConfigError: couldn't find key JWT_SECRET in Secret"
        " plate-stg/app-env-secrets: there is no secret/server/staging#JWT_SECRET in OpenBao",
    )
    assert caught.value.hint == (
        "plate-llm secrets plan stg says what OpenBao lacks, plate-llm secrets seed stg fills it in"
    )
    assert caught.value.exit_code == 1


def test_a_path_that_openbao_lacks_keeps_the_secret_from_being_made(
    deployment: Deployment, workload: Manifest, read: Read, engine: EmbeddedEngine
) -> None:
    read.bao.server.done("DELETE", f"{read.bao.mount}/metadata/server/cluster")

    with pytest.raises(PodStartError) as caught:
        environment_of(deployment, workload, "plate-llm", Operator(read, engine))

    (detail,) = caught.value.details
    names, _, said = detail.partition(": ")
    assert set(names.split(", ")) == PROVIDERS.keys()
    assert said == (
        'CreateContainerConfigError: secret "cluster-env-secrets" not found:'
        " ExternalSecret plate-stg/cluster-env-secrets: SecretSyncedError:"
        " error processing spec.dataFrom[0].extract, err: Secret does not exist"
        " (secret/server/cluster is absent)"
    )
