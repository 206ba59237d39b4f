"""Who reads OpenBao for an environment, and what they are granted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from plate_llm_cli.secrets.loading import load_spec
from plate_llm_cli.secrets.privileges.policies import reader_policy
from plate_llm_cli.secrets.privileges.readers import readers
from plate_llm_cli.source.tree import Tree
from tests.secrets.deployments import SPEC, SecretsTree

if TYPE_CHECKING:
    from pathlib import Path

    from plate_llm_cli.secrets.privileges.readers import Reader

CLUSTER = "https://kubernetes.default.svc"
SERVED = {"web-stg": (CLUSTER, "stg"), "web-prod": (CLUSTER, "prod"), "gone": None}
STORES = ("secrets/stg/store.yaml", "secrets/prod/store.yaml")


@pytest.fixture
def tree(tmp_path: Path) -> SecretsTree:
    """Each environment's store with a role of its own."""
    made = SecretsTree(tmp_path)
    for env in ("stg", "prod"):
        made.replace(f"secrets/{env}/store.yaml", "role: reader", f"role: reader-{env}")
    return made


def found(tree: SecretsTree, namespace: str = "stg") -> list[Reader]:
    spec = load_spec(Tree(tree.root)).required()
    return readers(tree.build().secrets, (CLUSTER, namespace), SERVED, spec)


def granted(tree: SecretsTree, namespace: str = "stg") -> dict[str, dict[str, tuple[str, ...]]]:
    return {item.name: reader_policy(item).grants for item in found(tree, namespace)}


def add(tree: SecretsTree, entry: str, store: str = "SecretStore") -> None:
    """One more ExternalSecret in stg."""
    tree.write(
        "secrets/stg/more.yaml",
        "apiVersion: external-secrets.io/v1\nkind: ExternalSecret\nmetadata: {name: more}\n"
        f"spec:\n  secretStoreRef: {{kind: {store}, name: openbao}}\n  dataFrom:\n    - {entry}\n",
    )


def test_each_role_gets_what_is_read_through_its_stores(tree: SecretsTree) -> None:
    assert granted(tree) == {
        "reader": {"secret/data/server/cluster": ("read",)},
        "reader-stg": {
            "secret/data/harbor/staging": ("read",),
            "secret/data/server/staging": ("read",),
        },
    }


def test_role_of_several_namespaces_has_one_policy_for_all(tmp_path: Path) -> None:
    tree = SecretsTree(tmp_path)
    (reader,) = found(tree)
    assert reader.homes == ["", "prod", "stg"]
    assert sorted(granted(tree)["reader"]) == [
        "secret/data/harbor/production",
        "secret/data/harbor/staging",
        "secret/data/server/cluster",
        "secret/data/server/production",
        "secret/data/server/staging",
    ]


def test_path_of_another_environment_is_refused(tree: SecretsTree) -> None:
    tree.replace("secrets/stg/app.yaml", "server/staging", "server/production")
    assert granted(tree)["reader-stg"] == {"secret/data/harbor/staging": ("read",)}
    reason = "secret/server/production is read in stg, and the spec gives it to web-prod"
    assert found(tree)[1].refused == (reason,)


def test_path_that_the_spec_does_not_know_is_refused(tree: SecretsTree) -> None:
    tree.replace("secrets/stg/app.yaml", "server/staging", "server/*")
    assert found(tree)[1].refused == ("secret/server/* is read in stg and is not in the spec",)


def test_cluster_store_gives_each_namespace_its_own_paths_only(tree: SecretsTree) -> None:
    add(tree, "extract: {key: server/staging}", "ClusterSecretStore")
    assert sorted(granted(tree, "prod")["reader"]) == [
        "secret/data/server/cluster",
        "secret/data/server/staging",
    ]


def test_search_by_name_lists_the_folder_and_reads_the_own_paths_in_it(tree: SecretsTree) -> None:
    add(tree, "find: {path: harbor, name: {regexp: .*}}")
    assert granted(tree)["reader-stg"] == {
        "secret/data/harbor/staging": ("read",),
        "secret/data/server/staging": ("read",),
        "secret/metadata/harbor/*": ("list",),
    }


def test_search_of_a_whole_mount(tree: SecretsTree) -> None:
    add(tree, "find: {name: {regexp: .*}}")
    assert granted(tree)["reader-stg"]["secret/metadata/*"] == ("list",)


