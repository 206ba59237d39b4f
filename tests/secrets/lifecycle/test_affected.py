"""Who has to take notice of a new value."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

import pytest

from plate_llm_cli.report.secrets_rotate import afterwards_text
from plate_llm_cli.secrets.lifecycle.affected import Affected, Sync, Workload, affected
from plate_llm_cli.secrets.loading import load_spec
from plate_llm_cli.source.tree import Tree
from tests.secrets.deployments import SecretsTree
from tests.secrets.specs import address

if TYPE_CHECKING:
    from pathlib import Path

CLUSTER = "https://kubernetes.default.svc"
POD = """\
apiVersion: {version}
kind: {kind}
metadata: {{name: {name}}}
spec:
  {before}template:
    spec:
      containers:
        - name: main
          image: nginx:1.29
          {reads}
"""


@pytest.fixture
def tree(tmp_path: Path) -> SecretsTree:
    return SecretsTree(tmp_path)


def found(tree: SecretsTree, *names: str) -> Affected:
    spec = load_spec(Tree(tree.root)).required()
    return affected(tree.build().secrets, [address(name) for name in names], spec)


def workloads(tree: SecretsTree, *names: str) -> list[tuple[str, str, bool]]:
    reached = found(tree, *names).workloads
    return [(item.place[1], f"{item.kind}/{item.name}", item.restarts) for item in reached]


def add(tree: SecretsTree, kind: str, reads: str, version: str = "apps/v1") -> None:
    text = POD.format(version=version, kind=kind, name=kind.lower(), reads=reads, before="")
    tree.write(f"secrets/stg/{kind}.yaml", text)


def test_key_of_a_secret_reaches_who_names_it_and_no_other_environment(tree: SecretsTree) -> None:
    reached = found(tree, "server/staging#JWT_SECRET")
    assert reached == Affected(
        (Sync((CLUSTER, "stg"), "app", "app", "ExternalSecret/app"),),
        (Workload((CLUSTER, "stg"), "Deployment", "web-stg", restarts=True),),
    )


def test_key_that_a_template_reads_reaches_its_external_secret(tree: SecretsTree) -> None:
    reached = found(tree, "harbor/production#password")
    assert [(sync.name, sync.place[1]) for sync in reached.syncs] == [("harbor", "prod")]
    assert reached.workloads == ()


def test_other_key_of_the_same_path_reaches_nobody_who_names_his_own(tree: SecretsTree) -> None:
    tree.replace(
        "environments/secrets.yaml", "bytes: 48}}\n", "bytes: 48}}\n      B: {prompt: true}\n"
    )
    assert workloads(tree, "server/staging#B") == []
    assert [sync.name for sync in found(tree, "server/staging#B").syncs] == ["app"]


@pytest.mark.parametrize(
    ("kind", "version", "restarts"),
    [("StatefulSet", "apps/v1", True), ("Rollout", "argoproj.io/v1alpha1", False)],
)
def test_every_key_at_once(kind: str, version: str, restarts: bool, tree: SecretsTree) -> None:
    add(tree, kind, "envFrom: [{secretRef: {name: app}}]", version)
    reached = workloads(tree, "server/staging#JWT_SECRET")
    assert ("stg", f"{kind}/{kind.lower()}", restarts) in reached


def test_value_inside_the_json_of_a_key(tree: SecretsTree) -> None:
    tree.replace(
        "secrets/stg/app.yaml",
        "  dataFrom:\n    - extract:\n        key: server/staging\n",
        "  data:\n    - secretKey: JWT_SECRET\n"
        "      remoteRef: {key: server/staging, property: JWT_SECRET.inner}\n",
    )
    assert workloads(tree, "server/staging#JWT_SECRET") == [("stg", "Deployment/web-stg", True)]


def test_keys_that_are_rewritten_may_be_any(tree: SecretsTree) -> None:
    rewrite = "        key: server/staging\n      rewrite: [{regexp: {source: x, target: y}}]\n"
    tree.replace("secrets/stg/app.yaml", "        key: server/staging\n", rewrite)
    assert workloads(tree, "server/staging#JWT_SECRET") == [("stg", "Deployment/web-stg", True)]


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ("refreshInterval: 0", "refreshInterval 0"),
        ("refreshInterval: 0s", "refreshInterval 0s"),
        ("refreshInterval: -1h", "refreshInterval -1h"),
        ("refreshInterval: 10m", ""),
        ("refreshInterval: 1h0m0s", ""),
        ("refreshInterval: 0\n  refreshPolicy: OnChange", ""),
        ("refreshPolicy: CreatedOnce", "refreshPolicy CreatedOnce"),
        ("target: {immutable: true}", "target.immutable"),
    ],
)
def test_why_an_annotation_changes_nothing(fields: str, why: str, tree: SecretsTree) -> None:
    tree.replace("secrets/stg/app.yaml", "spec:\n", f"spec:\n  {fields}\n")
    (sync,) = found(tree, "server/staging#JWT_SECRET").syncs
    assert sync.frozen == why


def test_cluster_external_secret_is_named_as_in_each_namespace(tree: SecretsTree) -> None:
    tree.replace(
        "secrets/cluster/shared.yaml",
        "spec:\n  namespaceSelectors",
        "spec:\n  externalSecretName: common\n  namespaceSelectors",
    )
    syncs = found(tree, "server/cluster#OPENAI_API_KEY").syncs
    assert [(sync.place[1], sync.name) for sync in syncs] == [("prod", "common"), ("stg", "common")]
    assert syncs[0].maker == "ClusterExternalSecret/shared"


def test_clusters_are_named_when_there_are_several() -> None:
    syncs = tuple(Sync((at, "ns"), "app", "app", "ExternalSecret/app") for at in ("one", "two"))
    lines = afterwards_text(Affected(syncs, ())).splitlines()
    assert [line for line in lines if "reads" in line] == [
        "# ns, cluster one: External Secrets reads the new values",
        "# ns, cluster two: External Secrets reads the new values",
    ]


def test_names_from_the_tree_cannot_become_commands() -> None:
    name = "x$(rm -rf /)\n; reboot"
    place = (CLUSTER, "a b")
    text = afterwards_text(
        Affected(
            (Sync(place, name, name, name, "target.immutable"),),
            (
                Workload(place, "Deployment", name, restarts=True),
                Workload(place, name, name, restarts=False),
            ),
        )
    )
    for line in text.splitlines():
        assert not line or line.startswith(("# ", "kubectl -n 'a b' "))
    annotate = next(line for line in text.splitlines() if "annotate" in line)
    assert shlex.split(annotate)[5] == "x$(rm -rf /) ; reboot"
    assert annotate.count("$(") == 2
    assert "'x$(rm -rf /) ; reboot'" in annotate
