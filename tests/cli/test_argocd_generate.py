"""`plate-llm argocd generate` on a tree, as a person or a pipeline calls it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.cli.conftest import Call, Tree

ROOT = Path(__file__).parents[2]
STG = "apps/web-stg.yaml"
CLEAN = "nothing to do: the files are as they should be\n"
PROJECT = """\
apiVersion: argoproj.io/v1alpha1
kind: AppProject
metadata:
  name: default
  namespace: argocd
spec:
  sourceRepos: []
  destinations: []
  namespaceResourceWhitelist: []
"""


def test_this_repository_is_as_it_generates_itself(
    call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    found = call("argocd", "generate", "--all", "--check")
    assert (found.code, found.out, found.err) == (
        0,
        "",
        "nothing to do: the files are as they should be\n",
    )


def test_the_files_of_this_repository_come_back_from_nothing_but_their_facts(
    tmp_path: Path, call: Call
) -> None:
    for name in ("charts", "environments"):
        shutil.copytree(ROOT / name, tmp_path / name)
    folder = tmp_path / "environments/argocd"
    wanted = {path: path.read_text("utf-8") for path in folder.rglob("*.yaml")}
    for path in (folder / "apps").glob("*.yaml"):
        text = path.read_text("utf-8")
        path.write_text(text[: text.index("  syncPolicy:")], "utf-8")
    assert call("argocd", "generate", "--all", "-C", str(tmp_path)).code == 0
    assert {path: path.read_text("utf-8") for path in folder.rglob("*.yaml")} == wanted


def test_what_differs_is_written_and_said(tree: Tree, call: Call) -> None:
    before = (tree.root / STG).read_text("utf-8")
    first = call("argocd", "generate", "web-stg")
    assert (first.code, first.out, first.err) == (0, f"{STG} written\n", "")
    assert (tree.root / STG).read_text("utf-8").startswith(before.partition("spec:")[0])
    assert call("argocd", "generate", "web-stg").out == CLEAN


def test_check_shows_the_drift_and_writes_nothing(tree: Tree, call: Call) -> None:
    call("argocd", "generate", "web-stg")
    tree.replace(STG, "limit: 5", "limit: 6")
    before = (tree.root / STG).read_bytes()
    found = call("argocd", "generate", "web-stg", "--check")
    assert found.code == 1
    assert found.out.startswith(f"--- a/{STG}\n+++ b/{STG}\n@@ ")
    assert "-      limit: 6\n+      limit: 5\n" in found.out
    assert found.err == "run `plate-llm argocd generate web-stg` and commit what it writes\n"
    assert (tree.root / STG).read_bytes() == before


def test_diff_shows_the_same_and_is_no_failure(tree: Tree, call: Call) -> None:
    before = tree.files(), (tree.root / STG).read_bytes()
    found = call("argocd", "generate", "web-stg", "--diff")
    assert (found.code, found.err) == (0, "")
    assert "+      - CreateNamespace=true\n" in found.out
    assert (tree.files(), (tree.root / STG).read_bytes()) == before


def test_projects_allow_what_the_applications_will_use(tree: Tree, call: Call) -> None:
    tree.write("project.yaml", PROJECT)
    assert call("argocd", "generate", "--all").code == 0
    text = (tree.root / "project.yaml").read_text("utf-8")
    assert text.count("https://git.example.com/team/deploy.git") == 1
    assert "      kind: Namespace\n      name: production\n" in text
    assert '    # web.\n    - group: ""\n      kind: ConfigMap\n' in text
    assert call("argocd", "generate", "--all").out == CLEAN


@pytest.mark.usefixtures("tree")
def test_json_has_the_diff_and_what_was_written(call: Call) -> None:
    found = json.loads(call("argocd", "generate", "web-stg", "--format", "json").out)
    [file] = found["files"]
    assert (file["path"], file["objects"]) == (STG, ["Application web-stg"])
    assert (file["differs"], file["written"]) == (True, True)
    assert file["diff"].startswith(f"--- a/{STG}\n")
    assert (found["version"], found["refused"]) == (1, [])


def test_out_leaves_the_tree_alone(tree: Tree, call: Call, tmp_path: Path) -> None:
    before = (tree.root / STG).read_bytes()
    out = tmp_path / "out"
    assert call("argocd", "generate", "--all", "--out", str(out)).code == 0
    assert {path.name for path in (out / "apps").iterdir()} == {"web-stg.yaml", "web-prod.yaml"}
    assert (tree.root / STG).read_bytes() == before


def test_one_that_does_not_render_does_not_stop_the_others(tree: Tree, call: Call) -> None:
    tree.replace("charts/web/templates/config.yaml", "{{ .Values.greeting | quote }}",
                 '{{ required "say hello" .Values.hello }}')  # fmt: skip
    tree.write("charts/web/values-stg.yaml", "hello: there\n")
    found = call("argocd", "generate", "--all")
    assert (found.code, found.out) == (2, f"{STG} written\n")
    assert found.err == (
        "apps/web-prod.yaml:4: not all that web-prod deploys is known\n"
        "It does not render, or lacks a value file: see plate-llm validate web-prod.\n"
    )


def test_a_templated_file_beside_them_is_named_with_its_line(tree: Tree, call: Call) -> None:
    text = (tree.root / STG).read_text("utf-8").replace("name: web-stg", "name: {{ .Values.name }}")
    tree.write("apps/templated.yaml", text)
    found = call("argocd", "generate", "--all")
    assert found.code == 2
    assert found.err.startswith("apps/templated.yaml:4: ")
    assert found.err.endswith("An Application is written out here, not templated.\n")
    assert STG in found.out


def test_a_field_that_argocd_does_not_know_is_refused(tree: Tree, call: Call) -> None:
    tree.replace(STG, "  project: default\n", "  project: default\n  syncPolcy: {}\n")
    before = (tree.root / STG).read_bytes()
    found = call("argocd", "generate", "web-stg")
    assert (found.code, found.out) == (2, "")
    assert found.err == (
        "apps/web-stg.yaml:8: there is no field `syncPolcy` under `spec`\n"
        "Did you mean `syncPolicy`?\n"
    )
    assert (tree.root / STG).read_bytes() == before


def test_a_keep_without_a_reason_is_named_with_its_file(tree: Tree, call: Call) -> None:
    call("argocd", "generate", "web-stg")
    tree.replace(STG, "limit: 5", "limit: 6  # plate-llm: keep")
    found = call("argocd", "generate", "web-stg", "--check")
    assert found.code == 2
    assert "spec.syncPolicy.retry.limit gives no reason" in found.err


def test_conventions_come_from_the_settings(tree: Tree, call: Call) -> None:
    tree.write("plate-llm.toml", "[argocd]\nprune = false\nrevisionHistoryLimit = 3\n")
    call("argocd", "generate", "web-stg")
    text = (tree.root / STG).read_text("utf-8")
    assert "prune: false\n" in text
    assert text.endswith("  revisionHistoryLimit: 3\n")


def test_a_misspelt_convention_is_a_usage_error(tree: Tree, call: Call) -> None:
    tree.write("plate-llm.toml", "[argocd]\nprunes = false\n")
    found = call("argocd", "generate", "web-stg")
    assert (found.code, found.out) == (2, "")
    assert "setting argocd: there is no field `prunes`" in found.err
    assert "Did you mean `prune`?" in found.err


def test_several_sources_only_when_asked(tree: Tree, call: Call) -> None:
    call("argocd", "generate", "web-stg")
    assert "sources:" not in (tree.root / STG).read_text("utf-8")
    checked = call("argocd", "generate", "web-stg", "--multi-source", "--check")
    assert checked.err.startswith("run `plate-llm argocd generate web-stg --multi-source` and ")
    call("argocd", "generate", "web-stg", "--multi-source")
    text = (tree.root / STG).read_text("utf-8")
    assert '        - "$values/charts/web/values-stg.yaml"\n' in text.replace("  " * 5, " " * 8)
    assert call("argocd", "generate", "web-stg").out == CLEAN
    assert call("validate", "web-stg").code == 0


def test_an_application_set_goes_to_stdout_or_a_file(tree: Tree, call: Call) -> None:
    printed = call("argocd", "generate", "--all", "--application-set", "-")
    assert printed.code == 0
    assert "kind: ApplicationSet\n" in printed.out
    target = tree.root / "set.yaml"
    written = call("argocd", "generate", "--all", "--application-set", str(target))
    assert (written.code, written.out) == (0, "")
    assert target.read_text("utf-8") == printed.out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "generate takes one ENV, or --all"),
        (["web-stg", "--all"], "generate takes one ENV, or --all"),
        (["--all", "--check", "--out", "x"], "--out writes, --check and --diff do not"),
        (["--all", "--out", "x", "--application-set", "-"], "do not go together"),
        (["web-stgg"], "no environment 'web-stgg'"),
    ],
)
def test_what_cannot_be_meant_is_refused(
    arguments: list[str], message: str, tree: Tree, call: Call
) -> None:
    files = tree.files()
    found = call("argocd", "generate", *arguments)
    assert (found.code, found.out) == (2, "")
    assert message in found.err
    assert tree.files() == files
