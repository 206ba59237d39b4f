"""`plate-llm smoke` as a command: what is tested, how it is reached, and how it ends."""

from __future__ import annotations

import json
import socket
import threading
import time
import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING, Any

import pytest

from tests.cli.deployments import SETTINGS, ours
from tests.secrets.bao import free_port
from tests.service.running import SECRET, Service, token

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.cli.conftest import Call, Outcome, Tree
    from tests.cluster.double.cluster import Cluster
    from tests.secrets.fixtures import Bao

__all__ = ["ours"]

HEALTH = ("--check", "livez", "--check", "readyz")
STAGING = {
    "AUTH_AUDIENCE": "plate-llm",
    "AUTH_JWT_SECRET": SECRET,
    "LLM_ENVIRONMENT": "staging",
    "LLM_MODEL_NAME": "builtin:echo",
    "PLATE_API_URL": "http://plate-api",
}
"""What staging's pods are given, with a model that answers by itself."""


@pytest.fixture(scope="module")
def service() -> Iterator[Service]:
    started = Service(**STAGING)
    yield started
    started.kill()


def verdicts(ended: Outcome) -> dict[str, str]:
    """Of each check, from a report as JSON."""
    return {item["name"]: item["verdict"] for item in json.loads(ended.out)["checks"]}


@pytest.mark.parametrize(
    ("arguments", "message", "hint"),
    [
        ([], "nothing says what to test", "name an ENV, or an address with --url, or --local"),
        (["stg", "--local"], "--local is a target of its own", ""),
        (
            ["stg", "--via", "port-foward"],
            "invalid value for '--via'",
            "did you mean port-forward?",
        ),
        (["--url", "http://a", "--via", "ingress"], "--via is about the ways to ENV", ""),
        (["--url", "a"], "--url is no address of a service", "it has the form https://host[:port]"),
        (["--local"], "nothing of this tree runs here", "plate-llm up --keep starts it"),
        (["stgg"], "no environment 'stgg'", "did you mean stg?"),
        (["stg", "--check", "stream"], "no check 'stream'", "did you mean streaming?"),
        (["stg", "--wait", "soon"], "--wait 'soon' is no time", "800ms, 90s, 10m and 1h30m are"),
        (["stg", "--p95", "2"], "--p95 '2' is no time", ""),
        (["stg", "--token-env", "NO_SUCH"], "--token-env names a variable that is not set", ""),
        (["stg", "--ca-file", "none.pem"], "there is no file none.pem", "certificates in PEM"),
        (["stg", "--ca-file", "plate-llm.toml"], "--ca-file plate-llm.toml holds no cert", ""),
        (["https://a"], "ENV is the name of an environment", "--url takes an address"),
        (["openbao-secrets-manager-stg"], "openbao-secrets-manager-stg runs no service", ""),
    ],
)
@pytest.mark.usefixtures("ours")
def test_wrong_use_is_told(arguments: list[str], message: str, hint: str, call: Call) -> None:
    ended = call("smoke", *arguments)
    assert (ended.code, ended.out) == (2, "")
    assert f"error: {message}" in ended.err
    assert hint in ended.err


def test_environment_that_does_not_render_is_told(ours: Tree, call: Call) -> None:
    ours.replace("charts/plate-llm/values-stg.yaml", "tag: stg", "tagg: stg")
    ended = call("smoke", "stg")
    assert (ended.code, ended.out, ended.err) == (
        2,
        "",
        "error: stg does not render\nhint: plate-llm validate stg says why\n",
    )


def test_values_that_cannot_be_read_are_told(ours: Tree, call: Call) -> None:
    ours.replace("charts/plate-llm/values-stg.yaml", "tag: stg", "tag: [")
    ended = call("smoke", "stg")
    assert ended.code == 2
    assert ended.err.splitlines()[:2] == [
        "warning: not all values of stg are known: plate-llm validate stg says why",
        "error: no Ingress with a host leads to stg",
    ]


def test_every_check_is_listed(call: Call) -> None:
    ended = call("smoke", "--list")
    assert ended.code == 0
    assert "streaming           a stream comes as it is made\n" in ended.out


