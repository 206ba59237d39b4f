"""Deployment and spec are held against each other; what is not known is not reported.

What each kind of gap looks like, with its lines, is in tests/trees/bad-secrets.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from plate_llm_cli.findings import Severity
from plate_llm_cli.graph.places import FilePlace
from plate_llm_cli.secrets.agreement.coverage import coverage_of
from tests.secrets.deployments import SPEC, SecretsTree

if TYPE_CHECKING:
    from pathlib import Path

STG = ("https://kubernetes.default.svc", "stg")


@pytest.fixture
def tree(tmp_path: Path) -> SecretsTree:
    return SecretsTree(tmp_path)


def test_a_tree_in_order_has_no_gaps(tree: SecretsTree) -> None:
    assert tree.said() == []


def test_without_a_spec_nothing_is_said(tree: SecretsTree) -> None:
    (tree.root / SPEC).unlink()
    tree.replace("charts/web/values-stg.yaml", "key: JWT_SECRET", "key: JWT")
    assert tree.said() == []


def test_the_setting_names_another_spec(tree: SecretsTree) -> None:
    (tree.root / SPEC).rename(tree.root / "bao.yaml")
    tree.write("plate-llm.toml", "secrets = 'bao.yaml'\n")
    loaded = coverage_of(tree.build()).loaded
    assert (loaded.path, loaded.spec is not None) == ("bao.yaml", True)


def test_a_misspelt_property_is_reported_at_both_ends(tree: SecretsTree) -> None:
    tree.replace("secrets/stg/harbor.yaml", "property: password", "property: passwort")
    first, second = tree.gaps()
    assert (first.message, first.help) == (
        "secret/harbor/staging#passwort is read in namespace stg, and the spec has no such key",
        "did you mean password?",
    )
    assert second.message == (
        "the spec has harbor/staging#password, and what is deployed reads passwort there"
    )
    assert isinstance(second.where, FilePlace)
    assert (second.where.file.path, second.where.span.line) == (SPEC, 21)
    assert first.places == second.places == {STG}


def test_a_nested_property_belongs_to_its_key(tree: SecretsTree) -> None:
    tree.replace("secrets/stg/harbor.yaml", "property: password", "property: password.inner")
    assert tree.said() == []


def test_a_required_key_that_nobody_reads_is_named(tree: SecretsTree) -> None:
    tree.replace(SPEC, "OPENAI_API_KEY: {", "SPARE: {prompt: true}\n      OPENAI_API_KEY: {")
    assert tree.said() == [("unread-secret", "nothing that is deployed reads server/cluster#SPARE")]


def test_an_optional_key_may_be_unread(tree: SecretsTree) -> None:
    extra = "SPARE: {prompt: true, required: false}\n      OPENAI_API_KEY: {"
    tree.replace(SPEC, "OPENAI_API_KEY: {", extra)
    assert tree.said() == []


def test_a_key_that_another_is_made_from_counts_as_read(tree: SecretsTree) -> None:
    old = "JWT_SECRET: {generate: {as: base64, bytes: 48}}\n  server/production"
    new = (
        "SEED: {prompt: true}\n"
        "      JWT_SECRET: {from: {secret: 'server/staging#SEED', template: 'x{}'}}\n"
        "  server/production"
    )
    tree.replace(SPEC, old, new)
    assert tree.said() == []


def test_a_shared_key_is_read_when_one_environment_reads_it(tree: SecretsTree) -> None:
    variable = "  - name: OPENAI_API_KEY\n    secret: shared\n    key: OPENAI_API_KEY\n"
    tree.replace("charts/web/values-prod.yaml", variable, "")
    assert tree.said() == []


def test_env_from_reads_every_key_of_an_extracted_path(tree: SecretsTree) -> None:
    tree.replace(SPEC, "OPENAI_API_KEY: {", "SPARE: {prompt: true}\n      OPENAI_API_KEY: {")
    pod = (
        "apiVersion: v1\nkind: Pod\nmetadata: {name: all}\nspec: {containers: "
        "[{name: main, image: nginx, envFrom: [{secretRef: {name: shared}}]}]}\n"
    )
    tree.write("secrets/stg/pod.yaml", pod)
    assert tree.said() == []


def test_searching_below_a_path_reads_what_is_there(tree: SecretsTree) -> None:
    tree.replace(
        SPEC,
        "  server/staging:",
        "  found/one:\n    environments: [web-stg]\n"
        "    keys: {A: {prompt: true}}\n  server/staging:",
    )
    tree.write(
        "secrets/stg/found.yaml",
        "apiVersion: external-secrets.io/v1\nkind: ExternalSecret\nmetadata: {name: found}\n"
        "spec: {secretStoreRef: {name: openbao}, "
        "dataFrom: [{find: {path: found, name: {regexp: .*}}}]}\n",
    )
    assert tree.said() == []


def test_a_store_of_version_1_is_reported_once(tree: SecretsTree) -> None:
    tree.replace("secrets/stg/store.yaml", "version: v2", "version: v1")
    assert tree.said() == [
        (
            "unspecified-secret",
            "SecretStore openbao reads mount secret as KV version 1; "
            "what the spec describes is kept in version 2",
        )
    ]


def test_a_store_outside_of_the_tree_is_not_guessed_at(tree: SecretsTree) -> None:
    (tree.root / "secrets/stg/store.yaml").unlink()
    tree.replace("secrets/stg/app.yaml", "key: server/staging", "key: secret/data/server/staging")
    assert tree.said() == []


def test_a_path_of_another_environment_is_reported_where_it_is_read(tree: SecretsTree) -> None:
    tree.replace("secrets/prod/app.yaml", "key: server/production", "key: server/staging")
    assert tree.said() == [
        (
            "unshared-path",
            "secret/server/staging is read in namespace prod, and the spec gives it to web-stg "
            "only",
        )
    ]


def test_a_release_may_put_objects_into_another_namespace(tree: SecretsTree) -> None:
    for name in ("web-stg", "secrets-stg"):
        tree.replace(f"argocd/{name}.yaml", "    namespace: stg", "    namespace: default")
    for file in ("store", "harbor", "app"):
        text = (tree.root / f"secrets/stg/{file}.yaml").read_text("utf-8")
        moved = text.replace("metadata:\n", "metadata:\n  namespace: stg\n")
        tree.write(f"secrets/stg/{file}.yaml", moved)
    template = "charts/web/templates/deployment.yaml"
    tree.replace(template, "metadata:\n  name", "metadata:\n  namespace: {{ .Values.ns }}\n  name")
    for env in ("stg", "prod"):
        values = (tree.root / f"charts/web/values-{env}.yaml").read_text("utf-8")
        tree.write(f"charts/web/values-{env}.yaml", f"ns: {env}\n{values}")
    assert tree.said() == []


def test_when_only_an_environment_is_rendered_nothing_is_missed_in_it(tree: SecretsTree) -> None:
    tree.replace(SPEC, "OPENAI_API_KEY: {", "SPARE: {prompt: true}\n      OPENAI_API_KEY: {")
    assert tree.said("web-stg", "secrets-stg") == []


def test_what_a_broken_release_would_make_is_not_missed(tree: SecretsTree) -> None:
    tree.replace("charts/web/values-stg.yaml", "- name: harbor\n", "- name: other\n")
    assert [kind for kind, _ in tree.said()] == ["unprovided-secret"]
    tree.write("charts/bad/Chart.yaml", "apiVersion: v2\nname: bad\nversion: 1.0.0\n")
    tree.write("charts/bad/templates/x.yaml", '{{ fail "no" }}')
    application = (tree.root / "argocd/web-stg.yaml").read_text("utf-8")
    tree.write(
        "argocd/bad.yaml",
        application.replace("name: web-stg", "name: bad").replace("charts/web", "charts/bad"),
    )
    assert tree.said() == []


def test_a_secret_may_be_made_by_hand_where_external_secrets_makes_none(tree: SecretsTree) -> None:
    tree.write(
        "argocd/tools.yaml",
        (tree.root / "argocd/secrets-stg.yaml")
        .read_text("utf-8")
        .replace("secrets-stg", "tools")
        .replace("secrets/stg", "tools")
        .replace("namespace: stg", "namespace: tools"),
    )
    tree.write(
        "tools/pod.yaml",
        "apiVersion: v1\nkind: Pod\nmetadata: {name: t}\nspec: {containers: "
        "[{name: m, image: i, envFrom: [{secretRef: {name: by-hand}}]}]}\n",
    )
    (gap,) = tree.gaps()
    assert gap.message == "nothing in the tree makes Secret by-hand in namespace tools"
    assert gap.severity is Severity.INFO


def test_what_is_optional_may_be_missing(tree: SecretsTree) -> None:
    key = "                  key: {{ .key }}\n"
    tree.replace(
        "charts/web/templates/deployment.yaml", key, f"{key}                  optional: true\n"
    )
    tree.replace("charts/web/values-stg.yaml", "secret: app", "secret: nowhere")
    assert tree.said() == [
        ("unread-secret", "nothing that is deployed reads server/staging#JWT_SECRET")
    ]


def test_a_cluster_store_that_does_not_serve_the_namespace_makes_no_secret(
    tree: SecretsTree,
) -> None:
    tree.replace("secrets/cluster/shared.yaml", "[stg, prod]", "[stg]")
    assert tree.said() == [
        (
            "unprovided-secret",
            "ClusterSecretStore openbao does not serve namespace prod, so no Secret is made",
        )
    ]
