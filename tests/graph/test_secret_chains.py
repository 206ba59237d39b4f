"""A use is linked to what makes its Secret, and to what OpenBao must hold."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from plate_llm_cli.context import Workspace
from plate_llm_cli.graph.build import RenderOptions
from plate_llm_cli.graph.secret_chains import Chain, SecretChains
from tests.graph.secret_objects import objects

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plate_llm_cli.graph.deployment import Deployment

ROOT = Path(__file__).parents[2]
STORE = """\
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata: {name: bao}
spec: {provider: {vault: {path: secret}}}
---
"""
EXTERNAL = """\
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: {name: app}
spec:
  secretStoreRef: {name: bao}
  dataFrom: [{extract: {key: server/stg}}]
---
"""
POD = """\
apiVersion: v1
kind: Pod
metadata: {name: web}
spec:
  containers:
    - name: main
"""
KEY = "      env: [{name: A, valueFrom: {secretKeyRef: {name: app, key: A}}}]\n"
ALL = "      envFrom: [{secretRef: {name: app}}]\n"


def chain(text: str) -> Chain:
    (found,) = SecretChains(objects(text)).chains
    return found


def test_a_variable_reaches_the_key_of_an_extracted_path() -> None:
    found = chain(STORE + EXTERNAL + POD + KEY)
    assert [str(key) for key in found.remote] == ["secret/server/stg#A"]
    assert (found.made, found.lacks_key, found.whole) == (True, False, ())


def test_env_from_takes_every_key_of_an_extracted_path() -> None:
    found = chain(STORE + EXTERNAL + POD + ALL)
    assert ([str(path) for path in found.whole], found.remote) == (["secret/server/stg"], ())


def test_a_secret_that_nothing_makes_has_no_producer() -> None:
    found = chain(POD + KEY)
    assert (found.made, found.producers, found.lacks_key) == (False, (), False)


def test_a_key_that_the_producer_does_not_make_is_lacking() -> None:
    plain = "apiVersion: v1\nkind: Secret\nmetadata: {name: app}\nstringData: {B: x}\n---\n"
    assert chain(plain + POD + KEY).lacks_key


def test_a_second_producer_may_bring_the_key() -> None:
    plain = "apiVersion: v1\nkind: Secret\nmetadata: {name: app}\nstringData: {B: x}\n---\n"
    merged = EXTERNAL.replace("  dataFrom", "  target: {creationPolicy: Merge}\n  dataFrom")
    found = chain(plain + STORE + merged + POD + KEY)
    assert (found.lacks_key, [str(key) for key in found.remote]) == (False, ["secret/server/stg#A"])


def test_what_only_adds_keys_does_not_make_the_secret() -> None:
    merged = EXTERNAL.replace("  dataFrom", "  target: {creationPolicy: Merge}\n  dataFrom")
    assert not chain(STORE + merged + POD + KEY).made


def test_a_pull_secret_of_the_old_form_is_enough() -> None:
    plain = (
        "apiVersion: v1\nkind: Secret\nmetadata: {name: app}\nstringData: {.dockercfg: x}\n---\n"
    )
    assert not chain(f"{plain}{POD}  imagePullSecrets: [{{name: app}}]\n").lacks_key


def test_a_secret_of_another_namespace_is_another_secret() -> None:
    found = SecretChains([*objects(STORE + EXTERNAL, "other"), *objects(POD + KEY)]).chains
    assert [item.made for item in found] == [False]


@pytest.fixture(scope="module")
def ours() -> Iterator[Deployment]:
    """This repository's own environments."""
    with Workspace(ROOT) as workspace:
        options = RenderOptions("1.37.0", workspace.api_versions(None))
        yield workspace.build(workspace.releases, options)


@pytest.mark.parametrize(
    ("release", "path", "more"),
    [
        (
            "plate-llm-stg",
            "staging",
            {"LANGCHAIN_API_KEY": ["secret/server/cluster#LANGCHAIN_API_KEY"]},
        ),
        ("plate-llm-prod", "production", {}),
    ],
)
def test_our_own_environments_come_out_right(
    ours: Deployment, release: str, path: str, more: dict[str, list[str]]
) -> None:
    found = {
        item.use.variable or item.use.secret: [str(key) for key in item.remote]
        for item in ours.secret_chains
        if item.use.manifest.release.name == release
    }
    assert found == {
        "OPENAI_API_KEY": ["secret/server/cluster#OPENAI_API_KEY"],
        "ANTHROPIC_API_KEY": ["secret/server/cluster#ANTHROPIC_API_KEY"],
        "AUTH_JWT_SECRET": [f"secret/server/{path}#JWT_SECRET"],
        "harbor-docker-secret": [
            f"secret/harbor/{path}#registry",
            f"secret/harbor/{path}#username",
            f"secret/harbor/{path}#password",
        ],
        **more,
    }
