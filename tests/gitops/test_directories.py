"""Which files of a folder are applied, as ArgoCD's directory sources have it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from plate_llm_cli.gitops.directories import manifest_files, says_directory
from plate_llm_cli.gitops.folders import nearest_folder
from plate_llm_cli.gitops.kustomize import patch_files
from plate_llm_cli.source.reader import parse_text
from plate_llm_cli.source.tree import Tree

if TYPE_CHECKING:
    from pathlib import Path

OBJECT = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: x\n"


def tree(root: Path, files: dict[str, str]) -> Tree:
    for path, text in files.items():
        target = root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, "utf-8")
    return Tree(root)


def applied(root: Path, directory: str = "{}") -> list[str]:
    names = ("a.yaml", "b.yml", "c.json", "d.txt", "sub/e.yaml", "sub/deep/f.yaml")
    found = tree(root, {f"plain/{name}": OBJECT for name in names})
    return manifest_files(found, "plain", parse_text(directory, "app.yaml").root)


@pytest.mark.parametrize(
    ("directory", "files"),
    [
        ("{}", ["a.yaml", "b.yml"]),
        ("{recurse: true}", ["a.yaml", "b.yml", "sub/e.yaml", "sub/deep/f.yaml"]),
        ("{include: '*.yaml'}", ["a.yaml"]),
        ("{include: '*.{yaml,yml}'}", ["a.yaml", "b.yml"]),
        ("{include: '{a.yaml,b.yml}', exclude: 'a*'}", ["b.yml"]),
        ("{recurse: true, exclude: 'sub/*'}", ["a.yaml", "b.yml"]),
        ("{recurse: true, exclude: '{sub/{e,g}.yaml,*.yml}'}", ["a.yaml", "sub/deep/f.yaml"]),
        ("{include: '{' }", []),
    ],
)
def test_files_are_chosen_as_argocd_chooses(
    tmp_path: Path, directory: str, files: list[str]
) -> None:
    chosen = [name for name in applied(tmp_path, directory) if not name.endswith(".json")]
    assert chosen == [f"plain/{name}" for name in files]


@pytest.mark.parametrize(
    ("text", "taken"),
    [
        (OBJECT, True),
        ("", True),
        ("# +argocd:skip-file-rendering\n" + OBJECT, False),
        ("replicaCount: 2\n", False),
        ("kind: of a note\nreplicaCount: 2\n", True),
        ("note: a kind of text\n", False),
        ("apiVersion: v1\nkind: ConfigMap\nmetadata: [broken\n", True),
        ("services: [broken\n", False),
        ('{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "x"}}', True),
    ],
)
def test_what_is_plainly_no_manifest_is_passed_over(tmp_path: Path, text: str, taken: bool) -> None:
    found = manifest_files(tree(tmp_path, {"plain/it.yaml": text}), "plain", None)
    assert (found == ["plain/it.yaml"]) is taken


def test_patches_are_told_from_objects(tmp_path: Path) -> None:
    found = tree(
        tmp_path,
        {
            "prod/kustomization.yaml": (
                "resources: [../base/app.yaml]\npatches:\n- path: one.yaml\n- patch: |-\n    a: b\n"
                "patchesStrategicMerge: [two.yaml, ../../outside.yaml]\n"
                "patchesJson6902: [{path: three.yaml}]\n"
            ),
        },
    )
    assert patch_files(found, found.walk()) == {"prod/one.yaml", "prod/two.yaml", "prod/three.yaml"}


@pytest.mark.parametrize(
    ("path", "near"),
    [
        ("charts/wbe", "charts/web"),
        ("chart/web", "charts/web"),
        ("/charts/web/", ""),
        ("charts/api", ""),
        ("deploy/charts/web", ""),
    ],
)
def test_a_folder_with_a_slip_in_its_name_is_found(tmp_path: Path, path: str, near: str) -> None:
    found = tree(tmp_path, {"charts/web/Chart.yaml": "", "charts/other/Chart.yaml": ""})
    assert nearest_folder(found, path) == near


@pytest.mark.parametrize(
    ("directory", "said"),
    [
        ("{recurse: true}", True),
        ("{recurse: false}", False),
        ("{}", False),
        ("{include: '*.yaml'}", True),
        ("{jsonnet: {}}", False),
        ("{jsonnet: {tlas: []}}", True),
    ],
)
def test_a_directory_of_zeros_says_nothing(directory: str, said: bool) -> None:
    assert says_directory(parse_text(directory, "app.yaml").root) is said