def test_nothing_listens(call: Call) -> None:
    ended = call("smoke", "--url", f"http://127.0.0.1:{free_port()}", *HEALTH)
    assert ended.code == 3
    assert "FAIL  livez" in ended.out
    assert "connection refused" in ended.out


@pytest.mark.usefixtures("ours")
def test_host_that_nobody_knows(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: Any, **__: Any) -> Any:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    ended = call("smoke", "stg", "--format", "json")
    assert ended.code == 3
    assert verdicts(ended)["dns"] == "fail"
    assert json.loads(ended.out)["summary"]["reachable"] is False


@pytest.mark.usefixtures("ours")
def test_token_is_made_with_the_key_in_openbao(
    call: Call, service: Service, bao: Bao, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BAO_ADDR", bao.address)
    monkeypatch.setenv("BAO_TOKEN", bao.token)
    data = {"data": {"JWT_SECRET": SECRET}}
    bao.server.done("POST", "secret/data/server/staging", data)
    ended = call("smoke", "stg", "--url", service.url, "--format", "json", "--model", "echo")
    assert ended.code == 0
    assert {name: verdict for name, verdict in verdicts(ended).items() if verdict != "pass"} == {
        "dns": "skip",
        "certificate": "skip",
        "https-redirect": "skip",
        "other-host": "skip",
        "rate-limit-headers": "skip",
        "latency": "skip",
    }
    assert SECRET not in ended.out + ended.err
    assert bao.token not in ended.out + ended.err


@pytest.mark.usefixtures("ours")
def test_without_a_key_the_rest_is_tried(
    call: Call, service: Service, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("BAO_ADDR", "BAO_TOKEN", "VAULT_ADDR", "VAULT_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    ended = call("smoke", "stg", "--url", service.url, "--format", "json")
    found = verdicts(ended)
    assert ended.code == 0
    assert (found["no-token"], found["valid-token"], found["chat-openai"]) == (
        "pass",
        "skip",
        "skip",
    )
    strict = call("smoke", "stg", "--url", service.url, "--format", "json", "--strict")
    assert (strict.code, verdicts(strict)["valid-token"]) == (1, "fail")


def test_token_of_a_variable_is_used_and_not_shown(
    call: Call, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = token(aud="plate-llm", iss="http://plate-api")
    monkeypatch.setenv("SMOKE_TOKEN", given)
    ended = call("smoke", "--url", service.url, "--token-env", "SMOKE_TOKEN", "--model", "echo")
    assert ended.code == 0
    assert "pass  valid-token" in ended.out
    assert given not in ended.out + ended.err
    assert given.rpartition(".")[2] not in ended.out + ended.err


def test_check_that_is_named_has_to_be_tried(call: Call, service: Service) -> None:
    ended = call("smoke", "--url", service.url, "--check", "valid-token")
    assert ended.code == 1
    assert "FAIL  valid-token" in ended.out
    assert "it was asked for by name" in ended.out


def test_service_is_waited_for(call: Call) -> None:
    port = free_port()
    started: list[Service] = []
    late = threading.Timer(0.5, lambda: started.append(Service(**STAGING, PORT=str(port))))
    late.start()
    try:
        ended = call("smoke", "--url", f"http://127.0.0.1:{port}", "--wait", "30s", *HEALTH)
    finally:
        late.join()
        started[0].kill()
    assert (ended.code, "2 passed" in ended.out) == (0, True)


def test_wait_has_an_end(call: Call) -> None:
    begun = time.monotonic()
    ended = call("smoke", "--url", f"http://127.0.0.1:{free_port()}", "--wait", "500ms", *HEALTH)
    assert (ended.code, time.monotonic() - begun < 10) == (3, True)


@pytest.fixture
def staging(
    ours: Tree, kube: Cluster, service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A cluster in which the service is a pod of staging, behind its Service."""
    ours.write("plate-llm.toml", f'{SETTINGS}[contexts]\nstg = "plate"\n')
    monkeypatch.setenv("KUBECONFIG", str(kube.kubeconfig(tmp_path / "config", context="plate")))
    kube.namespace("plate-stg", "argocd")
    labels = {"app.kubernetes.io/name": "plate-llm-stg"}
    metadata = {"name": "plate-llm-stg", "namespace": "plate-stg"}
    ports = [{"name": "http", "port": 80, "targetPort": "http"}]
    kube.create(
        {"apiVersion": "v1", "kind": "Service", "metadata": metadata}
        | {"spec": {"selector": labels, "ports": ports}}
    )
    container = {"name": "llm", "image": "x", "ports": [{"name": "http", "containerPort": 8000}]}
    kube.create(
        {
            "apiVersion": "v1",
            "kind": "Pod",
            "metadata": {"name": "llm-1", "namespace": "plate-stg", "labels": labels},
            "spec": {"containers": [container]},
            "status": {
                "phase": "Running",
                "conditions": [{"type": "Ready", "status": "True"}],
            },
        }
    )
    kube.backend("llm-1", 8000, ("127.0.0.1", service.port), namespace="plate-stg")


@pytest.mark.usefixtures("staging")
def test_pods_are_reached_past_the_ingress(call: Call) -> None:
    ended = call(
        "smoke", "stg", "--via", "port-forward", *HEALTH, "--check", "no-token", "--format", "json"
    )
    assert (ended.code, set(verdicts(ended).values())) == (0, {"pass"})
    target = json.loads(ended.out)["target"]
    assert (target["url"], target["way"]) == (
        "http://plate-llm-stg.plate-stg.svc",
        "port-forward",
    )


@pytest.mark.usefixtures("ours")
def test_pod_of_the_cluster_comes_by_the_name_of_the_service(call: Call, service: Service) -> None:
    end = f"127.0.0.1:{service.port}"
    ended = call("smoke", "stg", "--via", "in-cluster", "--connect-to", end, *HEALTH)
    assert ended.code == 0
    assert ended.out.startswith(
        f"stg: http://plate-llm-stg.plate-stg.svc, from inside the cluster, connected to {end}\n"
    )


def test_result_goes_to_a_file(call: Call, service: Service, tmp_path: Path) -> None:
    file = tmp_path / "smoke.xml"
    to = ("--format", "junit", "--output", str(file))
    ended = call("smoke", "--url", service.url, *HEALTH, *to)
    assert (ended.code, ended.out, ended.err) == (0, "", "")
    suite = ET.fromstring(file.read_text("utf-8"))  # noqa: S314 - our own
    assert len(list(suite.iter("testcase"))) == 2


def test_file_that_cannot_be_written_is_told_before_anything_is_tried(
    call: Call, tmp_path: Path
) -> None:
    file = tmp_path / "none" / "smoke.xml"
    begun = time.monotonic()
    ended = call("smoke", "--url", "http://127.0.0.1:1", "--wait", "1m", "--output", str(file))
    assert time.monotonic() - begun < 30
    assert (ended.code, ended.out) == (2, "")
    assert ended.err == (
        f"error: {file} cannot be written: there is no folder {file.parent}\nhint: make it first\n"
    )


def test_budget_of_tokens_is_kept(
    call: Call, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SMOKE_TOKEN", token(aud="plate-llm", iss="http://plate-api"))
    to = ("--url", service.url, "--token-env", "SMOKE_TOKEN", "--model", "echo")
    ended = call("smoke", *to, "--max-cost-tokens", "0", "--format", "json")
    found = json.loads(ended.out)
    assert (ended.code, found["summary"]["tokens"]) == (0, 0)
    assert verdicts(ended)["streaming"] == "skip"


def test_latency_has_a_budget(
    call: Call, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SMOKE_TOKEN", token(aud="plate-llm", iss="http://plate-api"))
    to = ("--url", service.url, "--token-env", "SMOKE_TOKEN", "--model", "echo")
    ended = call("smoke", *to, "--check", "latency", "--p95", "20s", "--requests", "3")
    assert (ended.code, "of 3" in ended.out) == (0, True)
