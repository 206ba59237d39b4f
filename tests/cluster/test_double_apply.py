"""Server-side apply in the double: ownership, conflicts in a real server's words, and no losses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.cluster.asking import refusal
from tests.cluster.double.apply import Manager, Ownership, Writing, apply
from tests.cluster.double.fieldpaths import applied, owned_part
from tests.cluster.double.schemas import builtin
from tests.cluster.double.workloads import deployment

if TYPE_CHECKING:
    from tests.cluster.asking import Asker
    from tests.cluster.double.cluster import Cluster

MAP = "/api/v1/namespaces/default/configmaps/c"
DEPLOYMENT = "/apis/apps/v1/namespaces/default/deployments/web"


def config_map(**data: str) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "c"}, "data": data}


def test_who_applies_owns_what_it_said(asker: Asker) -> None:
    made = asker.apply(MAP, config_map(a="1"), "plate-llm")
    (entry,) = made["metadata"]["managedFields"]
    assert entry.pop("time") == made["metadata"]["creationTimestamp"]
    assert entry == {
        "manager": "plate-llm",
        "operation": "Apply",
        "apiVersion": "v1",
        "fieldsType": "FieldsV1",
        "fieldsV1": {"f:data": {"f:a": {}}},
    }


def test_items_of_a_list_are_owned_by_their_key(asker: Asker) -> None:
    made = asker.apply(DEPLOYMENT, deployment("web"), "plate-llm")
    (entry,) = made["metadata"]["managedFields"]
    assert entry["fieldsV1"]["f:spec"] == {
        "f:replicas": {},
        "f:selector": {},
        "f:template": {
            "f:metadata": {"f:labels": {"f:app.kubernetes.io/name": {}}},
            "f:spec": {
                "f:containers": {'k:{"name":"web"}': {".": {}, "f:image": {}, "f:name": {}}}
            },
        },
    }


def test_what_is_applied_no_more_is_removed(asker: Asker) -> None:
    asker.apply(MAP, config_map(a="1", b="1"), "plate-llm")
    assert asker.apply(MAP, config_map(a="1"), "plate-llm")["data"] == {"a": "1"}


def test_what_another_owns_too_stays(asker: Asker) -> None:
    asker.apply(MAP, config_map(a="1", b="1"), "plate-llm")
    asker.apply(MAP, config_map(b="1"), "argocd")
    assert asker.apply(MAP, config_map(a="1"), "plate-llm")["data"] == {"a": "1", "b": "1"}


def test_one_conflict_in_the_words_of_a_server(asker: Asker) -> None:
    asker.apply(MAP, config_map(a="1"), "plate-llm")
    refused = refusal(lambda: asker.apply(MAP, config_map(a="2"), "argocd"))
    message = 'Apply failed with 1 conflict: conflict with "plate-llm": .data.a'
    assert refused == (409, "Conflict", message)


def test_several_conflicts_by_manager(kube: Cluster, asker: Asker) -> None:
    asker.apply(DEPLOYMENT, deployment("web"), "plate-llm")
    kube.patch("Deployment", "web", {"spec": {"replicas": 2}}, manager="kubectl-edit")
    body = deployment("web", image="web:2", replicas=3)
    _, _, message = refusal(lambda: asker.apply(DEPLOYMENT, body, "argocd"))
    assert message == (
        'Apply failed with 2 conflicts: conflicts with "plate-llm":\n'
        '- .spec.template.spec.containers[name="web"].image\n'
        'conflicts with "kubectl-edit" using apps/v1:\n'
        "- .spec.replicas"
    )


def test_a_manager_that_wrote_through_a_subresource_is_named_with_it(asker: Asker) -> None:
    asker.apply(DEPLOYMENT, deployment("web"), "plate-llm")
    scale = {"spec": {"replicas": 5}}
    asker.patch(f"{DEPLOYMENT}/scale", scale, field_manager="kubectl")
    _, _, message = refusal(lambda: asker.apply(DEPLOYMENT, deployment("web"), "plate-llm"))
    assert message == (
        'Apply failed with 1 conflict: conflict with "kubectl" with subresource "scale" using '
        "apps/v1: .spec.replicas"
    )


def test_force_takes_a_field_over(asker: Asker) -> None:
    asker.apply(MAP, config_map(a="1"), "plate-llm")
    made = asker.apply(MAP, config_map(a="2"), "argocd", force_conflicts=True)
    assert made["data"] == {"a": "2"}
    assert [entry["manager"] for entry in made["metadata"]["managedFields"]] == ["argocd"]


def test_who_updates_takes_a_field_over(asker: Asker) -> None:
    asker.apply(MAP, config_map(a="1"), "plate-llm")
    patched = asker.patch(MAP, {"data": {"a": "2"}}, field_manager="kubectl-patch")
    (entry,) = patched["metadata"]["managedFields"]
    assert (entry["manager"], entry["operation"]) == ("kubectl-patch", "Update")


def test_a_dry_run_shows_and_keeps_nothing(kube: Cluster, asker: Asker) -> None:
    asker.apply(MAP, config_map(a="1"), "plate-llm")
    shown = asker.apply(MAP, config_map(a="2"), "plate-llm", dry_run="All")
    assert shown["data"] == {"a": "2"}
    assert kube.read("ConfigMap", "c")["data"] == {"a": "1"}


def test_to_apply_the_same_again_changes_nothing(asker: Asker) -> None:
    made = asker.apply(MAP, config_map(a="1"), "plate-llm")
    assert asker.apply(MAP, config_map(a="1"), "plate-llm") == made


def test_an_apply_needs_a_manager(asker: Asker) -> None:
    code, _, message = refusal(lambda: asker.apply(MAP, config_map(a="1"), ""))
    assert code == 422
    assert message.endswith("fieldManager: Required value: is required for apply patch")


def test_managed_fields_are_not_applied(asker: Asker) -> None:
    body = config_map(a="1")
    body["metadata"]["managedFields"] = [{"manager": "x"}]
    refused = refusal(lambda: asker.apply(MAP, body, "plate-llm"))
    assert refused == (400, "BadRequest", "metadata.managedFields must be nil")


def test_text_of_a_secret_is_owned_as_data(asker: Asker) -> None:
    body = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "s"}}
    path = "/api/v1/namespaces/default/secrets/s"
    made = asker.apply(path, body | {"stringData": {"a": "b"}}, "plate-llm")
    assert made["data"] == {"a": "Yg=="}
    assert asker.apply(path, body, "plate-llm").get("data") is None


@pytest.mark.parametrize(
    ("spec", "fault"),
    [
        ({"sauce": {}}, ".spec.sauce: field not declared in schema"),
        ({"replicas": "lots"}, ".spec.replicas: expected numeric (int or float), got 'lots'"),
    ],
)
def test_what_the_schema_does_not_have_cannot_be_applied(
    asker: Asker, spec: dict[str, Any], fault: str
) -> None:
    body = deployment("web")
    body["spec"] |= spec
    code, reason, message = refusal(lambda: asker.apply(DEPLOYMENT, body, "plate-llm"))
    about = "default/web; apps/v1, Kind=Deployment"
    assert (code, reason) == (500, "")
    assert message == f"failed to create typed patch object ({about}): {fault}"


def test_a_variable_that_is_named_twice_cannot_be_applied(asker: Asker) -> None:
    body = deployment("web")
    twice = [{"name": "A", "value": "1"}, {"name": "A", "value": "2"}]
    body["spec"]["template"]["spec"]["containers"][0]["env"] = twice
    _, _, message = refusal(lambda: asker.apply(DEPLOYMENT, body, "plate-llm"))
    assert message.endswith('containers[0].env: duplicate entries for key [name="A"]')


NAMES = st.sampled_from(["a", "b", "c"])
VALUES = st.sampled_from(["1", "2"])
CONTAINERS = st.dictionaries(NAMES, st.dictionaries(NAMES, VALUES, max_size=2), max_size=3)
PODS = st.builds(
    lambda labels, containers: {
        "metadata": {"labels": labels} if labels else {},
        "spec": {
            "containers": [
                {"name": name, "env": [{"name": key, "value": v} for key, v in env.items()]}
                for name, env in containers.items()
            ]
        },
    },
    st.dictionaries(NAMES, VALUES, max_size=3),
    CONTAINERS,
)
WRITES = st.lists(st.tuples(st.sampled_from(["one", "two"]), PODS), min_size=1, max_size=6)


@given(WRITES)
def test_two_who_apply_by_force_never_lose_a_field_of_the_other(
    writes: list[tuple[str, dict[str, Any]]],
) -> None:
    shape = builtin("", "v1", "Pod")
    live: dict[str, Any] = {"metadata": {}}
    owners: Ownership = {}
    said: dict[str, dict[str, Any]] = {}
    for who, pod in writes:
        writing = Writing(Manager("Apply", who, "v1"), "2026-01-01T00:00:00Z", shape)
        outcome = apply(owners, live, pod, writing, force=True)
        live, owners, said[who] = outcome.object, outcome.owners, pod
        present = applied(shape, owned_part(live))
        assert applied(shape, owned_part(pod)) <= present
        for manager, owned in owners.items():
            assert owned.paths <= applied(shape, owned_part(said[manager.name]))
            lost = {path for path in owned.paths if not _holds(present, path)}
            assert lost == set()
        kept = frozenset[Any]().union(*(owned.paths for owned in owners.values()))
        assert {path for path in present if not _holds(kept, path)} == set()


def _holds(paths: frozenset[Any], path: Any) -> bool:
    """Whether a place, or something below it, is there."""
    return any(other[: len(path)] == path for other in paths)
