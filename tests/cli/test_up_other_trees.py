"""`plate-llm up` where the service is deployed in other people's ways."""

from __future__ import annotations

import json
import secrets
import shutil
import sys
from typing import TYPE_CHECKING

import pytest

from tests.cli.up_runs import ours, said, start, whole

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.cli.conftest import Call, Tree
    from tests.cli.up_runs import Run

__all__ = ["ours", "start", "whole"]

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")

APPLICATION = """\
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: gateway, namespace: argocd}
spec:
  project: default
  source:
    repoURL: https://github.com/cocdev/plate-infra.git
    targetRevision: main
    path: charts/llm
  destination: {server: "https://kubernetes.default.svc", namespace: ai}
"""
MANIFESTS = f"""\
apiVersion: apps/v1
kind: Deployment
metadata: {{name: web}}
spec:
  selector: {{matchLabels: {{app: web}}}}
  template:
    metadata: {{labels: {{app: web}}}}
    spec: {{containers: [{{name: web, image: "nginx:1.27"}}]}}
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {{name: brain}}
spec:
  serviceName: brain
  selector: {{matchLabels: {{app: brain}}}}
  template:
    metadata: {{labels: {{app: brain}}}}
    spec:
      containers:
        - {{name: side, image: "envoy:1"}}
        - name: llm
          image: "registry.example.com/llm:1.0"
          env:
            - {{name: LLM_MODEL_NAME, value: "openai:gpt-4o"}}
            - name: AUTH_JWT_SECRET
              valueFrom: {{secretKeyRef: {{name: jwt, key: key}}}}
---
apiVersion: v1
kind: Service
metadata: {{name: brain}}
spec: {{clusterIP: None, selector: {{app: brain}}, ports: [{{port: 8000}}]}}
---
apiVersion: v1
kind: Secret
metadata: {{name: jwt}}
stringData: {{key: {secrets.token_urlsafe(48)}}}
"""


@pytest.fixture
def other(whole: Tree) -> Tree:
    """A StatefulSet with a container beside the service, a Secret of its own, and no OpenBao."""
    for folder in ("charts", "environments"):
        shutil.rmtree(whole.root / folder)
    whole.write("apps/gateway.yaml", APPLICATION)
    whole.write("charts/llm/Chart.yaml", "apiVersion: v2\nname: llm\nversion: 0.1.0\n")
    whole.write("charts/llm/templates/all.yaml", MANIFESTS)
    whole.write("environments/secrets.yaml", "version: 1\nmount: secret\npaths: {}\n")
    return whole


@pytest.mark.usefixtures("other")
def test_service_without_openbao_runs(start: Callable[..., Run]) -> None:
    run = start("gateway", "--format", "json", "--check", "valid-token", "--check", "streaming")
    code, err = said(run)
    assert code == 0, err
    assert "gateway: 1 release, no errors" in err
    assert json.loads("".join(run.out))["environment"] == "gateway"


@pytest.mark.usefixtures("other")
def test_service_that_no_contract_names_has_to_be_named(call: Call) -> None:
    ended = call("up", "-q")
    assert (ended.code, ended.err) == (
        2,
        "error: no environment is known to have the service: name one\nhint: there are: gateway\n",
    )


def test_spec_that_is_not_there_is_told_with_the_way_to_it(other: Tree, call: Call) -> None:
    other.remove("environments/secrets.yaml")
    ended = call("up", "gateway", "-q")
    assert (ended.code, ended.err) == (
        2,
        "error: there is no environments/secrets.yaml\n"
        "hint: plate-llm secrets spec --write makes a first one from the charts\n",
    )


def test_service_that_comes_from_elsewhere_is_told(other: Tree, call: Call) -> None:
    other.replace("apps/gateway.yaml", "cocdev/plate-infra.git", "elsewhere/gateway.git")
    ended = call("up", "gateway", "-q")
    assert (ended.code, ended.err) == (
        2,
        "error: gateway renders to nothing\nhint: plate-llm render gateway says why\n",
    )
