"""`env new`: an environment like one that is there, whole or not at all."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from plate_llm_cli.source.files import write_atomically
from tests.cli.conftest import Call, Tree, command
from tests.cli.deployments import contents, ours, take, text
from tests.cli.terminal import talk

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["ours"]

HOST = "llm-qa.example.com"
NEW = ("env", "new", "qa", "--from", "stg", "--host", HOST)


def test_the_files_of_a_new_environment(ours: Tree, call: Call) -> None:
    del ours
    ended = call(*NEW)
    assert ended.code == 0
    assert ended.out == (
        "CHANGE   FILE\n"
        "changed  charts/openbao-secrets-manager/values-cluster.yaml\n"
        "new      charts/openbao-secrets-manager/values-qa.yaml\n"
        "new      charts/plate-llm/values-qa.yaml\n"
        "new      environments/argocd/apps/openbao-secrets-manager-qa.yaml\n"
        "new      environments/argocd/apps/plate-llm-qa.yaml\n"
        "changed  environments/argocd/projects/plate.yaml\n"
        "changed  environments/secrets.yaml\n"
    )


def test_what_comes_next(ours: Tree, call: Call) -> None:
    del ours
    said = call(*NEW).err
    assert said.endswith(
        "\n  git commit && git push\n  plate-llm secrets seed qa\n"
        "  plate-llm argocd apply qa --all --project\n"
    )


def test_a_new_environment_has_no_finding_that_its_model_has_not(ours: Tree, call: Call) -> None:
    del ours
    before = call("validate", "--fail-on", "info", "--quiet")
    call(*NEW)
    after = call("validate", "--fail-on", "info", "--quiet")
    assert (after.code, after.out) == (before.code, before.out)


def test_its_applications_are_as_generated_ones(ours: Tree, call: Call) -> None:
    del ours
    call(*NEW)
    assert call("argocd", "generate", "--all", "--check").code == 0


def test_what_names_the_other_environment_is_replaced(ours: Tree, call: Call) -> None:
    call(*NEW)
    values = text(ours, "charts/plate-llm/values-qa.yaml")
    model = text(ours, "charts/plate-llm/values-stg.yaml")
    expected = model.replace("Staging (namespace plate-stg)", "Qa (namespace plate-qa)")
    expected = expected.replace("plate-llm-stg", "plate-llm-qa")
    expected = expected.replace("llm.cocdev.co.kr", HOST)
    expected = expected.replace("llm-cocdev-co-kr", "llm-qa-example-com")
    assert values == expected


def test_a_value_that_the_chart_does_not_allow_stays_and_is_said(ours: Tree, call: Call) -> None:
    ended = call(*NEW)
    assert "llm.environment stays staging: the chart's schema lists what it may be" in ended.err
    assert "\n  environment: staging\n" in text(ours, "charts/plate-llm/values-qa.yaml")


def test_a_long_form_follows_its_short_one(ours: Tree, call: Call) -> None:
    call("env", "new", "dev", "--from", "stg", "--host", "llm-dev.example.com")
    assert "\n  environment: development\n" in text(ours, "charts/plate-llm/values-dev.yaml")
    secrets = text(ours, "charts/openbao-secrets-manager/values-dev.yaml")
    assert "path: server/development\n" in secrets


def test_what_others_have_too_is_not_bound_to_the_model(ours: Tree, call: Call) -> None:
    call("env", "new", "qa", "--from", "prod", "--host", HOST)
    values = text(ours, "charts/plate-llm/values-qa.yaml")
    assert "cert-manager.io/cluster-issuer: letsencrypt-prod\n" in values


def test_a_third_environment_is_not_bound_to_the_second(ours: Tree, call: Call) -> None:
    call(*NEW)  # its llm.environment stays staging
    call("env", "new", "dev", "--from", "stg", "--host", "llm-dev.example.com")
    assert "\n  environment: development\n" in text(ours, "charts/plate-llm/values-dev.yaml")


def test_no_host_of_the_model_is_left(ours: Tree, call: Call) -> None:
    ours.replace(
        "charts/plate-llm/values-prod.yaml",
        "nameOverride: plate-llm-prod",
        "nameOverride: llm.cocdev.co.kr",
    )
    call(*NEW)
    assert "llm.cocdev.co.kr" not in text(ours, "charts/plate-llm/values-qa.yaml")


def test_the_spec_gets_paths_of_its_own_and_a_part_in_shared_ones(ours: Tree, call: Call) -> None:
    call(*NEW)
    spec = text(ours, "environments/secrets.yaml")
    assert "    environments: [stg, prod, qa]\n" in spec
    assert spec.endswith("""
  server/qa:
    description: What only qa's services share
    owner: plate-platform
    environments: [qa]
    role: server
    keys:
      JWT_SECRET: *jwt-secret

  harbor/qa:
    description: Robot account that pulls qa's images
    owner: plate-platform
    environments: [qa]
    role: harbor
    keys: *harbor
