from __future__ import annotations

from pathlib import Path

import pytest

from plate_llm_cli.errors import EditError
from plate_llm_cli.gitops.generation.application import application_text
from plate_llm_cli.gitops.generation.conventions import Conventions, conventions_from
from plate_llm_cli.gitops.generation.facts import ApplicationFacts, chart_source, destination_of
from plate_llm_cli.gitops.generation.needs import AFTER, BEFORE, Needs, Wave, needs_of

APPS = Path(__file__).parents[2] / "environments/argocd/apps"
INGRESS = {
    "apiVersion": "networking.k8s.io/v1",
    "kind": "Ingress",
    "metadata": {"name": "a", "annotations": {"acme.cert-manager.io/http01-edit-in-place": "true"}},
}
FACTS = ApplicationFacts(
    "plate-llm-stg",
    (
        chart_source(
            "https://github.com/cocdev/plate-infra.git",
            "charts/plate-llm",
            "main",
            ["values-stg.yaml"],
        ),
    ),
    destination_of("plate-stg"),
    project="plate",
    about="plate-llm in staging: https://llm.cocdev.co.kr",
    needs=needs_of([INGRESS], "plate-stg", Wave(2, AFTER)),
)
STAGING = (APPS / "plate-llm-stg.yaml").read_text("utf-8")


def test_a_new_application_is_the_file_that_a_person_would_have_written() -> None:
    assert application_text(FACTS) == STAGING


def test_a_file_in_line_is_left_to_the_byte() -> None:
    assert application_text(FACTS, STAGING) == STAGING


@pytest.mark.parametrize(
    ("gone", "back"),
    [
        ("      prune: true\n", "      selfHeal: true\n      prune: true\n"),
        (
            "      # Two Applications must never fight over one object.\n"
            "      - FailOnSharedResource=true\n",
            "      # Two Applications must never fight over one object.\n"
            "      - FailOnSharedResource=true\n",
        ),
        ("        factor: 2\n", "        maxDuration: 3m\n        factor: 2\n"),
        (
            "  finalizers:\n"
            "    # Deleting the Application deletes what it deployed.\n"
            "    - resources-finalizer.argocd.argoproj.io\n",
            "  finalizers:\n"
            "    # Deleting the Application deletes what it deployed.\n"
            "    - resources-finalizer.argocd.argoproj.io\n",
        ),
    ],
)
def test_what_is_missing_comes_back_with_its_comment(gone: str, back: str) -> None:
    assert gone in STAGING
    assert back in application_text(FACTS, STAGING.replace(gone, ""))


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_what_a_person_added_stays(ending: str) -> None:
    added = STAGING.replace(
        "  project: plate\n",
        "  # ours\n  info:\n    - name: page\n      value: https://a  # behind\n  project: plate\n",
    )
    added = added.replace("      - PruneLast", "      - Validate=false\n      - PruneLast")
    text = ("# first\napiVersion: v1\nkind: A\n---\n" + added).replace("\n", ending)
    assert application_text(FACTS, text) == text


def test_another_value_is_brought_into_line() -> None:
    changed = STAGING.replace("selfHeal: true", "selfHeal: false  # for a while")
    assert application_text(FACTS, changed) == changed.replace("selfHeal: false", "selfHeal: true")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("selfHeal: true", "selfHeal: false # plate-llm: keep people try things out"),
        (
            "      selfHeal: true",
            "      # plate-llm: keep it is a playground\n      selfHeal: false",
        ),
        ("limit: 5", "limit: 9  # plate-llm: keep the registry is slow"),
        ("    retry:\n      limit: 5", "    # plate-llm: keep slow\n    retry:\n      limit: 9"),
        ("- PruneLast=true", "- PruneLast=false  # plate-llm: keep jobs never end"),
        (
            '    argocd.argoproj.io/sync-wave: "2"',
            '    # plate-llm: keep behind the database\n    argocd.argoproj.io/sync-wave: "7"',
        ),
    ],
)
def test_a_field_that_is_kept_is_left_alone(old: str, new: str) -> None:
    kept = STAGING.replace(old, new)
    assert kept != STAGING
    assert application_text(FACTS, kept) == kept


def test_a_list_that_is_kept_gets_no_item() -> None:
    kept = STAGING.replace("    syncOptions:", "    syncOptions:  # plate-llm: keep only these")
    kept = kept.replace("      - FailOnSharedResource=true\n", "")
    assert application_text(FACTS, kept) == kept


def test_the_words_in_a_value_keep_nothing() -> None:
    text = STAGING.replace("limit: 5", 'limit: "# plate-llm: keep it"')
    assert application_text(FACTS, text) == STAGING.replace("limit: 5", "limit: 5")


def test_a_keep_needs_a_reason() -> None:
    text = STAGING.replace("selfHeal: true", "selfHeal: false  # plate-llm: keep")
    with pytest.raises(EditError, match="gives no reason") as caught:
        application_text(FACTS, text)
    assert "spec.syncPolicy.automated.selfHeal" in caught.value.message


def test_the_reason_of_a_wave_changes_with_it() -> None:
    facts = ApplicationFacts(FACTS.name, needs=Needs(Wave(1, BEFORE)))
    text = application_text(facts, STAGING)
    assert f'    # {BEFORE}\n    argocd.argoproj.io/sync-wave: "1"\n' in text
    assert AFTER not in text


