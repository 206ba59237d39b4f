"""The real kubectl against the double: what a person types works as on a cluster."""

from __future__ import annotations

import json
import os
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
import yaml

from tests.cluster.double.workloads import Workloads, deployment

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cluster.double.cluster import Cluster


@dataclass(frozen=True)
class Kubectl:
    """One binary, one kubeconfig, a home of its own."""

    binary: Path
    folder: Path

    def run(self, *arguments: str, given: str = "") -> subprocess.CompletedProcess[str]:
        """What it does; it has 30 seconds."""
        environment = {"HOME": str(self.folder), "KUBECONFIG": str(self.folder / "kubeconfig")}
        return subprocess.run(  # noqa: S603 - a binary of ours
            [str(self.binary), *arguments],
            input=given,
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
            env={"PATH": os.environ["PATH"]} | environment,
        )

    def said(self, *arguments: str, given: str = "") -> str:
        """What it prints; it must succeed."""
        ended = self.run(*arguments, given=given)
        assert ended.returncode == 0, ended.stderr
        return ended.stdout.strip()


@pytest.fixture
def kubectl(kube: Cluster, kubectl_binary: Path, tmp_path: Path) -> Kubectl:
    kube.kubeconfig(tmp_path / "kubeconfig")
    return Kubectl(kubectl_binary, tmp_path)


def test_objects_are_shown(kube: Cluster, kubectl: Kubectl) -> None:
    kube.create(deployment("web", replicas=2))
    assert kubectl.said("get", "deploy", "-o", "name") == "deployment.apps/web"
    assert kubectl.said("get", "deploy").split()[:3] == ["NAME", "AGE", "web"]
    shown = yaml.safe_load(kubectl.said("get", "deploy", "web", "-o", "yaml"))
    assert shown["spec"]["replicas"] == 2


def test_what_is_absent_is_not_found(kubectl: Kubectl) -> None:
    ended = kubectl.run("get", "deploy", "web")
    words = 'Error from server (NotFound): deployments.apps "web" not found\n'
    assert (ended.returncode, ended.stderr) == (1, words)


def test_server_side_apply_and_its_conflicts(kube: Cluster, kubectl: Kubectl) -> None:
    apply = ("apply", "--server-side", "-f", "-")
    first = json.dumps(deployment("web"))
    assert kubectl.said(*apply, given=first) == "deployment.apps/web serverside-applied"
    other = json.dumps(deployment("web", image="web:2"))
    ended = kubectl.run(*apply, "--field-manager=other", given=other)
    words = (
        'error: Apply failed with 1 conflict: conflict with "kubectl": '
        '.spec.template.spec.containers[name="web"].image'
    )
    assert ended.returncode == 1
    assert ended.stderr.splitlines()[0] == words
    kubectl.said(*apply, "--field-manager=other", "--force-conflicts", given=other)
    (container,) = kube.read("Deployment", "web")["spec"]["template"]["spec"]["containers"]
    assert container["image"] == "web:2"


def test_changes_of_every_kind(kube: Cluster, kubectl: Kubectl) -> None:
    kube.create(deployment("web"))
    kubectl.said("label", "deploy", "web", "tier=front")
    kubectl.said("annotate", "deploy", "web", "note=yes")
    kubectl.said("scale", "deploy", "web", "--replicas=3")
    kubectl.said("set", "image", "deploy/web", "web=web:2")
    kubectl.said("patch", "deploy", "web", "-p", '{"spec":{"paused":true}}')
    found = kube.read("Deployment", "web")
    assert found["metadata"]["labels"]["tier"] == "front"
    assert found["metadata"]["annotations"] == {"note": "yes"}
    assert (found["spec"]["replicas"], found["spec"]["paused"]) == (3, True)
    (container,) = found["spec"]["template"]["spec"]["containers"]
    assert container["image"] == "web:2"


def test_a_roll_out_is_followed(kube: Cluster, kubectl: Kubectl) -> None:
    Workloads(kube)
    kube.create(deployment("web", replicas=2))
    assert kubectl.said("rollout", "status", "deploy/web", "--timeout=20s").endswith(
        'deployment "web" successfully rolled out'
    )
    kubectl.said("rollout", "restart", "deploy/web")
    kubectl.said("rollout", "status", "deploy/web", "--timeout=20s")
    kubectl.said("wait", "--for=condition=Available", "deploy/web", "--timeout=20s")
    assert kube.read("Deployment", "web")["metadata"]["generation"] == 2


def test_a_deletion_is_waited_for(kube: Cluster, kubectl: Kubectl) -> None:
    kube.create(deployment("web"))
    assert kubectl.said("delete", "deploy", "web").startswith('deployment.apps "web" deleted')
    assert not kube.exists("Deployment", "web")


def test_a_custom_resource_has_its_short_name(kube: Cluster, kubectl: Kubectl) -> None:
    store = {"apiVersion": "external-secrets.io/v1", "kind": "SecretStore"}
    kube.create(store | {"metadata": {"name": "bao"}, "spec": {"provider": {}}})
    assert kubectl.said("get", "ss", "-o", "name") == "secretstore.external-secrets.io/bao"


def test_a_refusal_is_passed_on(kube: Cluster, kubectl: Kubectl) -> None:
    kube.deny(resource="secrets")
    ended = kubectl.run("get", "secret")
    words = (
        'Error from server (Forbidden): secrets is forbidden: User "admin" cannot list resource '
        '"secrets" in API group "" in the namespace "default"\n'
    )
    assert (ended.returncode, ended.stderr) == (1, words)


def test_logs_are_shown(kube: Cluster, kubectl: Kubectl) -> None:
    spec = {"containers": [{"name": "web", "image": "web:1"}]}
    kube.create({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p"}, "spec": spec})
    kube.log("p", "one\ntwo\n")
    assert kubectl.said("logs", "p", "--tail=1") == "two"
