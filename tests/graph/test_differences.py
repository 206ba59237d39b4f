"""Objects compared by identity and field by field, as Kubernetes tells things apart."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from plate_llm_cli.graph.differences import (
    ABSENT,
    HIDDEN,
    ChangeKind,
    ObjectIdentity,
    compare,
    path_text,
)


def _deployment(container: dict[str, Any] | None = None, **spec: Any) -> dict[str, Any]:
    pod = {"containers": [{"name": "web", **(container or {})}]}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "web", "namespace": "shop"},
        "spec": {**spec, "template": {"spec": pod}},
    }


def _custom(**spec: Any) -> dict[str, Any]:
    return {"apiVersion": "x.io/v1", "kind": "Thing", "metadata": {"name": "t"}, "spec": spec}


def _config(**data: str) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "c"}, "data": data}


def _secret(**data: str) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "s"}, **data}


def _fields(before: dict[str, Any], after: dict[str, Any]) -> list[tuple[str, Any, Any]]:
    return [
        (path_text(field.route), field.before, field.after)
        for change in compare([before], [after])
        for field in change.fields
    ]


CONTAINER = "spec.template.spec.containers[name=web]"


def test_objects_that_came_went_and_changed() -> None:
    old = [_config(a="1"), _deployment(replicas=1)]
    new = [_deployment(replicas=2), _custom(size=1)]
    assert [(change.kind, str(change.identity)) for change in compare(old, new)] == [
        (ChangeKind.REMOVED, "ConfigMap c"),
        (ChangeKind.ADDED, "Thing t"),
        (ChangeKind.CHANGED, "Deployment shop/web"),
    ]


def test_an_object_that_is_new_is_one_field() -> None:
    (change,) = compare([], [_custom(size=1)])
    assert (change.fields[0].route, change.fields[0].before) == ((), ABSENT)
    assert change.fields[0].after == _custom(size=1)


def test_another_version_of_an_api_is_a_field_of_the_same_object() -> None:
    newer = {**_custom(), "apiVersion": "x.io/v2"}
    assert _fields(_custom(), newer) == [("apiVersion", "x.io/v1", "x.io/v2")]


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ({"resources": {"limits": {"cpu": "500m"}}}, {"resources": {"limits": {"cpu": 0.5}}}, []),
        (
            {"resources": {"limits": {"memory": "1Gi"}}},
            {"resources": {"limits": {"memory": "1G"}}},
            [(f"{CONTAINER}.resources.limits.memory", "1Gi", "1G")],
        ),
        (
            {"args": ["500m"]},
            {"args": ["0.5"]},
            [(f"{CONTAINER}.args[0]", "500m", "0.5")],
        ),
        (
            {"ports": [{"name": "http", "containerPort": 8000}]},
            {"ports": [{"name": "http", "containerPort": 8080}]},
            [(f"{CONTAINER}.ports[name=http].containerPort", 8000, 8080)],
        ),
        (
            {"ports": [{"containerPort": 80}]},
            {"ports": [{"containerPort": 80, "protocol": "TCP", "hostPort": 1}]},
            [
                (f"{CONTAINER}.ports[containerPort=80,protocol=TCP].hostPort", ABSENT, 1),
                (f"{CONTAINER}.ports[containerPort=80,protocol=TCP].protocol", ABSENT, "TCP"),
            ],
        ),
        (
            {"volumeMounts": [{"name": "a", "mountPath": "/x"}, {"name": "a", "mountPath": "/y"}]},
            {"volumeMounts": [{"name": "a", "mountPath": "/y"}, {"name": "b", "mountPath": "/x"}]},
            [(f"{CONTAINER}.volumeMounts[mountPath=/x].name", "a", "b")],
        ),
        (
            {"env": [{"name": "A", "value": "1"}, {"name": "B", "value": "2"}]},
            {"env": [{"name": "B", "value": "2"}, {"name": "A", "value": "1"}]},
            [(f"{CONTAINER}.env", ["[name=A]", "[name=B]"], ["[name=B]", "[name=A]"])],
        ),
        (
            {"args": ["a", "b", "c"]},
            {"args": ["z", "a", "c"]},
            [(f"{CONTAINER}.args[0]", ABSENT, "z"), (f"{CONTAINER}.args[1]", "b", ABSENT)],
        ),
    ],
)
def test_fields_of_a_container(
    before: dict[str, Any], after: dict[str, Any], expected: list[object]
) -> None:
    assert _fields(_deployment(before), _deployment(after)) == expected


@pytest.mark.parametrize(
    ("before", "after", "differs"),
    [(1, "1", True), (1, True, True), (0, False, True), (1, 1.0, False), ("", None, True)],
)
def test_scalars_have_types(before: object, after: object, differs: bool) -> None:
    assert bool(_fields(_custom(x=before), _custom(x=after))) is differs


def test_a_null_is_no_field() -> None:
    assert _fields(_custom(x=None, y=1), _custom(y=1)) == []


def test_the_one_host_that_changes_is_the_same_rule() -> None:
    old = {"apiVersion": "networking.k8s.io/v1", "kind": "Ingress", "metadata": {"name": "i"}}
    new = {**old, "spec": {"rules": [{"host": "b"}]}}
    assert _fields({**old, "spec": {"rules": [{"host": "a"}]}}, new) == [
        ("spec.rules[host=a].host", "a", "b")
    ]


def test_what_the_cluster_keeps_is_left_out() -> None:
    meta = {
        "name": "t",
        "uid": "1",
        "resourceVersion": "2",
        "managedFields": [{}],
        "annotations": {"kubectl.kubernetes.io/last-applied-configuration": "x"},
    }
    assert _fields(_custom(), {**_custom(), "metadata": meta, "status": {"ready": True}}) == []


def test_a_namespace_that_one_side_alone_names() -> None:
    placed = {**_custom(), "metadata": {"name": "t", "namespace": "shop"}}
    assert compare([_custom()], [placed]) == compare([placed], [_custom()]) == []


def test_of_a_secret_only_the_names_of_keys() -> None:
    held = base64.b64encode(b"one").decode()
    old = _secret(data={"same": held, "other": held, "gone": held})  # type: ignore[arg-type]
    new = _secret(stringData={"same": "one", "other": "two", "new": "x"})  # type: ignore[arg-type]
    assert _fields(old, new) == [
        ("data.gone", HIDDEN, ABSENT),
        ("data.new", ABSENT, HIDDEN),
        ("data.other", HIDDEN, HIDDEN),
    ]


@pytest.mark.parametrize(
    ("name", "hidden"),
    [
        ("DB_PASSWORD", True),
        ("OPENAI_API_KEY", True),
        ("githubToken", True),
        ("LLM_MAX_TOKENS", False),
        ("SECRET_NAME", False),
        ("PASSWORD_FILE", False),
    ],
)
def test_values_of_variables_that_are_named_as_credentials(name: str, hidden: bool) -> None:
    old, new = ({"env": [{"name": name, "value": value}]} for value in ("one", "two"))
    expected = (HIDDEN, HIDDEN) if hidden else ("one", "two")
    assert _fields(_deployment(old), _deployment(new)) == [
        (f"{CONTAINER}.env[name={name}].value", *expected)
    ]


@pytest.mark.parametrize(
    ("before", "after", "shown"),
    [
        ("redis://u:one@h/0", "redis://u:two@h/0", (HIDDEN, HIDDEN)),
        (f"https://{'a' * 20}@h/0", f"https://{'b' * 20}@h/0", (HIDDEN, HIDDEN)),
        ("ssh://git@h/0", "ssh://me@h/0", ("ssh://git@h/0", "ssh://me@h/0")),
        (
            "redis://u:one@h/0",
            "redis://u:one@h/1",
            ("redis://u:(hidden)@h/0", "redis://u:(hidden)@h/1"),
        ),
        ("a: 1\npassword: one\n", "a: 2\npassword: two\n", None),
        ("-----BEGIN PRIVATE KEY-----\na", "-----BEGIN PRIVATE KEY-----\nb", (HIDDEN, HIDDEN)),
    ],
)
def test_secrets_within_text(before: str, after: str, shown: tuple[Any, Any] | None) -> None:
    hidden = ("a: 1\npassword: (hidden)\n", "a: 2\npassword: (hidden)\n")
    assert _fields(_config(x=before), _config(x=after)) == [("data.x", *(shown or hidden))]


def test_the_value_behind_the_option_of_a_credential() -> None:
    old, new = ({"args": ["--password", value]} for value in ("one", "two"))
    assert _fields(_deployment(old), _deployment(new)) == [(f"{CONTAINER}.args[1]", HIDDEN, HIDDEN)]


def test_where_an_external_secret_puts_a_key_is_no_secret() -> None:
    old, new = (_custom(data=[{"secretKey": "A", "remote": value}]) for value in ("x", "y"))
    assert _fields(old, new) == [("spec.data[secretKey=A].remote", "x", "y")]


def test_names_of_another_environment_are_carried() -> None:
    old = _custom(host="web.stg.example.com", size=1)
    new = _custom(host="web.prod.example.com", size=2)
    new["metadata"] = {"name": "t-prod"}
    old["metadata"] = {"name": "t-stg"}
    (change,) = compare([old], [new], lambda text: text.replace("stg", "prod"))
    assert [(path_text(field.route), field.carried) for field in change.fields] == [
        ("spec.host", True),
        ("spec.size", False),
    ]
    assert change.was == ObjectIdentity("", "Thing", "t-stg", "x.io")


def test_a_list_too_long_to_be_aligned_is_compared_in_order() -> None:
    old, new = list(range(3000)), [-1, *range(1, 2999), -2]
    assert len(_fields(_custom(x=old), _custom(x=new))) == 2
