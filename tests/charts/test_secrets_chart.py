from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from plate_llm_cli.helm.engine import Capabilities, RenderFailure, RenderRequest

if TYPE_CHECKING:
    from pathlib import Path

    from plate_llm_cli.helm.embedded import EmbeddedEngine
    from tests.charts.conftest import Object, Render

CHART = "openbao-secrets-manager"
DEFAULTED = {
    "conversionStrategy": "Default",
    "decodingStrategy": "None",
    "metadataPolicy": "None",
    "nullBytePolicy": "Ignore",
}
PATHS = {"stg": "staging", "prod": "production"}
CLUSTER_KINDS = {"ClusterSecretStore", "ClusterExternalSecret"}


def external_secret(render: Render, env: str, name: str) -> Object:
    secrets = render(CHART, env=env).of("ExternalSecret")
    (found,) = (secret for secret in secrets if secret["metadata"]["name"] == name)
    return found


def identities(rendered: list[Object]) -> set[tuple[str, str]]:
    return {(found["kind"], found["metadata"]["name"]) for found in rendered}


def test_the_cluster_release_makes_nothing_in_a_namespace(render: Render) -> None:
    rendered = render(CHART, env="cluster")
    assert identities(rendered) == {
        ("ClusterSecretStore", "openbao-cluster"),
        ("ClusterExternalSecret", "cluster-env-secrets"),
    }
    assert [found["metadata"].get("namespace") for found in rendered] == [None, None]


@pytest.mark.parametrize("env", PATHS)
def test_an_environments_release_makes_nothing_for_the_cluster(render: Render, env: str) -> None:
    rendered = render(CHART, env=env)
    assert identities(rendered) == {
        ("ServiceAccount", "openbao-reader"),
        ("SecretStore", "openbao"),
        ("ExternalSecret", "app-env-secrets"),
        ("ExternalSecret", "harbor-docker-secret"),
    }
    assert {found["metadata"]["namespace"] for found in rendered} == {f"plate-{env}"}


@pytest.mark.parametrize("env", [*PATHS, "cluster"])
def test_everything_speaks_the_v1_api(render: Render, env: str) -> None:
    versions = {
        found["apiVersion"] for found in render(CHART, env=env) if found["kind"] != "ServiceAccount"
    }
    assert versions == {"external-secrets.io/v1"}


def test_the_shared_secret_reaches_both_environments(render: Render) -> None:
    spec = render(CHART, env="cluster").one("ClusterExternalSecret")["spec"]
    assert spec == {
        "externalSecretName": "cluster-env-secrets",
        "namespaceSelectors": [
            {"matchLabels": {"kubernetes.io/metadata.name": "plate-stg"}},
            {"matchLabels": {"kubernetes.io/metadata.name": "plate-prod"}},
        ],
        "refreshTime": "1m0s",
        "externalSecretSpec": {
            "secretStoreRef": {"kind": "ClusterSecretStore", "name": "openbao-cluster"},
            "refreshPolicy": "Periodic",
            "refreshInterval": "1h0m0s",
            "target": {
                "name": "cluster-env-secrets",
                "creationPolicy": "Owner",
                "deletionPolicy": "Retain",
            },
            "dataFrom": [{"extract": {"key": "server/cluster", **DEFAULTED}}],
        },
    }


def test_the_cluster_store_serves_only_these_namespaces(render: Render) -> None:
    assert render(CHART, env="cluster").one("ClusterSecretStore")["spec"] == {
        "conditions": [{"namespaces": ["plate-stg", "plate-prod"]}],
        "provider": {
            "vault": {
                "server": "https://openbao.cocdev.co.kr",
                "path": "secret",
                "version": "v2",
                "auth": {
                    "kubernetes": {
                        "mountPath": "kubernetes",
                        "role": "external-secrets-cluster",
                        "serviceAccountRef": {
                            "name": "external-secrets",
                            "namespace": "external-secrets",
                        },
                    }
                },
            }
        },
    }


@pytest.mark.parametrize("env", PATHS)
def test_an_environments_store_logs_in_with_its_own_account(render: Render, env: str) -> None:
    rendered = render(CHART, env=env)
    auth = rendered.one("SecretStore")["spec"]["provider"]["vault"]["auth"]
    assert auth == {
        "kubernetes": {
            "mountPath": "kubernetes",
            "role": f"external-secrets-{env}",
            "serviceAccountRef": {"name": "openbao-reader"},
        }
    }
    assert rendered.one("ServiceAccount")["automountServiceAccountToken"] is False


@pytest.mark.parametrize("env", PATHS)
def test_application_secrets_are_the_environments_own(render: Render, env: str) -> None:
    assert external_secret(render, env, "app-env-secrets")["spec"] == {
        "secretStoreRef": {"kind": "SecretStore", "name": "openbao"},
        "refreshPolicy": "Periodic",
        "refreshInterval": "1h0m0s",
        "target": {
            "name": "app-env-secrets",
            "creationPolicy": "Owner",
            "deletionPolicy": "Retain",
        },
        "dataFrom": [{"extract": {"key": f"server/{PATHS[env]}", **DEFAULTED}}],
    }


