"""What is made outside the tree: declared once in the settings, and missed no more."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.cli.conftest import Call, Tree

POD = """\
apiVersion: v1
kind: Pod
metadata:
  name: web
spec:
  containers:
    - name: web
      image: registry.example.com/web:1.0.0
      envFrom:
        - configMapRef: {name: region}
"""


@pytest.fixture
def lacking(tree: Tree) -> Tree:
    """The tree with a pod whose ConfigMap somebody else makes."""
    tree.write("charts/web/templates/pod.yaml", POD)
    return tree


def _found(call: Call, *arguments: str) -> list[tuple[str, str]]:
    found = json.loads(call("validate", "--format", "json", *arguments).out)["findings"]
    rules = ("missing-config-map", "unused-external")
    return [(item["rule"], item["help"]) for item in found if item["rule"] in rules]


@pytest.mark.usefixtures("lacking")
def test_info_names_the_line_that_declares_it(call: Call) -> None:
    line = 'made elsewhere? declare it once: external = ["ConfigMap/{}/region"]'
    assert _found(call) == [
        ("missing-config-map", line.format(namespace)) for namespace in ("production", "staging")
    ]


def test_declared_object_is_not_missed(lacking: Tree, call: Call) -> None:
    lacking.write("plate-llm.toml", 'external = ["ConfigMap/*/region"]\n')
    assert _found(call) == []


def test_unused_declaration_is_found_in_a_shared_settings_file(tree: Tree, call: Call) -> None:
    tree.write(
        "pyproject.toml",
        '[project]\nname = "x"\n\n[tool.plate-llm]\nexternal = ["Namespace/tools"]\n',
    )
    ended = call("validate", "-q")
    assert (ended.code, ended.out) == (
        0,
        "pyproject.toml:5:13: warning: unused-external: nothing in the tree misses "
        "Namespace/tools\n",
    )


def test_declaration_that_is_written_with_escapes_is_found_at_the_setting(
    tree: Tree, call: Call
) -> None:
    tree.write("plate-llm.toml", 'fail-on = "error"\nexternal = ["Namespace/t\\u006fols"]\n')
    assert call("validate", "-q").out.startswith("plate-llm.toml:2:1: warning: unused-external")


def test_comment_in_the_settings_silences_it(tree: Tree, call: Call) -> None:
    comment = "# plate-llm: ignore[unused-external] the namespace comes next week"
    tree.write("plate-llm.toml", f'external = ["Namespace/tools"] {comment}\n')
    assert _found(call) == []


@pytest.mark.parametrize(
    "arguments",
    [["web-stg"], ["--ignore", "uncreated-namespace"], ["--ignore", "unused-external"]],
    ids=["not all releases", "not all rules", "not this rule"],
)
def test_nothing_is_unused_where_not_all_was_looked_at(
    arguments: list[str], tree: Tree, call: Call
) -> None:
    tree.write("plate-llm.toml", 'external = ["Namespace/tools"]\n')
    assert _found(call, *arguments) == []


def test_nothing_is_unused_where_a_chart_does_not_render(tree: Tree, call: Call) -> None:
    tree.write("plate-llm.toml", 'external = ["Namespace/tools"]\n')
    tree.write("charts/web/templates/x.yaml", "{{ fail }}")
    assert _found(call) == []


def test_secret_that_is_read_counts_as_missed_without_a_secrets_spec(
    tree: Tree, call: Call
) -> None:
    reader = POD.replace("configMapRef: {name: region}", "secretRef: {name: region}")
    tree.write("charts/web/templates/pod.yaml", reader)
    tree.write("plate-llm.toml", 'external = ["Secret/*/region", "Secret/*/regions"]\n')
    found = call("validate", "-q").out.splitlines()
    assert [line for line in found if line.startswith("plate-llm.toml")] == [
        "plate-llm.toml:1:32: warning: unused-external: nothing in the tree misses Secret/*/regions"
    ]


STORES = """\
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata:
  name: openbao
spec:
  provider: {vault: {server: "https://openbao.example.com", path: secret}}
---
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata:
  name: web
spec:
  secretStoreRef: {kind: ClusterSecretStore, name: shared}
  dataFrom:
    - extract: {key: server/web}
"""


def test_store_of_the_cluster_that_is_declared_is_not_missed(tree: Tree, call: Call) -> None:
    tree.write("charts/web/templates/stores.yaml", STORES)
    assert "there is no ClusterSecretStore shared" in call("validate", "-q").out
    tree.write("plate-llm.toml", 'external = ["ClusterSecretStore/shared"]\n')
    ended = call("validate", "-q", "--select", "missing-secret-store,unused-external")
    assert ended.out == ""
