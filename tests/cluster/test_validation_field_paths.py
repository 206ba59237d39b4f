"""The way into an object behind a field as an API server writes it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plate_llm_cli.cluster.validation.field_paths import route_of

OBJ = {
    "metadata": {"annotations": {"a.io/b": "1"}, "labels": {"app.x/y": "z"}},
    "spec": {
        "args": ["a", "b"],
        "containers": [
            {"name": "app", "ports": [{"containerPort": 80}, {"containerPort": 81}]},
            {"name": "b]c", "image": "x"},
        ],
        "tls": [{"hosts": ["h"]}],
    },
    "data": {"a.b": "x", "a": {"b": 1}},
}


@pytest.mark.parametrize(
    ("field", "route"),
    [
        ("spec.containers[1].image", ("spec", "containers", 1, "image")),
        ("spec.tls[0].hosts[0]", ("spec", "tls", 0, "hosts", 0)),
        ('.spec.containers[name="app"].img', ("spec", "containers", 0, "img")),
        ('.spec.containers[name="b]c"].image', ("spec", "containers", 1, "image")),
        (
            '.spec.containers[name="app"].ports[containerPort=81,protocol="TCP"].nam',
            ("spec", "containers", 0, "ports", 1, "nam"),
        ),
        ('.spec.args[="b"]', ("spec", "args", 1)),
        ("metadata.annotations[a.io/b]", ("metadata", "annotations", "a.io/b")),
        ("metadata.annotations.a.io/b", ("metadata", "annotations", "a.io/b")),
        ("metadata.labels", ("metadata", "labels")),
        ("data.a.b", ("data", "a.b")),
        ("data[new.key]", ("data", "new.key")),
        ("spec.absent[3].deep", ("spec", "absent", 3, "deep")),
        ("spec.containers[9].image", ("spec", "containers", 9, "image")),
        ('spec.containers[name="none"].image', ("spec", "containers")),
        ("", ()),
        ("<nil>", ("<nil>",)),
    ],
)
def test_route(field: str, route: tuple[str | int, ...]) -> None:
    assert route_of(field, OBJ) == route


@given(st.text(alphabet='.[]="\\,specontaimrgd0129<', max_size=40))
def test_no_text_breaks_it(field: str) -> None:
    assert len(route_of(field, OBJ)) <= len(field)
