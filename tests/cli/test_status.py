"""`plate-llm status`: this repository's staging, in a cluster where it is well, and less so."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest

from plate_llm_cli.cluster.status.expected import Expected, expect
from plate_llm_cli.context import Workspace
from plate_llm_cli.graph.build import RenderOptions
from tests.cli.conftest import command
from tests.cli.deployments import ROOT, ours
from tests.cli.reaching import TOKEN
from tests.cli.terminal import talk
from tests.cluster.double import pod_states
from tests.cluster.living import CANARY, Living

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Call, Tree
    from tests.cluster.double.cluster import Cluster

__all__ = ["ours"]

CLEARED = b"\x1b[J"


@pytest.fixture(scope="module")
def expected() -> Expected:
    """What staging consists of."""
    with Workspace(ROOT) as workspace:
        options = RenderOptions(workspace.kubernetes_version(""), nested=True)
        deployment = workspace.build(workspace.releases, options)
        return expect(deployment, workspace.release("stg"), "stg")


@pytest.fixture
def living(
    kube: Cluster,
    ours: Tree,
    expected: Expected,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Living:
    """Staging, as it is when all is well."""
    kube.token(TOKEN, "alice")
    path = kube.kubeconfig(tmp_path / "config", context="stg-cluster", token=TOKEN)
    monkeypatch.setenv("KUBECONFIG", str(path))
    settings = (ours.root / "plate-llm.toml").read_text("utf-8")
    ours.write("plate-llm.toml", settings + '[contexts]\nstg = "stg-cluster"\n')
    return Living(kube, expected)


def undated(text: str) -> str:
    """Without what differs from day to day."""
    text = re.sub(r"\d{4}-\d\d-\d\d( \d\d:\d\d:\d\d UTC)?", "DATE", text)
    return re.sub(r"\d+ days left", "N days left", text)


@pytest.mark.usefixtures("living")
def test_all_is_well(call: Call) -> None:
    done = call("status", "stg")
    assert (done.code, done.err) == (0, "")
    assert undated(done.out) == (
        "ok  stg is healthy\n"
        "    plate-stg in context stg-cluster, DATE\n"
        "\n"
        "ok  Application openbao-secrets-manager-stg: Synced, Healthy, 4f2c1aa00000, 2m ago\n"
        "ok  Application plate-llm-stg: Synced, Healthy, 4f2c1aa00000, 2m ago\n"
        "ok  Application openbao-secrets-manager-cluster: Synced, Healthy, 4f2c1aa00000, 2m ago\n"
        "ok  Deployment plate-llm-stg: 1 of 1 ready, revision 3, plate-llm:stg\n"
        "ok  ExternalSecret cluster-env-secrets: synced 12m ago\n"
        "ok  ExternalSecret app-env-secrets: synced 12m ago\n"
        "ok  ExternalSecret harbor-docker-secret: synced 12m ago\n"
        "ok  ClusterSecretStore openbao-cluster: ready\n"
        "ok  SecretStore openbao: ready\n"
        "ok  Secret cluster-env-secrets: has all 3 keys that are read\n"
        "ok  Secret app-env-secrets: has the key that is read\n"
        "ok  Secret harbor-docker-secret: has the key that is read\n"
        "ok  Ingress plate-llm-stg: llm.cocdev.co.kr at 203.0.113.10\n"
        "ok  Certificate llm-cocdev-co-kr-tls: valid until DATE, N days left\n"
        "ok  Events: no warning within the last hour\n"
    )


def break_down(living: Living) -> None:
    """Much of what can go wrong at once, with a secret wherever one might turn up."""
    namespace = living.namespace
    missing = "couldn't find key OPENAI_API_KEY in Secret plate-stg/cluster-env-secrets"
    living.pods_become(pod_states.config_error(missing))
    gone = {"data": {"OPENAI_API_KEY": None}}
    living.kube.patch("Secret", "cluster-env-secrets", gone, namespace)
    said = f"error with {CANARY}: Secret does not exist"
    living.unready("ExternalSecret", "cluster-env-secrets", "SecretSyncedError", said)
    living.unready("SecretStore", "openbao", "InvalidProviderConfig", f"{CANARY}: is sealed")
    living.application(
        "plate-llm-stg",
        {
            "health": {"status": "Degraded"},
            "conditions": [{"type": "SyncError", "message": f"no {CANARY}"}],
        },
    )
    store = living.kube.read("SecretStore", "openbao", namespace)
    living.kube.event(store, "ValidationFailed", f"no {CANARY}")


def test_much_is_wrong(living: Living, call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    break_down(living)
    monkeypatch.setenv("COLUMNS", "80")
    done = call("status", "stg")
    lines = done.out.splitlines()
    assert done.code == 1
    assert lines[:4] == [
        "!!  stg is not healthy",
        "    Deployment plate-llm-stg: CreateContainerConfigError: Secret",
        "    cluster-env-secrets has no key OPENAI_API_KEY",
        "    to do: plate-llm secrets plan stg shows what OpenBao lacks",
    ]
    assert [line for line in lines if line.startswith("!!  ")][1:] == [
        "!!  Application plate-llm-stg: Synced, Degraded, 4f2c1aa00000, 2m ago",
        "!!  Deployment plate-llm-stg: 0 of 1 ready, revision 3, plate-llm:stg",
        "!!  ExternalSecret cluster-env-secrets: not synced, last time 12m ago",
        "!!  SecretStore openbao: not ready",
        "!!  Secret cluster-env-secrets: has 2 of 3 keys that are read",
    ]
    assert len(lines) <= 40


@pytest.mark.parametrize("output_format", ["text", "json"])
def test_no_secret_is_shown(living: Living, call: Call, output_format: str) -> None:
    break_down(living)
    living.pods_become(pod_states.crash_looping(message=f"died of {CANARY}"))
    done = call("status", "stg", "--format", output_format)
    assert done.code == 1
    assert CANARY not in done.out + done.err
    assert TOKEN not in done.out + done.err


@pytest.mark.usefixtures("living")
def test_for_programs(call: Call) -> None:
    done = call("status", "stg", "--format", "json")
    data = json.loads(done.out)
    assert (data["version"], data["environment"], data["healthy"]) == (1, "stg", True)
    (deployment,) = [item for item in data["objects"] if item["kind"] == "Deployment"]
    assert deployment["facts"]["images"] == ["harbor.cocdev.co.kr/plate/plate-llm:stg"]


def test_a_narrow_terminal(living: Living, call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    break_down(living)
    monkeypatch.setenv("COLUMNS", "60")
    assert max(map(len, call("status", "stg").out.splitlines())) <= 60


def test_another_namespace(living: Living, call: Call) -> None:
    living.kube.namespace("elsewhere")
    done = call("status", "stg", "--namespace", "elsewhere")
    assert done.code == 1
    assert "!!  Deployment plate-llm-stg: is not there\n" in done.out


def test_an_environment_that_is_not_there_at_all(living: Living, call: Call) -> None:
    living.kube.delete("Application", "plate-llm-stg", "argocd")
    living.kube.delete("Deployment", "plate-llm-stg", "plate-stg")
    assert call("status", "stg").out.splitlines()[:3] == [
        "!!  stg is not healthy",
        "    Application plate-llm-stg: is not there",
        "    to do: plate-llm argocd apply plate-llm-stg",
    ]


@pytest.mark.usefixtures("living")
def test_a_release_that_does_not_render(ours: Tree, call: Call) -> None:
    ours.write("charts/plate-llm/templates/broken.yaml", "{{ fail `no` }}\n")
    lines = call("status", "stg").out.splitlines()
    assert lines[:3] == [
        "??  stg cannot be judged",
        "    Application plate-llm-stg: it does not render: what ought to be there is not known",
        "    to do: plate-llm validate shows why",
    ]


def test_an_api_server_in_trouble(
    living: Living, call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("plate_llm_cli.cluster.connection._PAUSES", ())
    living.kube.fault("/api", status=503, times=None)
    done = call("status", "stg")
    assert (done.code, done.out) == (3, "")
    assert "the API server, or an API that it hands on to, is down" in done.err


def test_an_api_server_that_is_away(
    living: Living, call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("plate_llm_cli.cluster.connection._PAUSES", ())
    living.kube.stop()
    done = call("status", "stg")
    assert (done.code, done.out) == (3, "")
    assert "cannot be reached: Connection refused" in done.err


@pytest.mark.usefixtures("living")
def test_another_context(call: Call) -> None:
    done = call("status", "stg", "--context", "other")
    assert (done.code, done.out) == (2, "")
    assert "other" in done.err


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--watch",), "error: --watch needs a terminal\n"),
        (("--watch", "--format", "json"), "error: --watch is for people\n"),
    ],
)
def test_watching_needs_a_person(call: Call, options: tuple[str, ...], message: str) -> None:
    done = call("status", "stg", *options)
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith(message)


def test_watching_draws_over_itself_until_it_is_interrupted(living: Living, ours: Tree) -> None:
    def worse() -> bytes:
        living.pods_become(pod_states.out_of_memory())
        return b""

    answers = ((CLEARED, worse), (CLEARED, b"\x03"))
    code, shown = talk(command("status", "stg", "--watch"), answers, folder=ours.root)
    assert code == 130
    first, second = shown.split("\x1b[H")[1:]
    assert first.startswith("\x1b[1;32mok\x1b[0m  stg is healthy\x1b[K\n")
    assert second.startswith("\x1b[1;31m!!\x1b[0m  stg is not healthy\x1b[K\n")
    assert "it used more memory than its limit of 2Gi" in " ".join(
        second.replace("\x1b[K", "").split()
    )