""")
    assert "secret/server/qa" in call("secrets", "spec").out


def test_the_image_tag_is_as_asked_for(ours: Tree, call: Call) -> None:
    call(*NEW, "--tag", "1.10")
    assert '\n  tag: "1.10"\n' in text(ours, "charts/plate-llm/values-qa.yaml")


def test_a_tag_that_the_model_takes_from_the_chart(tree: Tree, call: Call) -> None:
    take(tree, "good-two-environments")
    call("env", "new", "qa", "--from", "web-stg", "--tag", "1.10")
    assert text(tree, "charts/web/values-qa.yaml") == 'replicaCount: 2\nimage:\n  tag: "1.10"\n'


def test_a_tag_that_no_value_file_can_set(tree: Tree, call: Call) -> None:
    take(tree, "good-two-environments")
    files = "        - values-stg.yaml\n"
    parameters = "      parameters:\n        - name: image.tag\n          value: '1.9'\n"
    tree.replace("argocd/web-stg.yaml", files, files + parameters)
    before = contents(tree)
    ended = call("env", "new", "qa", "--from", "web-stg", "--tag", "1.10")
    assert (ended.code, contents(tree)) == (2, before)
    assert "no value file of the environment's own can set image.tag" in ended.err


def test_a_byte_order_mark_is_not_copied_into_the_file(tree: Tree, call: Call) -> None:
    take(tree, "good-one-file")
    first = text(tree, "argocd.yaml").partition("---\n")[2]
    tree.write("argocd.yaml", f"\ufeff{first}")
    assert call("env", "new", "three", "--from", "one", "--label", "one=three").code == 0
    assert text(tree, "argocd.yaml").count("\ufeff") == 1


def test_another_cluster(tree: Tree, call: Call) -> None:
    take(tree, "good-two-environments")
    seoul = "https://seoul.example.com:6443"
    assert call("env", "new", "qa", "--from", "web-stg", "--server", seoul).code == 0
    application = text(tree, "argocd/web-qa.yaml")
    assert application.endswith(f"  destination:\n    server: {seoul}\n    namespace: qa\n")


def test_what_serves_one_cluster_serves_no_other(ours: Tree, call: Call) -> None:
    before = contents(ours)
    ended = call(*NEW, "--server", "https://seoul.example.com:6443")
    assert (ended.code, contents(ours)) == (1, before)
    assert "nothing in the tree makes Secret cluster-env-secrets in namespace plate-qa" in ended.out
    assert "values-cluster.yaml" not in ended.out


def test_a_namespace_of_another_pattern(ours: Tree, call: Call) -> None:
    call(*NEW, "--namespace", "quality")
    values = text(ours, "charts/openbao-secrets-manager/values-cluster.yaml")
    assert "    - plate-prod\n    - quality\n" in values
    assert "plate-stg" not in text(ours, "charts/plate-llm/values-qa.yaml")


def test_a_dry_run_shows_every_line_and_writes_nothing(ours: Tree, call: Call) -> None:
    before = contents(ours)
    ended = call(*NEW, "--dry-run")
    assert (ended.code, contents(ours)) == (0, before)
    assert "\n+  name: plate-llm-qa\n" in ended.out
    assert "\n-    environments: [stg, prod]\n+    environments: [stg, prod, qa]\n" in ended.out


def test_a_plan_for_programs(ours: Tree, call: Call) -> None:
    del ours
    plan = json.loads(call(*NEW, "--dry-run", "--format", "json").out)
    assert plan["namespace"] == "plate-qa"
    assert plan["words"] == {"stg": "qa", "stage": "qa", "staging": "qa"}
    assert plan["hosts"] == {"llm.cocdev.co.kr": HOST}
    assert plan["applications"] == ["openbao-secrets-manager-qa", "plate-llm-qa"]
    assert plan["openbao_paths"] == ["secret/server/qa", "secret/harbor/qa"]
    assert [item["change"] for item in plan["files"]] == [
        *("changed", "new", "new", "new", "new", "changed", "changed")
    ]
    assert (plan["findings"], plan["written"]) == ([], False)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("qa", "--from", "stg"), "name it with --host HOST"),
        (("qa", "--from", "stg", "--host", "llm-api.cocdev.co.kr"), "host of plate-llm-prod"),
        (("qa", "--from", "stg", "--host", "https://a.example.com/"), "is no host name"),
        (("qa", "--from", "sgt"), "did you mean stg?"),
        (("stg", "--from", "prod", "--host", HOST), "stg exists already"),
        (("QA_1", "--from", "stg", "--host", HOST), "did you mean qa-1?"),
        (("cluster", "--from", "stg", "--host", HOST), "openbao-secrets-manager-cluster exists"),
        (("qa", "--from", "stg", "--host", HOST, "--namespace", "plate-prod"), "--namespace NAME"),
        (("qa", "--from", "stg", "--host", HOST, "--label", "x"), "--label x is no OLD=NEW"),
        (("qa", "--from", "stg", "--host", HOST, "--server", "seoul"), "no address of a cluster"),
    ],
)
def test_what_cannot_be_known_or_is_taken(
    ours: Tree, call: Call, arguments: tuple[str, ...], said: str
) -> None:
    before = contents(ours)
    ended = call("env", "new", *arguments)
    assert (ended.code, contents(ours)) == (2, before)
    assert said in ended.err


def test_nothing_is_overwritten(ours: Tree, call: Call) -> None:
    ours.write("charts/plate-llm/values-qa.yaml", "mine: 1\n")
    before = contents(ours)
    ended = call(*NEW)
    assert (ended.code, contents(ours)) == (2, before)
    assert "charts/plate-llm/values-qa.yaml is there already" in ended.err


def test_a_second_run_says_that_it_exists(ours: Tree, call: Call) -> None:
    del ours
    call(*NEW)
    ended = call(*NEW)
    assert ended.code == 2
    assert "qa exists already: plate-llm-qa in environments/argocd/apps/plate-llm-qa" in ended.err


def test_an_error_in_what_is_planned_is_shown_where_it_would_stand(ours: Tree, call: Call) -> None:
    before = contents(ours)
    ended = call(*NEW, "--tag", "no tag")
    assert (ended.code, contents(ours)) == (1, before)
    assert "charts/plate-llm/values-qa.yaml:7:3  error  invalid-value" in ended.out
    assert "nothing was written: what is planned has the errors above" in ended.err


def test_a_model_that_does_not_render_is_none(ours: Tree, call: Call) -> None:
    ours.replace("charts/plate-llm/values-stg.yaml", "pullPolicy: Always", "pullPolicy: Allways")
    ended = call(*NEW)
    assert ended.code == 2
    assert "plate-llm-stg does not render" in ended.err


def test_an_interruption_in_the_middle_leaves_the_tree_as_it_was(
    ours: Tree, call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = contents(ours)

    def interrupted(path: Path, content: str, *, within: Path) -> None:
        if path.name == "plate.yaml" and "plate-qa" in content:
            raise KeyboardInterrupt
        write_atomically(path, content, within=within)

    monkeypatch.setattr("plate_llm_cli.source.changes.write_atomically", interrupted)
    assert call(*NEW).code == 130
    assert contents(ours) == before


def test_a_person_is_asked_for_the_host(ours: Tree) -> None:
    arguments = command("env", "new", "qa", "--from", "stg")
    asked = b"public host, in place of llm.cocdev.co.kr: "
    code, _ = talk(arguments, ((asked, f"{HOST}\n".encode()),), folder=ours.root)
    assert code == 0
    assert f"    - host: {HOST}\n" in text(ours, "charts/plate-llm/values-qa.yaml")


def test_without_a_model_the_primary_chart_alone(ours: Tree, call: Call) -> None:
    ended = call("env", "new", "qa", "--host", HOST, "--tag", "1.10")
    assert ended.code == 0
    assert text(ours, "charts/plate-llm/values-qa.yaml") == (
        "# qa (namespace plate-qa): only what differs from values.yaml.\n"
        'nameOverride: "plate-llm-qa"\n'
        "\n"
        "image:\n"
        '  tag: "1.10"\n'
        "\n"
        "ingress:\n"
        "  enabled: true\n"
        "  hosts:\n"
        f'    - host: "{HOST}"\n'
        "      paths:\n"
        "        - path: /\n"
        "          pathType: Prefix\n"
        "  tls:\n"
        '    - secretName: "llm-qa-example-com-tls"\n'
        "      hosts:\n"
        f'        - "{HOST}"\n'
    )
    assert call("argocd", "generate", "--all", "--check").code == 0


def test_without_a_model_and_without_a_primary_chart(tree: Tree, call: Call) -> None:
    del tree
    ended = call("env", "new", "qa")
    assert ended.code == 2
    assert "--from ENV is needed" in ended.err


@pytest.mark.parametrize("columns", [60, 200])
def test_the_list_of_changes_on_any_screen(
    ours: Tree, call: Call, columns: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    del ours
    monkeypatch.setenv("COLUMNS", str(columns))
    lines = call(*NEW).out.splitlines()
    assert max(map(len, lines)) <= max(columns, 66)
