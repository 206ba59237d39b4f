"""Documents come out split and ordered as `helm template` prints them."""

from __future__ import annotations

import pytest

from plate_llm_cli.helm.output import Head, HeadError, Part, arrange, head_of, split


def head(_template: str, text: str) -> Head:
    fields = dict(line.split(": ") for line in text.splitlines() if ": " in line)
    return Head(fields.get("kind", ""), fields.get("hook"))


def names(parts: list[Part]) -> list[str]:
    return [part.template for part in parts]


@pytest.mark.parametrize(
    ("stream", "documents"),
    [
        ("a: 1\n", ["a: 1\n"]),
        ("---\na: 1\n---\nb: 2", ["a: 1\n", "b: 2"]),
        ("\n \n---\n\n  a: 1\n", ["a: 1\n"]),
        ("---apiVersion: v1\n", ["apiVersion: v1\n"]),
        ("a: 1\n\n\n---   \nb: 2\n", ["a: 1\n\n\n", "b: 2\n"]),
        ("--- # why\na: 1\n", ["# why\na: 1\n"]),
        ("---\n---\n\n---\n", []),
        ("a: |\n  ---\n  b\n", ["a: |\n  ---\n  b\n"]),
        ("a: 1\r\n---\r\nb: 2\r\n", ["a: 1\r\n", "b: 2\r\n"]),
    ],
)
def test_a_stream_is_split_where_helm_splits_it(stream: str, documents: list[str]) -> None:
    assert list(split(stream)) == documents


def test_kinds_come_in_install_order_and_unknown_ones_last_by_name() -> None:
    kinds = ["Zebra", "Ingress", "Apple", "Namespace", "Service"]
    texts = {f"c/templates/{kind}.yaml": f"kind: {kind}\n" for kind in kinds}
    assert [part.kind for part in arrange(texts, [], head)] == [
        "Namespace",
        "Service",
        "Ingress",
        "Apple",
        "Zebra",
    ]


def test_equal_kinds_stay_in_the_order_of_their_templates() -> None:
    texts = {"c/templates/b.yaml": "kind: Pod\n", "c/templates/B.yaml": "kind: Pod\n"}
    assert names(arrange(texts, [], head)) == ["c/templates/B.yaml", "c/templates/b.yaml"]


def test_hooks_follow_the_manifests() -> None:
    texts = {
        "c/templates/a.yaml": "kind: Namespace\nhook: pre-install\n",
        "c/templates/b.yaml": "kind: Zebra\n",
    }
    parts = arrange(texts, [], head)
    assert [(part.template, part.hook) for part in parts] == [
        ("c/templates/b.yaml", False),
        ("c/templates/a.yaml", True),
    ]


def test_a_hook_with_an_event_that_helm_does_not_know_is_dropped() -> None:
    texts = {"c/templates/a.yaml": "kind: Pod\nhook: pre-install,crd-install\n"}
    assert arrange(texts, [], head) == []


@pytest.mark.parametrize("events", ["test", "test-success", "post-install, Test"])
def test_tests_are_marked(events: str) -> None:
    (part,) = arrange({"c/templates/a.yaml": f"kind: Pod\nhook: {events}\n"}, [], head)
    assert part.test


def test_notes_and_partials_are_not_printed() -> None:
    texts = {
        "c/templates/NOTES.txt": "kind: Pod\n",
        "c/templates/_p.yaml": "kind: Pod\n",
        "c/charts/s/templates/NOTES.txt": "kind: Pod\n",
        "c/templates/on.txt": "kind: Pod\n",
    }
    assert names(arrange(texts, [], head)) == ["c/templates/on.txt"]


def test_custom_resource_definitions_come_first_one_document_each() -> None:
    crds = [{"filename": "c/crds/a.yaml", "data": "kind: A\n---\nkind: B\n"}]
    parts = arrange({"c/templates/n.yaml": "kind: Namespace\n"}, crds, head)
    assert [(part.text, part.crd) for part in parts] == [
        ("kind: A\n\n", True),
        ("kind: B\n\n", True),
        ("kind: Namespace\n", False),
    ]


def test_ends_are_kept_but_for_the_last_manifest() -> None:
    texts = {"c/templates/a.yaml": "kind: Pod\n\n\n---\nkind: Pod\nlast: 1\n\n\n"}
    parts = arrange(texts, [], head)
    assert [part.text for part in parts] == ["kind: Pod\n\n\n\n", "kind: Pod\nlast: 1\n"]


def test_the_last_manifest_is_trimmed_also_before_hooks() -> None:
    texts = {
        "c/templates/a.yaml": "kind: Pod\n\n",
        "c/templates/b.yaml": "kind: Pod\nhook: test\n\n",
    }
    assert [part.text for part in arrange(texts, [], head)] == [
        "kind: Pod\n",
        "kind: Pod\nhook: test\n\n\n",
    ]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({}, Head("", None)),
        ({"kind": "Pod"}, Head("Pod", None)),
        ({"kind": True, "metadata": None}, Head("true", None)),
        ({"kind": 5, "metadata": {"annotations": None}}, Head("5", None)),
        ({"metadata": {"annotations": {"helm.sh/hook": "test"}}}, Head("", "test")),
        ({"metadata": {"annotations": {"helm.sh/hook": None}}}, Head("", "")),
    ],
)
def test_the_head_is_what_helm_reads(value: object, expected: Head) -> None:
    assert head_of(value) == expected


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ([1], "the document is of type array, not a mapping"),
        ("text", "the document is of type string, not a mapping"),
        (False, "the document is of type bool, not a mapping"),
        ({"kind": ["Pod"]}, "kind is of type array, not a string"),
        ({"apiVersion": {}}, "apiVersion is of type object, not a string"),
        ({"metadata": 5}, "metadata is of type number, not a mapping"),
        ({"metadata": {"name": []}}, "metadata.name is of type array, not a string"),
        (
            {"metadata": {"annotations": {"a": {}}}},
            "metadata.annotations.a is of type object, not a string",
        ),
    ],
)
def test_what_helm_cannot_sort_is_refused(value: object, message: str) -> None:
    with pytest.raises(HeadError) as caught:
        head_of(value)
    assert str(caught.value) == message