def test_store_that_is_only_searched_is_a_reader(tree: SecretsTree) -> None:
    for name in ("app", "harbor"):
        (tree.root / f"secrets/stg/{name}.yaml").unlink()
    add(tree, "find: {path: server, name: {regexp: .*}}")
    assert granted(tree)["reader-stg"] == {
        "secret/data/server/cluster": ("read",),
        "secret/data/server/staging": ("read",),
        "secret/metadata/server/*": ("list",),
    }


def test_search_by_tags_reads_the_metadata_too(tree: SecretsTree) -> None:
    add(tree, "find: {path: harbor, tags: {team: web}}")
    assert granted(tree)["reader-stg"]["secret/metadata/harbor/staging"] == ("read",)


@pytest.mark.parametrize("folder", ['"x\\" { }"', '"*"', '"a/+/b"', '"+"', '"{{x}}"'])
def test_folder_that_would_mean_others_in_a_policy_is_refused(
    folder: str, tree: SecretsTree
) -> None:
    add(tree, f"find: {{path: {folder}, name: {{regexp: .*}}}}")
    assert [path for path in granted(tree)["reader-stg"] if "metadata" in path] == []
    assert found(tree)[1].refused[0].endswith("is searched in stg and is no folder of the spec")


def test_metadata_alone_are_read_where_only_they_are_fetched(tree: SecretsTree) -> None:
    (tree.root / "secrets/stg/app.yaml").unlink()
    add(tree, "extract: {key: server/staging, metadataPolicy: Fetch}")
    assert granted(tree)["reader-stg"] == {
        "secret/data/harbor/staging": ("read",),
        "secret/metadata/server/staging": ("read",),
    }


def test_role_of_two_auth_methods_has_two_policies(tmp_path: Path) -> None:
    tree = SecretsTree(tmp_path)
    for env in ("stg", "prod"):
        mount = f"mountPath: clusters/{env}"
        tree.replace(f"secrets/{env}/store.yaml", "mountPath: kubernetes", mount)
    reader = next(item for item in found(tree) if item.homes == ["stg"])
    assert (reader.name, reader.role) == ("clusters-stg-reader", "reader")
    assert [str(place) for place in reader.paths] == [
        "secret/harbor/staging",
        "secret/server/staging",
    ]


@pytest.mark.parametrize("role", ["default", "root", "Default"])
def test_policy_of_openbao_itself_is_never_ours(role: str, tree: SecretsTree) -> None:
    tree.replace(STORES[0], "role: reader-stg", f"role: {role}")
    assert f"{role.lower()}-reader" in granted(tree)
    assert role.lower() not in granted(tree)


def test_store_with_a_token_is_named_after_its_environment(tree: SecretsTree) -> None:
    text = (tree.root / STORES[0]).read_text("utf-8").partition("        kubernetes:")[0]
    tree.write(STORES[0], f"{text}        tokenSecretRef: {{name: token, key: token}}\n")
    names = [(item.name, item.role) for item in found(tree)]
    assert names == [("reader", "reader"), ("web-stg-reader", "")]


def test_store_that_is_no_openbao_gets_nothing(tree: SecretsTree) -> None:
    tree.replace(STORES[0], "vault:", "aws:")
    assert list(granted(tree)) == ["reader"]


def test_name_of_a_store_cannot_leave_the_comment(tree: SecretsTree) -> None:
    name = '"open\\npath \\"*\\" { capabilities = [\\"sudo\\"] }"'
    for file in ("store", "app", "harbor"):
        tree.replace(f"secrets/stg/{file}.yaml", "name: openbao\n", f"name: {name}\n")
    text = reader_policy(found(tree)[1]).hcl
    assert text.splitlines()[0].startswith("# What SecretStore open?path")
    assert [line for line in text.splitlines() if line.startswith('path "*"')] == []


def test_order_of_the_files_does_not_show(tree: SecretsTree) -> None:
    before = [reader_policy(item).hcl for item in found(tree)]
    (tree.root / "secrets/stg/app.yaml").rename(tree.root / "secrets/stg/z.yaml")
    spec = (tree.root / SPEC).read_text("utf-8")
    head, paths = spec[: spec.index("  server/cluster")], spec[spec.index("  server/cluster") :]
    cut = paths.index("  harbor/staging")
    tree.write(SPEC, head + paths[cut:] + paths[:cut])
    assert [reader_policy(item).hcl for item in found(tree)] == before