def test_a_persons_own_comment_on_a_wave_stays() -> None:
    text = application_text(
        ApplicationFacts(FACTS.name, needs=Needs(Wave(1, BEFORE))),
        STAGING.replace(AFTER, "As agreed."),
    )
    assert '    # As agreed.\n    argocd.argoproj.io/sync-wave: "1"\n' in text


def test_the_application_of_its_name_is_edited_among_others() -> None:
    other = STAGING.replace("plate-llm-stg", "other").replace("limit: 5", "limit: 1")
    text = f"{other}---\n{STAGING.replace('limit: 5', 'limit: 1')}"
    assert application_text(FACTS, text) == f"{other}---\n{STAGING}"


def test_a_list_of_applications_is_edited_item_by_item() -> None:
    lines = ["  " + line if line else line for line in STAGING.splitlines()[1:]]
    body = "\n".join(["- " + lines[0][2:], *lines[1:]])
    text = f"apiVersion: v1\nkind: List\nitems:\n{body}\n"
    assert application_text(FACTS, text) == text
    assert application_text(FACTS, text.replace("limit: 5", "limit: 6")) == text


def test_a_variant_of_the_finalizer_is_replaced() -> None:
    name = "resources-finalizer.argocd.argoproj.io"
    text = STAGING.replace(f"- {name}", f"- {name}/background")
    assert application_text(FACTS, text).count(name) == 1


def test_paths_that_are_ignored_already_are_not_ignored_twice() -> None:
    text = STAGING.replace(
        "group: networking.k8s.io\n      kind: Ingress", 'group: "*"\n      kind: "*"'
    )
    assert application_text(FACTS, text) == text


def test_a_path_joins_the_entry_for_the_same_objects() -> None:
    text = STAGING.replace(
        '.spec.rules[]?.http.paths[]? | select(.path | startswith("/.well-known/acme-challenge/"))',
        ".metadata.labels",
    )
    after = application_text(FACTS, text)
    assert after.count("kind: Ingress") == 1
    assert "        - .metadata.labels\n        # While a certificate is renewed" in after


@pytest.mark.parametrize("namespace", ["argocd", "kube-system", "default", "tools"])
def test_a_namespace_is_made_unless_it_is_there_before(namespace: str) -> None:
    facts = ApplicationFacts("a", FACTS.sources, destination_of(namespace), namespace="tools")
    assert "CreateNamespace=true" not in application_text(facts)


def test_a_namespace_that_the_release_brings_is_not_made() -> None:
    needs = needs_of([{"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "b"}}], "b")
    facts = ApplicationFacts("a", FACTS.sources, destination_of("b"), needs=needs)
    assert "CreateNamespace" not in application_text(facts)


def test_labels_of_the_namespace_come_from_the_conventions() -> None:
    label = "pod-security.kubernetes.io/enforce"
    conventions = conventions_from({"managedNamespaceMetadata": {"labels": {label: "restricted"}}})
    text = application_text(FACTS, STAGING, conventions)
    metadata = f"    managedNamespaceMetadata:\n      labels:\n        {label}: restricted\n"
    assert text == STAGING + metadata


def test_conventions_may_leave_fields_to_each_file() -> None:
    conventions = Conventions(automated=False, finalizer="", waves=False, sync_options=[])
    text = application_text(FACTS, "", conventions)
    fields = ("automated:", "finalizers:", "sync-wave", "syncOptions:")
    assert [field for field in fields if field in STAGING] == list(fields)
    assert [field for field in fields if field in text] == []


def test_what_no_object_needs_any_more_goes_with_its_comment() -> None:
    facts = ApplicationFacts(FACTS.name, needs=needs_of([], "plate-stg", whole=True))
    text = application_text(facts, STAGING)
    start, end = STAGING.index("  ignoreDifferences:"), STAGING.index("  syncPolicy:")
    assert text == STAGING[:start] + STAGING[end:]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Self-heal would", "As we found out, self-heal would"),
        ("      kind: Ingress\n", "      kind: Ingress\n      namespace: a\n"),
        ("    # While a", "    # plate-llm: keep for later\n    # While a"),
    ],
)
def test_what_a_person_changed_or_keeps_does_not_go(old: str, new: str) -> None:
    facts = ApplicationFacts(FACTS.name, needs=needs_of([], "plate-stg", whole=True))
    text = STAGING.replace(old, new)
    assert text != STAGING
    assert application_text(facts, text) == text


def test_nothing_goes_while_not_all_objects_are_known() -> None:
    facts = ApplicationFacts(FACTS.name, needs=needs_of([], "plate-stg"))
    assert application_text(facts, STAGING) == STAGING


def test_a_broken_text_is_refused_with_its_line() -> None:
    with pytest.raises(EditError, match="line 3"):
        application_text(FACTS, "a: 1\nb: 2\nname: {{ .Values.name }}\n")


def test_a_text_without_the_application_is_refused() -> None:
    with pytest.raises(EditError, match="there is no Application other"):
        application_text(ApplicationFacts("other"), STAGING)


def test_byte_order_mark_and_missing_last_line_break_stay() -> None:
    text = "\ufeff" + STAGING.rstrip("\n")
    assert application_text(FACTS, text) == text
    changed = application_text(FACTS, text.replace("limit: 5", "limit: 6"))
    assert changed == text
