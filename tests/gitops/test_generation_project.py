from __future__ import annotations

from pathlib import Path

from plate_llm_cli.gitops.applications import IN_CLUSTER
from plate_llm_cli.gitops.generation.draft import Draft
from plate_llm_cli.gitops.generation.places import place_of
from plate_llm_cli.gitops.generation.project import AllowedKind, ProjectFacts, extend_project

PROJECTS = Path(__file__).parents[2] / "environments/argocd/projects"
PLATE = (PROJECTS / "plate.yaml").read_text("utf-8")


def extended(facts: ProjectFacts, text: str) -> str:
    draft = Draft(text, *place_of(text, "AppProject", facts.name))
    extend_project(draft, facts)
    return draft.text


def test_what_is_allowed_already_changes_nothing() -> None:
    facts = ProjectFacts(
        "plate",
        ("git@github.com:cocdev/plate-infra",),
        ((IN_CLUSTER, "plate-prod"),),
        (AllowedKind("", "Namespace", "x", "plate-stg"),),
        (AllowedKind("apps", "Deployment", "x"),),
    )
    assert extended(facts, PLATE) == PLATE


def test_a_kind_is_allowed_below_the_name_of_its_chart() -> None:
    facts = ProjectFacts(
        "plate",
        kinds=(
            AllowedKind("apps", "StatefulSet", "plate-llm."),
            AllowedKind("batch", "CronJob", "plate-llm."),
        ),
    )
    added = (
        "    # plate-llm.\n    - group: apps\n      kind: StatefulSet\n"
        "    - group: batch\n      kind: CronJob\n"
    )
    assert extended(facts, PLATE) == PLATE + added


def test_a_new_namespace_is_allowed_and_may_be_made() -> None:
    facts = ProjectFacts(
        "plate",
        destinations=((IN_CLUSTER, "plate-dev"),),
        cluster_kinds=(
            AllowedKind(
                "",
                "Namespace",
                "CreateNamespace=true counts as a resource of the Application.",
                "plate-dev",
            ),
        ),
    )
    text = extended(facts, PLATE)
    assert f"    - server: {IN_CLUSTER}\n      namespace: plate-dev\n  clusterResource" in text
    assert (
        '      name: plate-prod\n    - group: ""\n      kind: Namespace\n      name: plate-dev\n'
        in text
    )


def test_globs_allow() -> None:
    text = """\
apiVersion: argoproj.io/v1alpha1
kind: AppProject
metadata: {name: wide}
spec:
  sourceRepos: ["https://git.example.org/*"]
  destinations: [{name: in-cluster, namespace: "team-*"}]
  clusterResourceWhitelist: [{group: "*", kind: "*"}]
  namespaceResourceWhitelist: [{group: "*", kind: "*"}]
"""
    facts = ProjectFacts(
        "wide",
        ("https://git.example.org/a/b.git",),
        ((IN_CLUSTER, "team-a"),),
        (AllowedKind("", "Namespace", "x", "team-a"),),
        (AllowedKind("apps", "Deployment", "x"),),
    )
    assert extended(facts, text) == text


def test_every_namespaced_kind_is_allowed_without_a_list() -> None:
    text = "apiVersion: argoproj.io/v1alpha1\nkind: AppProject\nmetadata: {name: a}\nspec: {}\n"
    facts = ProjectFacts("a", kinds=(AllowedKind("apps", "Deployment", "x"),))
    assert extended(facts, text) == text


def test_a_list_that_is_kept_is_not_extended() -> None:
    text = PLATE.replace(
        "  namespaceResourceWhitelist:", "  # plate-llm: keep agreed\n  namespaceResourceWhitelist:"
    )
    facts = ProjectFacts("plate", kinds=(AllowedKind("batch", "Job", "x"),))
    assert extended(facts, text) == text
