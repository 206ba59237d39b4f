"""`plate-llm diff ENV --against live`: the tree against a cluster."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from plate_llm_cli.cluster import connection
from tests.cli.reaching import TOKEN, cluster
from tests.cluster.connecting import application

if TYPE_CHECKING:
    from tests.cli.conftest import Call, Tree
    from tests.cluster.double.cluster import Cluster

__all__ = ["cluster"]

CANARY = "canary-value-90ab"
TEMPLATE = """\
apiVersion: v1
kind: Secret
metadata:
  name: web
stringData:
  password: {{ .Values.password | quote }}
"""


def deploy(cluster: Cluster, **data: str) -> None:
    """What ArgoCD has made of the tree."""
    metadata = {"name": "web-stg", "namespace": "staging"}
    made: dict[str, Any] = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata}
    cluster.create(made | {"data": data}, manager="argocd-controller")
    cluster.create(application())


def test_no_difference(cluster: Cluster, call: Call) -> None:
    deploy(cluster, greeting="welcome")
    done = call("diff", "web-stg", "--against", "live")
    assert (done.code, done.err) == (0, "")
    assert done.out == "live in stg -> working tree\n  web-stg\n\nno difference\n"


def test_a_difference_by_field(cluster: Cluster, call: Call) -> None:
    deploy(cluster, greeting="hello", more="x")
    done = call("diff", "web-stg", "--against", "live")
    assert done.code == 1
    assert done.out.splitlines()[3:] == [
        "~ ConfigMap staging/web-stg",
        "    data.greeting: hello -> welcome",
        "    - data.more: x",
        "",
        "1 object changed",
    ]
    assert {item.query.get("dryRun") for item in cluster.asked("PATCH")} == {"All"}


def test_json(cluster: Cluster, call: Call) -> None:
    deploy(cluster, greeting="hello")
    data = json.loads(call("diff", "web-stg", "--against", "live", "--format", "json").out)
    assert (data["before"], data["after"]) == ("live in stg", "working tree")
    (changed,) = data["objects"]
    (field,) = changed["fields"]
    assert (field["path"], field["before"], field["after"]) == ("data.greeting", "hello", "welcome")


@pytest.mark.parametrize("output", ["text", "json"])
def test_secrets_stay_hidden(cluster: Cluster, tree: Tree, call: Call, output: str) -> None:
    deploy(cluster, greeting="welcome")
    tree.write("charts/web/templates/secret.yaml", TEMPLATE)
    tree.write("charts/web/values-stg.yaml", f"greeting: welcome\npassword: {CANARY}-new\n")
    live = {"name": "web", "namespace": "staging"}
    secret = {"apiVersion": "v1", "kind": "Secret", "metadata": live}
    cluster.create(secret | {"stringData": {"password": f"{CANARY}-old"}})
    done = call("diff", "web-stg", "--against", "live", "--format", output)
    assert done.code == 1
    assert "data.password" in done.out
    assert CANARY not in done.out + done.err
    assert TOKEN not in done.out + done.err
    assert CANARY.encode() not in b"".join(item.body for item in cluster.requests)


@pytest.mark.usefixtures("cluster")
def test_an_application_that_is_not_there(call: Call) -> None:
    done = call("diff", "web-stg", "--against", "live")
    assert done.code == 1
    assert done.err == ("note: web-stg is not in ArgoCD: what only the cluster has is not known\n")
    assert "+ ConfigMap staging/web-stg\n" in done.out


def test_a_kind_that_the_cluster_lacks(cluster: Cluster, tree: Tree, call: Call) -> None:
    deploy(cluster, greeting="welcome")
    thing = "apiVersion: x.io/v1\nkind: Thing\nmetadata:\n  name: t\n"
    tree.write("charts/web/templates/thing.yaml", thing)
    done = call("diff", "web-stg", "--against", "live")
    assert done.code == 1
    assert done.err == (
        "warning: web-stg: the cluster has no Thing of x.io/v1, which is not compared\n"
    )
    assert done.out.endswith("no difference\n")


def test_who_may_not(cluster: Cluster, call: Call) -> None:
    deploy(cluster, greeting="hello")
    cluster.deny(verb="patch", resource="configmaps")
    done = call("diff", "web-stg", "--against", "live")
    assert (done.code, done.out) == (3, "")
    assert done.err.startswith("error: may not apply ConfigMap staging/web-stg: ")


def test_no_cluster_there(cluster: Cluster, call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "_PAUSES", ())
    cluster.stop()
    done = call("diff", "web-stg", "--against", "live")
    assert (done.code, done.out) == (3, "")


def test_another_context_than_the_right_one(cluster: Cluster, call: Call) -> None:
    assert call("diff", "web-stg", "--against", "live", "--context", "other").code == 2
    assert cluster.requests == []
