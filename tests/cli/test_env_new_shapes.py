"""`env new` in trees of other shapes: folders of manifests, Lists, several Applications a file."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from tests.cli.deployments import contents, data, take, text

if TYPE_CHECKING:
    from tests.cli.conftest import Call, Tree


def test_manifests_in_a_folder_of_each_environment(tree: Tree, call: Call) -> None:
    take(tree, "good-secrets")
    assert call("env", "new", "web-qa", "--from", "web-stg").code == 0
    assert data(tree, "secrets/qa/app.yaml") == {
        "apiVersion": "external-secrets.io/v1",
        "kind": "ExternalSecret",
        "metadata": {"name": "app"},
        "spec": {
            "secretStoreRef": {"kind": "SecretStore", "name": "openbao"},
            "dataFrom": [{"extract": {"key": "server/qa"}}],
        },
    }
    shared = text(tree, "secrets/cluster/shared.yaml")
    assert "    - namespaces: [stg, prod, qa]\n" in shared
    assert shared.count("kubernetes.io/metadata.name: qa\n") == 1
    assert "environments: [web-stg, web-prod, web-qa]" in text(tree, "environments/secrets.yaml")
    assert call("validate", "--fail-on", "warning").code == 0


def test_a_secret_in_a_folder_of_manifests_is_not_copied(tree: Tree, call: Call) -> None:
    take(tree, "good-secrets")
    manifest = "apiVersion: v1\nkind: Secret\nmetadata:\n  name: x\nstringData:\n  a: hush\n"
    tree.write("secrets/stg/x.yaml", manifest)
    ended = call("env", "new", "web-qa", "--from", "web-stg", "--dry-run")
    assert "secrets/stg/x.yaml holds a Secret: its values are not copied" in ended.err
    assert "hush" not in ended.out


def test_applications_in_one_list(tree: Tree, call: Call) -> None:
    take(tree, "good-shared-values")
    assert call("env", "new", "qa", "--from", "web-a", "--label", "a=qa").code == 0
    listed = call("env", "list", "--format", "json").out
    names = [item["application"] for item in json.loads(listed)["environments"]]
    assert names == ["web-a", "web-b", "web-qa"]


def test_applications_in_one_file(tree: Tree, call: Call) -> None:
    take(tree, "good-one-file")
    before = text(tree, "argocd.yaml")
    assert call("env", "new", "three", "--from", "two", "--label", "two=three").code == 0
    assert text(tree, "argocd.yaml").startswith(before.rstrip("\n"))
    assert call("validate", "three").code == 0


def test_an_application_that_applies_those_of_one_environment(tree: Tree, call: Call) -> None:
    take(tree, "good-two-environments")
    for env in ("stg", "prod"):
        source = text(tree, f"argocd/web-{env}.yaml")
        tree.write(f"clusters/{env}/apps/web.yaml", source)
        root = source.replace("web-", "root-").replace(
            "path: charts/web", f"path: clusters/{env}/apps"
        )
        root = re.sub(r"    helm:\n(      .*\n)+", "", root)
        root = re.sub(r"namespace: \w+\n$", "namespace: argocd\n", root)
        tree.write(f"clusters/{env}/root.yaml", root)
        tree.remove(f"argocd/web-{env}.yaml")
    before = contents(tree)
    assert call("env", "new", "qa", "--from", "web-stg").code == 0
    assert "    path: clusters/qa/apps\n" in text(tree, "clusters/qa/root.yaml")
    assert call("env", "remove", "web-qa", "--write").code == 0
    assert contents(tree) == before


def test_clusters_that_have_a_folder_each(tree: Tree, call: Call) -> None:
    take(tree, "good-two-clusters")
    busan = ("--label", "seoul=busan-2", "--server", "https://busan-2.example.com:6443")
    assert call("env", "new", "busan-2", "--from", "web", *busan).code == 0
    assert text(tree, "clusters/busan-2/web.yaml") == "env:\n  CLUSTER: busan-2\n"