@pytest.mark.parametrize("env", PATHS)
def test_the_registry_login_reads_its_three_properties(render: Render, env: str) -> None:
    spec = external_secret(render, env, "harbor-docker-secret")["spec"]
    assert spec["data"] == [
        {
            "secretKey": name,
            "remoteRef": {"key": f"harbor/{PATHS[env]}", "property": name, **DEFAULTED},
        }
        for name in ("registry", "username", "password")
    ]


def test_the_registry_login_has_every_defaulted_field(render: Render) -> None:
    target = external_secret(render, "stg", "harbor-docker-secret")["spec"]["target"]
    del target["template"]["data"]
    assert target == {
        "name": "harbor-docker-secret",
        "creationPolicy": "Owner",
        "deletionPolicy": "Retain",
        "template": {
            "type": "kubernetes.io/dockerconfigjson",
            "engineVersion": "v2",
            "mergePolicy": "Replace",
        },
    }


HARBOR = {
    "registry": "harbor.cocdev.co.kr",
    "username": "robot$plate",
    "password": 'a"b\\c<&>{{ .x }}\N{HANGUL SYLLABLE GA}',
}


def fill_in(engine: EmbeddedEngine, template: str, folder: Path) -> str:
    """What the operator makes of `template`: its functions (sprig) are Helm's too."""
    (folder / "templates").mkdir()
    (folder / "Chart.yaml").write_text("apiVersion: v2\nname: c\nversion: 1.0.0\n", "utf-8")
    (folder / "templates" / "_login.tpl").write_text(
        '{{- define "login" }}' + template + "{{ end }}", "utf-8"
    )
    (folder / "templates" / "out.yaml").write_text(
        'out: {{ include "login" .Values | toJson }}\n', "utf-8"
    )
    request = RenderRequest(folder, "r", "n", dict(HARBOR), Capabilities("1.37.0"))
    answer = next(engine.render_many([request]))
    assert not isinstance(answer, RenderFailure), answer.message
    (document,) = answer.documents
    out: str = yaml.safe_load(document.text)["out"]
    return out


def test_the_operator_can_fill_in_the_registry_login(
    render: Render, engine: EmbeddedEngine, tmp_path: Path
) -> None:
    spec = external_secret(render, "prod", "harbor-docker-secret")["spec"]
    template = spec["target"]["template"]["data"][".dockerconfigjson"]
    login: dict[str, Any] = json.loads(fill_in(engine, template, tmp_path))
    (entry,) = login["auths"].values()
    assert list(login["auths"]) == ["harbor.cocdev.co.kr"]
    assert (entry["username"], entry["password"]) == (HARBOR["username"], HARBOR["password"])
    assert base64.b64decode(entry["auth"]).decode() == "{username}:{password}".format(**HARBOR)


def test_a_token_can_be_used_instead(render: Render) -> None:
    rendered = render(CHART, {"openbao": {"auth": {"method": "token"}}}, env="stg")
    assert rendered.of("ServiceAccount") == []
    assert rendered.one("SecretStore")["spec"]["provider"]["vault"]["auth"] == {
        "tokenSecretRef": {"name": "openbao-token", "key": "token"}
    }


def test_a_cluster_store_says_where_the_token_lies(render: Render) -> None:
    rendered = render(CHART, {"openbao": {"auth": {"method": "token"}}}, env="cluster")
    assert rendered.one("ClusterSecretStore")["spec"]["provider"]["vault"]["auth"] == {
        "tokenSecretRef": {"name": "openbao-token", "key": "token", "namespace": "external-secrets"}
    }


def test_audiences_and_a_private_ca(render: Render) -> None:
    authority = {"type": "ConfigMap", "name": "openbao-ca", "key": "ca.crt"}
    values = {
        "openbao": {"caProvider": authority, "auth": {"kubernetes": {"audiences": ["openbao"]}}}
    }
    vault = render(CHART, values, env="stg").one("SecretStore")["spec"]["provider"]["vault"]
    assert vault["caProvider"] == authority
    assert vault["auth"]["kubernetes"]["serviceAccountRef"]["audiences"] == ["openbao"]


@pytest.mark.parametrize("interval", ["1h0m0s", "24h0m0s", "15m0s", "30s", "0s"])
def test_intervals_as_the_operator_writes_them(render: Render, interval: str) -> None:
    rendered = render(CHART, {"refreshInterval": interval}, env="prod")
    found = {secret["spec"]["refreshInterval"] for secret in rendered.of("ExternalSecret")}
    assert found == {interval}


def test_stores_come_before_what_reads_them(render: Render) -> None:
    waves = {
        found["kind"]: int(
            found["metadata"].get("annotations", {}).get("argocd.argoproj.io/sync-wave", 0)
        )
        for found in render(CHART, env="stg")
    }
    assert waves == {"ServiceAccount": -2, "SecretStore": -1, "ExternalSecret": 0}


def test_nothing_comes_of_the_defaults(render: Render) -> None:
    assert render(CHART) == []


def test_no_environment_reads_anothers_path(render: Render) -> None:
    read = {
        env: {
            reference["key"]
            for secret in render(CHART, env=env).of("ExternalSecret")
            for reference in (
                *(entry["remoteRef"] for entry in secret["spec"].get("data", ())),
                *(entry["extract"] for entry in secret["spec"].get("dataFrom", ())),
            )
        }
        for env in PATHS
    }
    assert read == {
        "stg": {"server/staging", "harbor/staging"},
        "prod": {"server/production", "harbor/production"},
    }
