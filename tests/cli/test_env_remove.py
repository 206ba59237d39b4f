"""`env remove`: what goes with an environment, and what it leaves alone."""

from __future__ import annotations

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.cli.conftest import Call, Tree, command
from tests.cli.deployments import contents, ours, take
from tests.cli.terminal import talk

__all__ = ["ours"]

NEW = ("env", "new", "qa", "--from", "stg", "--host", "llm-qa.example.com")


def test_a_new_environment_goes_without_a_trace(ours: Tree, call: Call) -> None:
    before, files = contents(ours), ours.files()
    assert call(*NEW).code == 0
    assert call("env", "remove", "qa", "--write").code == 0
    assert (contents(ours), ours.files()) == (before, files)


@settings(
    max_examples=5, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(name=st.from_regex(r"[a-z0-9]([a-z0-9-]{0,14}[a-z0-9])?", fullmatch=True))
def test_whatever_it_is_called(ours: Tree, call: Call, name: str) -> None:
    before = contents(ours)
    made = call("env", "new", name, "--from", "stg", "--host", "new.example.com")
    if made.code == 2:  # it is taken
        assert contents(ours) == before
        return
    assert made.code == 0, made
    assert call("validate", name).code == 0
    assert call("env", "remove", name, "--write").code == 0
    assert contents(ours) == before


@pytest.mark.parametrize(
    ("name", "new"),
    [
        ("good-two-environments", ("qa", "--from", "web-stg")),
        ("good-secrets", ("web-qa", "--from", "web-stg")),
        ("good-shared-values", ("qa", "--from", "web-a", "--label", "a=qa")),
        ("good-one-file", ("three", "--from", "two", "--label", "two=three")),
    ],
)
def test_in_trees_of_other_shapes(tree: Tree, call: Call, name: str, new: tuple[str, ...]) -> None:
    before = contents(take(tree, name))
    assert call("env", "new", *new).code == 0
    listed = json.loads(call("env", "list", "--format", "json").out)["environments"]
    added = next(
        item["application"] for item in listed if item["application"].endswith(("qa", "three"))
    )
    assert call("env", "remove", added, "--write").code == 0
    assert contents(tree) == before


def test_what_a_list_holds_beside_it_stays(tree: Tree, call: Call) -> None:
    take(tree, "good-two-environments")
    application = json.dumps(
        {
            "apiVersion": "argoproj.io/v1alpha1",
            "kind": "Application",
            "metadata": {"name": "web-qa", "namespace": "argocd"},
            "spec": {
                "project": "default",
                "source": {
                    "repoURL": "https://git.example.com/team/deploy.git",
                    "path": "charts/web",
                },
                "destination": {"server": "https://kubernetes.default.svc", "namespace": "qa"},
            },
        }
    )
    head, notes = "apiVersion: v1\nkind: List\nitems:\n", "  - {apiVersion: v1, kind: ConfigMap}\n"
    tree.write("argocd/web-qa.yaml", f"{head}  - {application}\n{notes}")
    assert call("env", "remove", "web-qa", "--write").code == 0
    assert (tree.root / "argocd/web-qa.yaml").read_text("utf-8") == head + notes


def test_a_store_is_never_opened_to_everybody(ours: Tree, call: Call) -> None:
    assert call("env", "remove", "stg", "--write").code == 0
    before = contents(ours)
    ended = call("env", "remove", "prod", "--write")
    assert (ended.code, contents(ours)) == (2, before)
    assert "values-cluster.yaml serves plate-prod alone" in ended.err


def test_the_last_environment_takes_the_spec_with_it(ours: Tree, call: Call) -> None:
    ours.remove("environments/argocd/apps/openbao-secrets-manager-cluster.yaml")
    assert call("env", "remove", "stg", "--write").code == 0
    assert call("env", "remove", "prod", "--write").code == 0
    assert not {"environments/secrets.yaml", "charts/plate-llm/values-prod.yaml"} & ours.files()


def test_it_is_shown_first(ours: Tree, call: Call) -> None:
    before = contents(ours)
    ended = call("env", "remove", "stg")
    assert (ended.code, contents(ours)) == (0, before)
    assert "removed: charts/plate-llm/values-stg.yaml\n" in ended.out
    assert "-    - plate-stg\n" in ended.out
    assert "note: secret/server/staging stays in OpenBao" in ended.err
    assert "plate-llm env remove stg --write does it" in ended.err


def test_what_others_take_from_it_by_an_anchor_moves_to_them(ours: Tree, call: Call) -> None:
    assert call("env", "remove", "stg", "--write").code == 0
    spec = (ours.root / "environments/secrets.yaml").read_text("utf-8")
    assert "  server/staging:" not in spec
    assert "      JWT_SECRET: &jwt-secret\n        description: Signs the tokens" in spec
    assert "    keys: &harbor\n      registry:\n" in spec
    assert "    environments: [prod]\n    keys:\n      OPENAI_API_KEY:\n" in spec
    assert call("validate").code == 0


@pytest.mark.parametrize(
    ("env", "said"),
    [
        (
            "openbao-secrets-manager-cluster",
            "plate-llm-prod reads Secret cluster-env-secrets in plate-prod, "
            "which openbao-secrets-manager-cluster makes",
        ),
        ("plate-root", "plate-llm-prod is applied by plate-root"),
        ("sgt", "did you mean stg?"),
    ],
)
def test_what_cannot_go(ours: Tree, call: Call, env: str, said: str) -> None:
    before = contents(ours)
    ended = call("env", "remove", env, "--write")
    assert (ended.code, contents(ours)) == (2, before)
    assert said in ended.err


def test_a_person_is_asked(ours: Tree) -> None:
    before = contents(ours)
    asked = b"Remove openbao-secrets-manager-stg, plate-llm-stg from the tree? [y/N]: "
    code, shown = talk(
        command("env", "remove", "stg", "--write"), ((asked, b"n\n"),), folder=ours.root
    )
    assert (code, contents(ours)) == (0, before)
    assert "nothing was written" in shown


def test_a_plan_for_programs(ours: Tree, call: Call) -> None:
    del ours
    plan = json.loads(call("env", "remove", "stg", "--format", "json").out)
    assert plan["applications"] == ["openbao-secrets-manager-stg", "plate-llm-stg"]
    assert plan["openbao_paths"] == ["secret/server/staging", "secret/harbor/staging"]
    assert "Deployment/plate-llm-stg in plate-stg" in plan["cluster_objects"]
    assert plan["written"] is False
